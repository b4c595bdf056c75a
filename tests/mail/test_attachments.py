"""Which parts of a mail are files, what they are called, and what isn't one."""

from __future__ import annotations

import base64
import struct

import pytest

from mail.attachments import is_program, picture_sides, safe_name
from mail.parse import parse_mail

HEAD = "From: Anna <anna@kern.example>\r\nTo: crm@firma.example\r\nSubject: Files\r\nMIME-Version: 1.0\r\n"


def png(width: int, height: int, octets: int) -> bytes:
    """As much of a PNG as tells its size, filled up."""
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)
    return head + bytes(octets - len(head))


def jpeg(width: int, height: int, octets: int) -> bytes:
    """A JPEG with one segment before its frame."""
    head = b"\xff\xd8\xff\xe0\x00\x10" + bytes(14) + b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width)
    return head + bytes(octets - len(head))


def related(picture: bytes, *, name: str = 'name="image001.png"', disposition: str = "inline") -> bytes:
    """A mail whose HTML shows a picture."""
    coded = base64.encodebytes(picture).decode().replace("\n", "\r\n")
    return (
        f"{HEAD}Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        f'<p>Hello</p><img src="cid:logo@x">\r\n--b\r\nContent-Type: image/png; {name}\r\nContent-ID: <logo@x>\r\n'
        f"Content-Disposition: {disposition}\r\nContent-Transfer-Encoding: base64\r\n\r\n{coded}\r\n--b--\r\n"
    ).encode()


def attached(*names: str, content: bytes = b"hello", media_type: str = "application/octet-stream") -> bytes:
    """A mail with files."""
    coded = base64.b64encode(content).decode()
    parts = "".join(
        f'--b\r\nContent-Type: {media_type}\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{coded}\r\n"
        for name in names
    )
    return f"{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n{parts}--b--\r\n".encode()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("offer.pdf", "offer.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\offer.pdf", "offer.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("in\x00vo\x1bice\u200b.pdf", "invoice.pdf"),
        (".bashrc", "bashrc"),
        ("..", "part-3.pdf"),
        ("", "part-3.pdf"),
        ("CON.txt", "_CON.txt"),
        ("nul", "_nul"),
        ("com1", "_com1"),
        ("commerce.pdf", "commerce.pdf"),
        ("report.pdf        .exe", "report.pdf.exe"),
        ("Angebot <final>?.pdf", "Angebot final.pdf"),
        ("Über uns.pdf", "Über uns.pdf"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name, "application/pdf", 3) == safe


@pytest.mark.parametrize("name", ["x" * 400 + ".pdf", "я" * 300 + ".docx", "😀" * 200 + ".png", "a." + "b" * 300])
def test_long_names_fit_on_every_disk_and_keep_their_ending(name: str) -> None:
    safe = safe_name(name, "application/pdf", 3)
    assert len(safe) <= 120
    assert len(safe.encode()) <= 200
    assert len(name.rpartition(".")[2]) > 11 or safe.endswith(name[-4:])


@pytest.mark.parametrize(
    "name", ["invoice.pdf.exe", "SETUP.EXE", "scan.js", "offer.pdf.scr", "run.bat", "x.lnk", "a.docm.jar"]
)
def test_programs_are_known_by_their_last_ending(name: str) -> None:
    [file] = parse_mail(attached(name)).attachments
    assert (file.name, file.program) == (name, True)


def test_a_program_under_another_name_is_one_by_its_bytes() -> None:
    [file] = parse_mail(attached("invoice.pdf", content=b"MZ\x90\x00" + bytes(100))).attachments
    assert file.program
    assert not is_program("invoice.pdf", b"%PDF-1.7")
    [text] = parse_mail(attached("note.txt", content=b"MZ is a postcode", media_type="text/plain")).attachments
    assert not text.program


@pytest.mark.parametrize(
    "picture",
    [png(180, 60, 9_000), png(600, 150, 90_000), jpeg(96, 96, 4_000), b"GIF89a" + struct.pack("<HH", 1, 1) + bytes(40)],
)
def test_a_logo_in_the_text_is_no_file(picture: bytes) -> None:
    assert parse_mail(related(picture)).attachments == ()
    assert parse_mail(related(picture, disposition="attachment")).attachments == ()


@pytest.mark.parametrize("picture", [png(1400, 900, 300_000), jpeg(4000, 3000, 900_000), bytes(300_000)])
def test_a_photo_put_into_the_text_is_a_file(picture: bytes) -> None:
    [file] = parse_mail(related(picture)).attachments
    assert (file.name, file.size) == ("image001.png", len(picture))


def test_a_picture_that_the_text_does_not_show_is_a_file() -> None:
    [file] = parse_mail(attached("photo.jpg", content=jpeg(200, 200, 5_000), media_type="image/jpeg")).attachments
    assert file.name == "photo.jpg"


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xd8", b"\xff\xd8\xff\xff\xff\xff", b"\xff\xd8\xff\xe0\x00\x00" * 50, b"\x89PNG\r\n\x1a\n", b"GIF8"],
)
def test_broken_pictures_tell_nothing(data: bytes) -> None:
    assert picture_sides(data) is None

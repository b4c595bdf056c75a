"""Which parts of a mail are files, what they are called, and their bytes."""

from __future__ import annotations

import re

from mail.errors import NoSuchPart
from mail.parts import Part, read_tree
from storage.messages import Attachment

MAX_ATTACHMENTS = 200

_LONGEST_NAME = 120  # code points
_LONGEST_OCTETS = 200  # of a name in UTF-8; most file systems take 255
# Beside what file systems refuse: signs that nobody sees, and those that turn the order of letters round.
_UNSAFE = re.compile(
    '[\x00-\x1f\x7f-\x9f<>:"|?*\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]'
)
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?:\.|$)", re.IGNORECASE
)
# What Windows, macOS or Linux runs when it is opened.
_PROGRAMS = frozenset(
    """
    exe com scr pif bat cmd msi msp msix appx appxbundle cpl hta jar jse js vbs vbe wsf wsh wsc sct ps1 psm1 reg inf scf
    lnk url chm gadget application dll apk ipa app dmg pkg mpkg command workflow sh bash csh zsh run elf deb rpm
    appimage desktop py pyw pyc pl rb jnlp xll vhd vhdx iso img
    """.split()  # noqa: SIM905
)
_PROGRAM_HEADS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
_PICTURE = 320  # pixels, and octets below: a picture in the text of at least so many in both ways is no logo
_PICTURE_OCTETS = 40_000
_HEAD = 200_000  # encoded octets in which a picture tells its size
_EXTENSIONS = {
    "application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "text/calendar": "ics",
    "text/vcard": "vcf", "text/x-vcard": "vcf", "message/rfc822": "eml", "text/csv": "csv", "text/html": "html",
    "text/plain": "txt", "audio/ogg": "ogg", "application/zip": "zip",
}  # fmt: skip


def attachment_bytes(raw: bytes, part: int) -> bytes:
    """The decoded bytes of the part with that number (`Attachment.part`) in the raw mail; raises NoSuchPart."""
    parts = read_tree(raw)
    if not 0 <= part < len(parts):
        raise NoSuchPart(f"This mail has {len(parts)} parts, and none has the number {part}.")
    return parts[part].content()


def safe_name(name: str, media_type: str, number: int) -> str:
    """A file's name without folders and signs that do harm, short enough for every disk, never empty or hidden."""
    base = _UNSAFE.sub("", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .\u00a0")
    if not base:
        base = f"part-{number}.{_EXTENSIONS.get(media_type, 'bin')}"
    if _RESERVED.match(base):
        base = f"_{base}"
    stem, dot, extension = base.rpartition(".")
    if not dot or len(extension) > 11 or not stem:
        return _cut(base, _LONGEST_NAME, _LONGEST_OCTETS)
    ending = f".{extension}"
    return _cut(stem, _LONGEST_NAME - len(ending), _LONGEST_OCTETS - len(ending.encode())) + ending


def _cut(text: str, letters: int, octets: int) -> str:
    return text[:letters].encode()[:octets].decode("utf-8", "ignore").rstrip(" .") or "_"


def is_program(name: str, head: bytes = b"") -> bool:
    """Is it run when it is opened: by its last extension, or by how its bytes begin, whatever it is called?"""
    return name.rpartition(".")[2].strip().lower() in _PROGRAMS or head.startswith(_PROGRAM_HEADS)


def describe_attachment(part: Part) -> Attachment:
    """The part as a file: its safe name, type and decoded size in bytes, and whether it is a program."""
    name = safe_name(part.file_name, part.media_type, part.number)
    program = is_program(name, part.content(60)) and not part.media_type.startswith("text/")
    return Attachment(part.number, name, part.media_type, _size(part), program or is_program(name))


def is_inline_picture(part: Part, html: str) -> bool:
    """Is it a picture that only adorns the text, as a signature's logo? A photo or screenshot put there is a file."""
    if not part.media_type.startswith("image/") or not part.content_id:
        return False
    named = bool(part.file_name) or part.disposition == "attachment"
    shown = f"cid:{part.content_id}" in html
    return (shown or not named) and not _is_large(part)


def _is_large(part: Part) -> bool:
    """By its octets, and by its width and height, where they can be read."""
    if _size(part) < _PICTURE_OCTETS:
        return False
    sides = picture_sides(part.content(_HEAD))
    return sides is None or min(sides) >= _PICTURE


def picture_sides(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF or JPEG by its first bytes; None when they don't tell."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if data[:4] == b"GIF8" and len(data) >= 10:
        return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    return _jpeg_sides(data) if data[:2] == b"\xff\xd8" else None


def _jpeg_sides(data: bytes) -> tuple[int, int] | None:
    """From the frame's header (ITU T.81 B.2.2); each segment before it tells its own length."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        at += 1 if marker == 0xFF else 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    return None


def _size(part: Part) -> int:
    encoding = part.headers.plain("content-transfer-encoding").lower()
    if encoding != "base64":
        return len(part.content()) if encoding == "quoted-printable" else part.end - part.start
    body = part.raw[part.start : part.end]
    letters = len(body) - sum(body.count(blank) for blank in (b"\n", b"\r", b" ", b"="))
    return letters * 3 // 4

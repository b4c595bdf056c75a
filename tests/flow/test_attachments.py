"""The files of logged mail: listed, found by number, name or person, and delivered by every face."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from bot.console import ConsoleFace
from bot.delivery import Delivery
from mail.enclosure import read_enclosure
from storage.messages import OutgoingMessage
from storage.tables import inbox
from tests.flow.test_mail import PROVED
from tests.house import Chat, TestHouse

ANNA = "Anna Kern <anna@nordwind.example>"
PDF = b"%PDF-1.7 offer"


def with_files(
    *files: tuple[str, bytes],
    sender: str = ANNA,
    number: int = 1,
    subject: str = "Angebot",
    hour: int = 9,
    more: str = "",
    to: str = "crm@firma.example",
) -> bytes:
    """A mail with files."""
    parts = "".join(
        f'--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="{name}"\n'
        f"Content-Transfer-Encoding: base64\n\n{base64.b64encode(content).decode()}\n"
        for name, content in files
    )
    return (
        f"{more}From: {sender}\nTo: {to}\nSubject: {subject}\nMessage-ID: <f{number}@nordwind.example>\n"
        f"Date: Mon, 23 Nov 2026 0{hour}:30:00 +0100\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\nAnbei, Nummer {number}.\n{parts}--b--\n"
    ).encode()


@pytest.fixture
async def anna(house: TestHouse) -> None:
    """Anna is known, and sent two files."""
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    await house.gets_mail(with_files(("offer.pdf", PDF), ("Preise 2026.pdf", b"%PDF-1.7 prices"), hour=8))
    await house.max.hears()


async def handed(house: TestHouse, chat: Chat) -> tuple[str, bytes]:
    """The name and the bytes of the file that came with the newest answer."""
    file = chat.heard[-1].reply.file
    assert file is not None, chat.heard[-1].reply.text
    return file.name, await read_enclosure(house.database, file)


async def test_the_files_are_told_listed_and_handed_over_by_a_tap(house: TestHouse, anna: None) -> None:
    await house.gets_mail(with_files(("plan.pdf", PDF), number=2))
    [told] = await house.max.hears()
    assert told.endswith("📎 plan.pdf")
    await house.max.taps("📎 plan.pdf")
    assert await handed(house, house.max) == ("plan.pdf", PDF)
    shown = await house.max.says("mail 1")
    assert shown.endswith("📎 1. offer.pdf · 2. Preise 2026.pdf")
    assert house.max.buttons == ["📎 offer.pdf", "📎 Preise 2026.pdf", "Why here?"]
    assert "📎 plan.pdf" in await house.max.says("anna")
    assert "📎 plan.pdf" in house.max.buttons
    history = await house.max.says("history anna")
    assert "📎 offer.pdf, Preise 2026.pdf /mail_1" in history


@pytest.mark.parametrize(
    "asked",
    [
        *(
            "file 1 2",
            "/file 1 2",
            "/file_1_2",
            "send me the file Preise 2026.pdf",
            "schick mir die Datei Preise 2026.pdf",
        ),
        *("пришли мне файл Preise 2026.pdf", "send me the file preise from Anna"),
    ],
)
async def test_a_file_is_asked_for(house: TestHouse, anna: None, asked: str) -> None:
    assert (await house.max.says(asked)).startswith("📎 Preise 2026.pdf\n1 KB · Anna Kern · today, 8:30")
    assert await handed(house, house.max) == ("Preise 2026.pdf", b"%PDF-1.7 prices")


@pytest.mark.parametrize(
    "asked", ["file 1", "die Datei von Anna", "файл от Анны", "file", "send me the file pdf", "file 1 7"]
)
async def test_where_several_fit_they_are_offered(house: TestHouse, anna: None, asked: str) -> None:
    said = await house.max.says(asked)
    if said == "❓ Is this the one?":
        said = await house.max.taps("Anna Kern")
    assert said == "❓ Which file?"
    await house.max.taps("📎 offer.pdf")
    assert await handed(house, house.max) == ("offer.pdf", PDF)


async def test_the_newest_of_that_name_is_meant(house: TestHouse, anna: None) -> None:
    await house.gets_mail(with_files(("Offer.pdf", b"%PDF newer"), number=2))
    await house.max.hears()
    await house.max.says("send me the file offer.pdf")
    assert await handed(house, house.max) == ("Offer.pdf", b"%PDF newer")


async def test_what_is_not_there_is_said(house: TestHouse, anna: None) -> None:
    assert await house.max.says("file 99") == "There are no files with that mail."
    assert await house.max.says("send me the file nope.pdf") == "There is no file called “nope.pdf”."
    await house.max.says("new contact Bert Busch")
    assert await house.max.says("the file from Bert") == "There are no files from Bert Busch."

    def forget(connection: Connection) -> None:
        connection.execute(update(inbox).values(raw=None))

    await house.database.write(forget)
    assert await house.max.says("file 1 1") == "⚠ offer.pdf isn't kept here, only its name."
    assert house.max.heard[-1].reply.file is None


async def test_a_program_is_called_what_it_is(house: TestHouse, anna: None) -> None:
    await house.gets_mail(with_files(("invoice.pdf.exe", b"MZ"), number=2))
    [told] = await house.max.hears()
    assert told.endswith("⚠ invoice.pdf.exe is a program: open it only if you are sure who sent it.")
    assert "⚠ invoice.pdf.exe" in house.max.buttons
    assert "is a program" in await house.max.taps("⚠ invoice.pdf.exe")


async def test_a_viewer_may_fetch(house: TestHouse, anna: None) -> None:
    eve = house.member("Eve", role="viewer")
    await eve.says("file 1 1")
    assert await handed(house, eve) == ("offer.pdf", PDF)


async def test_the_outbox_holds_a_reference_and_no_bytes(house: TestHouse, anna: None) -> None:
    bodies: list[str] = []

    class Looking:
        carrier = ConsoleFace(house.max.user, lambda _message, _line: None).carrier

        async def deliver(self, message: OutgoingMessage) -> str:
            bodies.extend(row["body"] for row in await house.rows("outbox", id=message.id))
            return "console:1"

    await house.max.says("help")
    await house.gets_mail(with_files(("plan.pdf", PDF * 1000), number=2))
    await Delivery(house.database, house.clock, Looking()).deliver_all()
    await house.max.taps("📎 plan.pdf")
    [file] = [message.reply.file for message in house.max.heard if message.reply.file is not None]
    assert (file.inbox_id, file.part, file.size) == (file.inbox_id, 2, len(PDF) * 1000)
    assert bodies
    assert all(len(body) < 5_000 for body in bodies)


async def test_the_console_puts_it_into_the_folder_and_over_no_other_file(
    house: TestHouse, anna: None, tmp_path: Path
) -> None:
    shown: list[OutgoingMessage] = []
    face = ConsoleFace(house.max.user, lambda message, _line: shown.append(message), house.database, tmp_path)
    (tmp_path / "offer.pdf").write_bytes(b"mine")
    (tmp_path / "offer (2).pdf").symlink_to(tmp_path / "elsewhere")
    await house.max.says("file 1 1")
    await face.deliver(house.max.heard[-1])
    assert (tmp_path / "offer.pdf").read_bytes() == b"mine"
    assert not (tmp_path / "elsewhere").exists()
    path = tmp_path / "offer (3).pdf"
    assert path.read_bytes() == PDF
    assert path.stat().st_mode & 0o777 == 0o600
    assert shown[-1].reply.text.endswith(f"\n→ {path}")
    assert shown[-1].extra == {"file": str(path)}


async def test_where_the_folder_takes_nothing_it_goes_to_one_of_its_own(
    house: TestHouse, anna: None, tmp_path: Path
) -> None:
    shown: list[OutgoingMessage] = []
    face = ConsoleFace(house.max.user, lambda message, _line: shown.append(message), house.database, tmp_path / "none")
    await house.max.says("file 1 1")
    await face.deliver(house.max.heard[-1])
    path = Path(shown[-1].extra["file"])
    assert await asyncio.to_thread(path.read_bytes) == PDF


async def test_a_member_asks_by_mail(house: TestHouse, anna: None) -> None:
    raw = (
        f"{PROVED}From: Max Kern <max@firma.example>\nTo: crm@firma.example\nSubject: file\nMessage-ID: <m@f.example>\n"
        "Date: Mon, 23 Nov 2026 09:40:00 +0100\nContent-Type: text/plain\n\nfile 1 2\n"
    )
    await house.gets_mail(raw)
    await house.max.hears()
    assert await handed(house, house.max) == ("Preise 2026.pdf", b"%PDF-1.7 prices")

"""A followed folder of sent mail: what its owner wrote is logged on its recipients, and nothing else comes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial

import pytest

from mail.account import Account
from mail.folder import Folder, is_sent_folder
from tests.mail.conftest import dovecot as dovecot
from tests.mail.dovecot import Dovecot, eventually
from tests.mail.test_imap import Mailroom
from tests.mail.test_imap import room as room

PROVED = "Authentication-Results: mx.firma.example; dkim=pass header.d=firma.example\r\n"
ANNA = "anna@nordwind.example"
NOW = format_datetime(datetime.now(UTC).replace(microsecond=0))  # what is older than a week is history
VERA = "Vera Lund <vera@fjordlicht.example>"


def written(
    number: int, to: str, text: str = "Here it is.", *, sender: str = "Max Kern <max@firma.example>", proof: str = ""
) -> bytes:
    """What Max wrote; a copy that came through mail servers has a proof."""
    return (
        f"{proof}From: {sender}\r\nTo: {to}\r\nSubject: Nr. {number}\r\nMessage-ID: <{number}@firma.example>\r\n"
        f"Date: {NOW}\r\n\r\n{text}\r\n"
    ).encode()


async def puts(room: Mailroom, dovecot: Dovecot, account: Account, *mails: bytes) -> None:
    """They lie in the folder of sent mail, and Rapport has them."""
    before = len(await room.house.rows("inbox", channel="email"))

    async def are_done() -> bool:
        rows = await room.house.rows("inbox", channel="email")
        return len(rows) == before + len(mails) and all(row["state"] == "done" for row in rows)

    for raw in mails:
        dovecot.puts(replace(account, folder="Sent"), raw)
    await eventually(are_done)


@pytest.fixture
def account(dovecot: Dovecot) -> Account:
    return dovecot.account("\\Sent")


async def people(room: Mailroom) -> list[str]:
    return [row["name"] for row in await room.house.rows("contacts")]


async def test_mail_to_a_contact_is_logged_without_a_word(room: Mailroom, dovecot: Dovecot, account: Account) -> None:
    async with room.follows(account):
        await puts(room, dovecot, account, written(1, ANNA, "remind me tomorrow to call Anna"))
    [interaction] = await room.house.rows("interactions")
    assert (interaction["direction"], interaction["user_id"]) == ("out", room.house.max.user.id)
    assert len(await room.house.rows("interaction_contacts")) == 1
    assert await room.house.rows("tasks") == [], "it isn't said to Rapport"
    assert await room.house.max.hears() == []


async def test_mail_to_an_unknown_person_waits_in_silence(room: Mailroom, dovecot: Dovecot, account: Account) -> None:
    async with room.follows(account):
        await puts(room, dovecot, account, written(1, VERA))
    assert await people(room) == ["Anna Kern"], "private mail lies there too"
    assert await room.house.max.hears() == []
    [waiting] = await room.house.rows("triage")
    assert (waiting["reason"], waiting["state"]) == ("unknown", "open")


@pytest.mark.parametrize("first", ["sent", "bcc"])
async def test_the_same_mail_in_bcc_makes_a_lead_whichever_comes_first(
    room: Mailroom, dovecot: Dovecot, account: Account, first: str
) -> None:
    in_bcc = written(1, VERA, proof=PROVED)
    if first == "bcc":
        await room.house.gets_mail(in_bcc)
    async with room.follows(account):
        await puts(room, dovecot, account, written(1, VERA))
    if first == "sent":
        await room.house.gets_mail(in_bcc)
    assert await people(room) == ["Anna Kern", "Vera Lund"]
    assert len(await room.house.rows("interactions")) == 1
    assert await room.house.rows("triage", state="open") == []
    [receipt] = await room.house.max.hears()
    assert "Vera Lund: new lead" in receipt


FORWARD = """remind me tomorrow to call her

---------- Forwarded message ---------
From: Anna Kern <anna@nordwind.example>
Date: Sun, 1 Nov 2026 10:00:00 +0100
Subject: Angebot
To: Max Kern <max@firma.example>

Können Sie liefern?"""


async def test_what_was_forwarded_to_rapport_is_done_when_it_comes(
    room: Mailroom, dovecot: Dovecot, account: Account
) -> None:
    async with room.follows(account):
        await puts(room, dovecot, account, written(1, "crm@firma.example", FORWARD))
    assert await room.house.rows("interactions") == [], "Rapport gets its own copy"
    await room.house.gets_mail(written(1, "crm@firma.example", FORWARD, proof=PROVED))
    assert len(await room.house.rows("tasks")) == 1
    assert len(await room.house.rows("interactions", direction="in")) == 1


async def test_what_was_forwarded_to_others_was_written_to_them(
    room: Mailroom, dovecot: Dovecot, account: Account
) -> None:
    await room.house.max.says("new lead Vera Lund, vera@fjordlicht.example")
    async with room.follows(account):
        await puts(room, dovecot, account, written(1, VERA, FORWARD))
    [interaction] = await room.house.rows("interactions")
    [logged] = await room.house.rows("interaction_contacts")
    [vera] = await room.house.rows("contacts", name="Vera Lund")
    assert (interaction["direction"], logged["contact_id"]) == ("out", vera["id"])
    assert await room.house.rows("tasks") == []


async def test_an_address_that_is_no_members_makes_no_noise_either(
    room: Mailroom, dovecot: Dovecot, account: Account
) -> None:
    async with room.follows(account):
        await puts(room, dovecot, account, written(1, VERA, sender="info@firma.example"))
    assert await people(room) == ["Anna Kern"]
    assert await room.house.max.hears() == []


async def test_another_folder_proves_nothing(room: Mailroom, dovecot: Dovecot) -> None:
    account = dovecot.account()
    async with room.follows(account):
        dovecot.puts(account, written(1, VERA))
        await eventually(partial(room.has, 1))
    [notice] = await room.house.max.hears()
    assert "not proved to be yours" in notice


@pytest.mark.parametrize(
    ("name", "folders", "is_sent"),
    [
        ("Gesendet", [Folder("Gesendet", frozenset({"\\hasnochildren", "\\sent"})), Folder("Sent")], True),
        ("Sent", [Folder("Gesendet", frozenset({"\\sent"})), Folder("Sent")], False),
        ("Sent", [Folder("Sent"), Folder("INBOX")], True),
        ("INBOX.Gesendete Objekte", [Folder("INBOX")], True),
        ("[Gmail]/Отправленные", [], True),
        ("INBOX", [Folder("INBOX")], False),
        ("Sent by Anna", [Folder("INBOX")], False),
        ("CRM/Presents", [], False),
    ],
)
def test_which_folder_it_is(name: str, folders: list[Folder], is_sent: bool) -> None:
    assert is_sent_folder(name, folders) is is_sent

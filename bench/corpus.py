"""A small team with its contacts, and what is said to Rapport and mailed to it, in three languages. All invented."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from bot.delivery import Delivery
from bot.settings import Settings
from bot.wiring import House, open_house
from handlers.team import Team
from storage.messages import InboundMessage, OutgoingMessage, Sender
from storage.outbox import Carrier
from storage.users import add_user

TEAM = Team(language="en", zone="Europe/Berlin", country="DE", currency="EUR", address="crm@firma.example")
AUTHSERV = frozenset({"mx.firma.example"})
TELEGRAM_ID = "7001"

_FIRST = "Anna Boris Clara Daniel Elena Felix Greta Henrik Irina Jonas Katrin Lukas Maria Nils Olga Paul".split()  # noqa: SIM905
_LAST = "Kern Albrecht Sommer Berger Petrow Lindqvist Brandt Moreau Tanaka Wolff Iwanow Castell".split()  # noqa: SIM905
NAMES = [f"{first} {last}" for first in _FIRST for last in _LAST]

_SAID = (
    "note for {name}: prefers mornings since visit {n}",
    "Notiz für {name}: trinkt lieber Tee seit Besuch {n}",
    "заметка для {name}: любит чай после визита {n}",
    "remind me tomorrow at 9:30 to call {name}",
    "erinnere mich morgen um 10:15 daran, {name} anzurufen",
    "напомни мне завтра в 11:45 позвонить {name}",
    "remind me in 3 days to call {name}",
    "erinnere mich in 4 Tagen daran, {name} anzurufen",
    "напомни мне через 5 дней позвонить {name}",
)
_TEXT = (
    "Hello Max,\n\nthank you. Could you deliver number {n} by the end of the month?\n\nKind regards\n{name}",
    "Hallo Max,\n\nvielen Dank. Können Sie Nummer {n} bis Ende des Monats liefern?\n\nViele Grüße\n{name}",
    "Здравствуйте, Макс!\n\nСпасибо за предложение. Сможете ли вы поставить номер {n} до конца месяца?\n\n{name}",
)


def settings_for(path: Path) -> Settings:
    """Rapport over this database file, with no channel but what a benchmark adds."""
    return Settings(database=str(path), team=TEAM, authserv=AUTHSERV, drop=None)


def address_of(name: str) -> str:
    """A contact's address."""
    return f"{name.lower().replace(' ', '.')}@kunden.example"


def text_of(number: int) -> str:
    """The n-th message of the conversation: notes and reminders, in English, German and Russian by turns."""
    return _SAID[number % len(_SAID)].format(name=NAMES[number * 7 % len(NAMES)], n=number)


def spoken(text: str, number: int) -> tuple[InboundMessage, bytes]:
    """A text as a member of the team sends it in Telegram, and some raw bytes as long as Telegram's."""
    raw = f'{{"update_id": {number}, "message": {{"text": "{text}", "rest": "{"x" * 300}"}}}}'.encode()
    message = InboundMessage(
        channel="telegram",
        external_id=f"1:{TELEGRAM_ID}:{number}",
        lane=f"telegram:{TELEGRAM_ID}",
        sender=Sender("telegram", TELEGRAM_ID, "Max"),
        at=datetime.now(UTC),
        text=text,
        language="en",
    )
    return message, raw


def mail_of(number: int) -> bytes:
    """The n-th mail: three contacts write, then a member forwards, then a member's own mail comes as a copy."""
    name = NAMES[number * 7 % len(NAMES)]
    text = _TEXT[number % len(_TEXT)].format(name=name, n=number)
    kind = number % 5
    theirs, ours = f"{name} <{address_of(name)}>", "Max Kern <max@firma.example>"
    if kind < 3:
        quoted = "\n".join(f"> line {line} of what was written before" for line in range(20))
        body = f"{text}\n\nOn Sun, 22 Nov 2026 at 10:00, Max Kern <max@firma.example> wrote:\n{quoted}\n"
        return _raw(number, theirs, "crm@firma.example", f"Offer {number}", body)
    if kind == 3:
        head = f"From: {theirs}\nDate: Mon, Nov 23, 2026 at 9:30 AM\nSubject: Order {number}\nTo: {ours}\n"
        body = f"---------- Forwarded message ---------\n{head}\n\n{text}\n"
        return _raw(number, ours, "crm@firma.example", f"Fwd: Order {number}", body)
    return _raw(number, ours, theirs, f"Our offer {number}", text + "\n", "Cc: crm@firma.example\n")


def _raw(number: int, sender: str, to: str, subject: str, body: str, more: str = "") -> bytes:
    domain = sender.rpartition("@")[2].rstrip(">")
    head = (
        f"Authentication-Results: mx.firma.example; dmarc=pass header.from={domain}\n"
        f"From: {sender}\nTo: {to}\n{more}Subject: {subject}\nMessage-ID: <{number}.bench@{domain}>\n"
        f"Date: {datetime.now(UTC):%a, %d %b %Y %H:%M:%S} +0000\n"
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    )
    return (head + body).encode()


class NullFace:
    """Takes every message and shows it to nobody."""

    def __init__(self) -> None:
        self.came = asyncio.Event()

    @property
    def carrier(self) -> Carrier:
        """Telegram's rows, without a Telegram."""
        return Carrier("telegram")

    async def deliver(self, message: OutgoingMessage) -> str:
        """Says that it came."""
        self.came.set()
        return f"{TELEGRAM_ID}:{message.id}"


async def settled(path: Path) -> None:
    """A database in which the owner Max has named every contact."""
    async with open_house(settings_for(path)) as house:
        await settle(house)


async def settle(house: House) -> None:
    """The owner Max joins and names every contact, as a person would."""
    delivery = Delivery(house.database, house.clock, NullFace())
    await house.database.write(
        lambda connection: add_user(
            connection,
            "Max Kern",
            at=house.clock.wall(),
            role="owner",
            email="max@firma.example",
            telegram=TELEGRAM_ID,
            language="en",
            timezone="Europe/Berlin",
        )
    )
    for number, name in enumerate(NAMES):
        message, raw = spoken(f"new lead {name}, {address_of(name)}, +49 30 9018{number:03}", 1_000_000 + number)
        await house.flow.keep(message, raw=raw)
        await house.flow.handle_next()
        await delivery.deliver_all()

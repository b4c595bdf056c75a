"""`rapport demo`: a small team to look around in, in a database of its own, made by talking as people do."""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.console import ConsoleFace
from bot.delivery import Delivery
from bot.mail_in import prepared
from bot.settings import Settings, data_folder, load_settings
from bot.wiring import House, open_house
from mail.parse import parse_mail
from storage.backup import CannotRestore
from storage.clock import Clock
from storage.holding import InUse, alone
from storage.inbox import compress
from storage.messages import InboundMessage, Sender
from storage.users import User, add_user, user_by_id

CRM, SERVER = "crm@lampen.example", "mx.lampen.example"
MAX, EVA = "Max Kern", "Eva Sand"
ANNA = "anna@nordwind.example"


@dataclass(frozen=True, slots=True)
class Said:
    """So many days from today, at this hour, a member says something."""

    day: int
    at: str
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """So many days from today, at this hour, a mail comes; a member's is proved."""

    day: int
    at: str
    sender: str
    to: str
    subject: str
    text: str


_TALK = (
    Said(-21, "09:10", MAX, f"new lead Anna Kern, Nordwind GmbH, {ANNA}, +49 30 901820, wants 20 licences ~5k"),
    Said(-20, "11:00", MAX, "new contact Bert Busch, Busch Dachbau GmbH, bert@busch.example, +49 40 555120"),
    Said(-19, "14:30", EVA, "neuer Lead Jutta Müller, Seeblick Hotels, jutta@seeblick.example, braucht 12 Lampen"),
    Said(-18, "10:15", EVA, "neuer Kontakt Ralf Müller, Müller Bau GmbH, ralf@mueller-bau.example"),
    Said(-17, "09:40", EVA, "новый лид Иван Петров, ООО Ромашка, petrov@romashka.example, +7 495 123-45-67"),
    Said(-16, "16:20", EVA, "новый контакт Ольга Соколова, sokolova@volna.example"),
    Said(-15, "09:05", MAX, "new lead Carla Rossi, Lumen Srl, carla@lumen.example, +39 06 555 0199"),
    Said(-14, "13:00", MAX, "new contact Dmitri Orlov, Volna Ltd, dmitri@volna.example"),
    Said(-12, "10:00", MAX, "new lead Lisa Klein, Klein Optik, lisa@klein.example"),
    Said(-11, "15:45", EVA, "neuer Kontakt Tom Weber, Weber AG, tom@weber.example"),
    Said(-10, "09:30", MAX, "new lead Priya Shah, Shah Interiors, priya@shah.example"),
    Said(-9, "11:20", MAX, "new contact Omar Haddad, Haddad Trading, omar@haddad.example"),
    Said(-9, "11:30", MAX, "note for Anna Kern: prefers mornings, met at the fair"),
    Said(-8, "10:10", EVA, "Notiz zu Jutta Müller: will erst nach der Messe entscheiden"),
    Said(-8, "10:30", EVA, "заметка по Петрову: просит скидку 5%"),
    Said(-7, "09:00", MAX, "deal Carla Rossi 12k"),
    Said(-7, "09:05", MAX, "deal Priya Shah 3200 €"),
    Said(-6, "09:00", MAX, "move Nordwind to proposal"),
    Said(-6, "09:05", MAX, "move Carla Rossi to negotiation"),
    Said(-5, "17:00", MAX, "called Bert Busch, wants a visit in December"),
    Said(-2, "09:15", MAX, "remind me tomorrow 16:00 to call Carla Rossi"),
    Said(-1, "18:00", MAX, "remind me tomorrow 9:00 to send Anna Kern the quote"),
    Said(-1, "18:05", EVA, "erinner mich morgen um 14:00 Jutta Müller anzurufen"),
    Said(-1, "18:10", MAX, "remind me in 2 days to visit Bert Busch"),
    Said(-1, "18:15", EVA, "напомни в пятницу позвонить Петрову"),
    Said(-1, "18:20", MAX, "remind me next monday 10:00 to prepare the demo for Lisa Klein"),
)
_MAILS = (
    Letter(-5, "10:00", f"Anna Kern <{ANNA}>", CRM, "Angebot", "Könnten Sie die Lieferung bis 15.12. zusagen?"),
    Letter(
        -4, "09:00", f"{MAX} <max@lampen.example>", f"Anna Kern <{ANNA}>", "Re: Angebot", "Ja, bis 12.12. klappt es."
    ),
    Letter(-3, "12:00", "Ivan Petrov <petrov@romashka.example>", CRM, "Цена", "Добрый день! Пришлите новую цену."),
    Letter(-1, "17:30", "Götz Übelacker <goetz@kuehl.example>", CRM, "Anfrage Kühlzelle", "Was kostet eine Kühlzelle?"),
)


def demo(args: argparse.Namespace) -> int:
    """Makes the team anew; at a terminal the chat opens on it, else it is said how."""
    path = data_folder() / "demo.db"
    settings = _settings(path)
    _clear(path)
    asyncio.run(make_team(settings, Clock().wall()))
    print(f"The demo team is in {path}.")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(f'Open it with: RAPPORT_DATABASE="{path}" rapport chat --user "{MAX}"')
        return 0
    from bot.terminal import chat_at_terminal

    print('Try: anna · tasks · pipeline · triage · "note for Carla: call back in May"\n')
    return asyncio.run(chat_at_terminal(settings, name=MAX, now=None, with_parts=False))


async def make_team(settings: Settings, today: datetime) -> None:
    """Two members, a dozen contacts, notes, deals, tasks and mails, as the last three weeks would have brought them."""
    clock = Clock()
    async with open_house(settings, clock) as house:
        team = {name: await _member(house, name, language, today) for name, language in ((MAX, "en"), (EVA, "de"))}
        zone = ZoneInfo(settings.team.zone)
        steps: list[Said | Letter] = sorted((*_TALK, *_MAILS), key=lambda step: (step.day, step.at))
        for number, step in enumerate(steps):
            date = (today.astimezone(zone) + timedelta(days=step.day)).date()
            clock.set(datetime.combine(date, time.fromisoformat(step.at), zone))
            if isinstance(step, Said):
                await _say(house, team[step.who], step.text, number)
            else:
                await _mail(house, _raw(step, clock.now().astimezone(zone), number))
            while await house.flow.handle_next() is not None:
                pass
        for user in team.values():  # what was answered then is read already
            await Delivery(house.database, clock, ConsoleFace(user, lambda _, __: None)).deliver_all()


def _settings(path: Path) -> Settings:
    settings = load_settings()
    team = replace(settings.team, address=CRM)
    return Settings(str(path), team, authserv=frozenset({SERVER}), drop=None)


def _clear(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with alone(path):
            for end in ("", "-wal", "-shm", "-journal"):
                Path(f"{path}{end}").unlink(missing_ok=True)
    except InUse:
        raise CannotRestore(f"The demo is open already ({path}). End that chat first.") from None


async def _member(house: House, name: str, language: str, at: datetime) -> User:
    first = name.split()[0].lower()

    def work(connection: Connection) -> User:
        user_id = add_user(
            connection,
            name,
            at=at,
            role="owner" if name == MAX else "member",
            language=language,
            timezone=house.settings.team.zone,
            email=f"{first}@lampen.example",
        )
        user = user_by_id(connection, user_id)
        assert user is not None
        return user

    return await house.database.write(work)


async def _say(house: House, user: User, text: str, number: int) -> None:
    sender = Sender("user", str(user.id), user.name)
    await house.flow.keep(
        InboundMessage("console", f"demo-{number}", f"console:{user.id}", sender, house.clock.now(), text=text)
    )


async def _mail(house: House, raw: bytes) -> None:
    mail = parse_mail(raw, authserv=house.settings.authserv)
    await house.flow.keep(prepared(raw, mail, house.clock.now()), raw=compress(raw))


def _raw(letter: Letter, moment: datetime, number: int) -> bytes:
    domain = letter.sender.partition("@")[2].rstrip(">")
    ours = domain == CRM.partition("@")[2]
    results = f"Authentication-Results: {SERVER}; dmarc=pass header.from={domain}\r\n" if ours else ""
    return (
        f"{results}From: {letter.sender}\r\nTo: {letter.to}\r\nSubject: {letter.subject}\r\n"
        f"Message-ID: <demo-{number}@{domain}>\r\nDate: {format_datetime(moment)}\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{letter.text}\r\n"
    ).encode()

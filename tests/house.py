"""A house for tests: a real database and flow, a clock that tests set, and people who talk and hear."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from bot.console import parse_moment
from bot.delivery import Delivery
from bot.flow import Flow
from bot.mail_in import prepared
from handlers.team import Team
from mail.parse import parse_mail
from storage.buttons import newest_button
from storage.clock import Clock
from storage.database import Database
from storage.inbox import Kept, compress
from storage.messages import InboundMessage, OutgoingMessage, Sender
from storage.outbox import Carrier
from storage.tables import metadata
from storage.users import User, add_user, change_user, user_by_id

T = TypeVar("T")

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10:00 in Berlin
TEAM = Team(language="en", zone="Europe/Berlin", country="DE", currency="EUR", address="crm@firma.example")
AUTHSERV = frozenset({"mx.firma.example"})


@dataclass
class Chat:
    """One user at a console: says, taps and hears."""

    house: TestHouse
    user: User
    heard: list[OutgoingMessage] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    async def says(self, text: str) -> str:
        """What Rapport answers to a message."""
        return await self._send(text=text)

    async def taps(self, label: str) -> str:
        """What Rapport answers to a tap on the newest button of this label."""

        def find(connection: Connection) -> str | None:
            return newest_button(connection, self.user.id, label, "console")

        token = await self.house.look(find)
        assert token is not None, f"no button {label!r}; there are {self.buttons}"
        return await self._send(tap=token)

    async def hears(self) -> list[str]:
        """What is pushed or was queued meanwhile."""
        await self.house.flow.push_due()
        return [message.reply.text for message in await self._deliver()]

    @property
    def buttons(self) -> list[str]:
        """The labels on the newest message."""
        return [button.label for row in self.heard[-1].reply.buttons for button in row] if self.heard else []

    async def _send(self, *, text: str = "", tap: str | None = None) -> str:
        message = InboundMessage(
            channel="console",
            external_id=f"{self.user.id}-{next(self._numbers)}-{id(self)}",
            lane=f"console:{self.user.id}",
            sender=Sender("user", str(self.user.id), self.user.name),
            at=self.house.clock.now(),
            text=text,
            tap=tap,
        )
        await self.house.flow.keep(message)
        await self.house.handles()
        return "\n".join(each.reply.text for each in await self._deliver())

    async def _deliver(self) -> list[OutgoingMessage]:
        return await self._delivered(Carrier("console", self.user.id))

    async def _delivered(self, carrier: Carrier) -> list[OutgoingMessage]:
        """What this face is given to deliver now."""
        before = len(self.heard)
        await Delivery(self.house.database, self.house.clock, Recorder(carrier, self.heard)).deliver_all()
        return self.heard[before:]


@dataclass(frozen=True)
class Recorder:
    """A face that only remembers."""

    carrier: Carrier
    heard: list[OutgoingMessage]

    async def deliver(self, message: OutgoingMessage) -> str:
        """Remembers it."""
        self.heard.append(message)
        return f"{self.carrier.name}:{message.id}"


class TestHouse:
    """Database, clock and flow, and the owner Max at his console."""

    __test__ = False

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock(MONDAY)
        self.flow = Flow(database, self.clock, TEAM)
        self.max = self._member("Max Kern", email="max@firma.example", role="owner")

    def member(self, name: str, **values: Any) -> Chat:
        """One more member of the team, at a console."""
        return self._member(name, **values)

    def at(self, moment: str) -> None:
        """Sets the clock, to a moment in Berlin."""
        self.clock.set(parse_moment(moment, "Europe/Berlin"))

    async def handles(self) -> int:
        """Handles all that waits; how many messages."""
        count = 0
        while await self.flow.handle_next() is not None:
            count += 1
        return count

    async def gets_mail(self, raw: str | bytes, *, silent: bool = False) -> Kept:
        """A raw mail comes in and is handled; `silent` as old mail of a mailbox."""
        octets = raw if isinstance(raw, bytes) else raw.encode()
        mail = parse_mail(octets, authserv=AUTHSERV)
        message = replace(prepared(octets, mail, self.clock.now()), silent=silent)
        kept = await self.flow.keep(message, raw=compress(octets))
        await self.handles()
        return kept

    async def look(self, work: Callable[[Connection], T]) -> T:
        """Reads from the database."""
        return await self.database.read(work)

    async def rows(self, table: str, **fits: Any) -> list[dict[str, Any]]:
        """The rows of a table that fit, oldest first."""
        found = metadata.tables[table]
        query = select(found).where(*(found.c[name] == value for name, value in fits.items())).order_by(found.c.id)
        return await self.look(lambda connection: [dict(row) for row in connection.execute(query).mappings()])

    def _member(self, name: str, **values: Any) -> Chat:
        zone, digest = values.pop("timezone", "Europe/Berlin"), values.pop("digest", "")

        def work(connection: Connection) -> User:
            user_id = add_user(connection, name, at=MONDAY, timezone=zone, **values)
            change_user(connection, user_id, digest=digest)  # none, where a test isn't about it
            user = user_by_id(connection, user_id)
            assert user is not None
            return user

        return Chat(self, self.database.transact(work))


@asynccontextmanager
async def opened_house(database: Database) -> AsyncIterator[TestHouse]:
    """A house over an opened database."""
    yield TestHouse(database)

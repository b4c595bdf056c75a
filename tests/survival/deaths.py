"""Processes that die where a test wants them to: forked from one that has imported everything, so a death is cheap.

Each life takes in the same messages (as a sender that wasn't told "kept" does), handles and delivers what it finds
over one SQLite file, and dies at its n-th commit, or in the midst of a message's handling.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, ClassVar, Self

from sqlalchemy import Connection, event

import bot.flow
from bot.delivery import Delivery
from bot.flow import Flow
from handlers.bracket import handle
from handlers.team import Team
from storage.clock import Clock
from storage.database import Database
from storage.inbox import compress
from storage.messages import InboundMessage, OutgoingMessage, Sender
from storage.opening import open_database
from storage.outbox import Carrier
from tests.house import MONDAY, TEAM
from tests.survival.program import Place

DEAD = 9
MESSAGES = (
    (111, "new lead Anna Kern, anna@nordwind.example"),
    (222, "note for Anna: from Eva"),
    (111, "remind me in 1 minute to call Anna"),
    (111, "note for Anna: second"),
)


@dataclass(frozen=True)
class Life:
    """Where it lives, and that it dies before or after its n-th commit."""

    folder: Path
    moment: str
    number: int

    WANTED: ClassVar[dict[str, list[str]]] = {
        "SELECT name FROM contacts": ["Anna Kern"],
        "SELECT text FROM notes ORDER BY text": ["from Eva", "second"],
        "SELECT title FROM tasks": ["call Anna"],
        "SELECT DISTINCT state FROM inbox": ["done"],
        "SELECT count(*) FROM inbox": ["4"],
        "SELECT DISTINCT state FROM outbox": ["sent"],
        "SELECT state FROM reminders": ["sent"],
        "PRAGMA integrity_check": ["ok"],
    }

    @property
    def place(self) -> Place:
        """Its database and the team in it."""
        return Place(self.folder)

    def facts(self) -> dict[str, list[str]]:
        """What is in the database in the end."""
        with closing(sqlite3.connect(self.place.database)) as connection:
            return {query: [str(row[0]) for row in connection.execute(query)] for query in self.WANTED}

    def said(self) -> list[str]:
        """What the outside world heard, in order."""
        return (self.folder / "said").read_text(encoding="utf-8").splitlines()

    def wanted_answers(self) -> list[str]:
        """Who must hear an answer to which message, and the reminder."""
        return [f"{person}:{place}" for place, (person, _) in enumerate(MESSAGES)] + ["111:reminder"]

    def in_order(self) -> bool:
        """Did each person hear the answers in the order of the questions?"""
        first = list(dict.fromkeys(self.said()))
        return all(
            own == sorted(own) for own in ([each for each in first if each.startswith(who)] for who in ("111", "222"))
        )


class World:
    """A face to the outside, which notes down what it hears at once."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "said"

    @property
    def carrier(self) -> Carrier:
        """Plays Telegram."""
        return Carrier("telegram")

    async def deliver(self, message: OutgoingMessage) -> str:
        """Hears it."""
        who = message.address or "111"
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{who}:{message.in_answer_to or message.reply.kind}\n")
        return f"{who}:{message.id}"


class Nursery:
    """A process that has everything imported and read; each life is forked from it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_forking, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._line.close()
        self._process.join(10)
        self._process.close()

    def lives(self, life: Life, template: Place) -> list[int]:
        """A life that may end early, and then another one that goes on with what it finds; their exit codes."""
        life.folder.mkdir(parents=True)
        copyfile(template.database, life.place.database)
        codes = [self._ended(_live, life, 0)]
        if codes[0] == DEAD:
            codes.append(self._ended(_live, life, 1))
        return codes

    def lives_with_poison(self, folder: Path, messages: tuple[tuple[int, str], ...]) -> list[int]:
        """Lives over a backlog with a message that kills, one after the other until one ends well; their exit codes."""
        assert self._ended(_keep, folder, messages) == 0
        codes: list[int] = []
        while codes[-1:] != [0] and len(codes) < 10:
            codes.append(self._ended(_live_poisoned, folder, len(codes)))
        return codes

    def _ended(self, life: Callable[..., None], *args: Any) -> int:
        self._line.send((life, args))
        assert self._line.poll(60), "it hangs"
        return int(self._line.recv())


def _forking(line: Any) -> None:
    with TemporaryDirectory() as folder:
        Place(Path(folder)).team()
        asyncio.run(_live_on(Path(folder), MESSAGES, 0, None))  # what is read once a process is read now
    while True:
        try:
            life, args = line.recv()
        except EOFError:
            return
        child = os.fork()
        if child == 0:
            life(*args)
            os._exit(0)
        line.send(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _live(life: Life, nth: int) -> None:
    asyncio.run(_live_on(life.folder, MESSAGES, nth, None if nth else life))


def _live_poisoned(folder: Path, nth: int) -> None:
    def handled(connection: Connection, inbox_id: int, message: InboundMessage, team: Team) -> None:
        handle(connection, inbox_id, message, team)
        if "poison" in message.text:
            os._exit(DEAD)

    vars(bot.flow)["handle"] = handled
    asyncio.run(_live_on(folder, (), nth, None))


def _keep(folder: Path, messages: tuple[tuple[int, str], ...]) -> None:
    asyncio.run(_take_in(folder, messages))


async def _take_in(folder: Path, messages: tuple[tuple[int, str], ...]) -> None:
    async with open_database(str(Place(folder).database)) as database:
        flow = Flow(database, Clock(MONDAY), TEAM)
        for place, (person, text) in enumerate(messages):
            await flow.keep(_message(place, person, text), raw=compress(text.encode()))


async def _live_on(folder: Path, messages: tuple[tuple[int, str], ...], nth: int, fate: Life | None) -> None:
    # Each life begins a minute after the one before: what that one had claimed is free.
    born = datetime.now(UTC)
    clock = Clock(MONDAY, wall=lambda: datetime.now(UTC) + timedelta(minutes=nth) + (datetime.now(UTC) - born))
    async with open_database(str(Place(folder).database)) as database:
        if fate is not None:
            _doom(database, fate)
        flow = Flow(database, clock, TEAM)
        for place, (person, text) in enumerate(messages):
            await flow.keep(_message(place, person, text), raw=compress(text.encode()))
        delivery = Delivery(database, clock, World(folder))
        while await flow.handle_next() is not None:
            await delivery.deliver_all()
        clock.set(MONDAY + timedelta(minutes=1))
        while await flow.push_due() or await delivery.deliver_all():
            pass


def _doom(database: Database, fate: Life) -> None:
    """Lets this process die at a commit."""
    commits = changes = 0
    transact = database._transact

    def counted(connection: Connection) -> None:
        nonlocal commits, changes
        before, changes = changes, connection.connection.driver_connection.total_changes  # type: ignore[union-attr]
        commits += changes != before
        if fate.moment == "before" and commits == fate.number:
            os._exit(DEAD)

    def transacted(work: Any) -> Any:
        result = transact(work)
        if fate.moment == "after" and commits == fate.number:
            os._exit(DEAD)
        return result

    event.listen(database.engine, "commit", counted)
    database._transact = transacted  # type: ignore[method-assign]


def _message(place: int, person: int, text: str) -> InboundMessage:
    return InboundMessage(
        "telegram", str(place), f"telegram:{person}", Sender("telegram", str(person)), at=MONDAY, text=text
    )

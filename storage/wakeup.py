"""Wakes the loops that sleep when there is something for them, written by this process or another."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Literal

from sqlalchemy import Connection, text

from storage.database import TOPICS, Database

Topic = Literal["inbox", "outbox", "reminders", "jobs"]

LONGEST_SLEEP = 30.0  # seconds: clocks jump and machines are suspended
_POLL = 0.03  # seconds between two looks at SQLite's data_version, some microseconds each
_CHANNEL = "rapport"


def announce(connection: Connection, topic: Topic) -> None:
    """At the commit, the loops of this topic have work: in this process, and on PostgreSQL in the others."""
    connection.info.setdefault(TOPICS, set()).add(topic)
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"NOTIFY {_CHANNEL}, '{topic}'"))


class Wakeups:
    """Each loop's own bell, rung for its topic; all are rung when nobody knows what was written."""

    def __init__(self) -> None:
        self._bells: list[tuple[Topic | None, asyncio.Event]] = []

    def bell(self, topic: Topic | None = None) -> asyncio.Event:
        """A bell for one loop, rung for its topic or for all. It rings from now on; waiting on it also silences it."""
        bell = asyncio.Event()
        self._bells.append((topic, bell))
        return bell

    def ring(self, topics: Collection[str] | None = None) -> None:
        """Wakes the loops of these topics, all without."""
        for topic, bell in self._bells:
            if topic is None or topics is None or topic in topics:
                bell.set()


async def sleep(bell: asyncio.Event, seconds: float) -> None:
    """Sleeps until the bell rings, but at most so many seconds and never longer than LONGEST_SLEEP."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(max(0.0, min(seconds, LONGEST_SLEEP))):
            await bell.wait()
    bell.clear()


@asynccontextmanager
async def watching(database: Database) -> AsyncIterator[Wakeups]:
    """While it lasts, every write to the database, from any process, rings the bells."""
    wakeups = Wakeups()
    watch = _watch_sqlite if database.is_sqlite else _watch_postgresql
    with database.waking(wakeups.ring):
        task = asyncio.create_task(watch(database, wakeups), name="wakeups")
        try:
            yield wakeups
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _watch_sqlite(database: Database, wakeups: Wakeups) -> None:
    while True:
        if database.changed_elsewhere():
            wakeups.ring()
        await asyncio.sleep(_POLL)


async def _watch_postgresql(database: Database, wakeups: Wakeups) -> None:
    import psycopg

    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                await connection.execute(f"LISTEN {_CHANNEL}")
                wakeups.ring()  # what was announced while nobody listened
                async for notice in connection.notifies():
                    wakeups.ring({notice.payload})
        except psycopg.OperationalError:
            await asyncio.sleep(1)  # the loops meanwhile wake up by themselves

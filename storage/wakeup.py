"""Wakes sleeping loops when something was written, by this process or another."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Connection, text

from storage.database import Database

LONGEST_SLEEP = 30.0  # seconds: clocks jump and machines are suspended
_POLL = 0.03  # seconds between two looks at SQLite's data_version, some microseconds each
_CHANNEL = "rapport"


def announce(connection: Connection) -> None:
    """Tells other processes on PostgreSQL, at the commit, that there is work; SQLite's are told by its data_version."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"NOTIFY {_CHANNEL}"))


class Wakeups:
    """Each loop's own bell; all are rung at every write."""

    def __init__(self) -> None:
        self._bells: set[asyncio.Event] = set()

    def bell(self) -> asyncio.Event:
        """A bell for one loop. It rings from now on; waiting on it also silences it."""
        bell = asyncio.Event()
        self._bells.add(bell)
        return bell

    def ring(self) -> None:
        """Wakes all the loops."""
        for bell in self._bells:
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
    # data_version reads the shared memory of the WAL: microseconds, so it needs no thread.
    connection = sqlite3.connect(str(database.url.database), timeout=0)
    try:
        seen = None
        while True:
            with contextlib.suppress(sqlite3.OperationalError):
                version = connection.execute("PRAGMA data_version").fetchone()
                if version != seen and seen is not None:
                    wakeups.ring()
                seen = version
            await asyncio.sleep(_POLL)
    finally:
        connection.close()


async def _watch_postgresql(database: Database, wakeups: Wakeups) -> None:
    import psycopg

    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                await connection.execute(f"LISTEN {_CHANNEL}")
                wakeups.ring()  # what was announced while nobody listened
                async for _ in connection.notifies():
                    wakeups.ring()
        except psycopg.OperationalError:
            await asyncio.sleep(1)  # the loops meanwhile wake up by themselves

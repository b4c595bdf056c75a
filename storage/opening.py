"""Opens a database with its schema up to date, and closes it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from storage.database import Database
from storage.schema import upgrade


@asynccontextmanager
async def open_database(setting: str) -> AsyncIterator[Database]:
    """A database with its schema up to date, closed at the end."""
    database = Database(setting)
    try:
        upgrade(database)
        yield database
    finally:
        await database.close()


@contextmanager
def open_database_now(setting: str) -> Iterator[Database]:
    """The same for commands without an event loop."""
    database = Database(setting)
    try:
        upgrade(database)
        yield database
    finally:
        database.close_now()

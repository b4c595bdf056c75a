"""Opens a database with its schema up to date, and closes it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from pathlib import Path

from storage.database import Database
from storage.holding import shared
from storage.schema import upgrade


@asynccontextmanager
async def open_database(setting: str) -> AsyncIterator[Database]:
    """A database with its schema up to date, closed at the end. Raises BeingRestored."""
    database = Database(setting)
    with _held(database):
        try:
            upgrade(database)
            yield database
        finally:
            await database.close()


@contextmanager
def open_database_now(setting: str) -> Iterator[Database]:
    """The same for commands without an event loop."""
    database = Database(setting)
    with _held(database):
        try:
            upgrade(database)
            yield database
        finally:
            database.close_now()


def upgrade_now(setting: str) -> bool:
    """Only brings the schema up to date; True when there was something to do."""
    database = Database(setting)
    with _held(database):
        try:
            return upgrade(database)
        finally:
            database.close_now()


def file_of(database: Database) -> Path | None:
    """The SQLite file, by its own name where the setting's is a link; None for a server's database."""
    return Path(str(database.url.database)).resolve() if database.is_sqlite else None


def _held(database: Database) -> AbstractContextManager[None]:
    path = file_of(database)
    return nullcontext() if path is None else shared(path)

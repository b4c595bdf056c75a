"""The one door to the database: every write of the process goes through `write`, one transaction each."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import QueuePool

from storage.errors import WrongSetting

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

T = TypeVar("T")
Work = Callable[[Connection], T]
Waker = Callable[[Collection[str]], None]

TOPICS = "rapport_topics"  # in a connection's info: what storage/wakeup.py announces

_BUSY_MS = 10_000  # how long a write waits for another process's transaction
_SLICE_MS = 250  # it looks up so often whether it is to stop
_POOL = 4  # connections to PostgreSQL for writing
_READING = {"rapport_reading": True}


class Database:
    """One database, opened: `write` and `read` from the loops, `transact` and `look` where no loop runs.

    Work is a synchronous function of a SQLAlchemy connection; it must not keep the connection. A write is one
    transaction: committed when the work returns, rolled back whole when it raises.
    """

    def __init__(self, url: str) -> None:
        self.url = database_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writer = ThreadPoolExecutor(1 if self.is_sqlite else _POOL, thread_name_prefix="database")
        self._turn = threading.Lock()
        self._kept: Connection | None = None  # the writer's own: opening one costs more than a small transaction
        self._closing = False
        self._engine = self._make_engine()
        self._reader: AsyncEngine | None = None
        self._wakers: list[Waker] = []
        self._seen: int | None = None  # SQLite's data_version: how often others wrote

    async def write(self, work: Work[T]) -> T:
        """Runs the work in one transaction, in the writer's thread: one hop there and back."""
        result, topics = await asyncio.get_running_loop().run_in_executor(self._writer, self._transact, work)
        if topics:
            for wake in self._wakers:
                wake(topics)
        return result

    def transact(self, work: Work[T]) -> T:
        """Runs the work in one transaction, here and now: for commands without an event loop."""
        return self._transact(work)[0]

    async def read(self, work: Work[T]) -> T:
        """Runs work that only reads, on the async engine, beside any write."""
        if self._reader is None:
            self._reader = self._make_reader()
        async with self._reader.connect() as connection:
            return await connection.run_sync(work)

    def look(self, work: Work[T]) -> T:
        """Runs work that only reads, here and now."""
        with self._engine.connect().execution_options(**_READING) as connection:
            return work(connection)

    @contextmanager
    def waking(self, wake: Waker) -> Iterator[None]:
        """While it lasts, `wake` is called (in the event loop) with the topics that a write announced."""
        self._wakers.append(wake)
        try:
            yield
        finally:
            self._wakers.remove(wake)

    def changed_elsewhere(self) -> bool:
        """Did another process write to this SQLite file since the last look? Costs some microseconds; never waits."""
        if not self._turn.acquire(blocking=False):
            return False  # a write of ours is under way; the next look tells
        try:
            # On the connection that all our writes take, data_version counts only the others'.
            seen: int = _driver(self._writing()).execute("PRAGMA data_version").fetchone()[0]
        except (sqlite3.OperationalError, OperationalError):
            return False
        finally:
            self._turn.release()
        changed, self._seen = seen != self._seen, seen
        return changed

    @property
    def engine(self) -> Engine:
        """The engine under the door, for migrations and backups only."""
        return self._engine

    async def close(self) -> None:
        """Waits for the writes under way (not for another process's lock) and closes every connection."""
        self._closing = True
        if self._reader is not None:
            await self._reader.dispose()
        self.close_now()

    def close_now(self) -> None:
        """The same where no loop ran."""
        self._closing = True
        self._writer.shutdown(wait=True)
        if self._kept is not None:
            self._kept.close()
        self._engine.dispose()

    def _transact(self, work: Work[T]) -> tuple[T, set[str]]:
        """The work's result, and the topics that it announced."""
        if not self.is_sqlite:
            with self._engine.connect() as connection:
                return _announced(connection, work)
        # SQLite has one writer: a turn within the process costs less than its busy handler's sleeps.
        with self._turn:
            kept = self._writing()
            try:
                return _announced(kept, work)
            except BaseException:
                kept.close()  # whatever state it was left in
                self._kept = self._seen = None
                raise

    def _writing(self) -> Connection:
        if self._kept is None:
            self._kept = self._engine.connect()
        return self._kept

    def _make_engine(self) -> Engine:
        if not self.is_sqlite:
            return create_engine(self.url, pool_size=_POOL, max_overflow=2, pool_pre_ping=True)
        _make_file(self.url)
        engine = create_engine(
            self.url,
            poolclass=QueuePool,
            pool_size=2,
            connect_args={"check_same_thread": False, "timeout": _BUSY_MS / 1000},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "connect", _wait_in_slices)
        event.listen(engine, "begin", self._begin_sqlite)
        return engine

    def _begin_sqlite(self, connection: Connection) -> None:
        # A plain BEGIN takes the write lock late, and one of two writers then fails; readers must not take it at all.
        if connection.get_execution_options().get("rapport_reading"):
            _driver(connection).execute("BEGIN")
            return
        end = time.monotonic() + _BUSY_MS / 1000
        while True:
            try:
                _driver(connection).execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if self._closing or time.monotonic() >= end or "locked" not in str(error):
                    connection.exec_driver_sql("BEGIN IMMEDIATE")  # the same error, as SQLAlchemy's
                    return
            else:
                return

    def _make_reader(self) -> AsyncEngine:
        from sqlalchemy.ext.asyncio import create_async_engine  # commands without loops start faster without it

        if not self.is_sqlite:
            return create_async_engine(self.url, pool_size=2, pool_pre_ping=True)
        url = self.url.set(drivername="sqlite+aiosqlite")
        reader = create_async_engine(url, pool_size=2, connect_args={"timeout": _BUSY_MS / 1000})
        event.listen(reader.sync_engine, "connect", _prepare_sqlite)
        return reader


def database_url(setting: str) -> URL:
    """A path or a URL, as a SQLAlchemy URL with our driver. Raises WrongSetting with an example."""
    if "://" not in setting:
        return URL.create("sqlite", database=str(Path(setting).expanduser()))
    try:
        url = make_url(setting)
    except ArgumentError:
        raise WrongSetting(
            "RAPPORT_DATABASE is no path and no URL. Try rapport.db or postgresql://user:password@host/rapport"
        ) from None
    backend = url.get_backend_name()
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite":
        return url.set(drivername="sqlite")
    raise WrongSetting(f"RAPPORT_DATABASE: {backend} isn't supported. Use a file's path or postgresql://...")


def _announced(connection: Connection, work: Work[T]) -> tuple[T, set[str]]:
    """One transaction, and the topics that were announced in it."""
    topics: set[str] = set()
    connection.info[TOPICS] = topics
    with connection.begin():
        return work(connection), topics


def _driver(connection: Connection) -> sqlite3.Connection:
    return connection.connection.driver_connection  # type: ignore[return-value]


def _make_file(url: URL) -> None:
    """Makes the folder and the file, for their owner's eyes only: they hold other people's letters."""
    path = Path(str(url.database))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600, exist_ok=True)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # No implicit BEGIN by the driver: SQLAlchemy's begin event sends ours (its documented recipe for pysqlite).
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is erased must not stay in free pages
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _wait_in_slices(connection: Any, _record: Any) -> None:
    connection.execute(f"PRAGMA busy_timeout={min(_SLICE_MS, _BUSY_MS)}")


def locked_for_migration(connection: Connection) -> None:
    """Makes processes that start together migrate one after the other, until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7270011)"))

"""Records the statements that the flow sends to SQLite, and runs them again by plain sqlite3."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time, thread_time
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, Engine, event

from handlers.understand import understand as understanding
from storage.database import _prepare_sqlite

PLACES = ("handlers.bracket.understand", "handlers.mailroom.understand")  # where the flow understands


@dataclass(frozen=True, slots=True)
class Statement:
    """One call of the driver: its SQL and parameters as SQLAlchemy gave them to sqlite3."""

    sql: str
    parameters: Any = ()
    many: bool = False
    reading: bool = False  # on the reader's connection, outside any transaction


@dataclass
class Recording:
    """The statements of a run, message by message; what understanding looked up is left out."""

    messages: list[list[Statement]] = field(default_factory=list)
    apart: int = 0  # statements of understanding

    @property
    def statements(self) -> float:
        """Statements a message, without BEGIN and COMMIT."""
        kept = [each for message in self.messages for each in message if not _is_bracket(each)]
        return len(kept) / len(self.messages)

    @property
    def commits(self) -> float:
        """Transactions a message."""
        return sum(each.sql == "COMMIT" for message in self.messages for each in message) / len(self.messages)

    def next_message(self) -> None:
        """What follows belongs to the next message."""
        self.messages.append([])


@dataclass
class Understanding:
    """CPU spent in understanding, in whatever thread it runs."""

    seconds: float = 0.0
    inside: bool = False


@contextmanager
def timed_understanding() -> Iterator[Understanding]:
    """While it lasts, what the flow spends in `understand` (its look-ups included) is added up."""
    spent = Understanding()
    real: Callable[..., Any] = understanding.understand

    def understand(*args: Any, **named: Any) -> Any:
        spent.inside = True
        began = thread_time()
        try:
            return real(*args, **named)
        finally:
            spent.seconds += thread_time() - began
            spent.inside = False

    with patch(PLACES[0], understand), patch(PLACES[1], understand):
        yield spent


@contextmanager
def recording(spent: Understanding) -> Iterator[Recording]:
    """While it lasts, every statement and commit of every engine is written down."""
    found = Recording([[]])

    def execute(
        connection: Connection, _cursor: Any, sql: str, parameters: Any, _context: Any, executemany: bool
    ) -> None:
        if spent.inside:
            found.apart += 1
        elif not sql.startswith("BEGIN"):  # see begin
            copy = [tuple(each) for each in parameters] if executemany else tuple(parameters)
            found.messages[-1].append(Statement(sql, copy, executemany, _reads(connection)))

    def begin(connection: Connection) -> None:
        if not _reads(connection):
            found.messages[-1].append(Statement("BEGIN IMMEDIATE"))

    def commit(connection: Connection) -> None:
        if not _reads(connection):
            found.messages[-1].append(Statement("COMMIT"))

    def rollback(connection: Connection) -> None:
        if not _reads(connection):
            found.messages[-1].append(Statement("ROLLBACK"))

    listeners = (("before_cursor_execute", execute), ("begin", begin), ("commit", commit), ("rollback", rollback))
    for name, listener in listeners:
        event.listen(Engine, name, listener)
    try:
        yield found
    finally:
        for name, listener in listeners:
            event.remove(Engine, name, listener)


def replay(path: Path, messages: list[list[Statement]], warm: int) -> float:
    """Runs the statements again on this file, with the product's own pragmas; seconds of CPU after the first `warm`."""
    writer, reader = _connect(path), _connect(path)
    try:
        began = process_time()
        for number, message in enumerate(messages):
            if number == warm:
                began = process_time()
            for each in message:
                connection = reader if each.reading else writer
                if each.many:
                    connection.executemany(each.sql, each.parameters)
                else:
                    connection.execute(each.sql, each.parameters).fetchall()
        return process_time() - began
    finally:
        writer.close()
        reader.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    _prepare_sqlite(connection, None)
    return connection


def _reads(connection: Connection) -> bool:
    return connection.dialect.is_async or "rapport_reading" in connection.get_execution_options()


def _is_bracket(statement: Statement) -> bool:
    return statement.sql in ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")

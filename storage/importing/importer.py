"""One import: a file's records put into storage in short transactions, under one message: one undo takes it back."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol, TypeVar

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from storage.changes import BulkTrail
from storage.errors import ChangedMeanwhile, is_race, is_trouble
from storage.importing.files import Opened, Step
from storage.importing.known import Known, learn_team, write_gathered
from storage.importing.records import Counts, Problem
from storage.importing.values import Habits
from storage.tables import companies, contacts, deals, interactions, notes, tasks

T = TypeVar("T")

SLICE = 0.025  # seconds of work in a transaction, before what it gathered is written and committed
PAUSE = 0.010  # seconds between two transactions, in which others may write
_READ = 64  # records that are read at a time, outside any transaction
_TABLES = (companies, contacts, deals, interactions, notes, tasks)


class Transact(Protocol):
    """Runs work in one transaction, as `Database.transact` does."""

    def __call__(self, work: Callable[[Connection], T], /) -> T:
        """The work's result, once it is committed."""


@dataclass(frozen=True, slots=True)
class Import:
    """On whose behalf an import is, and how it is to be read. `inbox_id` is the message that all changes hang on."""

    at: datetime
    user_id: int | None
    inbox_id: int | None
    habits: Habits
    zone: str
    may_add_users: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """How far an import is: the counts so far, and the problems since the last report."""

    label: str
    counts: Counts
    problems: tuple[Problem, ...] = ()


def run_import(asked: Import, opened: Opened, transact: Transact) -> Iterator[Report]:
    """Imports an opened file slice by slice, a report after each; the caller pauses between them."""
    known = Known(asked.habits, asked.zone, asked.may_add_users)
    transact(lambda connection: _begin(known, connection))
    known.settle()
    counts, waiting = Counts(), deque[Step]()
    while problems := _read(opened, waiting):
        told = [each for each in problems if isinstance(each, Problem)]
        counts += Counts(skipped=sum(each.lost for each in told))
        while waiting:
            done, more = _slice(asked, known, waiting, transact)
            counts += done
            yield Report(opened.label, counts, (*told, *more))
            told = []
        if told:
            yield Report(opened.label, counts, tuple(told))
    yield Report(opened.label, counts)


def _begin(known: Known, connection: Connection) -> Counts:
    learn_team(known, connection)
    for table in _TABLES:
        known.before[table.name] = connection.execute(select(func.max(table.c.id))).scalar() or 0
    return Counts()


def _read(opened: Opened, waiting: deque[Step]) -> list[Step | Problem]:
    """The next records and problems; the records are put in the queue."""
    found = list(islice(opened.steps, _READ))
    waiting.extend(each for each in found if not isinstance(each, Problem))
    return found


def _slice(
    asked: Import,
    known: Known,
    waiting: deque[Step],
    transact: Transact,
) -> tuple[Counts, list[Problem]]:
    """As many of the waiting records as one short transaction takes; when it fails, the first one by itself."""
    most, races = len(waiting), 0
    while True:
        done = 0

        def work(connection: Connection, most: int = most) -> Counts:
            nonlocal done
            user_id = known.get("owner") if asked.user_id is None else asked.user_id
            trail = BulkTrail(connection, at=asked.at, user_id=user_id, inbox_id=asked.inbox_id)
            counts, end = Counts(), time.monotonic() + SLICE
            done = 0
            for step in islice(waiting, most):
                counts += step.run(trail, known)
                done += 1
                if time.monotonic() >= end:
                    break
            write_gathered(trail, known)
            return counts

        try:
            counts = transact(work)
        except (DBAPIError, ChangedMeanwhile) as error:
            known.forget()
            if is_trouble(error):
                raise
            races += most == 1
            if races and (races > 3 or not is_race(error)):
                return Counts(skipped=1), [Problem(waiting.popleft().line, "the database refuses it")]
            most = 1  # somebody else wrote the same meanwhile, or one record can't go in: it is found alone
            continue
        for _ in range(done):
            waiting.popleft()
        return counts, known.settle()

"""What an import has learnt so far, between its transactions: ids of the file and of the database, and who is who."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select

from storage.changes import BulkTrail
from storage.derived import index_new_contacts
from storage.folding import fold
from storage.importing.records import Problem
from storage.importing.values import Habits
from storage.tables import companies, stages, users

_WIDTH = 300
_COMPANY = select(companies.c.id).where(companies.c.folded == bindparam("folded"))


@dataclass(slots=True)
class Known:
    """Facts by key, such as ("contact", 7) for a file's contact. What a failed transaction taught is forgotten."""

    habits: Habits
    zone: str
    may_add_users: bool
    before: dict[str, int] = field(default_factory=dict)  # each table's highest id before the import
    problems: list[Problem] = field(default_factory=list)
    gathered: set[tuple[Any, ...]] = field(default_factory=set)  # handles and sources that aren't written yet
    names: list[tuple[int, str, str]] = field(default_factory=list)  # contacts that can't be found by name yet
    _facts: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    _fresh: list[tuple[Any, ...]] = field(default_factory=list)

    def get(self, *key: Any) -> Any:
        """What is known under a key; None when nothing is."""
        return self._facts.get(key)

    def learn(self, *key: Any, value: Any = True) -> None:
        """Remembers a new fact."""
        if key not in self._facts:
            self._fresh.append(key)
        self._facts[key] = value

    def settle(self) -> list[Problem]:
        """The transaction stands; its problems."""
        problems, self.problems = self.problems, []
        self._fresh.clear()
        return problems

    def forget(self) -> None:
        """The transaction didn't stand."""
        for key in self._fresh:
            del self._facts[key]
        self._fresh.clear()
        self.problems.clear()
        self.gathered.clear()
        self.names.clear()

    def tell(self, line: int, reason: str) -> None:
        """One more problem."""
        self.problems.append(Problem(line, reason))

    def is_old(self, table: str, row_id: int) -> bool:
        """Was this row there before the import began?"""
        return row_id <= self.before.get(table, 0)


def write_gathered(trail: BulkTrail, known: Known) -> None:
    """Writes what was gathered, so that look-ups find it."""
    trail.flush()
    index_new_contacts(trail.connection, known.names)
    known.gathered.clear()
    known.names.clear()


def learn_team(known: Known, connection: Connection) -> None:
    """Who belongs to the team, by name."""
    for row in connection.execute(
        select(users.c.id, users.c.name, users.c.timezone).where(users.c.removed_at.is_(None))
    ):
        known.learn("user", row.name.casefold(), value=row.id)
        known.learn("zone of", row.id, value=row.timezone)


def company_known(known: Known, connection: Connection, name: str) -> int | None:
    """The company of this name, as far as it is there."""
    folded = fold(name[:_WIDTH])[:_WIDTH] or name[:_WIDTH]
    found = known.get("company named", folded)
    if found is None:
        found = connection.execute(_COMPANY, {"folded": folded}).scalar()
        if found is not None:
            known.learn("company named", folded, value=found)
    return None if found is None else int(found)


def stage_by_outcome(connection: Connection, outcome: str) -> str:
    """The first stage that means won, or lost; the first of all for open."""
    query = select(stages.c.name).where(stages.c.outcome == outcome).order_by(stages.c.position, stages.c.id).limit(1)
    return str(connection.execute(query).scalar() or "new")

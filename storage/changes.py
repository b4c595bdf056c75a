"""The trail: every change of a record goes through here, with what it was before, and can be undone from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Delete, Select, Table, bindparam, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import ReturningInsert

from storage.derived import refresh
from storage.errors import CannotUndo, ChangedMeanwhile, NotFound
from storage.reminders import was_reminded
from storage.tables import changes, contacts, metadata, tasks
from storage.tables.columns import UtcMoment

Values = dict[str, Any]

_ALL = 1 << 62  # more than there can be

_RECORD = changes.insert().values(
    {
        name: bindparam(name)
        for name in ("at", "user_id", "inbox_id", "table_name", "row_id", "contact_id", "before", "after")
    }
)
_STANDING = (
    select(
        *(changes.c.id, changes.c.table_name, changes.c.row_id, changes.c.contact_id),
        *(changes.c.before, changes.c.after),
    )
    .where(changes.c.inbox_id == bindparam("inbox"), changes.c.undone_by.is_(None), changes.c.id < bindparam("before"))
    .order_by(changes.c.id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Trail:
    """Who changes what because of which message; each of its writes is one row of the trail."""

    connection: Connection
    at: datetime
    user_id: int | None
    inbox_id: int | None

    def insert(self, table: Table, **values: Any) -> int:
        """A new record; its id."""
        row_id = int(self.connection.execute(_insert(table), values).scalar_one())
        self._record(table, row_id, None, {"id": row_id, **values})
        return row_id

    def update(self, table: Table, row_id: int, *, version: int | None = None, **values: Any) -> None:
        """Changes a record. Raises NotFound, or ChangedMeanwhile when it isn't at the version that was seen."""
        row = self.connection.execute(select(table).where(table.c.id == row_id)).mappings().first()
        if row is None:
            raise NotFound(f"There is no {table.name} {row_id} any more.")
        before = {name: row[name] for name in values}
        if before == values:
            return
        statement = update(table).where(table.c.id == row_id).values(values)
        if "version" in table.c:
            seen = row["version"] if version is None else version
            statement = statement.where(table.c.version == seen).values(version=seen + 1)
        if self.connection.execute(statement).rowcount != 1:
            raise ChangedMeanwhile("Somebody else changed this a moment ago. Try again.")
        self._record(table, row_id, before, values, row.get("contact_id"))

    def delete(self, table: Table, row_id: int) -> None:
        """Takes a record away; what still refers to it must have gone before."""
        row = self.connection.execute(select(table).where(table.c.id == row_id)).mappings().first()
        if row is None:
            raise NotFound(f"There is no {table.name} {row_id} any more.")
        self.connection.execute(table.delete().where(table.c.id == row_id))
        self._record(table, row_id, dict(row), None)

    def _record(
        self, table: Table, row_id: int, before: Values | None, after: Values | None, contact_id: int | None = None
    ) -> None:
        whole = after or before or {}
        contact = row_id if table.name == "contacts" else contact_id or whole.get("contact_id")
        self._write(
            {
                "at": self.at,
                "user_id": self.user_id,
                "inbox_id": self.inbox_id,
                "table_name": table.name,
                "row_id": row_id,
                "contact_id": contact,
                "before": _plain(before),
                "after": _plain(after),
            }
        )

    def _write(self, row: Values) -> None:
        self.connection.execute(_RECORD, row)


@dataclass(frozen=True, slots=True)
class BulkTrail(Trail):
    """A trail of many changes: its rows are written at once, by `flush`, before its transaction ends."""

    pending: list[Values] = field(default_factory=list)
    later: dict[tuple[str, ...], list[Values]] = field(default_factory=dict)  # by table and columns

    def insert_later(self, table: Table, **values: Any) -> None:
        """A new record that nothing refers to; it is there after `flush`."""
        self.later.setdefault((table.name, *values), []).append(values)

    def delete_all(self, table: Table, ids: list[int]) -> None:
        """Takes records of one table away, in this order. Raises NotFound when one is gone already."""
        wanted = {"ids": ids}
        rows = {row["id"]: dict(row) for row in self.connection.execute(_rows_of(table), wanted).mappings()}
        if len(rows) != len(set(ids)):
            raise NotFound(f"Some {table.name} aren't there any more.")
        self.connection.execute(_delete_many(table), wanted)
        for row_id in ids:
            self._record(table, row_id, rows[row_id], None)

    def flush(self) -> None:
        """Writes what was gathered."""
        for (name, *_), rows in self.later.items():
            table = metadata.tables[name]
            ids = self.connection.execute(_insert_many(table), rows).scalars().all()
            for row_id, values in zip(ids, rows, strict=True):
                self._record(table, row_id, None, {"id": row_id, **values})
        self.later.clear()
        if self.pending:
            self.connection.execute(_RECORD, self.pending)
            self.pending.clear()

    def _write(self, row: Values) -> None:
        self.pending.append(row)


@cache
def _rows_of(table: Table) -> Select[Any]:
    return select(table).where(table.c.id.in_(bindparam("ids", expanding=True)))


@cache
def _delete_many(table: Table) -> Delete:
    return table.delete().where(table.c.id.in_(bindparam("ids", expanding=True)))


@cache
def _insert_many(table: Table) -> ReturningInsert[Any]:
    return table.insert().returning(table.c.id, sort_by_parameter_order=True)


@cache
def _insert(table: Table) -> ReturningInsert[Any]:
    """A table's insert; made once."""
    return table.insert().returning(table.c.id)


def changed_by(connection: Connection, inbox_id: int) -> bool:
    """Did this message change anything that still stands?"""
    query = select(changes.c.id).where(changes.c.inbox_id == inbox_id, changes.c.undone_by.is_(None)).limit(1)
    return connection.execute(query).first() is not None


def newest_change(connection: Connection, user_id: int) -> int | None:
    """The inbox id of the user's newest message whose changes stand and aren't themselves an undoing."""
    undoing = select(changes.c.undone_by).where(changes.c.undone_by.is_not(None))
    query = select(func.max(changes.c.inbox_id)).where(
        changes.c.user_id == user_id, changes.c.undone_by.is_(None), changes.c.inbox_id.not_in(undoing)
    )
    return connection.execute(query).scalar()


def record_changed(connection: Connection, inbox_id: int) -> str:
    """The title of the one task that a message changed, else the name of the one contact; "" of none or several."""
    rows = connection.execute(
        select(changes.c.table_name, changes.c.row_id, changes.c.contact_id).where(changes.c.inbox_id == inbox_id)
    ).all()
    for column, found in (
        (tasks.c.title, {row.row_id for row in rows if row.table_name == tasks.name}),
        (contacts.c.name, {row.contact_id for row in rows if row.contact_id is not None}),
    ):
        if len(found) == 1:
            [row_id] = found
            return connection.execute(select(column).where(column.table.c.id == row_id)).scalar() or ""
    return ""


def undo(trail: Trail, inbox_id: int) -> int:
    """Takes back all that a message changed, newest first; how many changes. Raises CannotUndo, changing nothing.

    The undoing is itself recorded under the message that asked for it, so it can be undone in turn.
    """
    connection = trail.connection
    rows = standing(connection, inbox_id)
    bulk = BulkTrail(connection, trail.at, trail.user_id, trail.inbox_id)
    try:
        with connection.begin_nested():
            touched = reverse(bulk, rows)
            bulk.flush()
            mark = update(changes).where(changes.c.inbox_id == inbox_id, changes.c.undone_by.is_(None))
            connection.execute(mark.values(undone_by=trail.inbox_id))
    except (IntegrityError, NotFound, ChangedMeanwhile) as error:
        raise CannotUndo("Newer entries depend on it.") from error
    for name, row_id in touched:
        refresh(connection, name, row_id, trail.at)
    return len(rows)


def standing(
    connection: Connection, inbox_id: int, before: int | None = None, most: int | None = None
) -> Sequence[Any]:
    """The changes of a message that aren't undone, newest first; at most so many of those older than `before`."""
    asked = {"inbox": inbox_id, "before": _ALL if before is None else before, "most": _ALL if most is None else most}
    return connection.execute(_STANDING, asked).all()


def reverse(trail: BulkTrail, rows: Sequence[Any]) -> dict[tuple[str, int], None]:
    """Does the contrary of these changes, in this order; the records (table and id) whose derived rows are to follow.

    Raises IntegrityError, NotFound, ChangedMeanwhile or CannotUndo, having done a part.
    """
    touched: dict[tuple[str, int], None] = {}
    for (name, added), run in groupby(rows, key=lambda row: (row.table_name, row.before is None)):
        table, same = metadata.tables[name], list(run)
        if added:
            _take_away(trail, table, [row.row_id for row in same])
            continue
        for row in same:
            _reverse(trail, table, row.row_id, row.before, row.after)
            touched[name, row.row_id] = None
    return touched


def _take_away(trail: BulkTrail, table: Table, ids: list[int]) -> None:
    """Deletes what was added, all rows at once; what followed from them goes with them."""
    if table is tasks:
        for row_id in ids:
            if was_reminded(trail.connection, row_id):
                raise CannotUndo("Its reminder came already.", task_id=row_id)
    trail.delete_all(table, ids)


def _reverse(trail: Trail, table: Table, row_id: int, before: Values, after: Values | None) -> None:
    if after is None:
        trail.insert(table, **_typed(table, before))
    else:
        now = trail.connection.execute(select(table).where(table.c.id == row_id)).mappings().first()
        if now is None or any(_plain({name: now[name]})[name] != value for name, value in after.items()):  # type: ignore[index]
            raise ChangedMeanwhile("It was changed again since.")
        trail.update(table, row_id, **_typed(table, before))


def _plain(values: Values | None) -> Values | None:
    if values is None:
        return None
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _typed(table: Table, values: Values) -> Values:
    return {
        name: datetime.fromisoformat(value) if isinstance(value, str) and _is_moment(table, name) else value
        for name, value in values.items()
    }


def _is_moment(table: Table, name: str) -> bool:
    return isinstance(table.c[name].type, UtcMoment)

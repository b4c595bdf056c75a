"""Undoing what is too much for one transaction, slice by slice; whom somebody worked on since stays as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select, update
from sqlalchemy.exc import IntegrityError

from storage.changes import BulkTrail, Trail, reverse, standing
from storage.derived import refresh
from storage.errors import CannotUndo, ChangedMeanwhile, NotFound
from storage.tables import changes, contacts, interaction_contacts

MOST_AT_ONCE = 2000  # changes that are undone in one transaction
FIRST_SLICE = 100  # changes
SLICE_SECONDS = 0.025  # that a transaction should take: others wait for it
_CONFLICTS = (IntegrityError, NotFound, ChangedMeanwhile, CannotUndo)


@dataclass(frozen=True, slots=True)
class Undone:
    """One slice: where the next begins (None at the end), how many changes it undid, and which contacts stay."""

    before: int | None
    count: int
    staying: tuple[str, ...] = ()


def undo_slice(trail: Trail, inbox_id: int, before: int, most: int) -> Undone:
    """Takes back the newest changes of a message, `most` of them, that are older than the change `before`.

    A contact that newer entries build on stays whole: none of its changes is undone.
    """
    connection = trail.connection
    rows = standing(connection, inbox_id, before, most)
    if not rows:
        _settle(trail, inbox_id)
        return Undone(None, 0)
    built_on = _built_on(trail, inbox_id, rows)
    undone = _reverse([row for row in rows if row.contact_id not in built_on], trail)
    done = update(changes).where(changes.c.id.in_([row.id for row in undone]))
    connection.execute(done.values(undone_by=trail.inbox_id))
    kept = {row.row_id for row in rows if row.table_name == "contacts" and row.before is None}
    kept -= {row.row_id for row in undone if row.table_name == "contacts"}
    return Undone(rows[-1].id, len(undone), _names(connection, kept))


def count_standing(connection: Connection, inbox_id: int) -> int:
    """How many changes of a message still stand; counted up to a little over MOST_AT_ONCE."""
    some = select(changes.c.id).where(changes.c.inbox_id == inbox_id, changes.c.undone_by.is_(None))
    few = some.limit(MOST_AT_ONCE + 1).subquery()
    return connection.execute(select(func.count()).select_from(few)).scalar_one()


def _reverse(rows: Sequence[Row[Any]], trail: Trail) -> Sequence[Row[Any]]:
    """Reverses these changes; those that can't be are left, the others done: which were."""
    if _try(rows, trail):
        return rows
    return [row for row in rows if _try([row], trail)]


def _try(rows: Sequence[Row[Any]], trail: Trail) -> bool:
    bulk = BulkTrail(trail.connection, trail.at, trail.user_id, trail.inbox_id)
    try:
        with trail.connection.begin_nested():
            touched = reverse(bulk, rows)
            bulk.flush()
    except _CONFLICTS:
        return False
    for name, row_id in touched:
        refresh(trail.connection, name, row_id, trail.at)
    return True


def _built_on(trail: Trail, inbox_id: int, rows: Sequence[Row[Any]]) -> set[int]:
    """The contacts among these changes that somebody changed since, or that other messages were logged on."""
    connection = trail.connection
    oldest: dict[int, int] = {}
    for row in rows:
        if row.contact_id is not None:
            oldest[row.contact_id] = min(row.id, oldest.get(row.contact_id, row.id))
    others = (
        select(changes.c.contact_id, func.max(changes.c.id))
        .where(
            changes.c.contact_id.in_(oldest),
            changes.c.undone_by.is_(None),
            func.coalesce(changes.c.inbox_id, 0).not_in([inbox_id, trail.inbox_id or 0]),
        )
        .group_by(changes.c.contact_id)
    )
    newer = {contact for contact, newest in connection.execute(others).all() if newest > oldest[contact]}
    links = interaction_contacts
    imported = exists().where(
        changes.c.contact_id == links.c.contact_id,
        changes.c.table_name == links.name,
        changes.c.row_id == links.c.id,
        changes.c.inbox_id == inbox_id,
    )
    added = [row.row_id for row in rows if row.table_name == "contacts" and row.before is None]
    logged = select(links.c.contact_id).where(links.c.contact_id.in_(oldest.keys() | set(added)), ~imported)
    return newer | set(connection.execute(logged.distinct()).scalars())


def _settle(trail: Trail, inbox_id: int) -> None:
    """What stays counts as settled, or the next undo would begin with it again for ever."""
    rest = update(changes).where(changes.c.inbox_id == inbox_id, changes.c.undone_by.is_(None))
    trail.connection.execute(rest.values(undone_by=trail.inbox_id))


def _names(connection: Connection, contact_ids: set[int]) -> tuple[str, ...]:
    query = select(contacts.c.name).where(contacts.c.id.in_(contact_ids)).order_by(contacts.c.id)
    return tuple(connection.execute(query).scalars())

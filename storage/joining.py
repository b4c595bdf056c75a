"""Moving all that is on one contact to another, and taking a contact away with all that is on it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, select

from storage.changes import Trail
from storage.contacts import change_contact, contact_by_id
from storage.derived import index_contact, plan_reminder
from storage.tables import (
    contact_sources,
    contact_tags,
    contacts,
    deal_sources,
    deals,
    handles,
    interaction_contacts,
    notes,
    tasks,
)

_OWNED: tuple[Table, ...] = (notes, tasks, deals)  # rows that belong to one contact and move as they are
_UNIQUE: dict[str, tuple[Table, tuple[str, ...]]] = {  # rows that a contact has once each
    "handles": (handles, ("kind", "value")),
    "tags": (contact_tags, ("tag",)),
    "interactions": (interaction_contacts, ("interaction_id",)),
    "sources": (contact_sources, ("system", "external_id")),
}


def remove_contact(trail: Trail, contact_id: int) -> None:
    """Deletes a contact with its handles, tags, notes, tasks and deals; interactions stay, on nobody."""
    connection = trail.connection
    for task_id in list(connection.execute(select(tasks.c.id).where(tasks.c.contact_id == contact_id)).scalars()):
        children = select(tasks.c.id).where(tasks.c.parent_id == task_id)
        for child in list(connection.execute(children).scalars()):
            trail.update(tasks, child, parent_id=None)
    for deal_id in list(connection.execute(select(deals.c.id).where(deals.c.contact_id == contact_id)).scalars()):
        for table in (notes, tasks, deal_sources):
            for row_id in list(connection.execute(select(table.c.id).where(table.c.deal_id == deal_id)).scalars()):
                trail.delete(table, row_id)
    for table in (*_OWNED, *(table for table, _ in _UNIQUE.values())):
        for row_id in _rows(trail, table, contact_id):
            trail.delete(table, row_id)
    trail.delete(contacts, contact_id)


def merge_contacts(trail: Trail, into: int, other: int) -> None:
    """Moves everything of `other` to `into`, fills what `into` lacks, and deletes `other`."""
    connection = trail.connection
    kept, gone = contact_by_id(connection, into), contact_by_id(connection, other)
    if kept is None or gone is None or into == other:
        return
    for table in _OWNED:
        for row_id in _rows(trail, table, other):
            trail.update(table, row_id, contact_id=into)
            if table is tasks:
                plan_reminder(connection, row_id, trail.at)
    for table, key in _UNIQUE.values():
        own = {
            tuple(row)
            for row in connection.execute(select(*(table.c[name] for name in key)).where(table.c.contact_id == into))
        }
        for row in connection.execute(select(table).where(table.c.contact_id == other)).mappings().all():
            trail.delete(table, row["id"])
            if tuple(row[name] for name in key) not in own:
                trail.insert(
                    table, **{name: row[name] for name in row if name not in ("id", "contact_id")}, contact_id=into
                )
    lacking: dict[str, Any] = {}
    for name in ("title", "birthday", "company_id"):
        if not getattr(kept, name) and getattr(gone, name):
            lacking[name] = getattr(gone, name)
    lacking["fields"] = {**gone.fields, **kept.fields}
    lacking["addresses"] = [*kept.addresses, *(each for each in gone.addresses if each not in kept.addresses)]
    trail.delete(contacts, other)
    change_contact(trail, into, **lacking)
    index_contact(connection, into)


def _rows(trail: Trail, table: Table, contact_id: int) -> list[int]:
    return list(trail.connection.execute(select(table.c.id).where(table.c.contact_id == contact_id)).scalars())

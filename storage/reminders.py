"""Reminders: one row a delivery, found by the moment it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, literal_column, select, update

from storage.tables import reminders, tasks
from storage.upsert import insert_once
from storage.wakeup import announce

_PENDING: ColumnElement[bool] = reminders.c.state == literal_column("'pending'")  # as its partial index has it


@dataclass(frozen=True, slots=True)
class DueRow:
    """A pending reminder whose moment has come."""

    id: int
    task_id: int
    user_id: int
    due_at: datetime
    kind: str = "due"  # or early, again (put off), nag
    about_at: datetime | None = None


def due_rows(connection: Connection, *, now: datetime, user_id: int | None, limit: int) -> list[DueRow]:
    """What is due by now, the oldest first; locked until the transaction ends."""
    query = select(reminders).where(_PENDING, reminders.c.due_at <= now)
    if user_id is not None:
        query = query.where(reminders.c.user_id == user_id)
    query = query.order_by(reminders.c.due_at, reminders.c.id).limit(limit)
    if connection.dialect.name == "postgresql":
        # Its task, too: who changes that at this moment waits for these reminders, and this for them.
        query = query.join(tasks, tasks.c.id == reminders.c.task_id)
        query = query.with_for_update(of=[reminders, tasks], skip_locked=True)
    return [
        DueRow(row.id, row.task_id, row.user_id, row.due_at, row.kind, row.about_at)
        for row in connection.execute(query)
    ]


def is_pending(connection: Connection, reminder_id: int) -> bool:
    """Does it still wait for its moment?"""
    return connection.execute(select(reminders.c.id).where(reminders.c.id == reminder_id, _PENDING)).first() is not None


def next_reminder(connection: Connection) -> datetime | None:
    """When the next one is due."""
    return connection.execute(select(func.min(reminders.c.due_at)).where(_PENDING)).scalar()


def mark_queued(connection: Connection, reminder_id: int, outbox_id: int | None, about: datetime | None) -> None:
    """A message in the outbox carries it from here on. `about`: when the occurrence that it is about is due."""
    values = {"state": "queued", "outbox_id": outbox_id, "about_at": about}
    connection.execute(update(reminders).where(reminders.c.id == reminder_id).values(values))


def last_told(connection: Connection, task_id: int, before: datetime) -> datetime | None:
    """When the newest occurrence before this one was due of which a reminder went out; early notices don't count."""
    query = select(func.max(reminders.c.about_at)).where(
        reminders.c.task_id == task_id,
        reminders.c.kind != "early",
        reminders.c.state.in_(["queued", "sent"]),
        reminders.c.about_at < before,
    )
    return connection.execute(query).scalar()


def count_nags(connection: Connection, task_id: int, after: datetime) -> int:
    """How often a task was nagged about since its reminder."""
    query = select(func.count()).where(
        reminders.c.task_id == task_id, reminders.c.kind == "nag", reminders.c.due_at > after
    )
    return int(connection.execute(query).scalar_one())


def plan_nag(connection: Connection, task_id: int, user_id: int, at: datetime) -> None:
    """One more reminder of a task that isn't done."""
    values = {"task_id": task_id, "user_id": user_id, "due_at": at, "kind": "nag"}
    connection.execute(insert_once(connection.dialect.name, reminders, tuple(values)), values)
    announce(connection, "reminders")


def cancel_reminder(connection: Connection, reminder_id: int) -> None:
    """Nobody wants it any more."""
    connection.execute(update(reminders).where(reminders.c.id == reminder_id).values(state="cancelled"))


def was_reminded(connection: Connection, task_id: int) -> bool:
    """Did a reminder of this task go out? One that came with an import went out elsewhere, long before."""
    query = select(reminders.c.id).where(
        reminders.c.task_id == task_id, reminders.c.state.in_(["queued", "sent"]), reminders.c.outbox_id.is_not(None)
    )
    return connection.execute(query.limit(1)).first() is not None

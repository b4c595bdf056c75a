"""What a message did with tasks, as it matters to whose they are and were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from storage.tables import changes, tasks

_CHANGED = (
    select(changes.c.row_id, changes.c.before, changes.c.after)
    .where(changes.c.inbox_id == bindparam("inbox"), changes.c.table_name == tasks.name)
    .order_by(changes.c.id)
)
_TASK = select(
    *(tasks.c.title, tasks.c.assignee_id, tasks.c.due_wall, tasks.c.has_time, tasks.c.due_at),
).where(tasks.c.id == bindparam("task"))


@dataclass(frozen=True, slots=True)
class ChangedTask:
    """A task, whose it was before a message and is after it, and what else the message did with it."""

    id: int
    title: str
    before_id: int | None
    after_id: int | None
    due_wall: datetime | None
    due_at: datetime | None
    has_time: bool
    done: bool
    moved: bool


def tasks_changed(connection: Connection, inbox_id: int) -> list[ChangedTask]:
    """The tasks that a message added, changed or took away, oldest change first."""
    found: dict[int, list[tuple[dict[str, object] | None, dict[str, object] | None]]] = {}
    for row in connection.execute(_CHANGED, {"inbox": inbox_id}):
        found.setdefault(row.row_id, []).append((row.before, row.after))
    return [_changed(connection, task_id, steps) for task_id, steps in found.items()]


def _changed(
    connection: Connection, task_id: int, steps: list[tuple[dict[str, object] | None, dict[str, object] | None]]
) -> ChangedTask:
    row = connection.execute(_TASK, {"task": task_id}).first()
    last = steps[-1][0] or {}
    after_id = row.assignee_id if row is not None else None
    before_id: object = after_id
    for before, after in reversed(steps):
        if before is None:
            before_id = None  # it is new
        elif after is None or "assignee_id" in before:
            before_id = before.get("assignee_id")
    wall = row.due_wall if row is not None else ""
    return ChangedTask(
        id=task_id,
        title=row.title if row is not None else str(last.get("title") or ""),
        before_id=before_id if isinstance(before_id, int) else None,
        after_id=after_id,
        due_wall=datetime.fromisoformat(wall) if wall else None,
        due_at=row.due_at if row is not None else None,
        has_time=bool(row is not None and row.has_time),
        done=any((after or {}).get("done_at") for _, after in steps),
        moved=any(before and "due_at" in before for before, _ in steps),
    )


def given_by(connection: Connection, user_id: int, task_ids: list[int]) -> set[int]:
    """Which of these tasks this user made."""
    query = select(tasks.c.id).where(tasks.c.id.in_(task_ids), tasks.c.author_id == user_id)
    return set(connection.execute(query).scalars())

"""Tasks: something to do, and when its reminder comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from storage.changes import Trail
from storage.derived import plan_reminder
from storage.tables import companies, contacts, tasks


@dataclass(frozen=True, slots=True)
class Notice:
    """A reminder of a task beside its own: one before it is due (`before` says how long), or one that was put off
    (`about` says when that occurrence was due)."""

    at: datetime
    before: timedelta | None = None
    about: datetime | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do. `due_wall` is naive, in `zone`; `due_at` and `remind_at` are the instants."""

    id: int
    title: str
    due_wall: datetime | None = None
    zone: str = ""
    has_time: bool = False
    rrule: str = ""
    series_from: datetime | None = None
    due_at: datetime | None = None
    remind_at: datetime | None = None
    notices: tuple[Notice, ...] = ()
    nag: int = 0  # minutes after which it is reminded of again, until it is done; 0 for never
    from_completion: bool = False  # the rule counts from the day that it is done
    settled_to: datetime | None = None  # of a recurring one: up to this occurrence all are done, or were moved
    assignee_id: int | None = None
    contact_id: int | None = None
    contact: str = ""
    company: str = ""
    done_at: datetime | None = None
    created_at: datetime | None = None
    awaits_since: datetime | None = None  # a follow-up: a word of its contact after this moment closes it
    answered_at: datetime | None = None  # when they wrote; of a cadence: when its user said to have been in touch
    cadence: str = ""  # keeping in touch: the RRULE's FREQ and INTERVAL from one interaction to the next


_TASKS: Select[Any] = select(tasks, contacts.c.name.label("contact"), companies.c.name.label("company")).select_from(
    tasks.outerjoin(contacts, contacts.c.id == tasks.c.contact_id).outerjoin(
        companies, companies.c.id == contacts.c.company_id
    )
)
_BY_ID = _TASKS.where(tasks.c.id == bindparam("task"))
_WATCHING = _TASKS.where(
    tasks.c.contact_id.in_(bindparam("contacts", expanding=True)),
    tasks.c.awaits_since.is_not(None) | (tasks.c.cadence != ""),
    tasks.c.done_at.is_(None) | tasks.c.answered_at.is_not(None),
).order_by(tasks.c.id)


@dataclass(frozen=True, slots=True)
class Due:
    """When a task is due: the wall time in its zone, and the two instants that follow from it."""

    wall: datetime
    zone: str
    has_time: bool
    at: datetime
    remind_at: datetime
    rrule: str = ""
    series_from: datetime | None = None  # the wall time that the rule counts from
    notices: tuple[Notice, ...] = ()
    nag: int = 0
    from_completion: bool = False

    def columns(self) -> dict[str, Any]:
        """As the tasks table holds it."""
        return {
            "due_wall": self.wall.isoformat(timespec="seconds"),
            "zone": self.zone,
            "has_time": self.has_time,
            "due_at": self.at,
            "remind_at": self.remind_at,
            "rrule": self.rrule,
            "series_from": self.series_from.isoformat(timespec="seconds") if self.series_from else "",
            "notices": as_stored(self.notices),
            "nag": self.nag,
            "from_completion": self.from_completion,
        }


def as_stored(notices: tuple[Notice, ...]) -> list[dict[str, Any]]:
    """Notices as the tasks table holds them."""
    return [
        {"at": each.at.isoformat(), "before": int(each.before.total_seconds())}
        if each.before is not None
        else {"at": each.at.isoformat(), "about": each.about.isoformat() if each.about else None}
        for each in notices
    ]


def add_task(
    trail: Trail,
    title: str,
    *,
    due: Due | None,
    assignee_id: int | None,
    contact_id: int | None = None,
    awaits_since: datetime | None = None,
    cadence: str = "",
) -> int:
    """A new task and its reminder; the id."""
    values = due.columns() if due else {}
    task_id = trail.insert(
        tasks,
        title=title,
        assignee_id=assignee_id,
        author_id=trail.user_id,
        contact_id=contact_id,
        created_at=trail.at,
        awaits_since=awaits_since,
        cadence=cadence,
        **values,
    )
    plan_reminder(trail.connection, task_id, trail.at)
    return task_id


def complete_task(trail: Trail, task_id: int) -> None:
    """Done: its reminder isn't sent any more."""
    change_task(trail, task_id, done_at=trail.at)


def reschedule_task(trail: Trail, task_id: int, due: Due) -> None:
    """Another moment for the task itself."""
    change_task(trail, task_id, **due.columns())


def snooze_task(trail: Trail, task_id: int, until: datetime) -> None:
    """Another moment for its reminder; what it is due stays."""
    change_task(trail, task_id, remind_at=until)


def remind_again(trail: Trail, task: Task, at: datetime, about: datetime) -> None:
    """A reminder beside those that are still to come, of the occurrence that was due then."""
    others = tuple(each for each in task.notices if each.about != about or each.at <= trail.at)
    change_task(trail, task.id, notices=as_stored((*others, Notice(at, about=about))))


def settle_until(trail: Trail, task_id: int, occurrence: datetime) -> None:
    """What was due by then is done, or was moved: nothing of it comes again."""
    task = task_by_id(trail.connection, task_id)
    if task is None:
        return
    kept = tuple(each for each in task.notices if each.about is None or each.about > occurrence)
    until = max(occurrence, task.settled_to or occurrence)
    change_task(trail, task_id, settled_to=until, notices=as_stored(kept))


def change_task(trail: Trail, task_id: int, **values: Any) -> None:
    """Changes columns of a task, and plans its reminder anew."""
    trail.update(tasks, task_id, **values)
    plan_reminder(trail.connection, task_id, trail.at)


def task_by_id(connection: Connection, task_id: int) -> Task | None:
    """One task, with its contact's name."""
    row = connection.execute(_BY_ID, {"task": task_id}).mappings().first()
    return _task(row) if row else None


def open_tasks(
    connection: Connection,
    *,
    assignee_id: int | None = None,
    contact_id: int | None = None,
    before: datetime | None = None,
    limit: int = 20,
) -> list[Task]:
    """What is to be done, soonest first, undated last; `before` limits it to what is due earlier."""
    query = _TASKS.where(tasks.c.done_at.is_(None))
    if assignee_id is not None:
        query = query.where(tasks.c.assignee_id == assignee_id)
    if contact_id is not None:
        query = query.where(tasks.c.contact_id == contact_id)
    if before is not None:
        query = query.where(tasks.c.due_at < before)
    query = query.order_by(tasks.c.due_at.is_(None), tasks.c.due_at, tasks.c.id).limit(limit)
    return [_task(row) for row in connection.execute(query).mappings()]


def watching_tasks(connection: Connection, contact_ids: list[int]) -> list[Task]:
    """The follow-ups and cadences of these contacts: open ones, and follow-ups that an answer closed."""
    if not contact_ids:
        return []
    return [_task(row) for row in connection.execute(_WATCHING, {"contacts": contact_ids}).mappings()]


def _task(row: Any) -> Task:
    return Task(
        id=row["id"],
        title=row["title"],
        due_wall=datetime.fromisoformat(row["due_wall"]) if row["due_wall"] else None,
        zone=row["zone"],
        has_time=row["has_time"],
        rrule=row["rrule"],
        series_from=datetime.fromisoformat(row["series_from"]) if row["series_from"] else None,
        due_at=row["due_at"],
        remind_at=row["remind_at"],
        notices=tuple(_notice(each) for each in row["notices"]),
        nag=row["nag"],
        from_completion=row["from_completion"],
        settled_to=row["settled_to"],
        assignee_id=row["assignee_id"],
        contact_id=row["contact_id"],
        contact=row["contact"] or "",
        company=row["company"] or "",
        done_at=row["done_at"],
        created_at=row["created_at"],
        awaits_since=row["awaits_since"],
        answered_at=row["answered_at"],
        cadence=row["cadence"],
    )


def _notice(stored: dict[str, Any]) -> Notice:
    before, about = stored.get("before"), stored.get("about")
    return Notice(
        datetime.fromisoformat(stored["at"]),
        None if before is None else timedelta(seconds=before),
        datetime.fromisoformat(about) if about else None,
    )

"""What is due: reminders whose moment has come, taken once, with their recurrence moved on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from reminders.followups import last_mail_to, settle
from reminders.recurrence import BadRule, next_after
from reminders.zones import localise, resolve
from storage.changes import Trail
from storage.interactions import Interaction
from storage.reminders import DueRow, cancel_reminder, due_rows, is_pending
from storage.tasks import Due, Task, reschedule_task, task_by_id
from storage.users import User, user_by_id

LATE = timedelta(minutes=2)  # from here on a reminder says that it comes late


@dataclass(frozen=True, slots=True)
class DueReminder:
    """One reminder to be sent now. `not_before` is later than now when quiet hours hold it back."""

    reminder_id: int
    due_at: datetime
    task: Task
    user: User
    late: bool
    not_before: datetime
    sent: Interaction | None = None  # of a follow-up: what it asks after


def take_due(
    connection: Connection, *, now: datetime, user_id: int | None = None, limit: int = 50
) -> list[DueReminder]:
    """The reminders due by `now`, of one user or of all; the caller queues each in this same transaction."""
    taken = []
    for row in due_rows(connection, now=now, user_id=user_id, limit=limit):
        task, user = task_by_id(connection, row.task_id), user_by_id(connection, row.user_id)
        if task is None or user is None:
            cancel_reminder(connection, row.id)  # its user left the team: nobody would ever take it
            continue
        if (task.awaits_since is not None or task.cadence) and not _still_due(connection, row, task, now):
            continue
        taken.append(_due(connection, row, task, user, now))
    return taken


def move_on(trail: Trail, task: Task, user: User, *, after: datetime) -> bool:
    """Moves a recurring task to its first occurrence after a moment; False when there is none any more."""
    if not task.rrule or task.due_wall is None:
        return False
    try:
        at = next_after(task.rrule, task.series_from or task.due_wall, task.zone, after)
    except BadRule:
        return False  # a rule of somebody else's making; what was due once stays as it is
    if at is None:
        return False
    wall = localise(at, task.zone)
    # A date alone is reminded of at the user's own hour of that day.
    remind_at = at if task.has_time else resolve(datetime.combine(wall.date(), _clock(user.default_time)), task.zone)
    start = task.series_from or task.due_wall
    reschedule_task(trail, task.id, Due(wall, task.zone, task.has_time, at, remind_at, task.rrule, start))
    return True


def quiet_until(user: User, now: datetime) -> datetime:
    """The end of the user's quiet hours when they are on, else now."""
    local = localise(now, user.timezone)
    start, end = _clock(user.quiet_from), _clock(user.quiet_to)
    at = local.time()
    quiet = start <= at or at < end if start > end else start <= at < end
    if not quiet:
        return now
    day = local.date() + timedelta(days=1) if start > end and at >= start else local.date()
    return resolve(datetime.combine(day, end), user.timezone)


def _still_due(connection: Connection, row: DueRow, task: Task, now: datetime) -> bool:
    """Whether a follow-up or a cadence is due after all: what an import brought since isn't looked at until now."""
    settle(Trail(connection, at=now, user_id=None, inbox_id=None), task)
    return is_pending(connection, row.id)


def _due(connection: Connection, row: DueRow, task: Task, user: User, now: datetime) -> DueReminder:
    held = now if task.has_time else quiet_until(user, now)
    sent = last_mail_to(connection, task, now)
    return DueReminder(row.id, row.due_at, task, user, now - row.due_at > LATE, max(held, now), sent)


def _clock(text: str) -> time:
    hour, _, minute = text.partition(":")
    return time(int(hour), int(minute or 0))

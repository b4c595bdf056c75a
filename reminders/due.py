"""What is due: reminders whose moment has come, taken once, with their recurrence moved on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import pairwise

from sqlalchemy import Connection

from reminders.followups import last_mail_to, settle
from reminders.moment import Moment
from reminders.notices import plan_notices
from reminders.recurrence import BadRule, list_walls, next_after
from reminders.zones import localise, resolve
from storage.changes import Trail
from storage.interactions import Interaction
from storage.reminders import DueRow, cancel_reminder, count_nags, due_rows, is_pending, last_told, plan_nag
from storage.tasks import Due, Task, reschedule_task, task_by_id
from storage.users import User, user_by_id

LATE = timedelta(minutes=2)  # from here on a reminder says that it comes late
_SOON = timedelta(minutes=30)
_OFTEN = timedelta(minutes=5)  # between two times of a recurring reminder at least
_LOOKED_AT = 30  # times of a rule
MOST_NAGS = 12  # of one reminder
_ELAPSES = re.compile(r"FREQ=(?:SECONDLY|MINUTELY|HOURLY)")


@dataclass(frozen=True, slots=True)
class DueReminder:
    """One reminder to be sent now. `not_before` is later than now when quiet hours hold it back, which they do to what
    isn't `timed`: it comes at the user's default hour, and not because somebody asked for that hour.

    `about` is when the occurrence that it is about is due, of a dated task.
    """

    reminder_id: int
    due_at: datetime
    task: Task
    user: User
    late: bool
    not_before: datetime
    sent: Interaction | None = None  # of a follow-up: what it asks after
    kind: str = "due"  # or early, again (it was put off), nag
    about: datetime | None = None
    timed: bool = True
    nagged: int = 0  # of a nag: which one it is


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
    at_once = {due.task.id for due in taken if due.kind != "early"}
    for due in taken:
        if _is_overtaken(due, at_once, now):
            cancel_reminder(connection, due.reminder_id)
    return [due for due in taken if not _is_overtaken(due, at_once, now)]


def follow(trail: Trail, due: DueReminder) -> None:
    """What comes after a reminder: the next nag, else of a recurring task the next occurrence."""
    task = due.task
    if due.kind == "early" or due.about is None or (task.due_at is not None and due.about < task.due_at):
        return  # the series has moved on, or isn't there yet
    if task.nag and _nag_again(trail, due):
        return
    if not task.from_completion:
        move_on(trail, task, due.user, after=trail.at)


def _nag_again(trail: Trail, due: DueReminder) -> bool:
    """Plans one more reminder of what isn't done, out of quiet hours; False when there were enough of them."""
    task, connection = due.task, trail.connection
    at = quiet_until(due.user, trail.at + timedelta(minutes=task.nag))
    following = next_due(task, trail.at) if not task.from_completion else None
    if due.nagged >= MOST_NAGS or (following is not None and at >= following):
        return False
    plan_nag(connection, task.id, due.user.id, at)
    return True


def _is_overtaken(due: DueReminder, at_once: set[int], now: datetime) -> bool:
    """An early notice whose moment itself has come, too."""
    return due.kind == "early" and (due.task.id in at_once or (due.about is not None and due.about <= now))


def open_occurrence(connection: Connection, task: Task) -> datetime | None:
    """When the occurrence of a recurring task was due whose reminder came last and that isn't done yet."""
    if not task.rrule or task.due_at is None:
        return None
    told = last_told(connection, task.id, task.due_at)
    return told if told is not None and (task.settled_to is None or task.settled_to < told) else None


def next_due(task: Task, after: datetime) -> datetime | None:
    """A recurring task's first occurrence after a moment; None when there is none any more."""
    if not task.rrule or task.due_wall is None:
        return None
    try:
        return next_after(task.rrule, task.series_from or task.due_wall, task.zone, after)
    except BadRule:
        return None  # a rule of somebody else's making; what was due once stays as it is


def move_on(trail: Trail, task: Task, user: User, *, after: datetime) -> bool:
    """Moves a recurring task to its first occurrence after a moment; False when there is none any more."""
    at = next_due(task, after)
    if at is None:
        return False
    _move_to(trail, task, user, localise(at, task.zone), task.series_from or task.due_wall)
    return True


def restart(trail: Trail, task: Task, user: User) -> bool:
    """Moves a task that recurs from its completion: the rule counts from now. False when it never occurs again."""
    if task.due_wall is None:
        return False
    today = localise(trail.at, task.zone)
    start = today.replace(microsecond=0) if elapses(task) else datetime.combine(today, task.due_wall.time())
    at = next_due(replace(task, series_from=start), max(trail.at, resolve(start, task.zone)))
    if at is None:
        return False
    _move_to(trail, task, user, localise(at, task.zone), start)
    return True


def remind_wall(wall: datetime, has_time: bool, user: User) -> datetime:
    """When a wall time is reminded of: a date alone at the user's own hour of that day."""
    return wall if has_time else datetime.combine(wall.date(), _clock(user.default_time))


def comes_too_often(when: Moment) -> bool:
    """Would it come oftener than every five minutes? Nobody wants that for long."""
    if not when.rrule:
        return False
    try:
        walls = list(list_walls(when.rrule, when.wall, _LOOKED_AT))
    except BadRule:
        return False
    return any(later - earlier < _OFTEN for earlier, later in pairwise(walls))


def remind_moment(wall: datetime, has_time: bool, zone: str, user: User, now: datetime) -> datetime:
    """The instant that a wall time is first reminded of at. Where only a date was said, and it is today, with the
    user's own hour behind: soon, or when quiet hours are near, the next morning."""
    at, local = resolve(remind_wall(wall, has_time, user), zone), localise(now, zone)
    if has_time or at > now or wall.date() != local.date():
        return at
    hour = local.replace(minute=0, second=0, microsecond=0)
    full = next(each for each in (hour + timedelta(hours=1), hour + timedelta(hours=2)) if each - local >= _SOON)
    for soon in (full, local.replace(second=0, microsecond=0) + _SOON):
        at = resolve(soon, zone)
        if soon.date() == wall.date() and quiet_until(user, at) == at:
            return at
    return resolve(remind_wall(wall + timedelta(days=1), False, user), zone)


def _move_to(trail: Trail, task: Task, user: User, wall: datetime, start: datetime | None) -> None:
    zone, has_time = task.zone, _has_time(task, start)
    remind = remind_wall(wall, has_time, user)
    early = plan_notices(remind, zone, [each.before for each in task.notices if each.before is not None])
    put_off = tuple(each for each in task.notices if each.before is None and each.at > trail.at)
    due = Due(
        wall, zone, has_time, resolve(wall, zone), resolve(remind, zone), task.rrule, start,
        notices=(*early, *put_off), nag=task.nag, from_completion=task.from_completion,
    )  # fmt: skip
    reschedule_task(trail, task.id, due)


def elapses(task: Task) -> bool:
    """Does it recur by hours or less, whatever the clock says?"""
    return _ELAPSES.search(task.rrule) is not None


def _has_time(task: Task, start: datetime | None) -> bool:
    """Has the series a time of day? One occurrence of it may have been moved to an hour of its own."""
    if start is None or start.time() != time() or elapses(task) or "BYHOUR" in task.rrule:
        return task.has_time
    return task.has_time and task.due_wall is not None and task.due_wall.time() == time()


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
    about = row.about_at or task.due_at
    usual = localise(row.due_at, user.timezone).time() == _clock(user.default_time)
    timed = not (usual or _is_planned(row, task, user)) or (task.has_time and row.due_at == about)
    held = now if timed else quiet_until(user, now)
    sent = last_mail_to(connection, task, now)
    nagged = count_nags(connection, task.id, task.remind_at) if row.kind == "nag" and task.remind_at else 0
    return DueReminder(
        row.id,
        row.due_at,
        task,
        user,
        late=now - row.due_at > LATE,
        not_before=max(held, now),
        sent=sent,
        kind=row.kind,
        about=about,
        timed=timed,
        nagged=nagged,
    )


def _is_planned(row: DueRow, task: Task, user: User) -> bool:
    """Is it the reminder of a date alone, not put off?"""
    if task.has_time or task.due_wall is None:
        return False
    return row.due_at == resolve(remind_wall(task.due_wall, False, user), task.zone)


def _clock(text: str) -> time:
    hour, _, minute = text.partition(":")
    return time(int(hour), int(minute or 0))

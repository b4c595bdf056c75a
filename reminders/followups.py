"""Follow-ups that close themselves when their contact writes, and cadences that start anew with each interaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from reminders.calendar_days import OutOfCalendar, add_days, add_months
from reminders.zones import localise, resolve
from storage.changes import Trail
from storage.followups import contacts_touched, last_sent, last_touch, wrote_after
from storage.interactions import Interaction, InteractionChannel
from storage.tasks import Due, Task, change_task, reschedule_task, watching_tasks
from storage.users import User, user_by_id

_RECENT = timedelta(days=30)  # a mail that was sent longer ago isn't what a follow-up is about
_DAYS = {"DAILY": 1, "WEEKLY": 7}
_MONTHS = {"MONTHLY": 1, "YEARLY": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time on the calendar."""

    months: int = 0
    days: int = 0

    def after(self, day: date) -> date:
        """The day that lies this long after another. Raises OutOfCalendar."""
        return add_days(add_months(day, self.months), self.days)


@dataclass(frozen=True, slots=True)
class Answered:
    """A follow-up that is closed, because its contact wrote."""

    task: Task
    at: datetime
    channel: InteractionChannel


def cadence_of(rrule: str) -> str | None:
    """What of a recurrence a cadence keeps: how often, and not on which days. None when it is more often than daily."""
    parts = dict(part.split("=", 1) for part in rrule.split(";") if "=" in part)
    frequency = parts.get("FREQ", "")
    if frequency not in _DAYS and frequency not in _MONTHS:
        return None
    return f"FREQ={frequency};INTERVAL={int(parts.get('INTERVAL', '1'))}"


def period_of(cadence: str) -> Period:
    """The length of time of a cadence."""
    parts = dict(part.split("=", 1) for part in cadence.split(";"))
    count, frequency = int(parts["INTERVAL"]), parts["FREQ"]
    if frequency in _MONTHS:
        return Period(months=count * _MONTHS[frequency])
    return Period(days=count * _DAYS[frequency])


def next_touch(cadence: str, last: datetime, user: User) -> Due:
    """When one should be in touch again: a date, reminded of at the user's default hour. Raises OutOfCalendar."""
    return _on(period_of(cadence).after(localise(last, user.timezone).date()), user)


def first_touch(cadence: str, last: datetime, user: User, now: datetime) -> Due:
    """The same for a new cadence: what would have been due is due at the next default hour."""
    due = next_touch(cadence, last, user)
    if due.remind_at >= now:
        return due
    today = _on(localise(now, user.timezone).date(), user)
    return today if today.remind_at >= now else _on(localise(now, user.timezone).date() + timedelta(days=1), user)


def awaited_from(connection: Connection, contact_id: int, now: datetime) -> datetime:
    """From when on a word of a contact is an answer: since the last thing sent that they haven't answered, else now."""
    sent = last_sent(connection, contact_id, now)
    if sent is None or now - sent.occurred_at > _RECENT:
        return now
    return now if wrote_after(connection, contact_id, sent.occurred_at) else sent.occurred_at


def last_mail_to(connection: Connection, task: Task, now: datetime) -> Interaction | None:
    """What a follow-up is about: the last thing sent, if it was sent since it waits, or what it waits from."""
    if task.awaits_since is None or task.contact_id is None:
        return None
    sent = last_sent(connection, task.contact_id, now)
    return sent if sent is not None and sent.occurred_at >= task.awaits_since else None


def settle_message(trail: Trail, inbox_id: int) -> list[Answered]:
    """After a message: closes the follow-ups that it answered, opens those whose answer it took away, and starts the
    cadences of whomever it was logged on anew. Those that were closed."""
    contact_ids = contacts_touched(trail.connection, inbox_id)
    found = [settle(trail, task) for task in watching_tasks(trail.connection, contact_ids)]
    return [each for each in found if each is not None]


def settle(trail: Trail, task: Task) -> Answered | None:
    """Brings one follow-up or cadence up to what is known by now; what closed it."""
    if task.contact_id is None:
        return None
    if task.cadence:
        _move(trail, task)
        return None
    if task.awaits_since is None:
        return None
    wrote = wrote_after(trail.connection, task.contact_id, task.awaits_since)
    if wrote is not None and task.done_at is None:
        at, channel = wrote
        change_task(trail, task.id, done_at=trail.at, answered_at=at)
        return Answered(task, at, channel)
    if wrote is None and task.answered_at is not None:
        change_task(trail, task.id, done_at=None, answered_at=None)
    return None


def touched(trail: Trail, task: Task, user: User) -> None:
    """The user says to have been in touch: the next time is counted from now."""
    change_task(trail, task.id, answered_at=trail.at, **next_touch(task.cadence, trail.at, user).columns())


def _move(trail: Trail, task: Task) -> None:
    user = user_by_id(trail.connection, task.assignee_id) if task.assignee_id is not None else None
    if user is None or task.contact_id is None or task.done_at is not None:
        return
    known = (last_touch(trail.connection, task.contact_id, trail.at), task.answered_at)
    last = max((each for each in known if each is not None), default=task.created_at)
    if last is None or task.due_at is None:
        return
    try:
        due = next_touch(task.cadence, last, user)
    except OutOfCalendar:
        return
    # What would have been due in the past stays where it is: it was, or is being, reminded of.
    if due.at > task.due_at or trail.at < due.at < task.due_at:
        reschedule_task(trail, task.id, due)


def _on(day: date, user: User) -> Due:
    wall = datetime.combine(day, time())
    hour, _, minute = user.default_time.partition(":")
    remind = datetime.combine(day, time(int(hour), int(minute or 0)))
    zone = user.timezone
    return Due(wall, zone, False, resolve(wall, zone), resolve(remind, zone))

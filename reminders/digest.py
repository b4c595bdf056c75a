"""The digest of a day and the look-back at a week: when they come, and their facts, without words."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from sqlalchemy import Connection

from reminders.due import quiet_until
from reminders.zones import localise, resolve
from storage.digests import (
    Birthday,
    Meeting,
    QuietOne,
    Week,
    birthdays,
    count_unknown,
    meetings,
    quiet_deals,
    quiet_leads,
    week_of,
)
from storage.tasks import Task, open_tasks
from storage.triage import count_waiting
from storage.users import FARTHEST_LOOK, User

LATE = timedelta(hours=4)  # so long after its hour a digest still comes: after that the day is under way
LOOK_BACK = time(16)  # on Fridays
_FRIDAY = 5
_ALL_WEEK = "1234567"
_MOST = 50  # tasks that are looked at
_DAYS = range(9)

Kind = Literal["digest", "look_back"]


@dataclass(frozen=True, slots=True)
class Quiet:
    """Leads or deals that nothing happened with for so many days; `fresh`: some of them since the last digest."""

    days: int
    names: tuple[str, ...] = ()
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Digest:
    """What a user has to know of a day. Tasks are soonest first; `days` are those until the next digest."""

    user: User
    day: date
    overdue: tuple[Task, ...]
    today: tuple[Task, ...]
    unanswered: tuple[Task, ...]  # follow-ups that are due
    meetings: tuple[Meeting, ...]
    birthdays: tuple[Birthday, ...]
    waiting: int
    unknown: int  # of those that wait: unknown senders
    leads: Quiet
    deals: Quiet

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All that is to be done, in the order that it is shown."""
        return self.overdue + self.today + self.unanswered

    @property
    def says_something(self) -> bool:
        """Is it worth a message? Who has been quiet for long was told of already."""
        facts = (self.tasks, self.meetings, self.birthdays, self.waiting, self.leads.fresh, self.deals.fresh)
        return any(facts)

    @property
    def is_empty(self) -> bool:
        """Is there nothing at all?"""
        return not (self.says_something or self.leads.names or self.deals.names)


@dataclass(frozen=True, slots=True)
class LookBack:
    """What a user's week came to, and what the next one holds."""

    user: User
    week: Week
    ahead: tuple[Task, ...]

    @property
    def says_something(self) -> bool:
        """Is it worth a message?"""
        week = self.week
        return any((week.done, week.won, week.leads, week.mails_in, week.mails_out, week.calls, self.ahead))


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be sent now, the day that it is about, and when to look again. `since`: the digest before it."""

    kinds: tuple[Kind, ...]
    day: date
    since: datetime
    next: datetime


def plan_look(user: User, now: datetime) -> Look:
    """What of the user's digest and look-back is due by now: each at its own moment, late by at most LATE."""
    planned = user.digest_next
    today = localise(now, user.timezone).date()
    coming = min((at for _, _, at in _moments(user, today) if at > now), default=now + FARTHEST_LOOK)
    if planned is None or planned > now + FARTHEST_LOOK:
        at_once = [at for _, _, at in _moments(user, today) if at == now]
        if not at_once:
            return Look((), today, now, coming)
        planned = now
    due = [
        (kind, day)
        for kind, day, at in _moments(user, today - timedelta(days=1))
        if max(planned, now - LATE) <= at <= now
    ]
    kinds: tuple[Kind, ...] = tuple(dict.fromkeys(kind for kind, _ in due))
    before = [
        at
        for kind, _, at in _moments(user, localise(planned, user.timezone).date() - timedelta(days=8))
        if at < planned
    ]
    return Look(kinds, due[-1][1] if due else today, max(before, default=planned - timedelta(days=1)), coming)


def works_on(user: User, day: date, off: Container[date]) -> bool:
    """Is it a working day of the user's? Who works all week does on holidays too."""
    return user.work_days == _ALL_WEEK or (str(day.isoweekday()) in user.work_days and day not in off)


def make_digest(
    connection: Connection, user: User, day: date, *, now: datetime, since: datetime, off: Container[date] = ()
) -> Digest:
    """The facts of a day; `since` is when the user was last told who had gone quiet, `off` are the holidays."""
    start, end = (resolve(datetime.combine(each, time()), user.timezone) for each in (day, day + timedelta(days=1)))
    found = open_tasks(connection, assignee_id=user.id, before=end, limit=_MOST)
    waits = tuple(task for task in found if task.awaits_since is not None)
    plain = tuple(task for task in found if task.awaits_since is None)
    owner = user.role == "owner"
    return Digest(
        user=user,
        day=day,
        overdue=tuple(task for task in plain if _day_of(task) < day),
        today=tuple(task for task in plain if _day_of(task) >= day),
        unanswered=waits,
        meetings=tuple(meetings(connection, start, end, user)),
        birthdays=tuple(birthdays(connection, _until_next(user, day, off), user)),
        waiting=count_waiting(connection) if owner else 0,
        unknown=count_unknown(connection) if owner else 0,
        leads=_quiet(quiet_leads, connection, user, user.stale_leads, now, since),
        deals=_quiet(quiet_deals, connection, user, user.stale_deals, now, since),
    )


def make_look_back(connection: Connection, user: User, *, now: datetime) -> LookBack:
    """The week that ends now, and the tasks of the next seven days."""
    week = week_of(connection, now - timedelta(days=7), now, user)
    ahead = open_tasks(connection, assignee_id=user.id, before=now + timedelta(days=8), limit=_MOST)
    return LookBack(user, week, tuple(task for task in ahead if task.due_at is not None and task.due_at > now))


def _moments(user: User, first: date) -> Iterator[tuple[Kind, date, datetime]]:
    """When digests and look-backs come, from a day on; quiet hours hold them back."""
    for number in _DAYS:
        day = first + timedelta(days=number)
        if user.digest and str(day.isoweekday()) in user.work_days:
            hour, _, minute = user.digest.partition(":")
            yield "digest", day, _at(user, day, time(int(hour), int(minute)))
        if user.look_back and day.isoweekday() == _FRIDAY:
            yield "look_back", day, _at(user, day, LOOK_BACK)


def _at(user: User, day: date, clock: time) -> datetime:
    return quiet_until(user, resolve(datetime.combine(day, clock), user.timezone))


def _until_next(user: User, day: date, off: Container[date]) -> list[date]:
    """The days that this digest has to speak for: on a Friday the weekend too."""
    days = [day]
    while user.work_days and len(days) < 7 and not works_on(user, days[-1] + timedelta(days=1), off):
        days.append(days[-1] + timedelta(days=1))
    return days


def _day_of(task: Task) -> date:
    assert task.due_wall is not None
    return task.due_wall.date()


def _quiet(find: object, connection: Connection, user: User, days: int, now: datetime, since: datetime) -> Quiet:
    if not days:
        return Quiet(0)
    assert callable(find)
    found: list[QuietOne] = find(connection, now - timedelta(days=days), user)
    fresh = any(each.last + timedelta(days=days) > since for each in found)
    return Quiet(days, tuple(each.name for each in found), fresh)

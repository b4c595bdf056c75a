"""A user's calendar for the phone: tasks with alarms, meetings, birthdays, in the user's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from handlers.acting import sentence
from handlers.words import Words
from reminders.due import remind_wall
from reminders.ical import Event, write_calendar
from reminders.recurrence import BadRule, list_walls, next_after
from reminders.zones import localise
from storage.calendars import (
    KnownBirthday,
    PlannedMeeting,
    PlannedTask,
    installation,
    known_birthdays,
    planned_meetings,
    planned_tasks,
)
from storage.users import User

NAME = "Rapport"
_PAST = timedelta(days=60)  # so long a meeting stays in the calendar
_SINCE = 2000  # birthdays are written from then on: old programs know no years long ago


def calendar_of(connection: Connection, user: User, now: datetime) -> str:
    """The iCalendar file of all that lies ahead of a user. The same facts give the same file."""
    words, home = Words(user.language, user.timezone), installation(connection) or "rapport"
    events: list[Event] = []
    for planned in planned_tasks(connection, user):
        events += _of_task(planned, user, home)
    start = now.replace(hour=0, minute=0, second=0, microsecond=0) - _PAST
    events += [_of_meeting(each, words, home) for each in planned_meetings(connection, user, start)]
    events += [event for each in known_birthdays(connection, user) for event in _of_birthday(each, words, home)]
    return write_calendar(NAME, events)


def _of_task(planned: PlannedTask, user: User, home: str) -> Iterator[Event]:
    """One event; of a recurring task whose next time was moved, that one and the series behind it."""
    task = planned.task
    assert task.due_wall is not None
    reminded = remind_wall(task.due_wall, task.has_time, user) - task.due_wall
    alarms = [reminded, *(reminded - each.before for each in task.notices if each.before is not None)]
    about = ", ".join(filter(None, (task.contact, task.company)))

    def event(uid: str, wall: datetime, rrule: str) -> Event:
        return Event(
            uid=f"{uid}@{home}",
            summary=sentence(task.title),
            start=wall if task.has_time else wall.date(),
            zone=task.zone,
            stamp=task.created_at or datetime(2000, 1, 1, tzinfo=UTC),
            rrule=rrule,
            alarms=tuple(dict.fromkeys(alarms)),
            description=about,
            sequence=planned.version - 1,
        )

    series = _series(planned)
    if series is None or series[0] != task.due_wall:
        yield event(f"task-{task.id}" if series is None else f"task-{task.id}-moved", task.due_wall, "")
    if series is not None:
        yield event(f"task-{task.id}", *series)


def _series(planned: PlannedTask) -> tuple[datetime, str] | None:
    """Where a task's recurrence goes on from its due moment, and its rule from there; None when it doesn't."""
    task = planned.task
    if not task.rrule or task.from_completion or task.due_at is None or task.due_wall is None:
        return None
    begun = task.series_from or task.due_wall
    try:
        following = next_after(task.rrule, begun, task.zone, task.due_at - timedelta(seconds=1))
        if following is None:
            return None
        # A time that a clock change leaves out is due a little later, and still the series' own.
        wall = task.due_wall if following == task.due_at else localise(following, task.zone)
        return wall, _from_here(task.rrule, begun, wall)
    except (BadRule, OverflowError):
        return None


def _from_here(rule: str, begun: datetime, wall: datetime) -> str:
    """The rule with as many times as are left of a counted one."""
    parts = rule.split(";")
    for place, part in enumerate(parts):
        if part.startswith("COUNT="):
            count = int(part.removeprefix("COUNT="))
            passed = sum(1 for each in list_walls(rule, begun, count) if each < wall)
            parts[place] = f"COUNT={max(1, count - passed)}"
    return ";".join(parts)


def _of_meeting(meeting: PlannedMeeting, words: Words, home: str) -> Event:
    text = " ".join(meeting.text.split())[:200]
    return Event(
        uid=f"meeting-{meeting.id}@{home}",
        summary=": ".join(filter(None, (meeting.contact, text))) or words.say("Meeting"),
        start=localise(meeting.at, "UTC"),
        zone="UTC",
        length=timedelta(hours=1),
        stamp=meeting.created_at,
        busy=True,
    )


def _of_birthday(known: KnownBirthday, words: Words, home: str) -> Iterator[Event]:
    """Every year; who was born on 29 February has theirs on 1 March in common years: the 60th day of all years."""
    year, month, day = known.birthday[:-6], int(known.birthday[-5:-3]), int(known.birthday[-2:])
    leap = (month, day) == (2, 29)
    born = int(year) if year.isdecimal() else _SINCE
    try:
        start = date(max(born, _SINCE), month, day)
    except ValueError:
        return
    yield Event(
        uid=f"birthday-{known.contact_id}@{home}",
        summary=words.say("Birthday: {names}", names=known.name),
        start=start,
        rrule="FREQ=YEARLY;BYYEARDAY=60" if leap else "FREQ=YEARLY",
        stamp=known.created_at,
        sequence=known.version - 1,
    )

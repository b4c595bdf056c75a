"""The time of day that a moment's pieces say, with its doubts."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from reminders.grammar.clock_forms import turn_to_part
from reminders.grammar.meaning import Clock
from reminders.groups import Group
from reminders.moment import Setting

_SMALL_HOURS = 5  # "on Sunday night at 1am" is Monday
_LONG_LEAD = 2  # hours before work at which a bare hour is still believed to be in the morning


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time of day with its doubts. `days`: midnight and the small hours belong to the next day."""

    clock: time
    days: int = 0
    other: time | None = None
    why: str = ""
    minus: timedelta = timedelta()


def said_part(group: Group) -> str | None:
    for piece in (group.part, group.day, group.every):
        if piece is not None:
            part = piece.value if piece.kind == "part" else getattr(piece.value, "part", None)
            if part is not None:
                return str(part)
    return None


def find_time(group: Group, now: datetime, setting: Setting, *, today: bool | None) -> TimeOfDay | None:
    """The time of day that was said. `today`: the day is today (True), another one (False), or not said (None)."""
    part = said_part(group)
    clock = group.clock.value if group.clock else None
    found = _find_clock(clock if isinstance(clock, Clock) else None, part, now, setting, today=today)
    minus = clock.minus if isinstance(clock, Clock) else 0
    return replace(found, minus=timedelta(seconds=minus)) if found is not None and minus else found


def _find_clock(
    clock: Clock | None, part: str | None, now: datetime, setting: Setting, *, today: bool | None
) -> TimeOfDay | None:
    if clock is None:
        if part is None:
            return None
        if part == "now":
            return TimeOfDay(now.time(), why="part.now")
        return TimeOfDay(setting.hour_of(part), days=1 if part == "midnight" else 0, why=f"part.{part}")
    if part is not None:
        small = part in ("evening", "night") and clock.sure and clock.part is None and 0 < clock.hour < _SMALL_HOURS
        if small:
            return TimeOfDay(_as_time(clock), days=1, why="clock.after_midnight")
        late = part in ("evening", "night") and not clock.sure and (clock.hour == 12 or clock.hour < 5)
        clock = turn_to_part(clock, "night" if late else part)
        return TimeOfDay(
            _as_time(clock), days=1 if late or (part == "night" and clock.hour < 6) else 0, why="clock.with_part"
        )
    if clock.sure or clock.hour == 12:
        return TimeOfDay(_as_time(clock), days=1 if clock.part == "midnight" and clock.hour == 0 else 0)
    return _guess_half(clock, now, setting, today=today)


def _as_time(clock: Clock) -> time:
    return time(clock.hour, clock.minute, clock.second)


def _guess_half(clock: Clock, now: datetime, setting: Setting, *, today: bool | None) -> TimeOfDay:
    """A bare hour in the half of the day in which people work, or in the half that is still to come."""
    morning = _as_time(clock)
    evening = morning.replace(hour=clock.hour + 12)
    if clock.hour < setting.work_start - _LONG_LEAD and clock.leaning != "morning":
        return TimeOfDay(evening, other=None, why="clock.working_hours")
    if clock.leaning == "evening":
        return TimeOfDay(evening, why="clock.evening_event")
    passed = morning <= now.time() < evening
    if passed and today is True:
        return TimeOfDay(evening, why="clock.still_to_come")
    casual = setting.language == "en" or now.hour >= 12
    if passed and today is None and clock.hour < setting.work_start and casual:
        return TimeOfDay(evening, why="clock.still_to_come")
    # An hour before work is plainly the morning; two hours before it, the evening is as likely.
    doubtful = clock.hour < setting.work_start - 1 and setting.language == "en" and clock.minute == 0
    return TimeOfDay(morning, other=evening if doubtful and today is not True else None, why="clock.morning")

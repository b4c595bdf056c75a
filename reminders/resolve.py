"""From the pieces of a moment to its place in time."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from reminders.calendar_days import OutOfCalendar, find_date, move_date, other_dates
from reminders.grammar.meaning import Clock, Day, Duration
from reminders.groups import Group
from reminders.moment import Resolved, Setting
from reminders.series import resolve_every
from reminders.time_of_day import TimeOfDay, find_time, said_part
from reminders.zones import add_seconds, localise
from reminders.zones import resolve as to_instant


def resolve_group(group: Group, setting: Setting) -> Resolved:
    """The place in time of a group of pieces. Raises OutOfCalendar with a reason code."""
    now = localise(setting.now, setting.zone).replace(microsecond=0)
    because = tuple(f"{piece.kind}.{piece.rule}" for piece in group.pieces)
    if group.every is not None:
        found = resolve_every(group, now, setting)
    elif group.offset is not None or group.ago is not None:
        found = _resolve_offset(group, now, setting)
    else:
        found = _resolve_once(group, now, setting)
    return replace(found, because=because + found.because)


def _resolve_once(group: Group, now: datetime, setting: Setting) -> Resolved:
    today = now.date()
    day = group.day.value if group.day else None
    if not isinstance(day, Day):
        found = find_time(group, now, setting, today=None)
        assert found is not None
        return _next_time(group, found, now, setting)
    first = find_date(day, today, setting)
    when = find_time(group, now, setting, today=first == today)
    if when is None:
        others = tuple(datetime.combine(other, time()) for other in other_dates(day, today, setting))
        return Resolved(datetime.combine(first, time()), has_time=False, ambiguous=others)
    later_today = when.clock > now.time() or when.days > 0
    first = find_date(day, today, setting, later_today=later_today)
    wall = datetime.combine(first, when.clock) + timedelta(days=when.days) - when.minus
    if first == today and wall <= now and said_part(group) == "end_of_day" and day.kind != "relative":
        wall += timedelta(days=1)
    wall = _in_own_zone(group, wall, setting)
    others = tuple(datetime.combine(other, when.clock) for other in other_dates(day, today, setting))
    if when.other is not None:
        others = (*others, datetime.combine(first, when.other))
    return Resolved(wall, has_time=True, ambiguous=tuple(o for o in others if o > now), because=_why(when))


def _why(when: TimeOfDay) -> tuple[str, ...]:
    return (when.why,) if when.why else ()


def _in_own_zone(group: Group, wall: datetime, setting: Setting) -> datetime:
    """A wall time that was said with another zone's name, on the user's own clock."""
    clock = group.clock.value if group.clock else None
    if not isinstance(clock, Clock) or not clock.zone or clock.zone == setting.zone:
        return wall
    return localise(to_instant(wall, clock.zone), setting.zone)


def _next_time(group: Group, when: TimeOfDay, now: datetime, setting: Setting) -> Resolved:
    """A time without a day: today, or tomorrow when it is past."""
    wall = _in_own_zone(group, datetime.combine(now.date(), when.clock) - when.minus, setting)
    why = _why(when)
    if wall <= now:
        wall, why = wall + timedelta(days=1), (*why, "clock.past_is_tomorrow")
    others: tuple[datetime, ...] = ()
    if when.other is not None:
        other = datetime.combine(now.date(), when.other)
        others = (other if other > now else other + timedelta(days=1),)
    return Resolved(wall, has_time=True, ambiguous=others, because=why)


def _resolve_offset(group: Group, now: datetime, setting: Setting) -> Resolved:
    piece = group.offset or group.ago
    assert piece is not None
    duration, sign = piece.value, 1 if group.offset else -1
    assert isinstance(duration, Duration)
    moved = move_date(now.date(), duration, sign, setting)
    if duration.seconds or duration.unit in ("second", "minute", "hour"):
        try:
            wall = add_seconds(datetime.combine(moved, now.time()), setting.zone, sign * duration.seconds)
        except (OverflowError, ValueError):
            raise OutOfCalendar("too_far") from None
        return Resolved(wall, has_time=True)
    when = find_time(group, now, setting, today=False)
    if when is None:
        return Resolved(datetime.combine(moved, time()), has_time=False)
    return Resolved(datetime.combine(moved, when.clock) + timedelta(days=when.days), has_time=True, because=_why(when))

"""From the pieces of a moment to its place in time."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from reminders.calendar_days import OutOfCalendar, add_months, find_date, move_date, other_dates
from reminders.grammar.clocks import turn_to_part
from reminders.grammar.meaning import Clock, Day, Duration, Every
from reminders.groups import Group
from reminders.moment import Setting
from reminders.pieces import Piece
from reminders.recurrence import next_after, write_rule
from reminders.zones import add_seconds, localise, resolve

_LONG_LEAD = 2  # hours before work at which a bare hour is still believed to be in the morning
_COUNTED = {
    "DAILY": "day",
    "WEEKLY": "week",
    "MONTHLY": "month",
    "YEARLY": "year",
    "HOURLY": "hour",
    "MINUTELY": "minute",
}
_IN_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_IN_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Resolved:
    """A moment on the clock: naive local time, whether a time was said, the rule, other readings, and why."""

    wall: datetime
    has_time: bool
    rrule: str | None = None
    ambiguous: tuple[datetime, ...] = ()
    because: tuple[str, ...] = ()
    from_completion: bool = False


@dataclass(frozen=True, slots=True)
class _Time:
    """A time of day with its doubts. `days`: midnight and the small hours belong to the next day."""

    clock: time
    days: int = 0
    other: time | None = None
    why: str = ""


def resolve_group(group: Group, setting: Setting) -> Resolved:
    """The place in time of a group of pieces. Raises OutOfCalendar with a reason code."""
    now = localise(setting.now, setting.zone).replace(microsecond=0)
    because = tuple(f"{piece.kind}.{piece.rule}" for piece in group.pieces)
    if group.every is not None:
        found = _resolve_every(group, now, setting)
    elif group.offset is not None or group.ago is not None:
        found = _resolve_offset(group, now, setting)
    else:
        found = _resolve_once(group, now, setting)
    return replace(found, because=because + found.because)


def _said_part(group: Group) -> str | None:
    for piece in (group.part, group.day, group.every):
        if piece is not None:
            part = piece.value if piece.kind == "part" else getattr(piece.value, "part", None)
            if part is not None:
                return str(part)
    return None


def _find_time(group: Group, now: datetime, setting: Setting, *, today: bool | None) -> _Time | None:
    """The time of day that was said. `today`: the day is today (True), another one (False), or not said (None)."""
    part = _said_part(group)
    clock = group.clock.value if group.clock else None
    if not isinstance(clock, Clock):
        if part is None:
            return None
        if part == "now":
            return _Time(now.time(), why="part.now")
        return _Time(setting.hour_of(part), days=1 if part == "midnight" else 0, why=f"part.{part}")
    if part is not None:
        late = part in ("evening", "night") and not clock.sure and (clock.hour == 12 or clock.hour < 5)
        clock = turn_to_part(clock, "night" if late else part)
        return _Time(
            _as_time(clock), days=1 if late or (part == "night" and clock.hour < 6) else 0, why="clock.with_part"
        )
    if clock.sure or clock.hour == 12:
        return _Time(_as_time(clock), days=1 if clock.part == "midnight" and clock.hour == 0 else 0)
    return _guess_half(clock, now, setting, today=today)


def _as_time(clock: Clock) -> time:
    return time(clock.hour, clock.minute, clock.second)


def _guess_half(clock: Clock, now: datetime, setting: Setting, *, today: bool | None) -> _Time:
    """A bare hour in the half of the day in which people work, or in the half that is still to come."""
    morning = _as_time(clock)
    evening = morning.replace(hour=clock.hour + 12)
    if clock.hour < setting.work_start - _LONG_LEAD:
        return _Time(evening, other=None, why="clock.working_hours")
    passed = morning <= now.time() < evening
    if passed and today is True:
        return _Time(evening, why="clock.still_to_come")
    casual = setting.language == "en" or now.hour >= 12
    if passed and today is None and clock.hour < setting.work_start and casual:
        return _Time(evening, other=morning, why="clock.still_to_come")
    doubtful = clock.hour < setting.work_start and setting.language == "en" and clock.minute == 0
    return _Time(morning, other=evening if doubtful and today is not True else None, why="clock.morning")


def _resolve_once(group: Group, now: datetime, setting: Setting) -> Resolved:
    today = now.date()
    day = group.day.value if group.day else None
    if not isinstance(day, Day):
        found = _find_time(group, now, setting, today=None)
        assert found is not None
        return _next_time(found, now)
    first = find_date(day, today, setting)
    when = _find_time(group, now, setting, today=first == today)
    if when is None:
        others = tuple(datetime.combine(other, time()) for other in other_dates(day, today, setting))
        return Resolved(datetime.combine(first, time()), has_time=False, ambiguous=others)
    later_today = when.clock > now.time() or when.days > 0
    first = find_date(day, today, setting, later_today=later_today)
    wall = datetime.combine(first, when.clock) + timedelta(days=when.days)
    if first == today and wall <= now and _said_part(group) == "end_of_day" and day.kind != "relative":
        wall += timedelta(days=1)
    others = tuple(datetime.combine(other, when.clock) for other in other_dates(day, today, setting))
    if when.other is not None:
        others = (*others, datetime.combine(first, when.other))
    return Resolved(wall, has_time=True, ambiguous=tuple(o for o in others if o > now), because=_why(when))


def _why(when: _Time) -> tuple[str, ...]:
    return (when.why,) if when.why else ()


def _next_time(when: _Time, now: datetime) -> Resolved:
    """A time without a day: today, or tomorrow when it is past."""
    wall = datetime.combine(now.date(), when.clock)
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
    if duration.seconds:
        try:
            wall = add_seconds(datetime.combine(moved, now.time()), setting.zone, sign * duration.seconds)
        except (OverflowError, ValueError):
            raise OutOfCalendar("too_far") from None
        return Resolved(wall, has_time=True)
    when = _find_time(group, now, setting, today=False)
    if when is None:
        return Resolved(datetime.combine(moved, time()), has_time=False)
    return Resolved(datetime.combine(moved, when.clock) + timedelta(days=when.days), has_time=True, because=_why(when))


def _merge_day(every: Every, piece: Piece | None) -> tuple[Every, Day | None]:
    """What a day says beside a recurrence: part of the rule ("every month ... on the 15th"), or its start."""
    day = piece.value if piece else None
    if not isinstance(day, Day):
        return every, None
    if day.kind == "weekday" and every.frequency == "WEEKLY" and not every.weekdays and day.weekday is not None:
        return replace(every, weekdays=(day.weekday,)), day if day.mode else None
    if day.kind == "month_day" and every.frequency == "MONTHLY" and not every.month_days and not every.weekdays:
        return replace(every, month_days=(day.number,)), None
    if day.kind == "date" and day.year is None and every.frequency == "YEARLY" and not every.month_days:
        return replace(every, month_days=(day.number,), month=day.month), None
    if day.kind == "nth" and every.frequency == "MONTHLY" and day.base is not None and day.base.unit == "month":
        if day.weekday is not None:
            return replace(every, weekdays=(day.weekday,), position=day.number), None
        if day.unit == "workday":
            return replace(every, weekdays=(0, 1, 2, 3, 4), position=day.number), None
        return replace(every, month_days=(day.number,)), None
    if day.kind == "period" and day.unit == "month" and every.frequency == "MONTHLY" and day.edge:
        return replace(every, month_days=({"start": 1, "mid": 15, "end": -1}[day.edge],)), None
    return every, day


def _resolve_every(group: Group, now: datetime, setting: Setting) -> Resolved:
    assert group.every is not None
    assert isinstance(group.every.value, Every)
    every, day = _merge_day(group.every.value, group.day)
    begin = _find_start(group, day, now, setting)
    when = _find_time(group, now, setting, today=False)
    timed = when is not None or every.frequency in ("HOURLY", "MINUTELY", "SECONDLY")
    wall = _first_time(every, begin, when, now, setting)
    until = _find_until(group, now, setting)
    count = group.count.value if group.count else None
    number = count if isinstance(count, int) else None
    if group.length is not None and isinstance(group.length.value, Duration):
        number, until = _bound_by_length(every, group.length.value, wall, setting)
    rule = write_rule(every, count=number, until=until, timed=timed)
    others: tuple[datetime, ...] = ()
    if when is not None and when.other is not None:
        others = (datetime.combine(wall.date(), when.other),)
    return Resolved(wall, timed, rule, others, _why(when) if when else (), every.from_completion)


def _find_start(group: Group, day: Day | None, now: datetime, setting: Setting) -> date | None:
    if group.start is not None:
        value = group.start.value
        if isinstance(value, Duration):
            return move_date(now.date(), value, 1, setting)
        if isinstance(value, Day):
            return find_date(value, now.date(), setting)
    return find_date(day, now.date(), setting) if day is not None else None


def _find_until(group: Group, now: datetime, setting: Setting) -> datetime | None:
    value = group.until.value if group.until else None
    if isinstance(value, Duration):
        return datetime.combine(move_date(now.date(), value, 1, setting), time())
    return datetime.combine(find_date(value, now.date(), setting), time()) if isinstance(value, Day) else None


def _first_time(every: Every, begin: date | None, when: _Time | None, now: datetime, setting: Setting) -> datetime:
    """The first occurrence: after now, not before its start; without any day said, one interval from now."""
    if every.frequency in ("HOURLY", "MINUTELY", "SECONDLY"):
        seconds = {"HOURLY": 3_600, "MINUTELY": 60, "SECONDLY": 1}[every.frequency] * every.interval
        if begin is not None:
            return datetime.combine(begin, when.clock if when else setting.default_hour)
        return add_seconds(now, setting.zone, seconds)
    clock = when.clock if when else setting.default_hour
    anchored = bool(every.weekdays or every.month_days)
    if not anchored and begin is None:
        first = _unanchored_start(every, when, now)
    else:
        first = _anchored_start(every, begin, clock, now, setting)
    wall = datetime.combine(first, clock if when else time())
    return wall + timedelta(days=when.days) if when else wall


def _unanchored_start(every: Every, when: _Time | None, now: datetime) -> date:
    today = now.date()
    if when is not None and every.frequency == "DAILY" and not every.from_completion:
        return today if when.clock > now.time() else today + timedelta(days=1)
    if every.frequency in ("DAILY", "WEEKLY"):
        return today + timedelta(days=every.interval * (7 if every.frequency == "WEEKLY" else 1))
    return add_months(today, every.interval * (12 if every.frequency == "YEARLY" else 1))


def _anchored_start(every: Every, begin: date | None, clock: time, now: datetime, setting: Setting) -> date:
    if begin is not None and not (every.weekdays or every.month_days):
        return begin
    simple = replace(every, interval=1) if every.frequency in ("WEEKLY", "DAILY") else every
    if every.quarterly:
        last = every.month_days == (-1,) or every.position < 0
        anchor = date(now.year, (now.month - 1) // 3 * 3 + (3 if last else 1), 1)
        origin, simple = datetime.combine(anchor, clock), every
    else:
        origin = datetime.combine((begin or now.date()).replace(day=1), clock)
        simple = replace(simple, interval=1)
    after = datetime.combine(begin, time()) - timedelta(seconds=1) if begin else now
    after = max(after, now)
    found = next_after(write_rule(simple), origin, setting.zone, resolve(after, setting.zone))
    if found is None:
        raise OutOfCalendar("no_such_day")
    return localise(found, setting.zone).date()


def _bound_by_length(
    every: Every, length: Duration, wall: datetime, setting: Setting
) -> tuple[int | None, datetime | None]:
    """ "For 3 weeks": a number of times where that comes out even, else an end."""
    days = _IN_DAYS.get(length.unit, 0) * length.amount
    times: float = 0
    if every.frequency == "DAILY" and days:
        times = days / every.interval
    elif every.frequency == "WEEKLY" and days:
        times = days / 7 / every.interval * max(1, len(every.weekdays))
    elif every.frequency in ("MONTHLY", "YEARLY") and length.unit in _IN_MONTHS:
        size = every.interval * (12 if every.frequency == "YEARLY" else 1)
        times = _IN_MONTHS[length.unit] * length.amount / size
    elif every.frequency in ("HOURLY", "MINUTELY") and length.seconds:
        times = length.seconds / every.interval / (3_600 if every.frequency == "HOURLY" else 60)
    if times and times == int(times):
        return int(times), None
    end = move_date(wall.date(), length, 1, setting)
    if length.seconds:
        return None, add_seconds(wall, setting.zone, length.seconds)
    return None, datetime.combine(end - timedelta(days=1), time())

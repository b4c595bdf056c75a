"""From a recurrence as said to its first time and its rule."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from reminders.calendar_days import OutOfCalendar, add_days, add_months, find_date, move_date, week_of
from reminders.grammar.meaning import Clock, Day, Duration, Every
from reminders.groups import Group
from reminders.moment import UNEVEN, Resolved, Setting
from reminders.pieces import Piece
from reminders.recurrence import BadRule, next_after, write_rule
from reminders.time_of_day import TimeOfDay, find_time
from reminders.zones import add_seconds, localise, resolve

_ELAPSED = {"HOURLY": 3_600, "MINUTELY": 60, "SECONDLY": 1}
_IN_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_IN_MONTHS = {"month": 1, "quarter": 3, "year": 12}


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


def resolve_every(group: Group, now: datetime, setting: Setting) -> Resolved:
    """The first time and the rule of a group with a recurrence."""
    assert group.every is not None
    assert isinstance(group.every.value, Every)
    every, day = _merge_day(group.every.value, group.day)
    if group.within is not None and isinstance(group.within.value, Every):
        every = replace(every, weekdays=group.within.value.weekdays)
    if group.rhythm is not None and isinstance(group.rhythm.value, Every):
        every = replace(every, interval=group.rhythm.value.interval)
    if group.exception is not None:
        every = _without_days(every, group.exception.value)
    begin = _find_start(group, day, now, setting)
    stretch = _find_stretch(day, now, setting) if every.frequency in ("DAILY", "WEEKLY") else None
    if stretch is not None:
        begin = stretch[0]
    clock = group.clock.value if group.clock else None
    when = find_time(group, now, setting, today=False)
    last: datetime | None = None
    if isinstance(clock, Clock) and clock.end and day is not None and begin is not None and every.frequency in _ELAPSED:
        hour = _later_hour(clock.end, when.clock.hour if when else 0)
        last = datetime.combine(begin, time(hour, clock.end.minute))  # "every 15 minutes from 2 to 4pm on Friday"
    elif every.weekdays and every.frequency in _ELAPSED and (not isinstance(clock, Clock) or clock.end is None):
        span = Clock(setting.work_start, sure=True, end=Clock(setting.work_end, sure=True))
        when = TimeOfDay(time(setting.work_start))
        every = _with_hours(every, span, when, setting)
    elif when is not None and isinstance(clock, Clock):
        every = _with_hours(every, clock, when, setting)
    elif every.hours:
        when = TimeOfDay(time(every.hours[0]))
    timed = when is not None or every.frequency in _ELAPSED
    wall = _first_time(every, begin, when, now, setting)
    until = last or _find_until(group, wall, now, setting)
    if until is None and stretch is not None:
        until = datetime.combine(stretch[1], time())
    count = group.count.value if group.count else None
    number = count if isinstance(count, int) else every.count or None
    if group.length is not None and isinstance(group.length.value, Duration):
        number, until = _bound_by_length(every, group.length.value, wall, setting)
    rule = write_rule(every, count=number, until=until, timed=timed)
    others: tuple[datetime, ...] = ()
    if when is not None and when.other is not None and not every.hours:
        others = (datetime.combine(wall.date(), when.other),)
    return Resolved(wall, timed, rule, others, (when.why,) if when and when.why else (), every.from_completion)


def _without_days(every: Every, left_out: object) -> Every:
    """Every day but not on Sundays: the rule of the other days."""
    assert isinstance(left_out, tuple)
    daily = every.interval == 1 and every.frequency == "DAILY"
    paced = every.frequency in _ELAPSED
    if not every.weekdays and not daily and not paced:
        raise BadRule(UNEVEN)
    kept = tuple(day for day in every.weekdays or range(7) if day not in left_out)
    if not kept or every.positions or every.position:
        raise BadRule(UNEVEN)
    return replace(every, weekdays=kept, frequency="WEEKLY" if daily else every.frequency)


def _with_hours(every: Every, clock: Clock, when: TimeOfDay, setting: Setting) -> Every:
    """Several times a day: "at 8 and 20", "every hour from 9 to 17"."""
    first = when.clock
    if every.frequency in ("HOURLY", "MINUTELY"):
        if clock.end is None:
            return every
        last = _later_hour(clock.end, first.hour)
        hours: tuple[int, ...] = tuple(range(first.hour, last + 1))
        minutes: tuple[int, ...] = ()
        if every.frequency == "HOURLY":
            hours = hours[:: every.interval]
        elif 60 % every.interval == 0 and first.minute == 0:
            hours, minutes = hours[:-1] or hours, tuple(range(0, 60, every.interval))
        else:
            raise BadRule(UNEVEN)
        frequency = "WEEKLY" if every.weekdays else "DAILY"
        return replace(every, frequency=frequency, interval=1, hours=hours, minutes=minutes)
    hours = (first.hour,)
    for more in clock.more:
        hours = (*hours, more.hour if more.hour == clock.hour else _later_hour(more, hours[-1]))
    found, said = sorted(set(hours)), sorted({clock.minute, *(more.minute for more in clock.more)})
    if len(found) == len(said) == 1:
        return every
    return replace(every, hours=tuple(found), minutes=tuple(said) if said != [0] else ())


def _later_hour(clock: Clock, after: int) -> int:
    return clock.hour + 12 if not clock.sure and clock.hour < 12 and clock.hour <= after else clock.hour


def _find_start(group: Group, day: Day | None, now: datetime, setting: Setting) -> date | None:
    if group.start is not None:
        value = group.start.value
        if isinstance(value, Duration):
            return move_date(now.date(), value, 1, setting)
        if isinstance(value, Day):
            return find_date(value, now.date(), setting)
    return find_date(day, now.date(), setting) if day is not None else None


def _find_stretch(day: Day | None, now: datetime, setting: Setting) -> tuple[date | None, date] | None:
    """The days in which a recurrence stays: every day this week, jeden Freitag im Dezember."""
    if day is None or day.edge or day.weekday is not None or day.mode == "last":
        return None
    today = now.date()
    if day.kind == "month":
        first = find_date(replace(day, edge="start") if day.month != today.month else day, today, setting)
        first, last = first.replace(day=1), add_days(add_months(first.replace(day=1), 1), -1)
    elif day.kind == "period" and day.unit in ("week", "month"):
        first = (
            add_days(week_of(today, setting), 7 * day.number)
            if day.unit == "week"
            else add_months(today.replace(day=1), day.number)
        )
        last = add_days(first, 6) if day.unit == "week" else add_days(add_months(first, 1), -1)
    else:
        return None
    return (first if first > today else None), last


def _find_until(group: Group, wall: datetime, now: datetime, setting: Setting) -> datetime | None:
    value = group.until.value if group.until else None
    ending = group.ending.value if group.ending else None
    day: date | None = None
    if isinstance(value, Duration):
        if value.seconds:
            return add_seconds(now, setting.zone, value.seconds)
        day = move_date(now.date(), value, 1, setting)
    elif isinstance(value, Day):
        day = find_date(value, now.date(), setting)
    if isinstance(ending, Clock):
        after = wall.hour if day in (None, wall.date()) else 0
        last = datetime.combine(day or wall.date(), time(_later_hour(ending, after), ending.minute))
        return last if day is not None or last > wall else last + timedelta(days=1)
    return datetime.combine(day, time()) if day is not None else None


def _first_time(every: Every, begin: date | None, when: TimeOfDay | None, now: datetime, setting: Setting) -> datetime:
    """The first occurrence: after now, not before its start; without any day said, one interval from now."""
    if every.frequency in _ELAPSED:
        if begin is not None:
            return datetime.combine(begin, when.clock if when else setting.default_hour)
        if when is not None:
            wall = datetime.combine(now.date(), when.clock)
            return wall if wall > now else wall + timedelta(days=1)
        return add_seconds(now, setting.zone, _ELAPSED[every.frequency] * every.interval)
    clock = when.clock if when else setting.default_hour
    if every.hours:
        return _first_of_hours(every, begin, clock, now, setting)
    anchored = bool(every.weekdays or every.month_days)
    if not anchored and begin is None:
        first = _unanchored_start(every, when, now)
    else:
        first = _anchored_start(every, begin, clock, now, setting)
    wall = datetime.combine(first, clock if when else time())
    return wall + timedelta(days=when.days) if when else wall


def _first_of_hours(every: Every, begin: date | None, clock: time, now: datetime, setting: Setting) -> datetime:
    day = begin or now.date()
    if every.frequency in ("MONTHLY", "YEARLY"):
        day = day.replace(day=1)
    after = datetime.combine(begin, time()) - timedelta(seconds=1) if begin else now
    origin = datetime.combine(day, clock)
    found = next_after(write_rule(every), origin, setting.zone, resolve(max(after, now), setting.zone))
    if found is None:
        raise OutOfCalendar("no_such_day")
    return localise(found, setting.zone)


def _unanchored_start(every: Every, when: TimeOfDay | None, now: datetime) -> date:
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

"""From a day as said to a date on the calendar."""

import calendar
from collections.abc import Callable
from datetime import date, timedelta

from reminders.days_off import country_of
from reminders.feasts import find_feast
from reminders.grammar.meaning import Day, Duration
from reminders.moment import Setting

_LAST_YEAR = 2199  # what lies behind is a slip of the finger
_SURE_OF_NEXT = frozenset({"ru"})  # languages whose "next Friday" is the next week's to everybody


class OutOfCalendar(ValueError):
    """A date that no calendar of this program has; its text is a reason code of BadMoment."""


def add_months(day: date, months: int) -> date:
    """The same day n months on, or the month's last one where that is missing."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= _LAST_YEAR:
        raise OutOfCalendar("too_far")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_days(day: date, days: int) -> date:
    """A date n days on."""
    try:
        moved = day + timedelta(days=days)
    except OverflowError:
        raise OutOfCalendar("too_far") from None
    if moved.year > _LAST_YEAR:
        raise OutOfCalendar("too_far")
    return moved


def is_workday(day: date, setting: Setting) -> bool:
    """Monday to Friday, and no holiday."""
    return day.weekday() < 5 and day not in setting.holidays


def add_workdays(day: date, count: int, setting: Setting) -> date:
    """The n-th working day after a date (before it for a negative n)."""
    step = 1 if count >= 0 else -1
    if abs(count) > 3_000:
        raise OutOfCalendar("too_far")
    for _ in range(abs(count)):
        day = add_days(day, step)
        while not is_workday(day, setting):
            day = add_days(day, step)
    return day


def move_date(day: date, duration: Duration, sign: int, setting: Setting) -> date:
    """A date moved by a length of time in whole days."""
    moved = add_months(day, sign * duration.months)
    moved = add_days(moved, sign * duration.days)
    return add_workdays(moved, sign * duration.workdays, setting) if duration.workdays else moved


def week_of(day: date, setting: Setting) -> date:
    """The first day of the week that a date is in."""
    return add_days(day, -((day.weekday() - setting.week_start) % 7))


def find_date(day: Day, today: date, setting: Setting, *, later_today: bool = False) -> date:
    """The date that a day as said means, seen from `today`. `later_today`: its clock time is still ahead today."""
    if day.kind == "month_day":
        return _find_month_day(day, today, setting, later_today=later_today)
    return _FINDERS[day.kind](day, today, setting)


def other_dates(day: Day, today: date, setting: Setting) -> tuple[date, ...]:
    """The other dates that people may mean: "next Friday" on a Tuesday."""
    if setting.language in _SURE_OF_NEXT:
        return ()
    if day.kind == "weekday" and day.mode == "next":
        soon = find_date(Day("weekday", weekday=day.weekday), today, setting)
        meant = find_date(day, today, setting)
        return () if soon == meant else (soon,)
    if day.kind == "period" and day.unit == "weekend" and day.number == 1 and today.weekday() < 5:
        return (add_days(find_date(day, today, setting), -7),)
    return ()


def _find_year(day: Day, today: date, setting: Setting) -> date:
    if day.base is not None:
        year = today.year + day.base.number
        if day.number > calendar.monthrange(year, day.month)[1]:
            raise OutOfCalendar("no_such_day")
        return date(year, day.month, day.number)
    if day.year is not None:
        return date(day.year, day.month, day.number)
    for year in range(today.year, today.year + 9):
        if day.number <= calendar.monthrange(year, day.month)[1]:
            found = date(year, day.month, day.number)
            if found >= today:
                return found
    raise OutOfCalendar("no_such_day")


def _edge_of_month(first: date, edge: str) -> date:
    if edge == "end":
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return first.replace(day=15) if edge == "mid" else first


def _find_month(day: Day, today: date, setting: Setting) -> date:
    if day.base is not None:
        return _edge_of_month(date(today.year + day.base.number, day.month, 1), day.edge)
    if day.year is not None:
        return _edge_of_month(date(day.year, day.month, 1), day.edge)
    found = _edge_of_month(date(today.year, day.month, 1), day.edge)
    if day.mode == "last":
        return found if found.replace(day=1) < today.replace(day=1) else found.replace(year=today.year - 1)
    return found if found >= today else _edge_of_month(date(today.year + 1, day.month, 1), day.edge)


def _find_month_day(day: Day, today: date, setting: Setting, *, later_today: bool) -> date:
    if day.base is not None:
        first = find_date(Day("period", day.base.number, unit="month", edge="start", mode="fixed"), today, setting)
        if day.number > calendar.monthrange(first.year, first.month)[1]:
            raise OutOfCalendar("no_such_day")
        return first.replace(day=day.number)
    first = today.replace(day=1)
    for months in range(13):
        month = add_months(first, months)
        if day.number > calendar.monthrange(month.year, month.month)[1]:
            continue
        found = month.replace(day=day.number)
        if found > today or (found == today and later_today):
            return found
    raise OutOfCalendar("no_such_day")


def _find_feast(day: Day, today: date, setting: Setting) -> date:
    days = -7 * (4 - day.number) if day.unit == "advent" else day.number
    found = find_feast(day.unit, days, today, setting.country or country_of(setting.zone))
    if found is None:
        raise OutOfCalendar("no_such_day")
    return found


def _find_weekday(day: Day, today: date, setting: Setting) -> date:
    assert day.weekday is not None
    ahead = (day.weekday - today.weekday()) % 7
    if day.mode == "last":
        return add_days(today, ahead - 7)
    if day.mode == "this":
        return add_days(today, ahead)
    if day.mode == "next":
        first = add_days(week_of(today, setting), 7)
        return add_days(first, (day.weekday - first.weekday()) % 7)
    coming = add_days(today, ahead or 7)
    return add_days(coming, 7 * (day.number or (1 if day.mode == "afternext" else 0)))


def _find_period(day: Day, today: date, setting: Setting) -> date:
    if day.unit == "week":
        return _find_in_week(day, today, setting)
    if day.unit == "weekend":
        saturday = add_days(today, 5 - today.weekday())
        if day.number == 0:
            return max(saturday, today)
        return add_days(saturday, 7 * day.number)
    size = {"month": 1, "quarter": 3, "year": 12}[day.unit]
    begin = today.replace(day=1, month=(today.month - 1) // size * size + 1)
    for extra in (0, 1):
        first = add_months(begin, size * (day.number + extra))
        found = _edge_of_period(first, size, day.edge or ("end" if day.number == 0 else "start"))
        if found >= today or day.number or day.mode == "fixed":
            return found
    return found


def _edge_of_period(first: date, size: int, edge: str) -> date:
    if edge == "end":
        return add_days(add_months(first, size), -1)
    if edge == "mid":
        return add_days(add_months(first, size // 2), 14 if size != 12 else 0)
    return first


def _find_in_week(day: Day, today: date, setting: Setting) -> date:
    first = add_days(week_of(today, setting), 7 * day.number)
    if day.weekday is not None:
        return add_days(first, (day.weekday - first.weekday()) % 7)
    edge = day.edge or ("end" if day.number == 0 else "start")
    monday = add_days(first, -first.weekday() % 7)
    found = {"start": monday, "mid": add_days(monday, 2), "end": add_days(monday, 4)}[edge]
    if found >= today or day.number < 0:
        return found
    return max(today, add_days(monday, 6)) if edge == "end" else add_days(found, 7)


def _find_week(day: Day, today: date, setting: Setting) -> date:
    weekday = (day.weekday or 0) + 1
    years = [day.year] if day.year is not None else [today.isocalendar().year, today.isocalendar().year + 1]
    for year in years:
        try:
            found = date.fromisocalendar(year, day.number, weekday)
        except ValueError:
            continue
        if day.year is not None or found >= today:
            return found
        if found.isocalendar()[:2] == today.isocalendar()[:2] and day.weekday is None:
            return today
    raise OutOfCalendar("no_such_week")


def _find_quarter(day: Day, today: date, setting: Setting) -> date:
    year = day.year or today.year
    found = _edge_of_period(date(year, 3 * day.number - 2, 1), 3, day.edge)
    if found >= today or day.year is not None:
        return found
    return _edge_of_period(date(year + 1, 3 * day.number - 2, 1), 3, day.edge)


def _find_nth(day: Day, today: date, setting: Setting) -> date:
    assert day.base is not None
    fixed = day.base.number != 0 or day.base.year is not None
    for extra in range(13):
        first, last = _bounds(day.base, today, setting, extra)
        days = [add_days(first, i) for i in range((last - first).days + 1)]
        if day.weekday is not None:
            days = [d for d in days if d.weekday() == day.weekday]
        elif day.unit == "week":
            days = [d for d in days if d.day % 7 == 1] if day.number > 0 else [d for d in days if d.weekday() == 0]
        elif day.unit == "workday":
            days = [d for d in days if is_workday(d, setting)]
        index = day.number - 1 if day.number > 0 else day.number
        if -len(days) <= index < len(days) and (days[index] >= today or fixed):
            return days[index]
    raise OutOfCalendar("no_such_day")


def _bounds(base: Day, today: date, setting: Setting, extra: int) -> tuple[date, date]:
    """The first and last day of the period that a n-th day is counted in."""
    if base.kind == "month":
        year = base.year or today.year + extra
        return date(year, base.month, 1), _edge_of_month(date(year, base.month, 1), "end")
    if base.kind == "quarter":
        first = date((base.year or today.year) + extra, 3 * base.number - 2, 1)
        return first, _edge_of_period(first, 3, "end")
    if base.unit == "week":
        first = add_days(week_of(today, setting), 7 * (base.number + extra))
        return first, add_days(first, 6)
    size = {"month": 1, "quarter": 3, "year": 12}[base.unit]
    begin = today.replace(day=1, month=(today.month - 1) // size * size + 1)
    first = add_months(begin, size * (base.number + extra))
    return first, _edge_of_period(first, size, "end")


def _find_shift(day: Day, today: date, setting: Setting) -> date:
    assert day.base is not None
    if day.weekday is not None:
        base = add_days(find_date(day.base, today, setting), day.number)
        return add_days(base, day.number * ((day.number * (day.weekday - base.weekday())) % 7))
    assert day.duration is not None
    return move_date(find_date(day.base, today, setting), day.duration, day.number, setting)


_FINDERS: dict[str, Callable[[Day, date, Setting], date]] = {
    "relative": lambda day, today, setting: add_days(today, day.number),
    "date": _find_year,
    "month": _find_month,
    "weekday": _find_weekday,
    "period": _find_period,
    "week": _find_week,
    "quarter": _find_quarter,
    "nth": _find_nth,
    "workday": lambda day, today, setting: add_workdays(today, day.number, setting),
    "feast": _find_feast,
    "shift": _find_shift,
}

"""Recurrences: RFC 5545 rules kept on the wall clock of a zone.

Days and longer keep their wall time over clock changes; hours, minutes and seconds count elapsed time. A rule for the
31st skips the months without one, and one for 29 February the years without it, as RFC 5545 says.
"""

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from reminders.grammar.meaning import Every
from reminders.zones import localise, resolve

if TYPE_CHECKING:
    from dateutil.rrule import rrule, weekday

__all__ = ["BadRule", "next_after", "resolve", "write_rule"]

WEEKDAY_NAMES: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ELAPSED = {"SECONDLY": 1, "MINUTELY": 60, "HOURLY": 3_600}
_STEP_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_PARTS = frozenset(
    {
        "FREQ",
        "INTERVAL",
        "COUNT",
        "UNTIL",
        "BYMONTH",
        "BYMONTHDAY",
        "BYDAY",
        "BYHOUR",
        "BYMINUTE",
        "BYSETPOS",
        "WKST",
    }
)
_HORIZON_YEARS = 50
_MAX_TRIES = 400


class BadRule(ValueError):
    """A recurrence that can't be followed; its text is a reason code of BadMoment."""


def write_rule(every: Every, *, count: int | None = None, until: datetime | None = None, timed: bool = True) -> str:
    """The RRULE of a recurrence. UNTIL is a date for date-only ones, else a local time (23:59:59 if none is said)."""
    parts = [f"FREQ={every.frequency}"]
    if every.interval != 1:
        parts.append(f"INTERVAL={every.interval}")
    if every.month:
        parts.append(f"BYMONTH={every.month}")
    if every.month_days:
        parts.append("BYMONTHDAY=" + ",".join(str(day) for day in every.month_days))
    single = len(every.weekdays) == 1 and every.frequency in ("MONTHLY", "YEARLY")
    if every.weekdays:
        positions = every.positions or ((every.position,) if single and every.position else ())
        days = [f"{place or ''}{WEEKDAY_NAMES[day]}" for day in every.weekdays for place in positions or (0,)]
        parts.append("BYDAY=" + ",".join(days))
    if every.position and not single:
        parts.append(f"BYSETPOS={every.position}")
    if every.hours:
        parts.append("BYHOUR=" + ",".join(str(hour) for hour in every.hours))
    if every.minutes:
        parts.append("BYMINUTE=" + ",".join(str(minute) for minute in every.minutes))
    if count is not None:
        parts.append(f"COUNT={count}")
    elif until is not None:
        end = "%Y%m%dT%H%M%S" if until.time() != time() else "%Y%m%dT235959"
        parts.append("UNTIL=" + until.strftime(end if timed else "%Y%m%d"))
    return ";".join(parts)


@lru_cache(maxsize=1_024)
def _read_parts(rule: str) -> dict[str, str]:
    parts = dict(part.split("=", 1) for part in rule.removeprefix("RRULE:").upper().split(";") if "=" in part)
    frequency = parts.get("FREQ", "")
    interval = parts.get("INTERVAL", "1")
    if frequency not in _STEP_DAYS and frequency not in _ELAPSED:
        raise BadRule("no_such_rule")
    if not interval.isdigit() or not 1 <= int(interval) <= 99_999:
        raise BadRule("zero_interval")
    if not set(parts) <= _PARTS:
        raise BadRule("no_such_rule")
    if frequency in _ELAPSED and any(part.startswith("BY") for part in parts):
        raise BadRule("no_such_rule")
    return parts


def _read_until(text: str) -> datetime:
    """The last instant of UNTIL: a date means all of it. A trailing Z is UTC and is made aware."""
    try:
        if "T" not in text:
            return datetime.combine(datetime.strptime(text, "%Y%m%d").date(), time.max)  # noqa: DTZ007
        naive = datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
    except ValueError:
        raise BadRule("no_such_rule") from None
    return naive.replace(tzinfo=UTC) if text.endswith("Z") else naive


def next_after(rule: str, wall: datetime, zone: str, after: datetime) -> datetime | None:
    """The first occurrence strictly after the aware `after`, in UTC; None when there is none any more.

    `wall` is the naive local time of the first occurrence (DTSTART) in `zone`. Local times that a clock change leaves
    out come at the first instant after it; those that come twice come once, the first time. Raises BadRule for rules
    that can't be followed. The search is bounded: a rule without an occurrence for 50 years has none.
    """
    parts = _read_parts(rule)
    if parts["FREQ"] in _ELAPSED:
        return _next_elapsed(parts, wall, zone, after)
    try:
        return _next_on_the_wall(parts, wall, zone, after)
    except (ValueError, OverflowError) as error:
        raise BadRule("no_such_rule") from error


def _within(instant: datetime, until: str | None, zone: str) -> bool:
    if until is None:
        return True
    limit = _read_until(until)
    return instant <= limit if limit.tzinfo else localise(instant, zone) <= limit


def _next_elapsed(parts: dict[str, str], wall: datetime, zone: str, after: datetime) -> datetime | None:
    step = timedelta(seconds=_ELAPSED[parts["FREQ"]] * int(parts.get("INTERVAL", "1")))
    first = resolve(wall, zone)
    number = 0 if after < first else (after - first) // step + 1
    if "COUNT" in parts and number >= int(parts["COUNT"]):
        return None
    instant = first + number * step
    return instant if _within(instant, parts.get("UNTIL"), zone) else None


def _next_on_the_wall(parts: dict[str, str], wall: datetime, zone: str, after: datetime) -> datetime | None:
    local = localise(after.astimezone(UTC), zone)
    rules = _build(parts, wall, near=local)
    horizon = max(local, wall) + timedelta(days=366 * _HORIZON_YEARS)
    count = int(parts.get("COUNT", "0")) or None
    walls: Iterable[datetime]
    if count is None:
        walls = itertools.islice(rules.xafter(local - timedelta(days=1)), _MAX_TRIES)
    else:
        walls = itertools.dropwhile(lambda w: w < local - timedelta(days=1), itertools.islice(rules, count))
    for following in walls:
        if following > horizon:
            return None
        instant = resolve(following, zone)
        if not _within(instant, parts.get("UNTIL"), zone):
            return None
        if instant > after:
            return instant
    return None


def _build(parts: dict[str, str], wall: datetime, near: datetime) -> "rrule":
    """The rule for dateutil, begun close to `near`, so that old rules aren't walked through from their first day."""
    from dateutil import rrule as rules

    frequency, interval = parts["FREQ"], int(parts.get("INTERVAL", "1"))
    month_days, months = _read_numbers(parts, "BYMONTHDAY"), _read_numbers(parts, "BYMONTH")
    weekdays = [_read_weekday(day) for day in parts["BYDAY"].split(",")] if "BYDAY" in parts else None
    if frequency in ("MONTHLY", "YEARLY") and month_days is None and weekdays is None:
        month_days = [wall.day]
    if frequency == "YEARLY" and months is None and (weekdays is None or "BYMONTHDAY" in parts):
        months = [wall.month]
    if frequency == "WEEKLY" and weekdays is None:
        weekdays = [rules.weekday(wall.weekday())]
    start = wall if "COUNT" in parts else _start_near(frequency, interval, wall, near)
    return rules.rrule(
        getattr(rules, frequency),
        dtstart=start,
        interval=interval,
        until=max(near, wall) + timedelta(days=366 * _HORIZON_YEARS + 2),
        bymonth=months,
        bymonthday=month_days,
        byweekday=weekdays,
        bysetpos=_read_numbers(parts, "BYSETPOS"),
        byhour=_read_numbers(parts, "BYHOUR"),
        byminute=_read_numbers(parts, "BYMINUTE"),
        wkst=WEEKDAY_NAMES.index(parts.get("WKST", "MO")),
    )


def _read_numbers(parts: dict[str, str], name: str) -> list[int] | None:
    return [int(number) for number in parts[name].split(",")] if name in parts else None


def _read_weekday(text: str) -> "weekday":
    from dateutil import rrule as rules

    day = rules.weekday(WEEKDAY_NAMES.index(text[-2:]))
    return day(int(text[:-2])) if text[:-2] else day


def _start_near(frequency: str, interval: int, wall: datetime, near: datetime) -> datetime:
    """A start in the rhythm of the rule, at most a few periods before `near`."""
    if near - wall < timedelta(days=800 + 2 * interval * _STEP_DAYS.get(frequency, 1)):
        return wall
    if frequency in ("DAILY", "WEEKLY"):
        step = timedelta(days=interval * _STEP_DAYS[frequency])
        return wall + ((near - wall) // step - 2) * step
    if frequency == "MONTHLY":
        passed = (near.year - wall.year) * 12 + near.month - wall.month
        index = wall.year * 12 + wall.month - 1 + (passed // interval - 2) * interval
        return wall.replace(year=index // 12, month=index % 12 + 1, day=1)
    if frequency == "YEARLY":
        return wall.replace(year=wall.year + ((near.year - wall.year) // interval - 2) * interval, day=1, month=1)
    return wall


def list_walls(rule: str, wall: datetime, limit: int) -> Iterable[datetime]:
    """The first naive local times of a rule, at most `limit`; for showing."""
    parts = _read_parts(rule)
    rules = _build(parts, wall, near=wall)
    for number, found in enumerate(rules):
        if number >= limit:
            return
        yield found

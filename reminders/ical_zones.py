"""A time zone as iCalendar spells it out: when its clocks are changed, and by how much."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from reminders.recurrence import WEEKDAY_NAMES
from reminders.zones import load_zone

_YEARS = 12  # that are looked at: a rhythm kept so long is written as a rule
_NO_TIME = timedelta()


@dataclass(frozen=True, slots=True)
class _Change:
    """The clocks go from one offset to another; `wall` is what they show at that moment, before."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool


@lru_cache(maxsize=64)
def write_zone(name: str, year: int) -> tuple[str, ...]:
    """The VTIMEZONE of an IANA zone, right from the beginning of a year on."""
    place = load_zone(name)
    start = datetime(year, 1, 1, tzinfo=UTC)
    first = start.astimezone(place)
    offset = first.utcoffset() or _NO_TIME
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    lines += _observance(_Change(datetime(1970, 1, 1), offset, offset, first.tzname() or "", bool(first.dst())), ())  # noqa: DTZ001
    groups: dict[tuple[timedelta, timedelta, str, bool], list[datetime]] = {}
    for each in _changes(place, start):
        groups.setdefault((each.before, each.after, each.name, each.summer), []).append(each.wall)
    for (before, after, short, summer), walls in groups.items():
        lines += _observance(_Change(walls[0], before, after, short, summer), tuple(walls))
    return (*lines, "END:VTIMEZONE")


def _observance(change: _Change, walls: tuple[datetime, ...]) -> list[str]:
    kind = "DAYLIGHT" if change.summer else "STANDARD"
    lines = [f"BEGIN:{kind}", f"DTSTART:{change.wall:%Y%m%dT%H%M%S}"]
    if rule := _rule(walls):
        lines.append(f"RRULE:{rule}")
    elif len(walls) > 1:
        lines.append("RDATE:" + ",".join(f"{each:%Y%m%dT%H%M%S}" for each in walls[1:]))
    lines += [f"TZOFFSETFROM:{_offset(change.before)}", f"TZOFFSETTO:{_offset(change.after)}"]
    return [*lines, f"TZNAME:{change.name}", f"END:{kind}"]


def _rule(walls: tuple[datetime, ...]) -> str:
    """The yearly rule that all of them follow, as "the last Sunday in March"; "" for none."""
    years = [each.year for each in walls]
    if len(walls) < _YEARS - 1 or years != list(range(years[0], years[0] + len(years))):
        return ""
    if len({(each.month, each.weekday(), each.time()) for each in walls}) != 1:
        return ""
    month, day = walls[0].month, WEEKDAY_NAMES[walls[0].weekday()]
    if all(each.day + 7 > monthrange(each.year, month)[1] for each in walls):
        return f"FREQ=YEARLY;BYMONTH={month};BYDAY=-1{day}"
    places = {(each.day - 1) // 7 + 1 for each in walls}
    return f"FREQ=YEARLY;BYMONTH={month};BYDAY={places.pop()}{day}" if len(places) == 1 else ""


def _changes(place: ZoneInfo, start: datetime) -> list[_Change]:
    found = []
    day = start
    for _ in range(_YEARS * 366):
        following = day + timedelta(days=1)
        before, after = _offset_at(place, day), _offset_at(place, following)
        if before != after:
            local = _first_with(place, day, following, after).astimezone(place)
            wall = (local - after).replace(tzinfo=None) + before
            found.append(_Change(wall, before, after, local.tzname() or "", bool(local.dst())))
        day = following
    return found


def _first_with(place: ZoneInfo, low: datetime, high: datetime, offset: timedelta) -> datetime:
    """The moment from which on this offset holds, found by halving."""
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if _offset_at(place, middle) == offset:
            high = middle
        else:
            low = middle
    return high


def _offset_at(place: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(place).utcoffset() or _NO_TIME


def _offset(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    sign, seconds = ("-" if seconds < 0 else "+"), abs(seconds)
    text = f"{sign}{seconds // 3_600:02}{seconds % 3_600 // 60:02}"
    return f"{text}{seconds % 60:02}" if seconds % 60 else text

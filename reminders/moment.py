"""The values that moments in text are made of: the user's setting, a moment found, a moment that makes no sense."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Literal

from reminders.zones import find_existing, first_instant, month_first_zone

Part = Literal["morning", "noon", "afternoon", "evening", "night", "end_of_day", "midnight"]

PARTS_OF_DAY: Mapping[str, time] = MappingProxyType(
    {
        "morning": time(9),
        "noon": time(12),
        "afternoon": time(15),
        "evening": time(19),
        "night": time(22),
        "end_of_day": time(17),
        "midnight": time(0),
    }
)

UNEVEN = "uneven_times"  # the reason of BadMoment for times of day that one recurrence can't hold

MONTH_FIRST_COUNTRIES = frozenset({"US", "PR", "GU", "VI", "AS", "MP", "UM", "PH", "FM", "MH", "PW"})


@dataclass(frozen=True, slots=True)
class Setting:
    """Who says it, when and where.

    `now` is aware. `zone` is an IANA name. `language` is the main language ("en", "de", "ru", ...); words of the
    others are understood too. `country` (ISO 3166, two letters) decides whether 12/24 starts with the month; without
    it the zone does; with neither, English reads the month first. `week_start` is 0 for Monday to 6 for Sunday,
    `work_start` and `work_end` are hours, `parts` replaces single
    entries of PARTS_OF_DAY, `holidays` are no working days.
    """

    now: datetime
    zone: str
    language: str = "en"
    country: str | None = None
    week_start: int = 0
    work_start: int = 9
    work_end: int = 18
    default_hour: time = time(9)
    parts: Mapping[str, time] = field(default_factory=dict)
    holidays: Container[date] = frozenset()

    def hour_of(self, part: str) -> time:
        """The clock time that a part of the day stands for."""
        return self.parts.get(part, PARTS_OF_DAY[part])

    @property
    def month_first(self) -> bool:
        """Whether 12/24 is read with the month first."""
        if self.country:
            return self.country.upper() in MONTH_FIRST_COUNTRIES
        by_zone = month_first_zone(self.zone)
        return self.language == "en" if by_zone is None else by_zone


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment found in a text.

    `start`, `end` and `spans` count code points of the text and include the preposition. `wall` is the naive local
    time (00:00 for a date without a time), `rrule` an RFC 5545 recurrence without its DTSTART, which is `wall`.
    `words` are the moment's own words without a leading preposition. `because` are the rules that were used, in order.
    `ambiguous` holds the other readings (naive local times) where a person would ask. `from_completion`: the
    recurrence counts from the day that the task is done, not from `wall`. `deadline`: said with "by", "until".
    `before`: how long before the moment early notices were asked for ("remind me an hour before the meeting at 3").
    """

    start: int
    end: int
    spans: tuple[tuple[int, int], ...]
    wall: datetime
    zone: str
    has_time: bool
    rrule: str | None = None
    words: str = ""
    because: tuple[str, ...] = ()
    ambiguous: tuple[datetime, ...] = ()
    past: bool = False
    from_completion: bool = False
    deadline: bool = False
    before: tuple[timedelta, ...] = ()

    @property
    def at(self) -> datetime:
        """The aware local time: the first one that exists in a gap, the first of two in a fold."""
        return find_existing(self.wall, self.zone) if self.has_time else first_instant(self.wall.date(), self.zone)


@dataclass(frozen=True, slots=True)
class BadMoment:
    """Words that look like a moment and can't be one.

    `reason` is a code: no_such_day, no_such_time, no_such_month, no_such_week, year_out_of_range, zero_interval,
    too_far, too_many, negative, uneven_times (times of day that one recurrence can't hold). `sure`: it is part of
    more that is said about when, so it is meant as a moment whatever else the text says.
    """

    words: str
    reason: str
    start: int = 0
    end: int = 0
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Resolved:
    """A moment on the clock: naive local time, whether a time was said, the rule, other readings, and why."""

    wall: datetime
    has_time: bool
    rrule: str | None = None
    ambiguous: tuple[datetime, ...] = ()
    because: tuple[str, ...] = ()
    from_completion: bool = False

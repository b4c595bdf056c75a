"""What the parts of a moment mean before they are put on a calendar."""

from dataclasses import dataclass
from typing import Literal

DayKind = Literal[
    "relative",  # number days from today
    "date",  # month, number = day, year
    "month",  # the first of a month, year
    "month_day",  # number = day of the month
    "weekday",  # weekday, mode, number = weeks on
    "period",  # unit, number = periods from this one, edge, weekday
    "week",  # number = ISO week, weekday, year
    "quarter",  # number = 1..4, edge, year
    "nth",  # number-th (negative: from the end) weekday, day or workday of base (a period or month)
    "workday",  # number working days from today
    "feast",  # unit = its name in feasts.py; number = days from it, or which Sunday of Advent
    "shift",  # base moved by duration, or to the weekday beside it; number = sign
]


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: calendar months, days, working days and elapsed seconds; unit and amount as said."""

    months: int = 0
    days: int = 0
    seconds: int = 0
    workdays: int = 0
    unit: str = ""
    amount: float = 0


@dataclass(frozen=True, slots=True)
class Day:
    """A day as said. Which fields count depends on `kind`; `part` is a part of the day that was said with it."""

    kind: DayKind
    number: int = 0
    month: int = 0
    year: int | None = None
    weekday: int | None = None
    mode: str = ""
    unit: str = ""
    edge: str = ""
    base: "Day | None" = None
    duration: Duration | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock time as said. `sure`: its half of the day is certain; `part`: said with it ("8 in the evening").

    `leaning`: morning where 6:30 is written for it, evening for dinner at 7; `zone`: said with it (CET); `end`: of a
    range ("from 9 to 17"); `more`: others said with it ("at 8 and 20"); `minus`: seconds before it.
    """

    hour: int
    minute: int = 0
    second: int = 0
    sure: bool = False
    part: str | None = None
    leaning: str = ""
    zone: str = ""
    end: "Clock | None" = None
    more: tuple["Clock", ...] = ()
    minus: int = 0


@dataclass(frozen=True, slots=True)
class Every:
    """A recurrence as said: the parts of an RRULE, a part of the day, and whether it counts from completion.

    `hours` and `minutes` are for several times a day, `count` for "10 days in a row".
    """

    frequency: str
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    position: int = 0
    positions: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    month: int = 0
    part: str | None = None
    from_completion: bool = False
    quarterly: bool = False
    count: int = 0
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """How long before a moment its notices come. `ahead`: the thing that they come before is named behind them."""

    lengths: tuple[Duration, ...]
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Bad:
    """What can't be: a reason code of BadMoment."""

    reason: str


@dataclass(frozen=True, slots=True)
class Weak:
    """A meaning that counts only with evidence beside it: a preposition, a clock, a day."""

    value: object

"""Feasts by name: which day of a year each is, and where a country has it on another one."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class FeastRule:
    """How a feast is found in a year.

    `fixed`: a date. `easter`, `orthodox`: the Sunday. `nth`: the position-th weekday of a month (from the end for a
    negative one). `before`: the last weekday on or before a date. `days` are added to all of them.
    """

    kind: Literal["fixed", "easter", "orthodox", "nth", "before"]
    month: int = 0
    day: int = 0
    weekday: int = 0
    position: int = 0
    days: int = 0

    def in_year(self, year: int) -> date:
        """The date in a year."""
        return self._anchor(year) + timedelta(days=self.days)

    def _anchor(self, year: int) -> date:
        if self.kind in ("easter", "orthodox"):
            from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter

            return easter(year, EASTER_ORTHODOX if self.kind == "orthodox" else EASTER_WESTERN)
        if self.kind == "fixed":
            return date(year, self.month, self.day)
        if self.kind == "before":
            last = date(year, self.month, self.day)
            return last - timedelta(days=(last.weekday() - self.weekday) % 7)
        if self.position < 0:
            last = date(year, self.month, calendar.monthrange(year, self.month)[1])
            return last - timedelta(days=(last.weekday() - self.weekday) % 7 - 7 * (self.position + 1))
        first = date(year, self.month, 1)
        return first + timedelta(days=(self.weekday - first.weekday()) % 7 + 7 * (self.position - 1))


def _nth(month: int, weekday: int, position: int, days: int = 0) -> FeastRule:
    return FeastRule("nth", month, weekday=weekday, position=position, days=days)


def _easter(days: int) -> FeastRule:
    return FeastRule("easter", days=days)


def _fixed(month: int, day: int) -> FeastRule:
    return FeastRule("fixed", month, day)


def _advent(weeks: int) -> FeastRule:
    return FeastRule("before", 12, 24, weekday=6, days=-7 * weeks)


# By country (ISO 3166), "" for all others.
FEASTS: Mapping[str, Mapping[str, FeastRule]] = {
    "mothers_day": {"": _nth(5, 6, 2), "GB": _easter(-21), "IE": _easter(-21), "RU": _nth(11, 6, -1)},
    "fathers_day": {
        "": _nth(6, 6, 3),
        "DE": _easter(39),
        "AT": _nth(6, 6, 2),
        "CH": _nth(6, 6, 1),
        "RU": _nth(10, 6, 3),
    },
    "thanksgiving": {"": _nth(11, 3, 4), "CA": _nth(10, 0, 2)},
    "black_friday": {"": _nth(11, 3, 4, 1)},
    "cyber_monday": {"": _nth(11, 3, 4, 4)},
    "labour_day": {"": _fixed(5, 1), "US": _nth(9, 0, 1), "CA": _nth(9, 0, 1)},
    "memorial_day": {"": _nth(5, 0, -1)},
    "mlk_day": {"": _nth(1, 0, 3)},
    "presidents_day": {"": _nth(2, 0, 3)},
    "columbus_day": {"": _nth(10, 0, 2)},
    "victoria_day": {"": FeastRule("before", 5, 24, weekday=0)},
    "early_may": {"": _nth(5, 0, 1)},
    "spring_bank": {"": _nth(5, 0, -1), "IE": _nth(6, 0, 1)},
    "summer_bank": {"": _nth(8, 0, -1), "IE": _nth(8, 0, 1)},
    "october_bank": {"": _nth(10, 0, -1)},
    "remembrance": {"": _nth(11, 6, 2)},
    "independence": {"": _fixed(7, 4), "RU": _fixed(6, 12)},
    "national_day": {"": _fixed(10, 3), "AT": _fixed(10, 26), "CH": _fixed(8, 1)},
    "thanksgiving_harvest": {"": _nth(10, 6, 1)},
    "repentance": {"": FeastRule("before", 11, 22, weekday=2)},
    "sunday_of_the_dead": {"": _advent(4)},
    "mourning": {"": _advent(5)},
    "swiss_prayer": {"": _nth(9, 6, 3)},
    "medics": {"": _nth(6, 6, 3)},
    "builders": {"": _nth(8, 6, 2)},
    "miners": {"": _nth(8, 6, -1)},
    "railway": {"": _nth(8, 6, 1)},
    "advent": {"": _advent(0)},
    "easter": {"": _easter(0)},
    "orthodox": {"": FeastRule("orthodox")},
}


_FIRST_OF = {"bank_holiday": (("easter", 1), ("early_may", 0), ("spring_bank", 0), ("summer_bank", 0))}


def find_feast(name: str, days: int, today: date, country: str) -> date | None:
    """The next day of a feast, `days` after it; None when no year to come has one."""
    if name in _FIRST_OF:
        days_off = [find_feast(other, days + more, today, country) for other, more in _FIRST_OF[name]]
        return min((day for day in days_off if day is not None), default=None)
    rules = FEASTS[name]
    rule = rules.get(country.upper(), rules[""])
    for year in (today.year - 1, today.year, today.year + 1):
        found = rule.in_year(year) + timedelta(days=days)
        if found >= today:
            return found
    return None

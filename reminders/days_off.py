"""The public holidays of a country, found when a day is asked about: most messages never do."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

log = logging.getLogger("rapport.holidays")

_BLOCK = 10  # years that are found together
_PATIENCE = 60  # seconds
# In a process of its own: the library brings the calendars of the whole world, 45 MB that aren't needed again.
_ASKED = """\
import sys, holidays
country, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if country in holidays.list_supported_countries(include_aliases=True):
    for day in holidays.country_holidays(country, years=range(first, first + count)):
        print(day.isoformat())
"""


@dataclass(frozen=True, slots=True)
class DaysOff:
    """The days on which nobody works in a country (ISO 3166); where none is set, in the one that the zone lies in."""

    country: str | None
    zone: str

    def __contains__(self, day: object) -> bool:
        country = (self.country or country_of(self.zone)).upper()
        return bool(country) and isinstance(day, date) and day in _found(country, day.year // _BLOCK * _BLOCK)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    from importlib.resources import files

    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return {row[2]: row[0] for row in rows}


def country_of(zone: str) -> str:
    """The country that a zone lies in; "" for those that name no place."""
    return _countries().get(zone, "")


@lru_cache(maxsize=64)
def _found(country: str, first: int) -> frozenset[date]:
    import subprocess

    command = [sys.executable, "-c", _ASKED, country, str(first), str(_BLOCK)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("the holidays of %s can't be found: %s", country, type(error).__name__)
        return frozenset()
    return frozenset(date.fromisoformat(line) for line in done.stdout.split())

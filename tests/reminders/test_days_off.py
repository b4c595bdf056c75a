"""Public holidays: of the team's country, or of the zone's; looked up only when a day is asked about."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from reminders.days_off import DaysOff, country_of


@pytest.mark.parametrize(
    ("country", "zone", "day", "off"),
    [
        ("DE", "UTC", date(2026, 12, 25), True),
        ("de", "UTC", date(2026, 12, 25), True),
        ("DE", "UTC", date(2026, 12, 24), False),
        ("RU", "UTC", date(2027, 1, 7), True),
        (None, "Europe/Moscow", date(2027, 1, 7), True),
        (None, "Europe/Berlin", date(2027, 1, 7), False),
        (None, "UTC", date(2026, 12, 25), False),
        ("XX", "Europe/Berlin", date(2026, 12, 25), False),
        ("UK", "UTC", date(2026, 12, 25), True),
        ("US", "UTC", date(2199, 7, 4), False),
    ],
)
def test_a_countrys_days(country: str | None, zone: str, day: date, off: bool) -> None:
    assert (day in DaysOff(country, zone)) is off


def test_a_zone_names_its_country() -> None:
    assert [country_of(zone) for zone in ("Europe/Vienna", "America/New_York", "Etc/GMT+3")] == ["AT", "US", ""]


def test_the_library_is_not_loaded_into_this_process() -> None:
    code = (
        "import sys; from datetime import date; from reminders.days_off import DaysOff;"
        "assert date(2026, 12, 25) in DaysOff('DE', 'UTC'); assert 'holidays' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_without_the_library_every_weekday_is_a_working_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reminders.days_off._ASKED", "raise ImportError")
    assert date(2036, 12, 25) not in DaysOff("AT", "UTC")

"""Dates that stand alone, also in languages that have no grammar here."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from reminders.dates import read_date
from reminders.moment import Setting

SETTING = Setting(now=datetime(2026, 11, 23, 9, tzinfo=UTC), zone="Europe/Berlin", country="DE")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("17 May 1986", date(1986, 5, 17)),
        ("3 décembre 2026", date(2026, 12, 3)),
        ("5 dicembre 2027", date(2027, 12, 5)),
        ("12 czerwca 2027", date(2027, 6, 12)),
        ("blue", None),
        ("", None),
        ("12.5 of the best wines of the house and of its neighbours", None),
    ],
)
def test_a_date_alone(text: str, wanted: date | None) -> None:
    assert read_date(text, SETTING) == wanted

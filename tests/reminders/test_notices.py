"""When early notices come, over real clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from reminders.notices import MOST, plan_notices
from storage.tasks import Notice

BERLIN = "Europe/Berlin"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def test_days_keep_the_wall_clock_and_hours_are_elapsed() -> None:
    # On 29 March 2026 clocks go from 2:00 to 3:00.
    found = plan_notices(datetime(2026, 3, 29, 3, 30), BERLIN, [HOUR, DAY])
    assert found == (
        Notice(datetime(2026, 3, 28, 2, 30, tzinfo=UTC), before=DAY),
        Notice(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), before=HOUR),
    )


def test_a_day_and_an_hour_in_one_and_in_two() -> None:
    wall = datetime(2026, 11, 27, 15)
    assert [each.at for each in plan_notices(wall, BERLIN, [DAY + HOUR])] == [datetime(2026, 11, 26, 13, tzinfo=UTC)]
    assert len(plan_notices(wall, BERLIN, [DAY, HOUR, HOUR, timedelta()])) == 2


def test_they_are_few() -> None:
    assert len(plan_notices(datetime(2026, 11, 27, 15), BERLIN, [HOUR * n for n in range(1, 30)])) == MOST

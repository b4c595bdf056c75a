"""Recurrences on the wall clock, through real clock changes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reminders.grammar.meaning import Every
from reminders.recurrence import BadRule, list_walls, next_after, resolve, write_rule
from reminders.zones import first_instant, localise

BERLIN = "Europe/Berlin"


def follow(rule: str, wall: datetime, zone: str, count: int) -> list[str]:
    """The first local times of a rule, each found from the one before."""
    after = resolve(wall, zone) - timedelta(seconds=1)
    found: list[str] = []
    for _ in range(count):
        following = next_after(rule, wall, zone, after)
        if following is None:
            break
        found.append(localise(following, zone).isoformat(" ", "minutes"))
        after = following
    return found


def test_a_daily_time_stays_over_the_change_to_summer() -> None:
    assert follow("FREQ=DAILY", datetime(2026, 3, 28, 9), BERLIN, 3) == [
        "2026-03-28 09:00",
        "2026-03-29 09:00",
        "2026-03-30 09:00",
    ]
    before, after = resolve(datetime(2026, 3, 28, 9), BERLIN), resolve(datetime(2026, 3, 29, 9), BERLIN)
    assert after - before == timedelta(hours=23)


def test_a_time_in_the_gap_comes_right_after_it_and_only_that_day() -> None:
    assert follow("FREQ=DAILY", datetime(2026, 3, 28, 2, 30), BERLIN, 3) == [
        "2026-03-28 02:30",
        "2026-03-29 03:00",
        "2026-03-30 02:30",
    ]


def test_a_time_in_the_fold_comes_once() -> None:
    wall = datetime(2026, 10, 24, 2, 30)
    assert follow("FREQ=DAILY", wall, BERLIN, 3) == ["2026-10-24 02:30", "2026-10-25 02:30", "2026-10-26 02:30"]
    first = next_after("FREQ=DAILY", wall, BERLIN, datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_after("FREQ=DAILY", wall, BERLIN, first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_missing_midnight() -> None:
    assert first_instant(datetime(2026, 4, 24).date(), "Africa/Cairo").isoformat() == "2026-04-24T01:00:00+03:00"
    assert follow("FREQ=DAILY", datetime(2026, 4, 23), "Africa/Cairo", 3) == [
        "2026-04-23 00:00",
        "2026-04-24 01:00",
        "2026-04-25 00:00",
    ]


def test_hours_count_elapsed_time() -> None:
    assert follow("FREQ=HOURLY", datetime(2026, 3, 29, 1), BERLIN, 3) == [
        "2026-03-29 01:00",
        "2026-03-29 03:00",
        "2026-03-29 04:00",
    ]
    assert follow("FREQ=HOURLY", datetime(2026, 10, 25, 1), BERLIN, 4) == [
        "2026-10-25 01:00",
        "2026-10-25 02:00",
        "2026-10-25 02:00",
        "2026-10-25 03:00",
    ]


@pytest.mark.parametrize(
    ("rule", "wall", "expected"),
    [
        (
            "FREQ=MONTHLY;BYMONTHDAY=31",
            datetime(2026, 1, 31, 9),
            ["2026-01-31 09:00", "2026-03-31 09:00", "2026-05-31 09:00"],
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            datetime(2026, 1, 31, 9),
            ["2026-01-31 09:00", "2026-02-28 09:00", "2026-03-31 09:00"],
        ),
        (
            "FREQ=MONTHLY;BYDAY=1MO",
            datetime(2026, 12, 7, 9),
            ["2026-12-07 09:00", "2027-01-04 09:00", "2027-02-01 09:00"],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
            datetime(2026, 11, 27, 9),
            ["2026-11-27 09:00", "2026-12-11 09:00", "2026-12-25 09:00"],
        ),
        (
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
            datetime(2024, 2, 29),
            ["2024-02-29 00:00", "2028-02-29 00:00", "2032-02-29 00:00"],
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            datetime(2026, 10, 30),
            ["2026-10-30 00:00", "2026-11-30 00:00", "2026-12-31 00:00"],
        ),
        ("FREQ=DAILY;COUNT=2", datetime(2026, 1, 1, 9), ["2026-01-01 09:00", "2026-01-02 09:00"]),
        ("FREQ=DAILY;UNTIL=20260102", datetime(2026, 1, 1, 9), ["2026-01-01 09:00", "2026-01-02 09:00"]),
        ("FREQ=DAILY;UNTIL=20260102T235959", datetime(2026, 1, 1, 9), ["2026-01-01 09:00", "2026-01-02 09:00"]),
        ("FREQ=DAILY;UNTIL=20260102T075959Z", datetime(2026, 1, 1, 9), ["2026-01-01 09:00"]),
        ("FREQ=HOURLY;COUNT=2", datetime(2026, 1, 1, 9), ["2026-01-01 09:00", "2026-01-01 10:00"]),
        (
            "FREQ=WEEKLY;BYDAY=FR,MO;BYHOUR=8,20",
            datetime(2026, 10, 23, 20),
            ["2026-10-23 20:00", "2026-10-26 08:00", "2026-10-26 20:00"],
        ),
        (
            "FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,30",
            datetime(2026, 3, 28, 10, 30),
            ["2026-03-28 10:30", "2026-03-29 09:00", "2026-03-29 09:30"],
        ),
        (
            "FREQ=MINUTELY;INTERVAL=30;UNTIL=20260101T093000",
            datetime(2026, 1, 1, 9),
            ["2026-01-01 09:00", "2026-01-01 09:30"],
        ),
    ],
)
def test_rules(rule: str, wall: datetime, expected: list[str]) -> None:
    assert follow(rule, wall, BERLIN, 3) == expected


def test_a_rule_never_sticks_in_the_past() -> None:
    after = datetime(2026, 11, 24, 9, tzinfo=UTC)
    for rule in ("FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=3", "FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=MINUTELY"):
        following = next_after(rule, datetime(1980, 5, 17, 9), BERLIN, after)
        assert following is not None
        assert following > after
    assert next_after("FREQ=WEEKLY;INTERVAL=3", datetime(1980, 5, 17, 9), BERLIN, after) == resolve(
        datetime(1980, 5, 17, 9) + timedelta(weeks=3 * 810), BERLIN
    )


def test_a_rule_that_never_occurs_ends() -> None:
    after = datetime(2026, 1, 1, tzinfo=UTC)
    assert next_after("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", datetime(2026, 1, 1), BERLIN, after) is None


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=OFTEN",
        "",
        "FREQ=DAILY;BYSECOND=9",
        "FREQ=SECONDLY;BYMONTH=1",
        "FREQ=MONTHLY;BYDAY=XX",
    ],
)
def test_a_rule_that_can_not_be_followed_is_told(rule: str) -> None:
    with pytest.raises(BadRule):
        next_after(rule, datetime(2026, 1, 1), BERLIN, datetime(2026, 1, 1, tzinfo=UTC))


def test_several_times_a_day_are_written() -> None:
    every = Every("DAILY", hours=(9, 10), minutes=(0, 30))
    assert write_rule(every) == "FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,30"
    until = datetime(2026, 1, 1, 18)
    assert write_rule(Every("HOURLY"), until=until) == "FREQ=HOURLY;UNTIL=20260101T180000"
    assert write_rule(Every("DAILY"), until=until.replace(hour=0)) == "FREQ=DAILY;UNTIL=20260101T235959"


def test_rules_are_written_in_one_order() -> None:
    every = Every("MONTHLY", 3, (0, 1, 2, 3, 4), position=-1)
    assert write_rule(every, count=4) == "FREQ=MONTHLY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=4"
    assert list(list_walls("FREQ=DAILY", datetime(2026, 1, 1), 2)) == [datetime(2026, 1, 1), datetime(2026, 1, 2)]


@settings(max_examples=150, deadline=None)
@given(
    frequency=st.sampled_from(["MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    interval=st.integers(1, 60),
    wall=st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)),
    after=st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)),
    zone=st.sampled_from([BERLIN, "Africa/Cairo", "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_the_next_one_is_always_later(
    frequency: str, interval: int, wall: datetime, after: datetime, zone: str
) -> None:
    instant = after.replace(tzinfo=UTC)
    following = next_after(f"FREQ={frequency};INTERVAL={interval}", wall.replace(microsecond=0), zone, instant)
    assert following is None or following > instant

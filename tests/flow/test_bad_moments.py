"""What is said with a moment that can't be makes no task, with and without "remind me"."""

from __future__ import annotations

import pytest

from tests.house import TestHouse


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("remind me tomorrow at 25:00 to swim", "“25:00” is no date."),
        ("swim tomorrow at 25:00", "“25:00” is no date."),
        ("remind me in -2 hours to swim", "“in -2 hours” is no date."),
        ("remind me in year 99999 to swim", "“in year 99999” is no date."),
        ("every day at 8:30 and 20:15 take drops", "“8:30 and 20:15” can't be one reminder."),
        ("every Tuesday at 9 and Thursday at 10:30 call Ana", "can't be one reminder."),
        ("every day at 9 except 24 December water the palms", "“except 24 December” can't be one reminder."),
    ],
)
async def test_a_moment_that_cannot_be_is_told_and_makes_no_task(sqlite_house: TestHouse, said: str, told: str) -> None:
    answer = await sqlite_house.max.says(said)
    assert told in answer
    assert answer.count("⚠") == 1
    assert await sqlite_house.rows("tasks") == []


async def test_a_score_is_no_bad_moment(sqlite_house: TestHouse) -> None:
    assert "Note the score 98:95" in await sqlite_house.max.says("remind me friday to note the score 98:95")

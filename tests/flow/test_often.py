"""Reminders that would come too often, or at an hour that is behind."""

from __future__ import annotations

import pytest

from tests.house import TestHouse


@pytest.mark.parametrize(
    "said",
    [
        "every second remind me to stretch",
        "every minute remind me to stretch",
        "remind me every 2 minutes to stretch",
        "erinnere mich jede Minute ans Dehnen",
        "напоминай каждую минуту размяться",
    ],
)
async def test_too_often_is_refused_with_an_example(house: TestHouse, said: str) -> None:
    answer = await house.max.says(said)
    assert "is too often. Try: remind me every 30 minutes to stretch" in answer
    assert await house.rows("tasks") == []


@pytest.mark.parametrize("said", ["every 5 minutes", "every hour", "every day at 8:00 and 20:00"])
async def test_often_is_not_too_often(house: TestHouse, said: str) -> None:
    assert (await house.max.says(f"remind me {said} to stretch")).startswith("☑ Stretch")


@pytest.mark.parametrize(
    ("now", "told", "comes"),
    [
        ("2026-11-23T08:00", "today, 9:00", "2026-11-23T09:00"),
        ("2026-11-23T10:00", "today, 11:00", "2026-11-23T11:00"),
        ("2026-11-23T10:40", "today, 12:00", "2026-11-23T12:00"),
        ("2026-11-23T21:20", "today, 21:50", "2026-11-23T21:50"),
        ("2026-11-23T23:10", "tomorrow, 9:00", "2026-11-24T09:00"),
    ],
)
async def test_today_without_an_hour_is_still_to_come(house: TestHouse, now: str, told: str, comes: str) -> None:
    house.at(now)
    assert told in await house.max.says("remind me today to call Carl")
    assert await house.max.hears() == []
    house.at(comes)
    assert (await house.max.hears())[0].splitlines()[0] == "⏰ Call Carl"


async def test_in_no_time_is_now(house: TestHouse) -> None:
    await house.max.says("remind me in 0 minutes to call Carl")
    assert [each.splitlines()[0] for each in await house.max.hears()] == ["⏰ Call Carl"]


async def test_a_task_whose_hour_is_behind_is_moved_to_today(house: TestHouse) -> None:
    await house.max.says("remind me tomorrow at 9:30 to call Carl")
    await house.max.says("move Carl to today")
    assert await house.max.hears() == []
    house.at("2026-11-23T11:00")
    assert (await house.max.hears())[0].splitlines()[0] == "⏰ Call Carl"

"""Recurring tasks: which time is meant by Done, Later and Undo, and how a series ends."""

from __future__ import annotations

import pytest

from tests.house import TestHouse

REPORT = "every friday at 9:00 remind me to send the report"


async def is_told(house: TestHouse, said: str = REPORT, at: str = "2026-11-27T09:00") -> None:
    """Its reminder came."""
    await house.max.says(said)
    house.at(at)
    assert (await house.max.hears())[0].startswith("⏰ ")


async def hears_at(house: TestHouse, at: str) -> list[str]:
    """The first lines of what comes then."""
    house.at(at)
    return [each.splitlines()[0] for each in await house.max.hears()]


async def test_done_by_name_is_of_the_time_that_was_reminded_of(house: TestHouse) -> None:
    await is_told(house)
    assert "Next: Fri 4 Dec, 9:00" in await house.max.says("done send the report")
    assert await hears_at(house, "2026-12-04T09:00") == ["⏰ Send the report"]


async def test_done_by_number_is_of_the_time_that_was_reminded_of(house: TestHouse) -> None:
    await is_told(house)
    await house.max.says("tasks")
    assert "Next: Fri 4 Dec, 9:00" in await house.max.says("done 1")
    assert await hears_at(house, "2026-12-04T09:00") == ["⏰ Send the report"]
    await house.max.says("tasks")
    assert "Next: Fri 11 Dec, 9:00" in await house.max.taps("Done 1")


async def test_done_once_more_is_of_the_next_time(house: TestHouse) -> None:
    await is_told(house)
    await house.max.taps("Done")
    assert "Next: Fri 11 Dec, 9:00" in await house.max.says("done send the report")
    assert await hears_at(house, "2026-12-04T09:00") == []
    assert await hears_at(house, "2026-12-11T09:00") == ["⏰ Send the report"]


async def test_done_is_undone(house: TestHouse) -> None:
    await house.max.says("remind me friday at 18:00 to call Bob")
    await is_told(house)
    assert "Next: Fri 4 Dec, 9:00" in await house.max.taps("Done")
    assert "Undone" in await house.max.taps("Undo")
    assert "Next: Fri 4 Dec, 9:00" in await house.max.says("done send the report")
    assert "Undone" in await house.max.says("undo")
    assert "Next: Fri 4 Dec, 9:00" in await house.max.says("done send the report")
    assert await hears_at(house, "2026-11-27T18:00") == ["⏰ Call Bob"]


async def test_later_by_name_is_of_the_time_that_was_reminded_of(house: TestHouse) -> None:
    await is_told(house)
    await house.max.says("new lead Bob Stone, bob@stone.example")
    assert "Snoozed to today, 11:00" in await house.max.says("snooze the report for 2 hours")
    assert await hears_at(house, "2026-11-27T11:00") == ["⏰ Send the report"]
    assert "Next: Fri 4 Dec, 9:00" in await house.max.taps("Done")
    assert await hears_at(house, "2026-12-04T09:00") == ["⏰ Send the report"]


async def test_a_time_that_was_moved_is_done_at_its_new_moment(house: TestHouse) -> None:
    await is_told(house)
    await house.max.says("move it to monday 14:00")
    assert "Next: Fri 4 Dec, 9:00" in await house.max.says("done send the report")


async def test_a_time_that_was_moved_keeps_the_hour_and_so_does_the_series(house: TestHouse) -> None:
    await is_told(house, "every friday at 14:00 remind me to send the report", "2026-11-27T14:00")
    assert "Mon 30 Nov, 14:00" in await house.max.says("move it to monday")
    assert await hears_at(house, "2026-11-30T14:00") == ["⏰ Send the report"]
    assert "Next: Fri 4 Dec, 14:00" in await house.max.taps("Done")


async def test_a_series_without_an_hour_stays_so_when_one_time_is_given_one(house: TestHouse) -> None:
    await is_told(house, "every friday remind me to send the report")
    assert "Mon 30 Nov, 14:00" in await house.max.says("move it to monday 14:00")
    assert await hears_at(house, "2026-11-30T14:00") == ["⏰ Send the report"]
    assert (await house.max.taps("Done")).endswith("Next: Fri 4 Dec")
    assert await hears_at(house, "2026-12-04T08:59") == []
    assert await hears_at(house, "2026-12-04T09:00") == ["⏰ Send the report"]


@pytest.mark.parametrize(
    "said",
    [
        "stop repeating send the report",
        "Send the report nicht mehr wiederholen",
        "wiederhole report nicht mehr",
        "не повторяй больше report",
    ],
)
async def test_a_series_ends_in_words(house: TestHouse, said: str) -> None:
    await house.max.says("remind me friday at 18:00 to call Bob")
    await is_told(house)
    await house.max.says("tasks")
    assert "Send the report: doesn't come again" in await house.max.says(said)
    assert await hears_at(house, "2026-12-04T09:00") == ["⏰ Call Bob (due Fri 27 Nov, 18:00, I was offline)"]


async def test_a_series_ends_by_a_button_of_its_reminder(house: TestHouse) -> None:
    await is_told(house)
    assert await house.max.taps("Stop repeating") == "☑ Send the report: doesn't come again"
    assert await hears_at(house, "2026-12-04T09:00") == []
    assert "Undone" in await house.max.says("undo")

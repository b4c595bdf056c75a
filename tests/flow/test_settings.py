"""What a user sets by message: taken back like everything else, refused with an example where it can't be."""

from __future__ import annotations

import pytest

from tests.house import TestHouse


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ("quiet hours 21:00-6:00", "quiet_from"),
        ("time zone Europe/London", "timezone"),
        ("digest at 7:30", "digest"),
        ("weekly look-back on", "look_back"),
        ("digest also on weekends", "work_days"),
        ("stale after 20 days", "stale_leads"),
        ("language de", "language"),
        ("my signature: Max Kern, Firma", "signature"),
    ],
)
async def test_undo_takes_back_a_setting_and_nothing_else(sqlite_house: TestHouse, said: str, column: str) -> None:
    house = sqlite_house
    await house.max.says("remind me friday at 14:00 to call Bob")
    [before] = await house.rows("users", id=house.max.user.id)
    await house.max.says(said)
    [changed] = await house.rows("users", id=house.max.user.id)
    assert changed[column] != before[column]

    await house.max.says("undo")
    [after] = await house.rows("users", id=house.max.user.id)
    assert after[column] == before[column]
    assert len(await house.rows("tasks")) == 1


async def test_undo_says_what_it_took_back(house: TestHouse) -> None:
    await house.max.says("remind me friday at 14:00 to call Bob")
    await house.max.says("quiet hours 21:00-6:00")
    assert await house.max.says("undo") == "↩ Undone: “quiet hours 21:00-6:00”"
    assert await house.max.says("undo") == "↩ Undone: “remind me friday at 14:00 to call Bob”"
    assert await house.max.says("undo") == "There is nothing to undo."


async def test_undo_of_a_tap_names_the_task(house: TestHouse) -> None:
    await house.max.says("remind me tomorrow 9:00 to send the quote")
    await house.max.says("tasks")
    await house.max.taps("Done 1")
    assert await house.max.taps("Undo") == "↩ Undone: “send the quote”"

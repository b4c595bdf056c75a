"""What a user sets by message: taken back like everything else, refused with an example where it can't be."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from handlers.zones import _zones, zone_named
from storage.users import change_user
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


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("my timezone is Tokyo", "Asia/Tokyo"),
        ("time zone new york", "America/New_York"),
        ("time zone europe/london", "Europe/London"),
        ("Zeitzone Moskau", "Europe/Moscow"),
        ("meine Zeitzone ist Zürich", "Europe/Zurich"),
        ("часовой пояс Москва", "Europe/Moscow"),
        ("мой часовой пояс Нью-Йорк", "America/New_York"),
    ],
)
async def test_a_city_names_its_time_zone(sqlite_house: TestHouse, said: str, zone: str) -> None:
    assert zone in await sqlite_house.max.says(said)
    [user] = await sqlite_house.rows("users")
    assert user["timezone"] == zone


@pytest.mark.parametrize("value", ["Nowhere/Land", "utc+3"])
async def test_an_unknown_zone_is_refused_with_an_example(sqlite_house: TestHouse, value: str) -> None:
    answer = await sqlite_house.max.says(f"time zone {value}")
    assert answer.splitlines() == [
        f"❓ I don't know the time zone “{value}”.",
        "Name a big city in it. For example: time zone Berlin",
        "Still: Europe/Berlin",
    ]


def test_every_city_lies_in_a_zone_that_there_is() -> None:
    assert {zone_named(city) for city in _zones()} <= available_timezones()


@pytest.mark.parametrize(
    "said",
    [
        "quiet hours off",
        "no quiet hours",
        "Ruhezeiten aus",
        "keine Ruhezeiten",
        "без тихих часов",
        "выключи тихие часы",
    ],
)
async def test_quiet_hours_can_be_switched_off(sqlite_house: TestHouse, said: str) -> None:
    house = sqlite_house
    assert await house.max.says(said) == "No quiet hours any more."
    assert "No quiet hours. To have some: quiet hours 20:00-8:00" in await house.max.says("quiet hours")
    await house.max.says("remind me tomorrow to call Bob")
    house.database.transact(lambda c: change_user(c, house.max.user.id, default_time="03:00"))
    await house.max.says("remind me on wednesday to send the quote")
    house.at("2026-11-25T03:00")
    assert any("Send the quote" in each for each in await house.max.hears())
    assert "22:00–7:00" in await house.max.says("quiet hours 22:00-7:00")


@pytest.mark.parametrize(
    ("said", "code"), [("language german", "de"), ("language русский", "ru"), ("язык английский", "en")]
)
async def test_a_language_is_named_in_any_of_them(sqlite_house: TestHouse, said: str, code: str) -> None:
    await sqlite_house.max.says(said)
    [user] = await sqlite_house.rows("users")
    assert user["language"] == code
    assert "English, German" in await sqlite_house.max.says("language klingon") or code != "en"


@pytest.mark.parametrize(
    ("said", "leads", "deals"),
    [
        ("no stale leads", 0, 14),
        ("no stale deals", 30, 0),
        ("no stale leads and deals", 0, 0),
        ("keine stillen Leads", 0, 14),
        ("keine stillen Leads und Deals", 0, 0),
        ("без затихших лидов", 0, 14),
        ("без затихших", 0, 0),
        ("stale leads after 20 days", 20, 14),
    ],
)
async def test_leads_and_deals_go_quiet_by_themselves(
    sqlite_house: TestHouse, said: str, leads: int, deals: int
) -> None:
    await sqlite_house.max.says(said)
    [user] = await sqlite_house.rows("users")
    assert (user["stale_leads"], user["stale_deals"]) == (leads, deals)

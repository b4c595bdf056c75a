"""Reminders of users who move, who live elsewhere, and in the night when the clocks change."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.house import TestHouse

NEW_YORK = "time zone America/New_York"  # six hours behind Berlin


async def hears_at(house: TestHouse, *moments: str) -> list[tuple[str, str]]:
    """What Max hears at these moments of Berlin's clock, with the moment."""
    heard = []
    for moment in moments:
        house.at(moment)
        heard += [(moment[11:], each.splitlines()[0]) for each in await house.max.hears()]
    return heard


async def test_a_date_follows_its_user(house: TestHouse) -> None:
    await house.max.says("remind me tomorrow to write Carl")
    assert "America/New_York" in await house.max.says(NEW_YORK)
    heard = await hears_at(house, "2026-11-24T09:00", "2026-11-24T14:59", "2026-11-24T15:00")
    assert heard == [("15:00", "⏰ Write Carl")]


async def test_what_recurs_follows_its_user(house: TestHouse) -> None:
    await house.max.says("remind me 1 hour before the standup every day at 12:00")
    await house.max.says(NEW_YORK)
    assert await hears_at(house, "2026-11-23T11:00", "2026-11-23T12:00") == []
    heard = await hears_at(house, "2026-11-23T17:00", "2026-11-23T18:00", "2026-11-24T12:00", "2026-11-24T18:00")
    assert heard == [("17:00", "⏰ in 1 hour: The standup (12:00)"), *[("18:00", "⏰ The standup")] * 2]


async def test_an_hour_that_was_named_once_stays_its_instant(house: TestHouse) -> None:
    await house.max.says("remind me tomorrow at 14:00 to call Bob")
    await house.max.says("remind me in 2 hours to stretch")
    await house.max.says(NEW_YORK)
    assert await hears_at(house, "2026-11-23T12:00") == [("12:00", "⏰ Stretch")]
    assert await hears_at(house, "2026-11-24T14:00") == [("14:00", "⏰ Call Bob")]


async def test_a_zone_to_the_east_makes_it_come_at_once(house: TestHouse) -> None:
    await house.max.says("time zone America/New_York")
    await house.max.says("remind me tomorrow to write Carl")
    house.at("2026-11-24T12:00")
    assert await house.max.hears() == []
    await house.max.says("time zone Europe/Berlin")
    assert [each.splitlines()[0] for each in await house.max.hears()] == ["⏰ Write Carl"]


async def test_undoing_the_zone_brings_the_tasks_back(house: TestHouse) -> None:
    await house.max.says("remind me tomorrow to write Carl")
    await house.max.says(NEW_YORK)
    assert "Undone" in await house.max.says("undo")
    assert await hears_at(house, "2026-11-24T09:00") == [("09:00", "⏰ Write Carl")]


async def test_somebody_elsewhere_is_reminded_of_a_date_at_their_own_hour(house: TestHouse) -> None:
    eva = house.member("Eva Sand", timezone="America/New_York")
    await house.max.says("remind Eva tomorrow to send the quote")
    await house.max.says("remind me tomorrow to call Bob")
    await house.max.says("assign the Bob task to Eva")
    for moment in ("2026-11-24T09:00", "2026-11-24T14:59"):
        house.at(moment)
        assert await house.max.hears() == []
        assert not [each for each in await eva.hears() if each.startswith("⏰")]
    house.at("2026-11-24T15:00")
    assert sorted(each.splitlines()[0] for each in await eva.hears()) == ["⏰ Call Bob", "⏰ Send the quote"]


SUMMER, WINTER = "2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"  # the same wall time, twice


async def test_an_hour_from_a_doubled_hour_is_an_hour(house: TestHouse) -> None:
    house.clock.set(datetime.fromisoformat("2026-10-25T01:30+02:00"))
    await house.max.says("remind me in 1 hour to stretch")
    house.clock.set(datetime.fromisoformat(SUMMER))
    assert len(await house.max.hears()) == 1
    assert "Snoozed to today, 2:30" in await house.max.says("in 1 hour")
    assert await house.max.hears() == []
    house.clock.set(datetime.fromisoformat(WINTER))
    assert len(await house.max.hears()) == 1
    await house.max.says("in 1 hour")
    house.clock.set(datetime.fromisoformat("2026-10-25T03:30+01:00"))
    assert len(await house.max.hears()) == 1


async def test_two_hours_over_the_change_are_two_hours(house: TestHouse) -> None:
    house.clock.set(datetime.fromisoformat("2026-10-25T01:30+02:00"))
    await house.max.says("remind me in 2 hours to stretch")
    house.clock.set(datetime.fromisoformat(SUMMER))
    assert await house.max.hears() == []
    house.clock.set(datetime.fromisoformat(WINTER))
    assert len(await house.max.hears()) == 1


async def test_every_hour_comes_in_both_doubled_hours(house: TestHouse) -> None:
    house.clock.set(datetime.fromisoformat("2026-10-25T01:30+02:00"))
    await house.max.says("remind me every hour to drink")
    heard = []
    for hour in range(5):
        house.clock.set(datetime.fromisoformat("2026-10-25T01:30+02:00") + timedelta(hours=hour))
        heard.append(len(await house.max.hears()))
    assert heard == [0, 1, 1, 1, 1]

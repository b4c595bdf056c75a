"""Work that goes from one member of the team to another: given, taken back, left behind."""

from __future__ import annotations

from handlers.leaving import leave
from storage.users import User
from tests.house import TestHouse


async def test_open_tasks_of_who_leaves_are_an_owners_who_is_told(house: TestHouse) -> None:
    otto = house.member("Otto Ruf")
    await otto.says("remind me tomorrow at 12 to send the quote")
    await otto.says("remind me friday to call Bob")
    await otto.says("remind me tomorrow 8:30 to water the plants")
    await otto.says("done water the plants")
    house.at("2026-11-23T11:00")

    heir, count = house.database.transact(lambda c: leave(c, otto.user, at=house.clock.now()))
    assert isinstance(heir, User)
    assert (heir.name, count) == ("Max Kern", 2)
    [told] = await house.max.hears()
    assert told.splitlines() == [
        "Otto Ruf has left the team. 2 open tasks are yours now:",
        "• Send the quote · tomorrow, 12:00",
        "• Call Bob · Fri 27 Nov",
    ]
    assert "2. Call Bob" in await house.max.taps("Tasks")
    house.at("2026-11-24T12:00")
    [reminder] = await house.max.hears()
    assert reminder.startswith("⏰ Send the quote")


async def test_what_was_reminded_of_already_is_not_called_late_for_the_new_one(house: TestHouse) -> None:
    otto = house.member("Otto Ruf")
    await otto.says("remind me at 12 to send the quote")
    house.at("2026-11-23T12:00")
    await otto.hears()
    house.at("2026-11-23T15:00")
    house.database.transact(lambda c: leave(c, otto.user, at=house.clock.now()))
    [told] = await house.max.hears()
    assert "Send the quote · today, 12:00" in told
    assert "Send the quote" in await house.max.says("tasks")


async def test_the_only_member_may_leave_too(house: TestHouse) -> None:
    await house.max.says("remind me friday to call Bob")
    assert house.database.transact(lambda c: leave(c, house.max.user, at=house.clock.now())) == (None, 0)

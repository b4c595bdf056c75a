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


async def test_a_task_given_to_another_is_told_and_still_reached(house: TestHouse) -> None:
    eva = house.member("Eva Sand")
    await house.max.says("remind Eva tomorrow at 12 to send the quote")
    assert await eva.hears() == ["☑ From Max Kern: Send the quote · tomorrow, 12:00"]
    assert eva.buttons == ["Open"]
    assert await house.max.says("Eva's tasks") == "☑ Eva Sand: 1 task\n• Send the quote · tomorrow, 12:00"

    assert "Fri 27 Nov" in await house.max.says("move send the quote to friday 12:00")
    assert await eva.hears() == ["Max Kern moved: Send the quote · Fri 27 Nov, 12:00"]
    assert "Now Max Kern's" in await house.max.says("assign send the quote to me")
    assert await eva.hears() == ["Max Kern took it off your list: Send the quote"]
    assert await house.max.says("Eva's tasks") == "Eva Sand has no open tasks."

    assert "Now Eva Sand's" in await house.max.says("assign send the quote to Eva")
    assert await eva.hears() == ["☑ From Max Kern: Send the quote · Fri 27 Nov, 12:00"]
    assert "done" in await house.max.says("done send the quote")
    assert await eva.hears() == ["☑ Send the quote: done by Max Kern"]
    assert await house.max.hears() == []


async def test_what_is_given_and_undone_is_taken_off_the_list(house: TestHouse) -> None:
    eva = house.member("Eva Sand")
    await house.max.says("remind Eva tomorrow at 12 to send the quote")
    await eva.hears()
    await house.max.says("undo")
    assert await eva.hears() == ["Max Kern took it off your list: Send the quote"]
    assert await eva.says("tasks") == "No open tasks."


async def test_a_member_reaches_what_they_gave_and_nothing_else_of_others(house: TestHouse) -> None:
    eva, otto = house.member("Eva Sand"), house.member("Otto Ruf")
    await otto.says("remind me tomorrow at 12 to send the quote")
    await eva.says("remind Otto friday at 12 to water the plants")
    assert "No open task fits" in await eva.says("done send the quote")
    assert "done" in await eva.says("done water the plants")
    assert "done" in await house.max.says("done send the quote"), "an owner reaches all"


async def test_one_does_not_hear_of_what_one_did_oneself(house: TestHouse) -> None:
    eva = house.member("Eva Sand")
    await eva.says("remind me tomorrow at 12 to send the quote")
    await eva.says("done send the quote")
    assert await eva.hears() == []


async def test_tasks_of_nobody_known_are_not_ones_own(house: TestHouse) -> None:
    await house.max.says("remind me tomorrow at 12 to send the quote")
    assert await house.max.says("Bob's tasks") == "❓ I don't know Bob yet."

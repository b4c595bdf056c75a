"""What Rapport asked: an answer that can't be leaves the question open, an order isn't taken for an answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.house import TestHouse


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("friday 25:00", "“25:00” is no date."),
        ("30 february", "“30 february” is no date."),
        ("31.2. 10:00", "“31.2.” is no date."),
        ("yesterday", "“yesterday” is past."),
        ("yesterday 10:00", "“yesterday 10:00” is past."),
        ("whenever you like", "“whenever you like” is no moment."),
    ],
)
@pytest.mark.parametrize("button", ["Other time", "Pick ..."])
async def test_a_moment_that_cannot_be_is_refused_and_asked_for_again(
    sqlite_house: TestHouse, said: str, told: str, button: str
) -> None:
    house = sqlite_house
    await house.max.says("remind me at 11 to call Bob")
    if button == "Pick ...":
        house.at("2026-11-23T11:00")
        await house.max.hears()
    [before] = await house.rows("tasks")
    await house.max.taps(button)

    assert told in await house.max.says(said)
    assert await house.rows("tasks") == [before]
    assert "Fri 27 Nov, 16:00" in await house.max.says("friday 16:00 please")
    [task] = await house.rows("tasks")
    assert task["remind_at"] == datetime.fromisoformat("2026-11-27T16:00+01:00")


async def test_something_else_is_done_while_a_moment_is_asked_for(house: TestHouse) -> None:
    await house.max.says("remind me tomorrow at 11 to call Bob")
    await house.max.taps("Other time")
    assert "Send the quote" in await house.max.says("remind me friday 16:00 to send the quote")
    assert len(await house.rows("tasks")) == 2


async def test_a_day_and_an_hour_that_is_none_make_no_task(house: TestHouse) -> None:
    assert "“25:00” is no date." in await house.max.says("friday 25:00")
    assert await house.rows("tasks") == []


async def test_a_list_of_a_day_says_of_which(house: TestHouse) -> None:
    await house.max.says("remind me at 11 to call Bob")
    assert await house.max.says("yesterday") == "No open tasks up to yesterday."


@pytest.mark.parametrize(
    ("order", "answer"),
    [
        ("tasks", "No open tasks."),
        ("today", "Nothing is due"),
        ("remind me friday 14:00 to call Bob", "Call Bob"),
        ("quiet hours 21:00-6:00", "21:00–6:00"),
        ("new lead Bert Busch", "Bert Busch"),
    ],
)
async def test_an_order_is_no_letter(sqlite_house: TestHouse, order: str, answer: str) -> None:
    max_ = sqlite_house.max
    await max_.says("new lead Anna Kern, anna@nordwind.example")
    await max_.says("anna")
    await max_.taps("Mail")
    assert answer in await max_.says(order)
    assert await sqlite_house.rows("letters") == []


@pytest.mark.parametrize(
    "words",
    [
        "Please send me the quote by friday",
        "I will call you tomorrow at 10",
        "Tasks for the two of us: you send the list, I look at it",
        "Help is on its way, we will be there at noon",
    ],
)
async def test_a_letter_may_sound_like_an_order(sqlite_house: TestHouse, words: str) -> None:
    max_ = sqlite_house.max
    await max_.says("new lead Anna Kern, anna@nordwind.example")
    await max_.says("anna")
    await max_.taps("Mail")
    assert words in await max_.says(words)


async def test_a_question_ends_after_an_hour(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    await house.max.says("anna")
    await house.max.taps("Mail")
    house.at((house.clock.now() + timedelta(hours=1, minutes=1)).isoformat())
    await house.max.says("It is on its way")
    assert await house.rows("letters") == []

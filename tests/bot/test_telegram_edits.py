"""A message that is changed after it was sent: what it did is taken back, and what it says now is done."""

from __future__ import annotations

from sqlalchemy import select

from bot.wiring import House
from storage.tables import contacts, inbox, notes, tasks
from tests.bot.telegram_house import ANNA, answered, count, until
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_api_people import FakeUser
from tests.fakes.bot_api_schema import JsonObject

CHANGED = "Changed; what it did before is undone."


def edit(telegram: FakeBotApi, message: JsonObject, text: str, after: int = 5) -> None:
    """The author changes a message, so many seconds after it was sent."""
    telegram.push("edited_message", message | {"text": text, "edit_date": message["date"] + after})


async def titles(house: House) -> list[str]:
    query = select(tasks.c.title).order_by(tasks.c.id)
    return await house.database.read(lambda connection: list(connection.execute(query).scalars()))


async def handled(house: House, number: int) -> None:
    """Waits until so many messages are done with."""
    query = select(inbox.c.id).where(inbox.c.state == "done")
    await until(house, lambda connection: len(connection.execute(query).all()) >= number)


async def test_what_was_done_is_replaced(bot: House, telegram: FakeBotApi, max_: FakeUser) -> None:
    asked = await max_.says("remind me tomorrow 9:00 to call Petrov")
    await max_.hears()
    edit(telegram, asked, "remind me tomorrow 9:00 to call Pavlov")
    answer = await max_.hears()
    assert answer["text"].startswith(f"↩ {CHANGED}\n")
    assert "Pavlov" in answer["text"]
    assert answered(answer) == asked["message_id"]
    assert await titles(bot) == ["call Pavlov"]
    edit(telegram, asked, "remind me tomorrow 9:00 to call Sidorov", after=60)
    assert CHANGED in (await max_.hears())["text"]
    assert await titles(bot) == ["call Sidorov"]
    await max_.says("undo")
    assert (await max_.hears())["text"] == "↩ Undone: “remind me tomorrow 9:00 to call Sidorov”"
    assert await titles(bot) == [], "neither version comes again"


async def test_the_buttons_of_both_answers(bot: House, telegram: FakeBotApi, max_: FakeUser) -> None:
    asked = await max_.says("remind me tomorrow to call Petrov")
    first = await max_.hears()
    edit(telegram, asked, "remind me tomorrow to call Pavlov")
    second = await max_.hears()
    await max_.taps(first, "Undo")
    assert "undone already" in (await max_.sees_edit(first["message_id"]))["text"]
    assert await titles(bot) == ["call Pavlov"]
    await max_.taps(second, "Undo")
    await max_.sees_edit(second["message_id"])
    assert await titles(bot) == []


async def test_the_same_words_are_no_change(bot: House, telegram: FakeBotApi, max_: FakeUser) -> None:
    asked = await max_.says(ANNA)
    await max_.hears()
    edit(telegram, asked, ANNA)  # as the preview of a link makes it
    edit(telegram, asked, ANNA.replace(" ", "  ", 1), after=6)
    await handled(bot, 3)
    await max_.says("/leads")
    assert "Anna Kern" in (await max_.hears())["text"], "the first answer after that is this"
    assert await count(bot, contacts) == 1


async def test_an_edit_that_comes_twice_is_done_once(bot: House, telegram: FakeBotApi, max_: FakeUser) -> None:
    asked = await max_.says("remind me tomorrow to call Petrov")
    await max_.hears()
    for _ in range(2):
        edit(telegram, asked, "remind me tomorrow to call Pavlov")
    await max_.hears()
    await telegram.all_confirmed()
    assert await count(bot, inbox) == 2
    assert await titles(bot) == ["call Pavlov"]


async def test_what_others_build_on_stays(bot: House, telegram: FakeBotApi, max_: FakeUser) -> None:
    asked = await max_.says(ANNA)
    await max_.hears()
    await max_.says("note for Anna: prefers mornings")
    await max_.hears()
    edit(telegram, asked, "new lead Otto Weber, otto@weber.example")
    answer = await max_.hears()
    assert "can't be taken back any more" in answer["text"]
    assert (await count(bot, contacts), await count(bot, notes)) == (1, 1)


async def test_what_is_not_understood_takes_nothing_back(bot: House, telegram: FakeBotApi, max_: FakeUser) -> None:
    asked = await max_.says("remind me tomorrow to call Petrov")
    await max_.hears()
    edit(telegram, asked, "blau 7 hm")
    answer = await max_.hears()
    assert "before its change stays" in answer["text"]
    assert await titles(bot) == ["call Petrov"]


async def test_a_message_that_did_nothing_is_simply_done_as_it_is_now(
    bot: House, telegram: FakeBotApi, max_: FakeUser
) -> None:
    asked = await max_.says("blau 7 hm")
    await max_.hears()
    edit(telegram, asked, "remind me tomorrow to call Petrov")
    assert CHANGED not in (await max_.hears())["text"]
    assert await titles(bot) == ["call Petrov"]


async def test_what_was_undone_meanwhile_is_not_undone_again(bot: House, telegram: FakeBotApi, max_: FakeUser) -> None:
    asked = await max_.says("remind me tomorrow to call Petrov")
    await max_.taps(await max_.hears(), "Undo")
    await handled(bot, 2)
    edit(telegram, asked, "remind me tomorrow to call Pavlov")
    assert CHANGED not in (await max_.hears())["text"]
    assert await titles(bot) == ["call Pavlov"]


async def test_strangers_edits_are_answered_by_nothing(
    bot: House, telegram: FakeBotApi, max_: FakeUser, stranger: FakeUser
) -> None:
    asked = await stranger.says("hello")
    await stranger.hears()
    edit(telegram, asked, "hello there")
    await handled(bot, 2)
    assert stranger.unheard() == []

"""Which of two moments: the likeliest at once, with a button for each where a person would ask."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from handlers.understand.explain import explained
from handlers.understand.intents import Intent, NoLookups
from handlers.understand.understand import understand
from reminders.moment import Setting
from storage.codec import pack, unpack
from storage.users import change_user
from tests.house import MONDAY, TestHouse


async def test_seven_may_be_the_morning_or_the_evening(house: TestHouse) -> None:
    asked = await house.max.says("remind me thursday at 7 to call Petrov")
    assert asked == "☑ Call Petrov\nThu 26 Nov, 7:00\n❓ Or is another one meant?"
    assert house.max.buttons == ["Thu 26 Nov, 7:00", "Thu 26 Nov, 19:00", "Undo", "Other time"]
    assert len(await house.rows("tasks")) == 1
    said = await house.max.taps("Thu 26 Nov, 19:00")
    assert said == "☑ Call Petrov\nThu 26 Nov, 19:00"
    assert len(await house.rows("tasks")) == 1
    house.at("2026-11-26T19:00")
    assert ["⏰ Call Petrov" in each for each in await house.max.hears()] == [True]


@pytest.mark.parametrize(
    ("language", "text", "buttons"),
    [
        ("en", "remind me next friday to call Petrov", ["Fri 27 Nov", "Fri 4 Dec"]),
        ("de", "erinner mich nächsten freitag an Petrov", ["Fr 27. Nov.", "Fr 4. Dez."]),
    ],
)
async def test_the_next_friday(sqlite_house: TestHouse, language: str, text: str, buttons: list[str]) -> None:
    max_ = sqlite_house.max
    sqlite_house.database.transact(lambda connection: change_user(connection, max_.user.id, language=language))
    assert "❓" in await max_.says(text)
    assert max_.buttons[:2] == buttons
    assert (await max_.taps(buttons[0])).startswith("☑")
    [task] = await sqlite_house.rows("tasks")
    assert (task["due_wall"], task["has_time"]) == ("2026-11-27T00:00:00", False)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("remind me tomorrow at 3 to call Petrov", "tomorrow, 15:00"),
        ("remind me tomorrow at 8 to call Petrov", "tomorrow, 8:00"),
        ("remind me at 8 to call Petrov", "today, 20:00"),
        ("remind me friday to call Petrov", "Fri 27 Nov, 9:00"),
        ("remind me every day at 7 to call Petrov", "tomorrow, 7:00 · every day"),
        ("remind me tomorrow at 7 in the evening to call Petrov", "tomorrow, 19:00"),
    ],
)
async def test_what_common_sense_decides_is_only_said(sqlite_house: TestHouse, text: str, moment: str) -> None:
    assert (await sqlite_house.max.says(text)).splitlines()[1] == moment


async def test_early_notices_and_nagging_go_with_the_tap(sqlite_house: TestHouse) -> None:
    await sqlite_house.max.says("remind me 1 day and 1 hour before the meeting on thursday at 7")
    await sqlite_house.max.taps("Thu 26 Nov, 19:00")
    [task] = await sqlite_house.rows("tasks")
    assert [each["before"] for each in task["notices"]] == [86_400, 3_600]


async def test_a_reminder_and_a_task_are_moved_by_a_tap(sqlite_house: TestHouse) -> None:
    max_ = sqlite_house.max
    await max_.says("remind me tomorrow 10:00 to call Petrov")
    sqlite_house.at("2026-11-24T10:00")
    await max_.hears()
    assert (await max_.says("thursday at 7")).endswith("❓ Or is another one meant?")
    assert await max_.taps("Thu 26 Nov, 7:00") == "☑ Call Petrov\nSnoozed to Thu 26 Nov, 7:00"
    assert (await max_.says("move task 1 to next friday")).endswith("❓ Or is another one meant?")
    assert await max_.taps("Fri 27 Nov") == "☑ Call Petrov\nFri 27 Nov, 10:00"
    [task] = await sqlite_house.rows("tasks")
    assert task["due_wall"] == "2026-11-27T10:00:00"


def test_explain_tells_early_notices_and_other_readings() -> None:
    setting = Setting(now=MONDAY, zone="Europe/Berlin")
    found = understand("remind me 1 hour before the meeting on thursday at 7", setting, NoLookups())
    when = explained(found)["when"]
    assert when["before"] == [60]
    assert when["ambiguous"] == ["2026-11-26T19:00:00+01:00"]


def test_an_intent_with_a_moment_is_kept_whole() -> None:
    text = "remind me 1 hour before the meeting on thursday at 7"
    [intent] = understand(text, Setting(now=MONDAY, zone="Europe/Berlin"), NoLookups()).intents
    assert intent.when is not None
    assert intent.when.before == (timedelta(hours=1),)
    assert intent.when.ambiguous == (datetime(2026, 11, 26, 19),)
    assert unpack(Intent, pack(intent)) == intent

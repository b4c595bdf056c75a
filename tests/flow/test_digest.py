"""The digest: what it says, when it comes and when it doesn't, once a day; `today`; the look-back on Fridays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flow import Flow
from storage.users import change_user
from tests.flow.test_mail import mail
from tests.house import TEAM, Chat, TestHouse

LEAD = "new lead Anna Kern, Nordwind GmbH, anna@nordwind.example"


@pytest.fixture
async def max_(house: TestHouse) -> Chat:
    """Max, who gets a digest at 8:00 on working days."""
    house.database.transact(lambda connection: change_user(connection, house.max.user.id, digest="08:00"))
    await house.max.hears()  # it is Monday, 10:00: the next one is tomorrow's
    return house.max


async def test_it_tells_the_day_at_eight_with_something_to_tap(house: TestHouse, max_: Chat) -> None:
    await max_.says("new lead Petrov")
    await max_.says("remind me today to call Petrov")
    await max_.says(LEAD)
    await max_.says("remind me tomorrow 9:00 to send Anna the quote")
    await max_.says("remind me tomorrow 14:00 to show the demo")
    await max_.says("birthday of anna is 24 Nov 1986")
    await house.gets_mail(mail("Was kostet das?", sender="Götz <goetz@kuehl.example>"))
    house.at("2026-11-23T11:00")
    await max_.hears()
    house.at("2026-11-24T07:59")
    assert await max_.hears() == []
    house.at("2026-11-24T08:00")
    [digest] = await max_.hears()
    assert digest.splitlines() == [
        "Tue 24 Nov",
        "Overdue: ☑ Call Petrov (yesterday)",
        "Today: ☑ 9:00 Send Anna the quote · ☑ 14:00 Show the demo",
        "Waiting: 1 unknown sender",
        "Birthday: Anna Kern (turns 40)",
    ]
    assert max_.heard[-1].reply.kind == "digest"
    assert max_.buttons == ["Open 1", "Open 2", "Open 3", "Triage"]
    assert (await max_.taps("Open 2")).startswith("☑ Send Anna the quote · today, 9:00")
    assert max_.buttons == ["Done", "Tomorrow 9:00", "Other time", "Anna Kern"]
    assert "done" in await max_.taps("Done")
    assert await max_.hears() == []


async def test_nothing_to_say_is_not_said(house: TestHouse, max_: Chat) -> None:
    await max_.says("remind me on thursday to call Petrov")
    for day in ("24", "25"):
        house.at(f"2026-11-{day}T08:00")
        assert await max_.hears() == []
    house.at("2026-11-26T08:00")
    assert await max_.hears() == ["Thu 26 Nov\nToday: ☑ Call Petrov"]


async def test_it_waits_for_monday_and_a_friday_speaks_for_the_weekend(house: TestHouse, max_: Chat) -> None:
    await max_.says(LEAD)
    await max_.says("birthday of anna is 28 Nov")
    await max_.says("remind me on saturday 10:00 to water the plants")
    house.at("2026-11-27T08:00")
    assert await max_.hears() == ["Fri 27 Nov\nBirthday: tomorrow: Anna Kern"]
    house.at("2026-11-28T08:00")
    assert await max_.hears() == []
    house.at("2026-11-28T10:00")
    assert len(await max_.hears()) == 1
    house.at("2026-11-30T08:00")
    assert await max_.hears() == ["Mon 30 Nov\nOverdue: ☑ Water the plants (Sat 28 Nov)"]


async def test_it_comes_at_ones_own_hour_on_weekends_or_never(house: TestHouse, max_: Chat) -> None:
    await max_.says("remind me today 12:00 to call Petrov")
    assert await max_.says("digest at 7:30") == "Digest: 7:30"
    house.at("2026-11-24T07:30")
    assert (await max_.hears())[0].startswith("⏰")  # what has its own moment goes first
    assert (await max_.hears())[0].startswith("Tue 24 Nov")
    assert await max_.says("digest also on weekends") == "The digest comes on weekends too."
    house.at("2026-11-28T07:30")
    assert len(await max_.hears()) == 1
    assert "daily" in await max_.says("settings")
    assert await max_.says("no digest") == "No digest any more."
    house.at("2026-11-30T09:00")
    assert await max_.hears() == []


async def test_quiet_hours_hold_it_back(house: TestHouse, max_: Chat) -> None:
    await max_.says("remind me today to call Petrov")
    await max_.says("quiet hours 20:00-9:00")
    house.at("2026-11-24T08:00")
    assert not [text for text in await max_.hears() if text.startswith("Tue")]
    house.at("2026-11-24T09:00")
    assert [text for text in await max_.hears() if text.startswith("Tue 24 Nov\nOverdue")]


async def test_after_being_down_it_comes_late_until_noon_and_then_not(house: TestHouse, max_: Chat) -> None:
    await max_.says("remind me today 10:30 to call Petrov")
    house.at("2026-11-23T10:30")
    await max_.hears()
    house.at("2026-11-25T11:30")  # down on Tuesday
    assert await max_.hears() == ["Wed 25 Nov\nOverdue: ☑ Call Petrov (Mon 23 Nov)"]
    house.at("2026-11-26T12:30")
    assert await max_.hears() == []
    house.at("2026-11-27T08:00")
    assert len(await max_.hears()) == 1


async def test_two_processes_and_a_death_in_between_make_one(house: TestHouse, max_: Chat) -> None:
    await max_.says("remind me today 10:30 to call Petrov")
    house.at("2026-11-23T10:30")
    await max_.hears()
    house.at("2026-11-24T08:00")
    before = replace(max_.user, digest_next=house.clock.now())
    assert await house.flow.push_due() == 1
    # The other one had looked before the first one wrote; or it was queued, and the next look was not written down.
    house.database.transact(lambda connection: change_user(connection, before.id, digest="08:00"))
    await Flow(house.database, house.clock, TEAM).push_due()
    assert len(await max_.hears()) == 1
    assert [row["key"] for row in await house.rows("outbox", kind="digest")] == [f"digest:{before.id}:2026-11-24"]


async def test_the_loop_sleeps_until_the_next_look(house: TestHouse, max_: Chat) -> None:
    due = await house.flow.next_due()
    assert due is not None
    assert due.isoformat() == "2026-11-24T07:00:00+00:00"
    await max_.says("no digest")
    assert await house.flow.next_due() is None


async def test_a_clock_change_moves_the_instant_and_not_the_hour(house: TestHouse, max_: Chat) -> None:
    house.at("2027-03-26T09:00")
    await max_.says("remind me on friday 9:30 to call Petrov")
    await max_.hears()
    house.at("2027-03-29T07:59")  # the clocks went forward on Sunday
    assert await max_.hears() == []
    house.at("2027-03-29T08:00")
    assert len(await max_.hears()) == 0
    due = await house.flow.next_due()
    assert due is not None
    assert due.isoformat() == "2027-03-30T06:00:00+00:00"


async def test_who_was_born_on_29_february_has_the_birthday_on_1_march_in_common_years(
    house: TestHouse, max_: Chat
) -> None:
    await max_.says(LEAD)
    await max_.says("birthday of anna is 29 Feb 1988")
    house.at("2027-02-25T09:00")
    await max_.hears()
    house.at("2027-02-26T08:00")
    assert await max_.hears() == []
    house.at("2027-03-01T08:00")
    assert "Birthday: Anna Kern (turns 39)" in (await max_.hears())[0]
    house.at("2028-02-28T09:00")
    await max_.hears()
    house.at("2028-02-29T08:00")
    assert "Birthday: Anna Kern (turns 40)" in (await max_.hears())[0]


async def test_leads_and_deals_that_went_quiet_are_named_once_and_then_in_company_only(
    house: TestHouse, max_: Chat
) -> None:
    await max_.says(LEAD)
    await max_.says("new lead Bert Busch")
    await max_.says("deal Bert 5k")
    house.at("2026-12-07T09:00")
    await max_.hears()
    house.at("2026-12-08T08:00")
    assert await max_.hears() == ["Tue 8 Dec\nDeals quiet for 14 days: Bert Busch"]
    house.at("2026-12-09T08:00")
    assert await max_.hears() == []
    await max_.says("note for Bert: still thinks")
    house.at("2026-12-22T09:00")
    await max_.hears()
    house.at("2026-12-24T08:00")
    [digest] = await max_.hears()
    assert "Quiet for 30 days: Anna Kern" in digest
    assert "Deals quiet for 14 days: Bert Busch" in digest
    assert "Leads: after 20 days" in await max_.says("stale leads after 20 days")
    assert "Deals: never" in await max_.says("no stale deals")
    assert "Quiet for 20 days: Anna Kern" not in await max_.says("tasks")
    await max_.says("remind me in 3 weeks to call Anna")
    house.at("2026-12-28T08:00")
    assert not [text for text in await max_.hears() if "Anna Kern" in text]


async def test_today_tells_the_same_at_any_moment(house: TestHouse) -> None:
    assert await house.max.says("/today") == "Mon 23 Nov\nNothing is due, and nothing waits."
    await house.max.says("remind me today 15:00 to call Petrov")
    for words in ("/today", "today"):
        assert await house.max.says(words) == "Mon 23 Nov\nToday: ☑ 15:00 Call Petrov"
    assert (await house.max.says("tasks for today")).startswith("☑ 1 task")
    assert len(await house.max.hears()) == 0


async def test_follow_ups_that_are_due_and_meetings_are_in_it(house: TestHouse) -> None:
    await house.max.says(LEAD)
    await house.max.says("follow up with Anna today if she doesn't write")
    house.database.transact(lambda connection: a_meeting(connection))
    assert await house.max.says("today") == (
        "Mon 23 Nov\nNo answer yet: ☑ Follow up with Anna\nMeetings: 14:00 Demo Nordwind"
    )


async def test_the_look_back_comes_on_fridays_when_it_is_wanted(house: TestHouse) -> None:
    assert "Fridays at 16:00" in await house.max.says("weekly look-back on")
    await house.max.hears()
    await house.max.says(LEAD)
    await house.max.says("remind me to call Petrov")
    await house.max.says("done 1")
    await house.max.says("deal Anna 5k")
    await house.max.says("Anna won")
    await house.gets_mail(mail("Danke"))
    await house.max.says("called Anna, all is well")
    await house.max.says("remind me on 1 december to write the report")
    await house.max.hears()
    house.at("2026-11-27T15:59")
    assert await house.max.hears() == []
    house.at("2026-11-27T16:00")
    [told] = await house.max.hears()
    assert told.splitlines() == [
        "The week until Fri 27 Nov",
        "Done: call Petrov",
        "Won: 💶 Anna Kern",
        "New leads: Anna Kern",
        "Mails: 1 in, 0 out",
        "1 call",
        "Next week: ☑ Tue 1 Dec: Write the report",
    ]
    assert "No look-back any more." in await house.max.says("weekly look-back off")
    house.at("2026-12-04T16:00")
    assert not [text for text in await house.max.hears() if text.startswith("The week")]


async def test_it_is_told_in_german_and_russian(house: TestHouse) -> None:
    eva = house.member("Eva Sand", language="de", digest="08:00")
    pavel = house.member("Pavel Sand", language="ru", digest="08:00")
    for chat in (eva, pavel):
        await chat.hears()
    assert (await eva.says("stille leads nach 20 tagen")).startswith("Im Digest: was still geworden ist")
    await eva.says("erinner mich morgen an den bericht")
    await pavel.says("напомни завтра позвонить Петрову")
    house.at("2026-11-24T08:00")
    [told] = await eva.hears()
    assert told.startswith("Di 24. Nov.\nHeute: ☑ ")
    [told] = await pavel.hears()
    assert told == "вт 24 нояб.\nСегодня: ☑ Позвонить Петрову"


async def test_others_things_are_not_in_it(house: TestHouse, max_: Chat) -> None:
    await max_.says(LEAD)
    await max_.says("birthday of anna is 24 Nov")
    await max_.says("remind me tomorrow to call Anna")
    eve = house.member("Eve Sand", digest="08:00")
    await eve.hears()
    house.at("2026-11-24T08:00")
    assert await eve.hears() == []
    assert len(await max_.hears()) == 1


def a_meeting(connection: object) -> None:
    """Max meets Anna at 14:00."""
    from datetime import UTC, datetime

    from sqlalchemy import Connection

    from storage.changes import Trail
    from storage.interactions import log_interaction

    assert isinstance(connection, Connection)
    log_interaction(
        Trail(connection, at=datetime(2026, 11, 23, 9, tzinfo=UTC), user_id=1, inbox_id=None),
        channel="meeting",
        direction="out",
        occurred_at=datetime(2026, 11, 23, 13, tzinfo=UTC),
        external_id="meeting:1",
        contacts=(1,),
        subject="Demo Nordwind",
    )


async def test_there_is_none_on_a_holiday_and_birthdays_are_told_the_day_before(house: TestHouse, max_: Chat) -> None:
    await max_.says(LEAD)
    await max_.says("birthday of anna is 25 Dec 1986")
    await max_.says("remind me on 25 Dec to call Petrov")
    house.at("2026-12-24T08:00")
    [digest] = await max_.hears()
    assert "Anna Kern" in digest
    house.at("2026-12-25T08:00")
    assert all("Today:" not in each for each in await max_.hears())


async def test_the_next_working_day_is_no_holiday(house: TestHouse, max_: Chat) -> None:
    house.at("2026-12-24T10:00")
    assert (await max_.says("remind me next working day to call Petrov")).splitlines()[1] == "Mon 28 Dec, 9:00"


@pytest.mark.parametrize(("said", "answer"), [("in 20 minutes", "Snoozed to today, 8:20"), ("done", "Call Bob: done")])
async def test_a_reminder_is_answered_although_a_digest_came_after_it(
    house: TestHouse, max_: Chat, said: str, answer: str
) -> None:
    await max_.says("remind me tomorrow at 8:00 to call Bob")
    await max_.says("remind me tomorrow at 15:00 to send the quote")
    house.at("2026-11-24T08:00")
    [reminder], [digest] = await max_.hears(), await max_.hears()
    assert (reminder.splitlines()[0], digest.splitlines()[0]) == ("⏰ Call Bob", "Tue 24 Nov")
    assert answer in await max_.says(said)

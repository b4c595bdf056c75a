"""/calendar: a secret address or a file, with what lies ahead as phones read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from dateutil.rrule import rrulestr

from bot.flow import Flow
from handlers.calendars import calendar_of
from reminders.ical import Event, write_calendar
from storage.calendars import user_of_calendar
from storage.messages import InboundMessage, Sender
from storage.users import change_user
from tests.house import MONDAY, TEAM, Chat, TestHouse

ORIGIN = "https://rapport.example.com"


def lines_of(text: str) -> list[str]:
    """The lines, unfolded; each as it was sent is short enough."""
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def events_of(text: str) -> Iterator[list[str]]:
    """The lines of each event."""
    lines = lines_of(text)
    starts = [place for place, line in enumerate(lines) if line == "BEGIN:VEVENT"]
    return (lines[start : lines.index("END:VEVENT", start) + 1] for start in starts)


async def calendar(chat: Chat) -> str:
    """What the user's calendar holds now."""
    house = chat.house
    return await house.look(lambda connection: calendar_of(connection, chat.user, house.clock.now()))


async def only_event(chat: Chat) -> list[str]:
    """The only event there is."""
    [event] = events_of(await calendar(chat))
    return event


@pytest.fixture
def public(sqlite_house: TestHouse) -> TestHouse:
    """A house that the world can reach."""
    sqlite_house.flow = Flow(sqlite_house.database, sqlite_house.clock, replace(TEAM, public_url=ORIGIN))
    return sqlite_house


async def test_the_address_stays_until_a_new_one_is_asked_for(house: TestHouse) -> None:
    house.flow = Flow(house.database, house.clock, replace(TEAM, public_url=ORIGIN))
    first = (await house.max.says("/calendar")).splitlines()[1]
    assert first.startswith(f"{ORIGIN}/calendar/")
    assert (await house.max.says("my calendar")).splitlines()[1] == first
    second = (await house.max.says("new calendar address")).splitlines()[1]
    assert second != first
    secrets = [url.removeprefix(f"{ORIGIN}/calendar/").removesuffix(".ics") for url in (first, second)]
    known = [await house.look(partial(user_of_calendar, secret=each)) for each in secrets]
    assert [each and each.name for each in known] == [None, "Max Kern"]


@pytest.mark.parametrize(("language", "text"), [("de", "neue kalenderadresse"), ("ru", "новый адрес календаря")])
async def test_in_german_and_russian(public: TestHouse, language: str, text: str) -> None:
    public.database.transact(lambda connection: change_user(connection, public.max.user.id, language=language))
    assert (await public.max.says(text)).splitlines()[1].startswith(ORIGIN)


async def test_without_a_public_address_it_is_a_file(sqlite_house: TestHouse) -> None:
    max_ = sqlite_house.max
    await max_.says("remind me thursday 14:00 to call Petrov")
    assert (await max_.says("/calendar")).startswith("📅 rapport.ics")
    file = max_.heard[-1].reply.file
    assert file is not None
    assert (file.name, file.media_type) == ("rapport.ics", "text/calendar")
    [event] = events_of(file.content)
    assert "SUMMARY:Call Petrov" in event


async def test_a_task_is_an_event_with_its_alarms(house: TestHouse) -> None:
    await house.max.says("remind me 1 day and 1 hour before the meeting on Friday 15:00")
    event = await only_event(house.max)
    assert event[1].startswith("UID:task-1@")
    assert "DTSTART;TZID=Europe/Berlin:20261127T150000" in event
    assert "DTSTAMP:20261123T090000Z" in event
    assert [line for line in event if line.startswith("TRIGGER")] == ["TRIGGER:PT0S", "TRIGGER:-P1D", "TRIGGER:-PT1H"]
    assert "BEGIN:VTIMEZONE" in await calendar(house.max)


async def test_a_changed_task_keeps_its_uid_and_counts_on(house: TestHouse) -> None:
    await house.max.says("remind me friday to call Petrov")
    before = await only_event(house.max)
    assert "DTSTART;VALUE=DATE:20261127" in before
    assert "TRIGGER:PT9H" in before, "at the user's hour of that day"
    await house.max.says("move task 1 to monday 10:00")
    after = await only_event(house.max)
    assert after[1] == before[1]
    assert "DTSTART;TZID=Europe/Berlin:20261130T100000" in after
    numbers = [int(event[3].removeprefix("SEQUENCE:")) for event in (before, after)]
    assert numbers[0] < numbers[1]
    await house.max.says("done 1")
    assert list(events_of(await calendar(house.max))) == []


@pytest.mark.parametrize(
    ("text", "start", "rule"),
    [
        ("every monday at 9 standup", "DTSTART;TZID=Europe/Berlin:20261130T090000", "RRULE:FREQ=WEEKLY;BYDAY=MO"),
        ("every friday send the report", "DTSTART;VALUE=DATE:20261127", "RRULE:FREQ=WEEKLY;BYDAY=FR"),
        ("remind me every 2 hours to drink water", "DTSTART:20261123T110000Z", "RRULE:FREQ=HOURLY;INTERVAL=2"),
        (
            "every monday at 9 until 1 march standup",
            "DTSTART;TZID=Europe/Berlin:20261130T090000",
            "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270301T225959Z",
        ),
    ],
)
async def test_a_recurrence_is_a_rule(sqlite_house: TestHouse, text: str, start: str, rule: str) -> None:
    await sqlite_house.max.says(text)
    event = await only_event(sqlite_house.max)
    assert start in event
    assert rule in event


async def test_what_is_left_of_a_counted_one_and_a_moved_occurrence(sqlite_house: TestHouse) -> None:
    max_ = sqlite_house.max
    await max_.says("every day at 11 for 5 days stretch")
    sqlite_house.at("2026-11-24T11:30")
    await max_.hears()
    event = await only_event(max_)
    start, rule = "DTSTART;TZID=Europe/Berlin:20261125T110000", "RRULE:FREQ=DAILY;COUNT=3"
    assert start in event
    assert rule in event
    await max_.says("move task 1 to wednesday 12:00")
    moved, series = events_of(await calendar(max_))
    assert "DTSTART;TZID=Europe/Berlin:20261125T120000" in moved
    assert not any(line.startswith("RRULE") for line in moved)
    assert "DTSTART;TZID=Europe/Berlin:20261126T110000" in series
    assert "RRULE:FREQ=DAILY;COUNT=2" in series
    assert moved[1] != series[1]


async def test_birthdays_come_every_year_also_that_of_29_february(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, Nordwind GmbH, anna@nordwind.example")
    await house.max.says("birthday of anna is 29 Feb 1988")
    event = await only_event(house.max)
    assert "SUMMARY:Birthday: Anna Kern" in event
    [rule] = [line.removeprefix("RRULE:") for line in event if line.startswith("RRULE")]
    assert "DTSTART;VALUE=DATE:20000229" in event
    days = rrulestr(rule, dtstart=datetime(2000, 2, 29)).between(datetime(2027, 1, 1), datetime(2028, 12, 31))
    assert [day.date() for day in days] == [date(2027, 3, 1), date(2028, 2, 29)]


async def test_another_members_tasks_are_not_in_it(house: TestHouse) -> None:
    lisa = house.member("Lisa Klein")
    await lisa.says("remind me friday to call Petrov")
    assert list(events_of(await calendar(house.max))) == []
    assert len(list(events_of(await calendar(lisa)))) == 1


def test_text_is_escaped_and_lines_are_folded_between_letters() -> None:
    title = "Ünïcode; a, b\\c\nnext\r\x07" + "щ" * 100
    text = write_calendar("Rapport", [Event("x@y", title, date(2026, 11, 27), MONDAY)])
    [event] = events_of(text)
    assert "SUMMARY:Ünïcode\\; a\\, b\\\\c\\nnext\\n" + "щ" * 100 in event


@pytest.mark.parametrize(
    ("length", "written"),
    [
        (timedelta(minutes=-90), "-PT1H30M"),
        (timedelta(days=1, hours=2), "P1DT2H"),
        (timedelta(seconds=3601), "PT1H0M1S"),
        (timedelta(), "PT0S"),
    ],
)
def test_alarms_are_durations(length: timedelta, written: str) -> None:
    text = write_calendar("R", [Event("x@y", "t", datetime(2026, 11, 27, 9), MONDAY, zone="UTC", alarms=(length,))])
    assert f"TRIGGER:{written}" in lines_of(text)


@pytest.mark.parametrize(
    ("zone", "says"),
    [
        ("Europe/Berlin", ["RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"]),
        ("America/New_York", ["RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"]),
        ("Asia/Tokyo", []),
        ("Australia/Lord_Howe", ["TZOFFSETTO:+1030", "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU"]),
    ],
)
def test_zones_are_spelled_out(zone: str, says: list[str]) -> None:
    wall = datetime(2026, 11, 27, 9)
    lines = lines_of(write_calendar("R", [Event("x@y", "t", wall, MONDAY.astimezone(UTC), zone=zone)]))
    zoned = lines[lines.index("BEGIN:VTIMEZONE") : lines.index("END:VTIMEZONE")]
    assert f"TZID:{zone}" in zoned
    assert [each for each in says if each not in zoned] == []
    assert ("BEGIN:DAYLIGHT" in zoned) is bool(says)


@pytest.mark.parametrize(("lane", "told"), [("telegram:-1001", False), ("telegram:111", True), ("email:1", False)])
async def test_the_address_is_told_in_ones_own_chat_alone(public: TestHouse, lane: str, told: bool) -> None:
    public.member("Lisa Klein", telegram="111")
    sender = Sender("telegram", "111", "Lisa Klein")
    message = InboundMessage("telegram", lane, lane, sender, public.clock.now(), text="/calendar")
    await public.flow.keep(message)
    await public.handles()
    [said] = await public.rows("outbox")
    assert (ORIGIN in str(said)) is told

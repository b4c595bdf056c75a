"""Reminders as people live with them: buttons, words in answer, early ones, nagging, many at once, repeated ones."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace

import pytest

from bot.delivery import Delivery
from bot.flow import Flow
from storage.messages import InboundMessage, OutgoingMessage, Sender
from storage.outbox import Carrier
from tests.house import TEAM, Chat, Recorder, TestHouse


@dataclass(frozen=True)
class Shown:
    """A message as Telegram shows it: its id there, and that of the one whose place it takes."""

    text: str
    rows: list[list[str]]
    sent: str
    edits: str | None


@dataclass
class Chatter:
    """Eva, who talks in Telegram."""

    house: TestHouse
    telegram: str
    shown: list[OutgoingMessage] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.house.member("Eva Sand", telegram=self.telegram)

    async def says(self, text: str, reply_to: str | None = None) -> str:
        """What she is answered."""
        await self._send(text=text, reply_to=reply_to)
        return (await self.hears()).text

    async def taps(self, label: str) -> Shown:
        """What comes of a tap on the newest message."""
        row = next(row for row in self.shown[-1].reply.buttons if any(each.label == label for each in row))
        token = next(each.token for each in row if each.label == label)
        await self._send(tap=token)
        return await self.hears()

    async def hears(self) -> Shown:
        """The newest message; an edit has the id of what it replaced."""
        face = Recorder(Carrier("telegram"), self.shown)
        await Delivery(self.house.database, self.house.clock, Edits(face)).deliver_all()
        message = self.shown[-1]
        buttons = message.reply.buttons
        return Shown(
            message.reply.text,
            [[each.label for each in row] for row in buttons],
            message.edits or f"telegram:{message.id}",
            message.edits,
        )

    async def _send(self, *, text: str = "", tap: str | None = None, reply_to: str | None = None) -> None:
        message = InboundMessage(
            channel="telegram",
            external_id=f"{self.telegram}-{next(self.numbers)}",
            lane=f"telegram:{self.telegram}",
            sender=Sender("telegram", self.telegram, "Eva Sand"),
            at=self.house.clock.now(),
            text=text,
            tap=tap,
            reply_to=reply_to,
        )
        await self.house.flow.keep(message)
        await self.house.handles()


@dataclass(frozen=True)
class Edits:
    """A face that edits its messages in place, as Telegram does."""

    face: Recorder

    @property
    def carrier(self) -> Carrier:
        """Telegram's rows."""
        return self.face.carrier

    async def deliver(self, message: OutgoingMessage) -> str:
        """Remembers it."""
        sent = await self.face.deliver(message)
        return message.edits or sent


async def is_reminded(house: TestHouse, said: str = "remind me at 10:30 to call Anna") -> Chat:
    """Max, who heard a reminder at half past ten on Monday."""
    await house.max.says(said)
    house.at("2026-11-23T10:30")
    assert (await house.max.hears())[0].startswith("⏰ ")
    return house.max


async def test_the_buttons_of_a_reminder(house: TestHouse) -> None:
    max_ = await is_reminded(house)
    assert max_.buttons == ["Done", "1 h", "Tomorrow 9:00", "Next week", "Pick ..."]
    assert await max_.taps("Next week") == "☑ Call Anna\nSnoozed to Mon 30 Nov, 9:00"
    assert "done already" in await max_.taps("1 h") or await house.rows("reminders", state="pending")
    [task] = await house.rows("tasks")
    assert task["due_wall"] == "2026-11-23T10:30:00"


async def test_a_day_and_an_hour_are_picked(house: TestHouse) -> None:
    max_ = await is_reminded(house)
    assert "type it" in await max_.taps("Pick ...")
    assert max_.buttons == [
        *("Today", "Tomorrow", "Wed 25 Nov", "Thu 26 Nov"),
        *("Fri 27 Nov", "Sat 28 Nov", "Sun 29 Nov"),
    ]
    assert await max_.taps("Thu 26 Nov") == "☑ Call Anna\nThu 26 Nov: at what time?"
    assert max_.buttons[0] == "8:00"
    assert max_.buttons[-2:] == ["20:00", "Other day"]
    await max_.taps("Other day")
    await max_.taps("Today")
    assert max_.buttons[0] == "11:00"
    await max_.taps("Other day")
    await max_.taps("Thu 26 Nov")
    assert await max_.taps("15:00") == "☑ Call Anna\nSnoozed to Thu 26 Nov, 15:00"
    house.at("2026-11-26T15:00")
    assert (await max_.hears())[0].startswith("⏰ Call Anna")
    left = [row["act"] for row in await house.rows("buttons") if row["act"].startswith("pick_")]
    assert left == ["pick_hour"]


async def test_a_moment_is_typed_instead_of_picked(house: TestHouse) -> None:
    max_ = await is_reminded(house)
    await max_.taps("Pick ...")
    assert "Snoozed to Fri 27 Nov, 14:00" in await max_.says("friday 14:00")
    house.at("2026-11-27T14:00")
    await max_.hears()
    await max_.taps("Pick ...")
    await max_.taps("Mon 30 Nov")
    assert "Snoozed to Mon 30 Nov, 16:30" in await max_.says("16:30")


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("in 2 hours", "Snoozed to today, 12:30"),
        ("tomorrow 9", "Snoozed to tomorrow, 9:00"),
        ("morgen um 9", "Snoozed to tomorrow, 9:00"),
        ("завтра в 9", "Snoozed to tomorrow, 9:00"),
        ("later", "Snoozed to today, 11:30"),
        ("not yet, in 3 hours", "Snoozed to today, 13:30"),
        ("noch nicht, in 3 Stunden", "Snoozed to today, 13:30"),
        ("ещё нет, через 3 часа", "Snoozed to today, 13:30"),
        ("remind me again tomorrow at 9", "Snoozed to tomorrow, 9:00"),
        ("snooze until friday", "Snoozed to Fri 27 Nov, 9:00"),
        ("move it to friday", "☑ Call Anna\nFri 27 Nov, 10:30"),
        ("verschieb es auf Freitag", "☑ Call Anna\nFri 27 Nov, 10:30"),
        ("перенеси на пятницу", "☑ Call Anna\nFri 27 Nov, 10:30"),
        ("not needed any more", "☑ Call Anna: off the list"),
        ("Brauche ich nicht mehr.", "☑ Call Anna: off the list"),
        ("больше не нужно", "☑ Call Anna: off the list"),
        ("done", "☑ Call Anna: done"),
        ("erledigt", "☑ Call Anna: done"),
        ("готово", "☑ Call Anna: done"),
    ],
)
async def test_what_is_said_next_is_about_the_reminder(house: TestHouse, said: str, heard: str) -> None:
    await house.max.says("remind me friday to write Bob")  # another one, which isn't meant
    max_ = await is_reminded(house)
    assert heard in await max_.says(said)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("done, call again in 2 weeks", "call again"),
        ("erledigt, in 2 Wochen wieder anrufen", "wieder anrufen"),
        ("готово, позвонить снова через 2 недели", "позвонить снова"),
    ],
)
async def test_done_and_again_in_two_weeks(house: TestHouse, said: str, title: str) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")
    max_ = await is_reminded(house, "remind me at 10:30 to call Anna Kern")
    answer = await max_.says(said)
    assert "☑ Call Anna Kern: done" in answer
    first, again = await house.rows("tasks")
    assert first["done_at"] is not None
    assert (again["title"], again["due_wall"], again["contact_id"]) == (title, "2026-12-07T00:00:00", 1)


async def test_again_without_a_contact_says_what(house: TestHouse) -> None:
    max_ = await is_reminded(house)
    await max_.says("done, call again in 2 weeks")
    assert [row["title"] for row in await house.rows("tasks")] == ["call Anna", "call Anna"]


async def test_what_is_said_much_later_or_after_something_else_is_not_about_it(house: TestHouse) -> None:
    max_ = await is_reminded(house)
    await max_.says("new lead Bob Stone, bob@stone.example")
    assert "Snoozed" not in await max_.says("tomorrow 9")
    [task] = await house.rows("tasks")
    assert str(task["remind_at"]).startswith("2026-11-23 09:30")


async def test_early_notices_and_the_moment_itself(house: TestHouse) -> None:
    answer = await house.max.says("remind me 1 day and 1 hour before the meeting on Friday 15:00")
    assert answer == "☑ The meeting\nFri 27 Nov, 15:00\nAlso Thu 26 Nov, 15:00 · Fri 27 Nov, 14:00"
    house.at("2026-11-26T15:00")
    assert (await house.max.hears())[0].splitlines()[0] == "⏰ tomorrow, 15:00: The meeting"
    house.at("2026-11-27T14:00")
    assert (await house.max.hears())[0].splitlines()[0] == "⏰ in 1 hour: The meeting (15:00)"
    house.at("2026-11-27T15:00")
    assert (await house.max.hears())[0].splitlines()[0] == "⏰ The meeting"
    assert await house.max.hears() == []


async def test_past_notices_are_left_out_and_done_ends_them_all(house: TestHouse) -> None:
    answer = await house.max.says("remind me 1 day and 1 hour before the meeting today at 15:00")
    assert answer.endswith("Also today, 14:00")
    house.at("2026-11-23T14:00")
    await house.max.hears()
    await house.max.taps("Done")
    house.at("2026-11-23T15:00")
    assert await house.max.hears() == []
    await house.max.says("undo")
    assert (await house.max.hears())[0].startswith("⏰ The meeting")


async def test_an_early_notice_is_snoozed_without_the_reminder_itself(house: TestHouse) -> None:
    await house.max.says("remind me 2 hours before the meeting today at 15:00")
    house.at("2026-11-23T13:00")
    await house.max.hears()
    await house.max.taps("1 h")
    house.at("2026-11-23T14:00")
    assert (await house.max.hears())[0].startswith("⏰ in 1 hour: The meeting (15:00)")
    house.at("2026-11-23T15:00")
    assert (await house.max.hears())[0].startswith("⏰ The meeting")
    assert await house.max.hears() == []


@pytest.mark.parametrize("label", ["Tomorrow 9:00", "Next week"])
async def test_an_early_notice_is_put_off_beyond_the_moment_itself(house: TestHouse, label: str) -> None:
    await house.max.says("remind me 1 hour before the meeting today at 15:00")
    house.at("2026-11-23T14:00")
    await house.max.hears()
    assert "Snoozed to" in await house.max.taps(label)
    house.at("2026-11-23T15:00")
    assert [each.splitlines()[0] for each in await house.max.hears()] == ["⏰ The meeting"]
    house.at("2026-11-30T09:00")
    assert len(await house.max.hears()) == 1


async def test_a_reminder_that_was_put_off_is_put_off_again(house: TestHouse) -> None:
    max_ = await is_reminded(house)
    await max_.taps("1 h")
    house.at("2026-11-23T11:00")
    await max_.says("snooze Anna for 2 hours")
    house.at("2026-11-23T11:30")
    assert await max_.hears() == []
    house.at("2026-11-23T13:00")
    assert [each.splitlines()[0] for each in await max_.hears()] == ["⏰ Call Anna"]


async def test_a_task_keeps_its_hour_when_it_is_moved_to_another_day(house: TestHouse) -> None:
    max_ = await is_reminded(house)
    await max_.says("move it to friday")
    house.at("2026-11-27T10:29")
    assert await max_.hears() == []
    house.at("2026-11-27T10:30")
    assert [each.splitlines()[0] for each in await max_.hears()] == ["⏰ Call Anna"]


async def test_repeated_tasks_have_their_notices_each_time(house: TestHouse) -> None:
    await house.max.says("remind me 1 hour before the standup every day at 11:00")
    house.at("2026-11-23T11:00")
    assert len(await house.max.hears()) == 1
    heard = []
    for moment in ("2026-11-24T10:00", "2026-11-24T11:00", "2026-11-25T10:00", "2026-11-25T11:00"):
        house.at(moment)
        heard += [each.splitlines()[0] for each in await house.max.hears()]
    assert heard == ["⏰ in 1 hour: The standup (11:00)", "⏰ The standup"] * 2


async def test_early_notices_after_downtime(house: TestHouse) -> None:
    await house.max.says("remind me 1 hour before the meeting today at 15:00")
    house.at("2026-11-23T14:30")
    assert (await house.max.hears())[0].splitlines()[0] == "⏰ in 30 minutes: The meeting (15:00)"
    await house.max.says("remind me 1 hour before the call tomorrow at 15:00")
    house.at("2026-11-24T15:10")
    heard = await house.max.hears()
    assert sorted(each.splitlines()[0] for each in heard) == [
        "⏰ The call (due 15:00, I was offline)",
        "⏰ The meeting (due yesterday, 15:00, I was offline)",
    ]


@pytest.mark.parametrize(
    "said",
    [
        "remind me every 10 minutes until done to take the pill at 8",
        "nag me every 10 minutes to take the pill at 8pm",
        "erinner mich alle 10 Minuten, um 20 Uhr die Pille zu nehmen, bis erledigt",
        "напоминай каждые 10 минут принять таблетку в 20:00, пока не сделаю",
    ],
)
async def test_nagging_until_done(house: TestHouse, said: str) -> None:
    assert "Every 10 minutes until done" in await house.max.says(said)
    [task] = await house.rows("tasks")
    assert (task["due_wall"], task["rrule"], task["nag"]) == ("2026-11-23T20:00:00", "", 10)
    for minute in ("20:00", "20:10", "20:20"):
        house.at(f"2026-11-23T{minute}")
        assert len(await house.max.hears()) == 1
        assert await house.max.hears() == []
    assert house.max.buttons[-1] == "Stop"
    await house.max.taps("Done")
    house.at("2026-11-23T20:40")
    assert await house.max.hears() == []


async def test_nagging_is_bounded_and_keeps_quiet_hours(house: TestHouse) -> None:
    await house.max.says("nag me every hour to write the report at 15:00")
    heard = 0
    for hour in range(15, 24):
        house.at(f"2026-11-23T{hour}:00")
        heard += len(await house.max.hears())
    assert heard == 7
    for hour in range(24):
        house.at(f"2026-11-24T{hour:02}:00")
        heard += len(await house.max.hears())
    assert heard == 13


async def test_nagging_is_stopped_and_undone(house: TestHouse) -> None:
    await house.max.says("nag me to call Anna at 11")
    house.at("2026-11-23T11:00")
    await house.max.hears()
    assert "stays on your list" in await house.max.taps("Stop")
    house.at("2026-11-23T11:10")
    assert await house.max.hears() == []
    await house.max.says("undo")
    assert len(await house.max.hears()) == 1
    await house.max.taps("Done")
    assert await house.max.hears() == []


@pytest.mark.parametrize("said", ["stop", "Hör auf!", "хватит"])
async def test_stop_in_words(house: TestHouse, said: str) -> None:
    await house.max.says("nag me to call Anna at 11")
    await house.max.says("remind me every day at 12:00 to water the plants")
    house.at("2026-11-23T11:00")
    await house.max.hears()
    assert "stays on your list" in await house.max.says(said)
    house.at("2026-11-23T12:00")
    assert len(await house.max.hears()) == 1
    assert "Water the plants: doesn't come again" in await house.max.says(said)
    house.at("2026-11-24T12:00")
    assert await house.max.hears() == []


async def test_a_repeated_task_that_nags_goes_on_when_it_is_done(house: TestHouse) -> None:
    await house.max.says("nag me every 10 minutes to take the pill every day at 11")
    [task] = await house.rows("tasks")
    assert (task["rrule"], task["nag"]) == ("FREQ=DAILY", 10)
    house.at("2026-11-23T11:00")
    await house.max.hears()
    house.at("2026-11-23T11:10")
    assert "1 of 12" in (await house.max.hears())[0]
    assert "Next: tomorrow, 11:00" in await house.max.taps("Done")
    house.at("2026-11-23T11:20")
    assert await house.max.hears() == []
    house.at("2026-11-24T11:00")
    assert len(await house.max.hears()) == 1


async def test_many_overdue_ones_come_as_one(house: TestHouse) -> None:
    for number in range(5):
        await house.max.says(f"remind me at 1{number + 1}:00 to write letter {number}")
    house.at("2026-11-23T16:30")
    [gathered] = await house.max.hears()
    assert gathered.splitlines()[:2] == ["⏰ 5 reminders, I was offline", "1. Write letter 0 · due 11:00"]
    assert house.max.heard[-1].reply.kind == "reminder"
    assert house.max.buttons == [*(f"Done {n}" for n in range(1, 6)), "All: tomorrow 9:00", "Tasks"]
    assert "Write letter 1: done" in await house.max.taps("Done 2")
    assert "4 reminders again: tomorrow, 9:00" in await house.max.taps("All: tomorrow 9:00")
    house.at("2026-11-24T09:00")
    assert (await house.max.hears())[0].startswith("⏰ 4 reminders\n")


async def test_dates_of_one_morning_come_as_one_and_times_each_by_itself(house: TestHouse) -> None:
    for number in range(3):
        await house.max.says(f"remind me tomorrow to write letter {number}")
        await house.max.says(f"remind me tomorrow 9:00 to call number {number}")
    house.at("2026-11-24T09:00")
    heard = await house.max.hears()
    assert [each.splitlines()[0] for each in heard if "reminders" in each] == ["⏰ 3 reminders"]
    assert len(heard) == 4


async def test_quiet_hours_hold_what_names_no_time_but_not_a_snooze(house: TestHouse) -> None:
    await house.max.says("quiet hours 20:00-10:00")
    await house.max.says("remind me tomorrow to call Anna")
    await house.max.says("remind me tomorrow at 9:15 to call Bob")
    house.at("2026-11-24T09:00")
    assert await house.max.hears() == []
    house.at("2026-11-24T09:15")
    assert [each.splitlines()[0] for each in await house.max.hears()] == ["⏰ Call Bob"]
    house.at("2026-11-24T10:00")
    assert [each.splitlines()[0] for each in await house.max.hears()] == ["⏰ Call Anna"]
    house.at("2026-11-24T21:00")
    await house.max.says("snooze Anna for 1 hour")
    house.at("2026-11-24T22:00")
    assert [each.splitlines()[0] for each in await house.max.hears()] == ["⏰ Call Anna"]


async def test_done_on_a_snoozed_one_of_a_series_is_of_that_time(house: TestHouse) -> None:
    await house.max.says("remind me every day at 11:00 to water the plants")
    house.at("2026-11-23T11:00")
    await house.max.hears()
    await house.max.taps("1 h")
    house.at("2026-11-23T12:00")
    assert (await house.max.hears())[0].startswith("⏰ Water the plants")
    assert "Next: tomorrow, 11:00" in await house.max.taps("Done")
    house.at("2026-11-24T11:00")
    assert len(await house.max.hears()) == 1
    await house.max.taps("Next week")
    house.at("2026-11-25T11:00")
    assert len(await house.max.hears()) == 1  # the series goes on


async def test_after_it_is_finished_the_next_is_counted_from_there(house: TestHouse) -> None:
    await house.max.says("remind me every 3 days after I finish it to water the plants")
    house.at("2026-11-26T09:00")
    assert len(await house.max.hears()) == 1
    house.at("2026-11-28T09:00")
    assert await house.max.hears() == []
    assert "Next: Tue 1 Dec" in await house.max.taps("Done")
    house.at("2026-12-01T09:00")
    assert len(await house.max.hears()) == 1


async def test_putting_off_one_of_several_keeps_the_moment(house: TestHouse) -> None:
    await house.max.says("remind me tomorrow to write Bob")
    await house.max.says("remind me tomorrow to call Eve")
    assert "Which task" in await house.max.says("snooze until friday")
    assert "Snoozed to Fri 27 Nov, 9:00" in await house.max.taps("Write Bob")
    assert "Fri 27 Nov" in await house.max.says("move task 2 to friday")
    assert {row["due_wall"] for row in await house.rows("tasks")} == {"2026-11-24T00:00:00", "2026-11-27T00:00:00"}


@pytest.mark.parametrize(
    ("said", "ways"),
    [
        ("remind me by mail", ["email"]),
        ("reminders by mail and telegram", ["push", "email"]),
        ("Erinnerungen nur per Telegram", ["push"]),
        ("Erinnere mich per Mail und in Telegram", ["push", "email"]),
        ("напоминания по почте и в телеграм", ["push", "email"]),
        ("напоминай мне по почте", ["email"]),
    ],
)
async def test_reminders_come_where_they_are_wanted(house: TestHouse, said: str, ways: list[str]) -> None:
    house.flow = Flow(house.database, house.clock, replace(TEAM, by_mail=True))
    eva = house.member("Eva Sand", email="eva@firma.example", telegram="222")
    assert (await eva.says(said)).startswith("Reminders: ")
    await eva.says("remind me at 10:30 to call Anna")
    house.at("2026-11-23T10:30")
    await house.flow.push_due()
    rows = await house.rows("outbox", kind="reminder")
    assert [row["channel"] for row in rows] == ways
    assert [row["address"] for row in rows if row["channel"] == "email"] == ["eva@firma.example"] * ("email" in ways)


async def test_a_way_that_does_not_reach_the_user_is_not_taken(house: TestHouse) -> None:
    assert "RAPPORT_SMTP" in await house.max.says("remind me by mail")
    assert "no chat" in await house.max.says("reminders in telegram")
    assert [row["reminds_by"] for row in await house.rows("users")] == [""]


async def test_the_calendar_in_telegram(house: TestHouse) -> None:
    eva = Chatter(house, "222")
    await eva.says("remind me at 10:30 to call Anna")
    house.at("2026-11-23T10:30")
    await house.flow.push_due()
    reminder = await eva.hears()
    page = await eva.taps("Pick ...")
    assert page.edits == reminder.sent
    assert page.text.splitlines()[-1] == "November 2026"
    assert page.rows[:3] == [
        ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"],
        [*["23", "24", "25", "26", "27", "28", "29"]],
        ["30", *"······"],
    ]
    assert page.rows[-1] == ["›"]
    page = await eva.taps("›")
    assert page.text.splitlines()[-1] == "December 2026"
    assert page.rows[1] == ["·", *"123456"]
    page = await eva.taps("›")
    assert (page.text.splitlines()[-1], page.rows[-1]) == ("January 2027", ["‹", "›"])
    for _ in range(5):
        await eva.taps("‹")
        await eva.taps("›")
    assert len([row for row in await house.rows("buttons") if row["act"].startswith("pick_")]) < 110
    await eva.taps("14")
    done = await eva.taps("15:00")
    assert (done.text, done.edits) == ("☑ Call Anna\nSnoozed to Thu 14 Jan 2027, 15:00", reminder.sent)
    assert len([row for row in await house.rows("buttons") if row["act"].startswith("pick_")]) == 1


async def test_a_reply_in_telegram_is_about_the_reminder_it_answers(house: TestHouse) -> None:
    eva = Chatter(house, "222")
    await eva.says("remind me at 10:30 to call Anna")
    house.at("2026-11-23T10:30")
    await house.flow.push_due()
    reminder = await eva.hears()
    await eva.says("new lead Bob Stone, bob@stone.example")
    await eva.says("remind me friday to write Bob")
    assert "Snoozed to today, 12:30" in await eva.says("in 2 hours", reply_to=reminder.sent)
    assert "Call Anna: off the list" in await eva.says("not needed any more", reply_to=reminder.sent)


async def hears_three(house: TestHouse) -> Chat:
    """Max, whose newest message is of three reminders, and whose list begins with another task."""
    for title in ("write Carl", "call Eve", "visit Bob"):
        await house.max.says(f"remind me tomorrow to {title}")
    await house.max.says("remind me today at 23:00 to lock the door")
    house.at("2026-11-23T23:00")
    await house.max.hears()
    house.at("2026-11-24T09:00")
    await house.max.hears()
    assert house.max.heard[-1].reply.text.startswith("⏰ 3 reminders")
    return house.max


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("in 2 hours", "☑ Call Eve\nSnoozed to today, 11:00"),
        ("not yet, in 2 hours", "☑ Call Eve\nSnoozed to today, 11:00"),
        ("later", "☑ Call Eve\nSnoozed to today, 10:00"),
        ("move it to friday", "☑ Call Eve\nFri 27 Nov"),
        ("done", "☑ Call Eve: done"),
    ],
)
async def test_of_several_reminders_it_is_asked_which(house: TestHouse, said: str, heard: str) -> None:
    max_ = await hears_three(house)
    assert await max_.says(said) == "❓ Which task?"
    assert max_.buttons == ["Write Carl", "Call Eve", "Visit Bob"]
    assert heard in await max_.taps("Call Eve")


async def test_the_number_of_a_line_is_of_the_message_above(house: TestHouse) -> None:
    max_ = await hears_three(house)
    assert await max_.says("done 2") == "☑ Call Eve: done"

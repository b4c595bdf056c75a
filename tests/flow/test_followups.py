"""Follow-ups close themselves when the contact writes, and fire otherwise; keeping in touch starts anew each time."""

from __future__ import annotations

import pytest

from tests.flow.test_mail import PROVED, mail
from tests.house import TestHouse

LEAD = "new lead Anna Kern, Nordwind GmbH, anna@nordwind.example"


def sent_by_max(text: str = "Dear Anna, here it is.", *, date: str = "Mon, 23 Nov 2026 09:45:00 +0100") -> str:
    """Max writes to Anna, with the CRM in copy."""
    return mail(
        text,
        sender="Max Kern <max@firma.example>",
        to="Anna Kern <anna@nordwind.example>",
        subject="Our offer",
        message_id="<o1@firma.example>",
        date=date,
        more=PROVED,
    )


def anna_writes(text: str = "Thanks, fine.", *, date: str = "Tue, 24 Nov 2026 08:00:00 +0100", more: str = "") -> str:
    """Anna's answer."""
    return mail(text, subject="Re: Our offer", message_id="<r1@nordwind.example>", date=date, more=more)


async def test_a_follow_up_fires_with_what_was_sent_when_no_answer_came(house: TestHouse) -> None:
    await house.max.says(LEAD)
    await house.gets_mail(sent_by_max())
    await house.max.hears()
    answer = await house.max.says("follow up with Anna in 3 days if she doesn't write")
    assert answer == (
        "☑ Follow up with Anna\nThu 26 Nov, 9:00 · Anna Kern · Nordwind GmbH\nCloses itself if Anna Kern writes first"
    )
    assert "Follow up with Anna · Thu 26 Nov · if no answer comes" in await house.max.says("tasks")
    assert "if no answer comes" in await house.max.says("anna")
    house.at("2026-11-26T08:59")
    assert await house.max.hears() == []
    house.at("2026-11-26T09:00")
    [reminder] = await house.max.hears()
    assert reminder.splitlines() == [
        "⏰ Follow up with Anna",
        "Anna Kern · Nordwind GmbH · asked Mon 23 Nov",
        "📤 Mon 23 Nov: “Our offer” “Dear Anna, here it is.”, no answer since",
    ]
    assert house.max.buttons == ["Done", "1 h", "Tomorrow 9:00", "Next week", "Pick ...", "Write again"]


async def test_it_closes_when_she_writes_and_says_so_below_her_mail(house: TestHouse) -> None:
    await house.max.says(LEAD)
    await house.max.says("follow up with Anna in 3 days if she doesn't write")
    house.at("2026-11-24T08:05")
    await house.gets_mail(anna_writes())
    [told] = await house.max.hears()
    assert told.splitlines()[0] == "📥 Anna Kern: “Re: Our offer”"
    assert told.splitlines()[-1] == "☑ Closed: Anna Kern wrote · Follow up with Anna"
    assert await house.max.says("tasks") == "No open tasks."
    assert "☑ closed by an answer: today, 8:05 follow up with Anna" in await house.max.says("what happened with Anna")
    house.at("2026-11-26T09:00")
    assert await house.max.hears() == []


async def test_a_call_of_hers_closes_it_too_and_ones_own_does_not(house: TestHouse) -> None:
    await house.max.says(LEAD)
    await house.max.says("follow up with Anna in 3 days if she doesn't write")
    house.at("2026-11-23T11:00")
    assert "Closed" not in await house.max.says("called Anna, not there")
    answer = await house.max.says("Anna called, wants a discount")
    assert answer.splitlines() == [
        "📞 Call: Anna Kern, “wants a discount”",
        "☑ Closed: Anna Kern called · Follow up with Anna",
    ]
    await house.max.says("undo")
    assert "Follow up with Anna" in await house.max.says("tasks")


async def test_what_was_no_answer_keeps_it_open(house: TestHouse) -> None:
    await house.max.says(LEAD)
    await house.max.says("follow up with Anna in 3 days if she doesn't write")
    house.at("2026-11-24T08:05")
    await house.gets_mail(anna_writes("Who are you?"))
    await house.max.hears()
    assert "Follow up with Anna" in await house.max.taps("Keep open")
    house.at("2026-11-26T09:00")
    assert len(await house.max.hears()) == 1


@pytest.mark.parametrize(
    "more",
    ["Auto-Submitted: auto-replied\n", "Precedence: bulk\nList-Id: <news.nordwind.example>\nList-Unsubscribe: <x>\n"],
    ids=["automatic", "bulk"],
)
async def test_what_a_program_writes_is_no_answer(house: TestHouse, more: str) -> None:
    await house.max.says(LEAD)
    await house.max.says("follow up with Anna in 3 days if she doesn't write")
    house.at("2026-11-24T08:05")
    await house.max.hears()
    await house.gets_mail(anna_writes("I am away until Monday.", more=more))
    assert len(await house.rows("interactions")) == 1
    assert await house.max.hears() == []
    house.at("2026-11-26T09:00")
    [told] = await house.max.hears()
    assert told.startswith("⏰ Follow up with Anna")


async def test_an_answer_before_it_was_asked_closes_nothing(house: TestHouse) -> None:
    await house.max.says(LEAD)
    await house.max.says("follow up with Anna in 3 days if she doesn't write")
    await house.gets_mail(anna_writes(date="Fri, 20 Nov 2026 08:00:00 +0100"))
    await house.max.hears()
    assert "Follow up with Anna" in await house.max.says("tasks")


async def test_a_mail_underway_when_it_was_asked_is_the_answer_to_what_was_sent(house: TestHouse) -> None:
    await house.max.says(LEAD)
    await house.gets_mail(sent_by_max(date="Mon, 23 Nov 2026 08:00:00 +0100"))
    await house.max.hears()
    await house.max.says("follow up with Anna in 3 days if she doesn't write")
    house.at("2026-11-23T10:15")
    await house.gets_mail(anna_writes(date="Mon, 23 Nov 2026 09:30:00 +0100"))
    assert "☑ Closed" in (await house.max.hears())[0]


async def test_follow_up_after_the_receipt_of_what_was_sent_is_about_whom_it_went_to(house: TestHouse) -> None:
    await house.max.says(LEAD)
    await house.gets_mail(sent_by_max())
    await house.max.hears()
    assert (await house.max.taps("Follow up in 3 days")).startswith("☑ Follow up with Anna Kern\nThu 26 Nov, 9:00")
    await house.max.taps("Undo")
    assert await house.rows("tasks") == []
    await house.max.says("anna")
    assert "Closes itself if Anna Kern writes first" in await house.max.says("follow up in 5 days")
    [task] = await house.rows("tasks")
    assert (task["contact_id"], task["due_wall"][:10]) == (1, "2026-11-28")


async def test_undoing_the_mail_or_moving_it_elsewhere_opens_it_again(house: TestHouse) -> None:
    await house.max.says(LEAD)
    await house.max.says("new lead Bert Busch, bert@busch.example")
    await house.max.says("follow up with Anna in 3 days if she doesn't write")
    house.at("2026-11-24T08:05")
    await house.gets_mail(anna_writes())
    await house.max.hears()
    assert await house.max.says("tasks") == "No open tasks."
    await house.max.taps("Other contact")
    await house.max.says("Bert Busch")
    assert "Follow up with Anna" in await house.max.says("tasks")
    await house.max.says("undo")
    assert await house.max.says("tasks") == "No open tasks."


async def test_whoever_waits_is_told_though_another_owns_the_contact(house: TestHouse) -> None:
    await house.max.says(LEAD)
    eve = house.member("Eve Sand", language="de")
    await eve.says("bei Anna in 3 Tagen nachfassen, falls sie nicht antwortet")
    house.at("2026-11-24T06:30")
    await house.gets_mail(anna_writes(date="Tue, 24 Nov 2026 06:00:00 +0100"))
    assert await eve.hears() == []  # quiet hours
    house.at("2026-11-24T07:00")
    assert await eve.hears() == ["☑ Erledigt: Anna Kern hat geschrieben · Bei Anna nachfassen"]


async def test_it_can_be_asked_above_a_forward(house: TestHouse) -> None:
    await house.max.says(LEAD)
    raw = sent_by_max().replace("To: Anna", "To: crm@firma.example\nX-To: Anna")
    await house.gets_mail(raw.replace("Dear Anna, here it is.", "follow up with Anna in 3 days if she doesn't reply"))
    [told] = await house.max.hears()
    assert "Closes itself if Anna Kern writes first" in told


async def test_without_a_name_it_asks_whom_and_goes_on(house: TestHouse) -> None:
    await house.max.says(LEAD)
    house.at("2026-11-25T10:00")
    assert "Whom is it about?" in await house.max.says("if no answer by friday remind me")
    assert "Follow up with Anna Kern" in await house.max.says("anna kern")
    [task] = await house.rows("tasks")
    assert task["due_wall"] == "2026-11-27T00:00:00"


async def test_keeping_in_touch_counts_from_the_last_interaction_whatever_it_was(house: TestHouse) -> None:
    await house.max.says(LEAD)
    await house.max.says("called Anna, wants a discount")
    answer = await house.max.says("keep in touch with Anna every 6 weeks")
    assert answer.splitlines() == [
        "👤 Anna Kern · Nordwind GmbH: keep in touch every 6 weeks",
        "Last in touch: today · next: Mon 4 Jan 2027, 9:00",
    ]
    house.at("2026-12-10T10:00")
    await house.gets_mail(anna_writes(date="Thu, 10 Dec 2026 09:00:00 +0100"))
    await house.max.hears()
    assert "Get in touch with Anna Kern · Thu 21 Jan 2027 · every 6 weeks" in await house.max.says("anna")
    house.at("2027-01-04T09:00")
    assert await house.max.hears() == []
    house.at("2027-01-21T09:00")
    assert (await house.max.hears())[0].startswith("⏰ Get in touch with Anna Kern")
    assert "Next: Thu 4 Mar" in await house.max.taps("Done")
    await house.max.says("undo")
    assert "today · every 6 weeks" in await house.max.says("tasks")


async def test_keeping_in_touch_can_be_changed_and_stopped(house: TestHouse) -> None:
    await house.max.says(LEAD)
    await house.max.says("keep in touch with Anna every 6 weeks")
    assert "every month" in await house.max.says("keep in touch with Anna every month")
    assert len(await house.rows("tasks")) == 1
    assert "How often?" in await house.max.says("keep in touch with Anna")
    assert "no reminder to keep in touch any more" in await house.max.says("stop keeping in touch with Anna")
    assert await house.max.says("tasks") == "No open tasks."
    assert "Nothing reminds you" in await house.max.says("stop keeping in touch with Anna")
    house.at("2027-02-01T10:00")
    assert await house.max.hears() == []


async def test_who_was_last_heard_of_long_ago_is_due_at_the_next_default_hour(house: TestHouse) -> None:
    await house.max.says(LEAD)
    await house.gets_mail(sent_by_max(date="Mon, 24 Aug 2026 08:00:00 +0200"))
    await house.max.hears()
    assert "next: tomorrow, 9:00" in await house.max.says("keep in touch with Anna every 6 weeks")


async def test_undoing_a_call_brings_the_earlier_date_back(house: TestHouse) -> None:
    await house.max.says(LEAD)
    await house.max.says("called Anna, all fine")
    await house.max.says("keep in touch with Anna every 2 weeks")
    house.at("2026-11-30T10:00")
    await house.max.says("called Anna, still fine")
    assert "Mon 14 Dec" in await house.max.says("tasks")
    await house.max.says("undo")
    assert "Mon 7 Dec" in await house.max.says("tasks")


async def test_what_an_import_brought_is_seen_when_the_moment_comes(house: TestHouse) -> None:
    """An import changes records by the thousand: nothing is looked at then, but before a reminder goes out."""
    await house.max.says(LEAD)
    await house.max.says("follow up with Anna in 3 days if she doesn't write")
    await house.max.says("keep in touch with Anna every week")
    house.database.transact(lambda connection: logged_by_hand(connection))
    house.at("2026-11-26T09:00")
    assert await house.max.hears() == []
    house.at("2026-11-30T09:00")
    assert await house.max.hears() == []
    house.at("2026-12-01T09:00")
    assert [text.splitlines()[0] for text in await house.max.hears()] == ["⏰ Get in touch with Anna Kern"]


def logged_by_hand(connection: object) -> None:
    """A mail of Anna's is in the store, and no message brought it."""
    from datetime import UTC, datetime

    from sqlalchemy import Connection

    from storage.changes import Trail
    from storage.interactions import log_interaction

    assert isinstance(connection, Connection)
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    log_interaction(
        Trail(connection, at=at, user_id=None, inbox_id=None),
        channel="email",
        direction="in",
        occurred_at=at,
        external_id="import:1",
        contacts=(1,),
        text="Thanks",
    )


async def test_follow_ups_and_cadences_survive_an_export(house: TestHouse) -> None:
    from storage.export import export_records

    await house.max.says(LEAD)
    await house.max.says("follow up with Anna in 3 days if she doesn't write")
    await house.max.says("keep in touch with Anna every 6 weeks")
    found = await house.look(lambda connection: [each for each in export_records(connection) if each["type"] == "task"])
    assert [(each["awaits_since"] is not None, each["cadence"]) for each in found] == [
        (True, ""),
        (False, "FREQ=WEEKLY;INTERVAL=6"),
    ]

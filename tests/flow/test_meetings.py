"""Invitations by mail: planned on contacts, moved and cancelled by their UID, answers told, reminders that follow."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from storage.changes import Trail
from storage.dropping import drop_mail
from storage.interactions import interaction_by_id
from tests.flow.test_mail import PROVED
from tests.house import TestHouse

MAX = "Max Kern <max@firma.example>"
ANNA = "Anna Kern <anna@nordwind.example>"


def invitation(
    method: str = "REQUEST",
    *,
    sender: str = ANNA,
    to: str = "max@firma.example, crm@firma.example",
    organizer: str = "anna@nordwind.example",
    attendees: tuple[str, ...] = ("max@firma.example:NEEDS-ACTION",),
    start: str = "20261126T130000Z",
    end: str = "20261126T140000Z",
    sequence: int = 0,
    number: int = 1,
    uid: str = "u1",
    extra: str = "",
    more: str = "",
) -> str:
    """A mail with an invitation, or what follows one."""
    people = "".join(
        f"ATTENDEE;PARTSTAT={each.partition(':')[2]}:mailto:{each.partition(':')[0]}\n" for each in attendees
    )
    return (
        f"{more}From: {sender}\nTo: {to}\nSubject: Demo Globex\nMessage-ID: <i{number}@nordwind.example>\n"
        f"Date: Mon, 23 Nov 2026 09:{10 + number}:00 +0100\nMIME-Version: 1.0\n"
        "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nEinladung\n"
        f"--b\nContent-Type: text/calendar; charset=utf-8; method={method}\n\n"
        f"BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20261123T0{number:05}Z\n"
        f"SUMMARY:Demo Globex\nDTSTART:{start}\nDTEND:{end}\nORGANIZER:mailto:{organizer}\n{people}"
        f"SEQUENCE:{sequence}\n{extra}END:VEVENT\nEND:VCALENDAR\n--b--\n"
    )


@pytest.fixture
async def anna(house: TestHouse) -> None:
    await house.max.says("new lead Anna Kern, anna@nordwind.example")


async def planned(house: TestHouse) -> list[tuple[str, str, str]]:
    """The meetings: when, what, and their state."""
    states = {row["interaction_id"]: row["state"] for row in await house.rows("meetings")}
    rows = await house.rows("interactions", channel="meeting")
    return [(f"{row['occurred_at']:%d %H:%M}", row["subject"], states[row["id"]]) for row in rows]


async def test_an_invitation_is_planned_told_and_reminded_of(house: TestHouse, anna: None) -> None:
    await house.gets_mail(invitation())
    [told] = await house.max.hears()
    assert told == "📅 Demo Globex: Thu 26 Nov, 14:00–15:00 · Anna Kern"
    assert house.max.buttons == ["Remind me 1 h before", "Undo"]
    assert await planned(house) == [("26 13:00", "Demo Globex", "planned")]
    [meeting] = await house.rows("interactions", channel="meeting")
    assert meeting["user_id"] == 1, "the member who is invited"
    said = await house.max.taps("Remind me 1 h before")
    assert said == "⏰ Thu 26 Nov, 13:00 · Demo Globex begins at 14:00"
    house.at("2026-11-26T13:00")
    assert any("Demo Globex begins at 14:00" in each for each in await house.max.hears())


async def test_it_is_on_the_timeline_and_in_the_day(house: TestHouse, anna: None) -> None:
    await house.gets_mail(invitation())
    await house.max.hears()
    assert "👥 Thu 26 Nov, 14:00 Demo Globex" in await house.max.says("history anna")
    house.at("2026-11-26T09:00")
    await house.max.hears()
    assert "14:00 Demo Globex" in await house.max.says("/today")


async def test_a_newer_version_moves_it_and_an_older_one_does_not(house: TestHouse, anna: None) -> None:
    await house.gets_mail(invitation())
    await house.max.hears()
    await house.max.taps("Remind me 1 h before")
    await house.gets_mail(invitation(start="20261127T090000Z", end="20261127T093000Z", sequence=1, number=2))
    assert await house.max.hears() == ["📅 Moved: Demo Globex: Fri 27 Nov, 10:00–10:30 · Anna Kern"]
    assert await planned(house) == [("27 09:00", "Demo Globex", "planned")]
    [task] = await house.rows("tasks")
    assert (task["due_wall"], task["title"]) == ("2026-11-27T09:00:00", "Demo Globex begins at 10:00")
    await house.gets_mail(invitation(number=3))
    assert await house.max.hears() == []
    await house.gets_mail(invitation(start="20261127T090000Z", end="20261127T093000Z", sequence=2, number=4))
    assert await house.max.hears() == [], "nothing that matters changed"
    assert len(await planned(house)) == 1


async def test_a_cancellation(house: TestHouse, anna: None) -> None:
    await house.gets_mail(invitation())
    await house.max.hears()
    await house.max.taps("Remind me 1 h before")
    await house.gets_mail(invitation("CANCEL", sequence=1, number=2))
    assert await house.max.hears() == ["📅 Cancelled: Demo Globex: Thu 26 Nov, 14:00–15:00 · Anna Kern"]
    assert await planned(house) == [("26 13:00", "✖ Demo Globex", "cancelled")]
    assert (await house.rows("tasks"))[0]["done_at"] is not None
    house.at("2026-11-26T09:00")
    await house.max.hears()
    assert "Demo Globex" not in await house.max.says("/today")
    house.at("2026-11-26T13:00")
    assert await house.max.hears() == []
    await house.gets_mail(invitation("CANCEL", sequence=2, number=3))
    assert await house.max.hears() == []
    house.at("2026-11-24T09:00")
    await house.gets_mail(invitation(sequence=3, number=4))
    assert (await house.max.hears())[-1].startswith("📅 Moved: Demo Globex")
    assert await planned(house) == [("26 13:00", "Demo Globex", "planned")]


async def test_nobody_changes_anothers_meeting(house: TestHouse, anna: None) -> None:
    await house.max.says("new lead Eve Evil, eve@evil.example")
    await house.gets_mail(invitation())
    await house.max.hears()
    for number, method in enumerate(("CANCEL", "REQUEST"), 2):
        await house.gets_mail(
            invitation(
                *(method,),
                sender="Eve <eve@evil.example>",
                organizer="eve@evil.example",
                start="20261201T090000Z",
                sequence=9,
                number=number,
            )
        )
    assert await house.max.hears() == []
    assert await planned(house) == [("26 13:00", "Demo Globex", "planned")]


async def test_undo_drops_it_for_good(house: TestHouse, anna: None) -> None:
    await house.gets_mail(invitation())
    await house.max.hears()
    assert await house.max.taps("Undo") == "↩ The meeting is off the list."
    assert "👥" not in await house.max.says("history anna")
    await house.gets_mail(invitation(start="20261127T090000Z", end="20261127T093000Z", sequence=1, number=2))
    assert await house.max.hears() == []
    assert [state for _, _, state in await planned(house)] == ["dropped"]


@pytest.mark.parametrize(
    ("status", "said"),
    [("ACCEPTED", "Anna Kern accepts"), ("DECLINED", "Anna Kern declines"), ("TENTATIVE", "Anna Kern may come")],
)
async def test_an_answer_to_a_members_invitation_is_told(house: TestHouse, anna: None, status: str, said: str) -> None:
    mail = invitation("REPLY", organizer="max@firma.example", attendees=(f"anna@nordwind.example:{status}",))
    await house.gets_mail(mail)
    [told] = await house.max.hears()
    assert told.startswith(f"📅 {said}: ")
    assert "Demo Globex" in told
    assert len(await planned(house)) == (0 if status == "DECLINED" else 1)


async def test_another_time_is_proposed(house: TestHouse, anna: None) -> None:
    await house.gets_mail(invitation())
    await house.max.hears()
    mail = invitation(
        "COUNTER",
        attendees=("anna@nordwind.example:TENTATIVE",),
        start="20261126T150000Z",
        end="20261126T160000Z",
        number=2,
    )
    await house.gets_mail(mail)
    [told] = await house.max.hears()
    assert told == "📅 Anna Kern proposes another time: Demo Globex: Thu 26 Nov, 16:00–17:00 · Anna Kern"
    assert await planned(house) == [("26 13:00", "Demo Globex", "planned")]


async def test_strangers_and_unproved_members_plan_nothing(house: TestHouse, anna: None) -> None:
    zoe = invitation(sender="Zoe <zoe@new.example>", organizer="zoe@new.example")
    await house.gets_mail(zoe)
    await house.gets_mail(
        invitation(
            sender=MAX,
            to="anna@nordwind.example, crm@firma.example",
            organizer="max@firma.example",
            attendees=("anna@nordwind.example:NEEDS-ACTION",),
            number=2,
            uid="u2",
        )
    )
    await house.max.hears()
    assert await planned(house) == []
    await house.gets_mail(
        invitation(
            sender=MAX,
            to="anna@nordwind.example, crm@firma.example",
            organizer="max@firma.example",
            attendees=("anna@nordwind.example:NEEDS-ACTION",),
            number=3,
            uid="u3",
            more=PROVED,
        )
    )
    await house.max.hears()
    assert await planned(house) == [("26 13:00", "Demo Globex", "planned")]


@pytest.mark.parametrize("decided", ["New lead", "Log on ..."])
async def test_a_strangers_invitation_is_asked_about_and_planned_when_it_is_known_whose_it_is(
    house: TestHouse, anna: None, decided: str
) -> None:
    await house.gets_mail(invitation(sender="Zoe <zoe@new.example>", organizer="zoe@new.example"))
    [told] = await house.max.hears()
    assert told.startswith("⚠ Unknown sender: Zoe <zoe@new.example>, “Demo Globex”")
    assert [row["name"] for row in await house.rows("contacts")] == ["Anna Kern"]
    said = await house.max.taps(decided)
    assert decided != "New lead" or house.max.buttons.count("Undo") == 1
    if decided == "Log on ...":
        said = await house.max.says("anna kern")
        assert "Next: 👥 Thu 26 Nov, 14:00" in await house.max.says("anna kern")
    assert "Demo Globex: Thu 26 Nov, 14:00–15:00" in said
    assert await planned(house) == [("26 13:00", "Demo Globex", "planned")]
    assert await house.rows("triage", state="open") == []


async def test_old_invitations_are_planned_without_a_word(house: TestHouse, anna: None) -> None:
    await house.gets_mail(invitation(), silent=True)
    assert await house.max.hears() == []
    assert await planned(house) == [("26 13:00", "Demo Globex", "planned")]


async def test_floating_times_days_and_series(house: TestHouse, anna: None) -> None:
    await house.gets_mail(
        invitation(start="20261126T140000", end="20261126T150000", extra="RRULE:FREQ=WEEKLY\nLOCATION:Room 5\n")
    )
    assert await house.max.hears() == ["📅 Demo Globex: Thu 26 Nov, 14:00–15:00 · Room 5 · weekly · Anna Kern"]
    day = (
        invitation(uid="u2", number=2)
        .replace("DTSTART:20261126T130000Z", "DTSTART;VALUE=DATE:20261126")
        .replace("DTEND:20261126T140000Z", "DTEND;VALUE=DATE:20261127")
    )
    await house.gets_mail(day)
    assert await house.max.hears() == ["📅 Demo Globex: Thu 26 Nov, all day · Anna Kern"]
    assert house.max.buttons == ["Undo"]


async def test_a_dropped_mail_takes_its_meeting_along(house: TestHouse, anna: None) -> None:
    await house.gets_mail(invitation())
    await house.max.hears()

    def drop(connection: Connection) -> None:
        mail = interaction_by_id(connection, 1)
        assert mail is not None
        drop_mail(Trail(connection, at=house.clock.now(), user_id=1, inbox_id=1), mail)

    await house.database.write(drop)
    assert await house.rows("interactions") == []
    assert await house.rows("meetings") == []

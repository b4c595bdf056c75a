"""The meeting in a mail's iCalendar part: zones, days, durations, and what a hostile one can't do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mail.parse import parse_mail
from storage.messages import Address, Attendee, Meeting

RULES = "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH={}"
ZONE = "\n".join(
    (
        *("BEGIN:VTIMEZONE", "TZID:{}", "BEGIN:STANDARD", "DTSTART:16010101T030000", "TZOFFSETFROM:+0200"),
        *("TZOFFSETTO:+0100", RULES.format(10), "END:STANDARD", "BEGIN:DAYLIGHT", "DTSTART:16010101T020000"),
        *("TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", RULES.format(3), "END:DAYLIGHT", "END:VTIMEZONE", ""),
    )
)
EVENT = """BEGIN:VEVENT
UID:u1@nordwind.example
DTSTAMP:20261120T100000Z
SUMMARY:Demo Globex\\, part 2
{start}
{end}
LOCATION:Room
  5
ORGANIZER;CN=Anna Kern:mailto:Anna@Nordwind.example
ATTENDEE;CN=Max;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:MAILTO:max@firma.example
SEQUENCE:2
BEGIN:VALARM
TRIGGER:-PT15M
SUMMARY:no
END:VALARM
END:VEVENT
"""
BERLIN = ("DTSTART;TZID={}:20261126T140000", "DTEND;TZID={}:20261126T150000")


def calendar(
    start: str = "DTSTART:20261126T130000Z", end: str = "DTEND:20261126T140000Z", *, before: str = "", after: str = ""
) -> str:
    """A calendar with one event."""
    event = EVENT.format(start=start, end=end)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REQUEST\n{before}{event}{after}END:VCALENDAR\n"


def in_mail(content: str, kind: str = "text/calendar; charset=utf-8; method=REQUEST") -> bytes:
    """A mail with a calendar beside its text."""
    return (
        "From: Anna Kern <anna@nordwind.example>\nTo: max@firma.example\nSubject: Demo\nMIME-Version: 1.0\n"
        "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nDemo\n"
        f"--b\nContent-Type: {kind}\n\n{content}\n--b--\n"
    ).encode()


def meeting(content: str) -> Meeting | None:
    """What a mail with this calendar is about."""
    return parse_mail(in_mail(content)).meeting


def found(content: str) -> Meeting:
    """The same, there for certain."""
    there = meeting(content)
    assert there is not None
    return there


def test_all_that_an_invitation_says() -> None:
    assert meeting(calendar()) == Meeting(
        uid="u1@nordwind.example",
        method="REQUEST",
        start=datetime(2026, 11, 26, 13, 0, tzinfo=UTC),
        end=datetime(2026, 11, 26, 14, 0, tzinfo=UTC),
        summary="Demo Globex, part 2",
        location="Room 5",
        organizer=Address("Anna Kern", "anna@nordwind.example"),
        attendees=(Attendee(Address("Max", "max@firma.example"), "needs-action"),),
        sequence=2,
        stamp=datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("zone", "with_rules"),
    [
        *(("Europe/Berlin", False), ("W. Europe Standard Time", False), ("W. Europe Standard Time", True)),
        *(("Our Office", True), ("/freeassociation.sourceforge.net/Europe/Berlin", False)),
    ],
)
def test_zones_by_name_and_by_rules(zone: str, with_rules: bool) -> None:
    read = found(calendar(*(each.format(zone) for each in BERLIN), before=ZONE.format(zone) if with_rules else ""))
    assert (read.start, read.end) == (datetime(2026, 11, 26, 13, tzinfo=UTC), datetime(2026, 11, 26, 14, tzinfo=UTC))
    assert read.zone == zone


def test_a_zone_of_another_mail_is_no_zone_of_this_one() -> None:
    lines = [each.format("Our Office") for each in BERLIN]
    first = found(calendar(*lines, before=ZONE.format("Our Office")))
    rules = ZONE.format("Our Office").replace("+0200", "+0600").replace("+0100", "+0500")
    assert found(calendar(*lines, before=rules)).start == datetime(2026, 11, 26, 9, tzinfo=UTC)
    assert first.start == datetime(2026, 11, 26, 13, tzinfo=UTC)
    assert found(calendar(*lines)).start == datetime(2026, 11, 26, 14), "unknown: it floats"


def test_floating_times_days_and_durations() -> None:
    read = found(calendar("DTSTART:20261126T140000", "DURATION:PT90M"))
    assert (read.start.isoformat(), read.end.isoformat()) == ("2026-11-26T14:00:00", "2026-11-26T15:30:00")
    read = found(calendar("DTSTART;VALUE=DATE:20261126", ""))
    assert (read.all_day, read.start.isoformat(), read.end.isoformat()) == (
        *(True, "2026-11-26T00:00:00"),
        "2026-11-27T00:00:00",
    )
    read = found(calendar(end="DTEND:20261126T100000Z"))
    assert read.end == read.start, "an end before the start is none"
    assert found(calendar(end="RRULE:FREQ=WEEKLY;COUNT=5")).recurrence == "FREQ=WEEKLY;COUNT=5"


@pytest.mark.parametrize(
    ("said", "method"), [("METHOD:CANCEL", "CANCEL"), ("METHOD:REPLY", "REPLY"), ("METHOD:counter", "COUNTER")]
)
def test_methods(said: str, method: str) -> None:
    assert found(calendar().replace("METHOD:REQUEST", said)).method == method
    assert found(calendar(end="STATUS:CANCELLED")).method == "CANCEL"


def test_only_the_first_of_many_events() -> None:
    event = EVENT.format(start="DTSTART:20270101T100000Z", end="").replace("u1@", "u2@")
    assert found(calendar(after=event * 10_000)) == found(calendar())


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=SECONDLY;COUNT=99999999",
        "RRULE:FREQ=WEEKLY\nRRULE:FREQ=DAILY",
        "RDATE:" + ",".join(["20270101T100000Z"] * 20_000),
        "EXDATE:" + "1" * 100_000,
        "ATTENDEE:mailto:x@y.example\n" * 20_000,
        "X-BIG:" + "x" * 1_000_000,
        "BEGIN:VALARM\n" * 5,
    ],
)
def test_what_swells_is_left(rule: str) -> None:
    read = meeting(calendar(end=f"DTEND:20261126T140000Z\n{rule}"))
    assert read is None or (read.summary == "Demo Globex, part 2" and len(read.attendees) <= 101)


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=YEARLY;BYHOUR=1,2,3,4,5,6,7,8;BYMINUTE=" + ",".join(map(str, range(60))),
        "RDATE:" + ",".join(["20270101T100000"] * 20_000),
    ],
)
def test_zones_that_swell_are_left(rule: str) -> None:
    zone = ZONE.format("Our Office").replace(RULES.format(10), rule)
    read = found(calendar(*(each.format("Our Office") for each in BERLIN), before=zone * 3))
    assert read.start.replace(tzinfo=None) in (
        datetime(2026, 11, 26, 14),
        datetime(2026, 11, 26, 13),
        datetime(2026, 11, 26, 12),
    )


@pytest.mark.parametrize(
    "content",
    [
        *(
            "",
            "BEGIN:VCALENDAR",
            "BEGIN:VEVENT\n" * 50_000,
            "\x00" * 1_000,
            "DTSTART:20261126T130000Z",
            "END:VEVENT\n" * 500,
        ),
        calendar("DTSTART:99991231T235900Z"),
        calendar("DTSTART:00010101T000000Z"),
        calendar("DTSTART:garbage"),
        calendar("DTSTART;TZID=../../etc/passwd:garbage"),
        calendar("", ""),
        calendar().replace("UID:u1@nordwind.example", "UID:"),
        calendar().replace("METHOD:REQUEST", "METHOD:NONSENSE"),
    ],
)
def test_what_is_no_meeting(content: str) -> None:
    assert meeting(content) is None


def test_what_nobody_sees_is_taken_out() -> None:
    read = found(calendar().replace("SUMMARY:", "SUMMARY:\u202egnp\u202c\x07" + "x" * 10_000))
    assert read.summary.startswith("gnpxxx")
    assert len(read.summary) == 200


def test_a_calendar_file_and_none() -> None:
    file = in_mail(calendar(), 'application/ics; name="invite.ics"')
    assert parse_mail(file).meeting is not None
    assert parse_mail(in_mail("hello", "text/plain")).meeting is None

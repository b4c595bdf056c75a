"""The meeting that a mail invites to, answers or cancels: the first event of its iCalendar part, never expanded.

Sources: RFC 5545 (iCalendar), RFC 5546 (its methods), RFC 6047 (by mail). The library reads zones, dates and escapes;
what it is given is cut down before: one event, a few zones, no recurrence, whatever the mail holds.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast, get_args
from zoneinfo import ZoneInfo

from mail.parts import Part
from storage.messages import Address, Attendee, Meeting, MeetingMethod

_OCTETS = 3_000_000  # encoded, of the part
_LINES = 60_000  # of it that are looked at
_LINE = 4_000  # characters of a property
_PEOPLE = 100  # attendees
_EVENT_LINES = 400
_ZONES, _ZONE_LINES = 5, 120
_DEPTH = 10  # components in each other
_YEARS = range(1971, 2200)
_FOLD = re.compile(r"\n[ \t]")
# A zone's changes are few a year; the library computes all of them.
_YEARLY = re.compile(
    r"RRULE:(?:(?:FREQ=YEARLY|INTERVAL=1|UNTIL=[0-9TZ]{8,16}|BYMONTH=\d{1,2}|BYDAY=[+-]?\d?[A-Z]{2}|WKST=[A-Z]{2}|"
    r"BYMONTHDAY=-?\d{1,2}(?:,-?\d{1,2}){0,6})(?:;|$)){2,7}",
    re.IGNORECASE,
)
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_NEEDED = frozenset(
    (
        *("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "SUMMARY", "LOCATION", "STATUS", "RRULE"),
        *("ORGANIZER", "ATTENDEE", "RECURRENCE-ID"),
    )
)


def find_meeting(parts: list[Part]) -> Meeting | None:
    """The mail's meeting; None when it has none, or one that can't be read."""
    for part in parts[:60]:
        if part.children or not (
            part.media_type in ("text/calendar", "application/ics") or part.file_name.lower().endswith(".ics")
        ):
            continue
        method, event, zones = _cut(part.text(_OCTETS))
        method = (method or part.parameters.get("method", "") or "PUBLISH").upper().strip()
        if event and method in get_args(MeetingMethod):
            return _read(cast(MeetingMethod, method), event, zones)
    return None


def _cut(text: str) -> tuple[str, list[str], list[list[str]]]:
    """The method, the needed lines of the first event, and those of each zone."""
    method, event, zones = "", list[str](), list[list[str]]()
    zone: list[str] = []
    inside: list[str] = []
    people, ended = 0, False
    for line in _whole_lines(text):
        name = re.split(r"[:;]", line[:60], maxsplit=1)[0].strip().upper()
        if name == "BEGIN":
            if len(inside) > _DEPTH:
                break
            inside.append(line.partition(":")[2].strip().upper()[:20])
            if inside[-1] == "VTIMEZONE":
                zone = []
        if "VTIMEZONE" in inside:
            strange = len(line) > 300 or (name == "RRULE" and not _YEARLY.fullmatch(line.strip()))
            zone += [line] * (_ZONE_LINES if strange else 1) if len(zone) <= _ZONE_LINES else []
        elif inside[-1:] == ["VEVENT"] and not ended and name in _NEEDED and len(event) < _EVENT_LINES:
            people += name == "ATTENDEE"
            if name != "ATTENDEE" or people <= _PEOPLE:
                event.append(line)
        elif name == "METHOD" and not method:
            method = line.partition(":")[2]
        if name == "END" and inside:
            closed = inside.pop()
            if closed == "VTIMEZONE" and len(zone) <= _ZONE_LINES and len(zones) < _ZONES:
                zones.append(zone)
            ended = ended or (closed == "VEVENT" and bool(event))
    return method, event, zones


def _whole_lines(text: str) -> Iterator[str]:
    """Unfolded lines (RFC 5545 3.1), each cut to what a property needs."""
    for at, line in enumerate(_FOLD.sub("", text).split("\n")):
        if at >= _LINES:
            return
        if line.strip():
            yield line[:_LINE].replace("\x00", "")


def _read(method: MeetingMethod, event: list[str], zones: list[list[str]]) -> Meeting | None:
    # Imported only then: few mails have a calendar, and the library knows the zones of the world.
    import icalendar
    from icalendar.timezone import tzp

    own = [line for zone in zones if not _is_known(zone) for line in zone]
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", *own, "BEGIN:VEVENT", *event, "END:VEVENT", "END:VCALENDAR", ""]
    try:
        tzp.use_default()  # forgets the zones of other mails, which may go by the same names
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of zones with a vendor's prefix, which it reads
            calendar = icalendar.Calendar.from_ical("\r\n".join(whole))
            return _meeting(method, calendar.walk("VEVENT")[0])
    except Exception:  # whatever a hostile or broken calendar makes the library raise: the mail is kept all the same
        return None


def _is_known(zone: list[str]) -> bool:
    """Is it called as IANA or Windows call one? Then theirs is meant, which needs no computing."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    name = next((line.partition(":")[2].strip().strip("/") for line in zone if line[:4].upper() == "TZID"), "")
    if name in WINDOWS_TO_OLSON:
        return True
    try:
        return bool(name) and ZoneInfo(name[:60]) is not None
    except (KeyError, ValueError, OSError):
        return False


def _meeting(method: MeetingMethod, event: Any) -> Meeting | None:
    start = _value(event, "DTSTART")
    uid = _text(event, "UID", 1_000)
    if not uid or not isinstance(start, date) or start.year not in _YEARS:
        return None
    all_day = not isinstance(start, datetime)
    begins = _moment(start)
    ends = _ending(event, begins, all_day=all_day)
    organizer = _person(event.get("ORGANIZER"))
    people = event.get("ATTENDEE", [])
    attendees = [_attendee(each) for each in (people if isinstance(people, list) else [people])]
    cancelled = _text(event, "STATUS", 20).upper() == "CANCELLED"
    rule, recurs = event.get("RRULE"), event.get("RECURRENCE-ID")
    stamp = _value(event, "DTSTAMP")
    return Meeting(
        uid=uid,
        method="CANCEL" if cancelled and method in ("REQUEST", "PUBLISH") else method,
        start=begins,
        end=ends,
        all_day=all_day,
        zone=_zone(event),
        summary=_text(event, "SUMMARY", 200),
        location=_text(event, "LOCATION", 200),
        organizer=organizer,
        attendees=tuple(each for each in attendees if each.person.address),
        sequence=_whole(event.get("SEQUENCE")),
        stamp=_moment(stamp) if isinstance(stamp, datetime) and stamp.tzinfo and stamp.year in _YEARS else None,
        recurrence=(rule.to_ical().decode() if rule is not None and not isinstance(rule, list) else "")[:200],
        instance=recurs.to_ical().decode()[:40] if recurs is not None and not isinstance(recurs, list) else "",
    )


def _ending(event: Any, start: datetime, *, all_day: bool) -> datetime:
    end, lasts = _value(event, "DTEND"), _value(event, "DURATION")
    if isinstance(end, date) and end.year in _YEARS:
        ends = _moment(end)
        if (ends.tzinfo is None) == (start.tzinfo is None) and ends >= start:
            return ends
    elif isinstance(lasts, timedelta) and timedelta() <= lasts < timedelta(days=400):
        return start + lasts
    return start + timedelta(days=1) if all_day else start


def _moment(value: date) -> datetime:
    """An aware moment in UTC; a floating one, or a day, is naive: its reader's zone is meant."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time())
    return value.astimezone(UTC) if value.tzinfo is not None else value


def _value(event: Any, name: str) -> Any:
    found = event.get(name)
    found = found[0] if isinstance(found, list) else found
    return getattr(found, "dt", None) or getattr(found, "td", None)


def _zone(event: Any) -> str:
    found = event.get("DTSTART")
    return str(found.params.get("TZID", ""))[:64] if hasattr(found, "params") else ""


def _text(event: Any, name: str, most: int) -> str:
    found = event.get(name, "")
    found = found[0] if isinstance(found, list) and found else found
    return _clean(str(found), most)


def _clean(text: str, most: int) -> str:
    return " ".join(_UNSEEN.sub("", text).split())[:most]


def _whole(value: Any) -> int:
    try:
        return min(max(int(str(value)), 0), 1_000_000)
    except ValueError:
        return 0


def _person(value: Any) -> Address:
    value = value[0] if isinstance(value, list) and value else value
    if value is None:
        return Address()
    address = str(value).strip()
    address = address[7:] if address.lower().startswith("mailto:") else address
    address = _clean(address.partition("?")[0], 320).lower().strip("<>")
    return Address(_clean(str(value.params.get("CN", "")), 200), address if "@" in address else "")


def _attendee(value: Any) -> Attendee:
    return Attendee(_person(value), _clean(str(value.params.get("PARTSTAT", "")), 20).lower())

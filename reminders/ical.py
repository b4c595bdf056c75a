"""Events as an iCalendar file that phones and desktops read: folded lines, escaped text, zones spelled out.

Source: RFC 5545; the refresh hints are RFC 7986's and, for older programs, Microsoft's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from reminders.ical_zones import write_zone
from reminders.zones import resolve

_UNIVERSAL = frozenset({"UTC", "Etc/UTC", "UCT", "Etc/UCT", "Zulu", "Etc/Zulu", "Universal", "Etc/Universal"})
_LINE = 75  # octets, without the line break
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_UNTIL = re.compile(r"UNTIL=(\d{8})(T\d{6})?(Z?)")
_ELAPSED = re.compile(r"FREQ=(?:HOURLY|MINUTELY|SECONDLY)")


@dataclass(frozen=True, slots=True)
class Event:
    """Something in a calendar: all day long for a date, else at a naive wall time in `zone`.

    `alarms` are counted from its start: negative ones come before. `stamp` is aware.
    """

    uid: str
    summary: str
    start: date | datetime
    stamp: datetime
    zone: str = ""
    length: timedelta = timedelta(minutes=30)
    rrule: str = ""
    alarms: tuple[timedelta, ...] = ()
    description: str = ""
    sequence: int = 0
    busy: bool = False


def write_calendar(name: str, events: Iterable[Event]) -> str:
    """All of them as one file."""
    events = list(events)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Rapport//Rapport//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_escaped(name)}",
        f"X-WR-CALNAME:{_escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    years: dict[str, int] = {}
    for each in events:
        if isinstance(each.start, datetime) and not _is_universal(each):
            years[each.zone] = min(each.start.year, years.get(each.zone, each.start.year))
    for zone in sorted(years):
        lines += write_zone(zone, years[zone])
    for each in events:
        lines += _event(each)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(event: Event) -> list[str]:
    lines = ["BEGIN:VEVENT", f"UID:{event.uid}", f"DTSTAMP:{_universal(event.stamp)}", f"SEQUENCE:{event.sequence}"]
    lines.append(f"SUMMARY:{_escaped(event.summary)}")
    if event.description:
        lines.append(f"DESCRIPTION:{_escaped(event.description)}")
    if not isinstance(event.start, datetime):
        lines.append(f"DTSTART;VALUE=DATE:{event.start:%Y%m%d}")
    elif _is_universal(event):
        lines.append(f"DTSTART:{_universal(resolve(event.start, event.zone))}")
    else:
        lines.append(f"DTSTART;TZID={event.zone}:{event.start:%Y%m%dT%H%M%S}")
    if isinstance(event.start, datetime):
        lines.append(f"DURATION:{_duration(event.length)}")
    if event.rrule:
        lines.append(f"RRULE:{_rule(event)}")
    lines.append(f"TRANSP:{'OPAQUE' if event.busy else 'TRANSPARENT'}")
    for offset in event.alarms:
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escaped(event.summary)}"]
        lines += [f"TRIGGER:{_duration(offset)}", "END:VALARM"]
    return [*lines, "END:VEVENT"]


def _is_universal(event: Event) -> bool:
    """In UTC: what counts elapsed hours, and what is there already."""
    return event.zone in _UNIVERSAL or bool(_ELAPSED.search(event.rrule))


def _rule(event: Event) -> str:
    """The rule with its end as the standard wants it: a date for days, else in UTC."""

    def until(found: re.Match[str]) -> str:
        if not isinstance(event.start, datetime):
            return f"UNTIL={found[1]}"
        if found[3]:
            return found[0]
        wall = datetime.strptime(found[1] + (found[2] or "T235959"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 (a wall time)
        return f"UNTIL={_universal(resolve(wall, event.zone))}"

    return _UNTIL.sub(until, event.rrule.removeprefix("RRULE:"))


def _universal(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _duration(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    days, seconds = divmod(seconds, 86_400)
    parts = [f"{seconds // 3_600}H" if seconds >= 3_600 else "", f"{seconds % 3_600 // 60}M" if seconds % 3_600 else ""]
    parts.append(f"{seconds % 60}S" if seconds % 60 else "")
    clock = "".join(parts)
    if not days and not clock:
        return "PT0S"
    if seconds >= 3_600 and seconds % 60 and not seconds % 3_600 // 60:
        clock = f"{seconds // 3_600}H0M{seconds % 60}S"
    return f"{sign}P{f'{days}D' if days else ''}{f'T{clock}' if clock else ''}"


def _escaped(text: str) -> str:
    text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    for character in ("\\", ";", ","):
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """At most 75 octets a line; what goes on begins with a blank, and no letter is cut."""
    if len(line.encode()) <= _LINE:
        return line
    pieces: list[str] = []
    piece, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > _LINE - (1 if pieces else 0):
            pieces.append(piece)
            piece, size = "", 0
        piece += character
        size += width
    return "\r\n ".join([*pieces, piece])

"""Recurrences: the next time that a rule of RFC 5545 gives."""

from datetime import UTC, datetime

from reminders.zones import localise, resolve

__all__ = ["next_after", "resolve"]


def next_after(rrule: str, wall: datetime, zone: str, after: datetime) -> datetime | None:
    """The first occurrence strictly after `after`, in UTC; None when the rule has ended."""
    from dateutil.rrule import rrulestr

    following = rrulestr(rrule, dtstart=wall).after(localise(after, zone))
    return None if following is None else resolve(following, zone).astimezone(UTC)

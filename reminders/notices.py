"""Early notices: when each of them comes before a task's own reminder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from reminders.zones import resolve
from storage.tasks import Notice

MOST = 5  # of one task


def plan_notices(wall: datetime, zone: str, befores: Iterable[timedelta]) -> tuple[Notice, ...]:
    """The notices before a naive wall time, the earliest first. Whole days keep the wall's clock over clock changes."""
    found = {each: _before(wall, zone, each) for each in sorted(befores, reverse=True) if each > timedelta()}
    return tuple(Notice(at, before=before) for before, at in found.items())[:MOST]


def _before(wall: datetime, zone: str, before: timedelta) -> datetime:
    rest = timedelta(seconds=before.seconds)
    day = wall if rest == before else wall - (before - rest)  # arithmetic forgets which of two equal times it is
    return resolve(day, zone) - rest

"""The two clocks, and the one source of chance: nothing else in the project asks what time it is."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime


def _real() -> datetime:
    return datetime.now(UTC)


class Clock:
    """`now` is the business's time, which can be set and then stands still; `wall` is the machine's, never set."""

    def __init__(self, now: datetime | None = None, *, wall: Callable[[], datetime] = _real) -> None:
        self._set = now
        self._wall = wall

    def now(self) -> datetime:
        """What messages, tasks and reminders go by; aware, UTC."""
        return self._set or self._wall()

    def wall(self) -> datetime:
        """What leases, back-off and rate limits go by; aware, UTC."""
        return self._wall()

    def set(self, moment: datetime) -> None:
        """Puts the business's clock to an aware moment."""
        self._set = moment.astimezone(UTC)

    @property
    def stands(self) -> bool:
        """Was it set by hand?"""
        return self._set is not None


def new_token() -> str:
    """22 letters that nobody can guess: button tokens, ids of console lines, one-time codes."""
    return secrets.token_urlsafe(16)


def new_code() -> str:
    """24 digits and letters a to f that nobody can guess, and that survive every mail program."""
    return secrets.token_hex(12)

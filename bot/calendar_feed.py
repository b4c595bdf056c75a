"""Calendars for phones: whoever knows the secret in the path gets its user's, and nothing else.

Source: RFC 9110 for conditional requests.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from http import HTTPStatus

from sqlalchemy import Connection

from bot.listener import Answer, Door, Doors, Head, listening
from handlers.calendars import calendar_of
from storage.calendars import user_of_calendar
from storage.clock import Clock
from storage.database import Database

PATH = "/calendar/"
_ASKED = re.compile(rf"{PATH}([A-Za-z0-9_-]{{16,64}})\.ics")
_AT_ONCE = 4  # calendars that are written beside each other


class CalendarFeed:
    """Answers at /calendar/<secret>.ics."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._places = asyncio.Semaphore(_AT_ONCE)

    def check(self, head: Head) -> Answer | None:
        """Only a calendar's address, and only to read it."""
        if not _ASKED.fullmatch(head.path):
            return Answer(HTTPStatus.NOT_FOUND)
        if head.method not in ("GET", "HEAD"):
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED, headers=(("Allow", "GET, HEAD"),))
        return None

    async def take(self, head: Head, body: bytes) -> Answer:
        """The calendar; 304 for who has it as it is."""
        asked = _ASKED.fullmatch(head.path)
        assert asked is not None

        def work(connection: Connection) -> str | None:
            user = user_of_calendar(connection, asked[1])
            return None if user is None else calendar_of(connection, user, self._clock.now())

        async with self._places:
            found = await self._database.read(work)
        if found is None:
            return Answer(HTTPStatus.NOT_FOUND)
        octets = found.encode()
        tag = f'"{hashlib.sha256(octets).hexdigest()[:32]}"'
        headers = (("ETag", tag), ("Cache-Control", "private, max-age=300"))
        if _knows(head.headers.get("if-none-match", ""), tag):
            return Answer(HTTPStatus.NOT_MODIFIED, headers=headers)
        kind = (("Content-Type", "text/calendar; charset=utf-8"), ("X-Robots-Tag", "noindex"))
        return Answer(HTTPStatus.OK, octets, (*headers, *kind))


async def serve_calendars(address: tuple[str, int], feed: Door, tried: asyncio.Event) -> None:
    """Answers for ever; `tried` is set when it listens, or can't. Raises CannotListen."""
    try:
        async with listening(address, Doors({PATH: feed})):
            tried.set()
            await asyncio.Event().wait()
    finally:
        tried.set()


def _knows(said: str, tag: str) -> bool:
    return any(each.strip().removeprefix("W/") in (tag, "*") for each in said.split(","))

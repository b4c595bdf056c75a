"""Digests and look-backs on their way out: gathered beside the writer, queued once a user and day."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from handlers.digests import digest_draft, look_back_draft
from reminders.days_off import DaysOff
from reminders.digest import Look, make_digest, make_look_back, plan_look, works_on
from storage import outbox
from storage.database import Database
from storage.messages import Draft
from storage.outbox import Destination
from storage.users import User, look_again, users_to_look_at


async def queue_digests(database: Database, now: datetime, user_id: int | None, country: str | None = None) -> int:
    """Looks who is to be told something of the day or the week by now, and queues it; how many were looked at.

    `country` is the one whose holidays hold digests back.
    """
    found = await database.write(lambda connection: _take(connection, now, user_id))
    for user, look in found:
        if look.kinds:
            # All that is known of a day is much to read: it is read beside the writer, not in its way.
            said = await database.read(partial(_say, user=user, look=look, now=now, country=country))
            await database.write(partial(_queue, user=user, look=look, said=said, now=now))
    return len(found)


def _take(connection: Connection, now: datetime, user_id: int | None) -> list[tuple[User, Look]]:
    """Whose moment has come; for whom nothing is due it is only noted when to look again."""
    found = [(user, plan_look(user, now)) for user in users_to_look_at(connection, now=now, user_id=user_id)]
    for user, look in found:
        if not look.kinds:
            look_again(connection, user.id, look.next)
    return found


def _say(connection: Connection, user: User, look: Look, now: datetime, country: str | None) -> list[tuple[str, Draft]]:
    said: list[tuple[str, Draft]] = []
    off = DaysOff(country, user.timezone)
    if "digest" in look.kinds and works_on(user, look.day, off):
        digest = make_digest(connection, user, look.day, now=now, since=look.since, off=off)
        if digest.says_something:
            said.append((f"digest:{user.id}:{look.day}", digest_draft(digest, now=now)))
    if "look_back" in look.kinds:
        back = make_look_back(connection, user, now=now)
        if back.says_something:
            said.append((f"look-back:{user.id}:{look.day}", look_back_draft(back, now=now)))
    return said


def _queue(connection: Connection, user: User, look: Look, said: list[tuple[str, Draft]], now: datetime) -> None:
    for key, each in said:
        outbox.add(connection, each, Destination("push", user.id), key=key, now=now)
    look_again(connection, user.id, look.next)

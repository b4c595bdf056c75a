"""The one flow, composed: keep, then the bracket, then what is due; each step one transaction through the one door.

receive -> prepare -> inbox.keep -> [ identify -> record -> understand -> act -> outbox.add ] -> deliver
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from handlers.bracket import handle, tell_parked
from handlers.pushes import reminder_draft
from handlers.team import Team
from reminders.due import move_on, take_due
from storage import inbox, outbox
from storage.clock import Clock
from storage.database import Database
from storage.errors import is_race, is_trouble
from storage.inbox import Kept, Pending
from storage.messages import InboundMessage
from storage.outbox import Destination
from storage.reminders import mark_queued, next_reminder

log = logging.getLogger("rapport.flow")

_RACE_PAUSE = timedelta(milliseconds=200)
_FAILURE_PAUSE = timedelta(seconds=1)
_MOST_RACES = 5  # a "race" that goes on for longer is a defect of the message's own


class _Failed(Exception):
    """The bracket raised: which message it was, so that its attempt can be counted."""

    def __init__(self, pending: Pending) -> None:
        super().__init__(pending.id)
        self.pending = pending


class Flow:
    """Takes messages in and through, over one database."""

    def __init__(self, database: Database, clock: Clock, team: Team) -> None:
        self._database = database
        self._clock = clock
        self._team = team
        # What was kept before this process began may be what killed the one before it: see _begin.
        self._started = clock.wall()
        self._begun: set[int] = set()
        self._races: dict[int, int] = {}

    async def keep(self, message: InboundMessage, *, raw: bytes | None = None) -> Kept:
        """Keeps a message once; after this returns it can be acknowledged. `raw` as inbox.compress makes it."""
        wall = self._clock.wall()
        message = replace(message, received=self._clock.now())

        def work(connection: Connection) -> Kept:
            kept = inbox.keep(connection, message, raw=raw, wall=wall)
            if kept.fresh and message.problem:
                tell_parked(connection, kept.id, message.problem)
            return kept

        return await self._database.write(work)

    async def handle_next(self) -> int | None:
        """Handles the message whose turn it is; its id, None when there is none. Raises only the machine's trouble."""
        try:
            return await self._database.write(self._handle_one)
        except _Failed as failed:
            cause, pending = failed.__cause__, failed.pending
            assert cause is not None
            if is_trouble(cause):
                raise cause from None
            await self._database.write(lambda connection: self._count(connection, pending, cause))
            return pending.id

    async def push_due(self, user_id: int | None = None) -> int:
        """Queues the reminders that are due, of one user or of all; how many."""
        now = self._clock.now()
        return await self._database.write(lambda connection: _queue_due(connection, now, user_id))

    async def next_due(self) -> datetime | None:
        """When the next reminder is due (business clock)."""
        return await self._database.read(next_reminder)

    async def next_retry(self) -> datetime | None:
        """When the next message that failed may be tried again (wall clock)."""
        return await self._database.read(inbox.next_retry)

    def _handle_one(self, connection: Connection) -> int | None:
        wall = self._clock.wall()
        pending = inbox.next_pending(connection, wall=wall)
        if pending is None:
            return None
        if self._begin(connection, pending):
            return pending.id
        try:
            handle(connection, pending.id, pending.message, self._team)
            inbox.mark_done(connection, pending.id, wall=wall)
        except Exception as error:
            raise _Failed(pending) from error
        return pending.id

    def _begin(self, connection: Connection, pending: Pending) -> bool:
        """Of the backlog found at the start, each attempt is committed before it is made.

        A message that kills the process is so counted too, and parked after as many deaths as failures.
        """
        if pending.kept_at >= self._started or pending.id in self._begun:
            return False
        self._begun.add(pending.id)
        if inbox.count_attempt(connection, pending.id, "begun", wall=self._clock.wall(), at_once=True):
            tell_parked(connection, pending.id, "handling it stopped the program")
        return True

    def _count(self, connection: Connection, pending: Pending, error: BaseException) -> None:
        name = type(error).__name__
        if is_race(error):
            self._races[pending.id] = self._races.get(pending.id, 0) + 1
            if self._races[pending.id] <= _MOST_RACES:
                inbox.postpone(connection, pending.id, until=self._clock.wall() + _RACE_PAUSE)
                return
        if pending.id in self._begun:
            self._begun.discard(pending.id)  # its attempt is counted already
            inbox.postpone(connection, pending.id, until=self._clock.wall() + _FAILURE_PAUSE)
            return
        log.error("message %d failed: %s", pending.id, name, exc_info=error)
        if inbox.count_attempt(connection, pending.id, name, wall=self._clock.wall()):
            tell_parked(connection, pending.id, name)


def _queue_due(connection: Connection, now: datetime, user_id: int | None) -> int:
    taken = take_due(connection, now=now, user_id=user_id)
    for due in taken:
        row_id = outbox.add(
            connection,
            reminder_draft(due, now=now),
            Destination("push", due.user.id),
            key=f"reminder:{due.reminder_id}:{due.due_at.isoformat()}",
            now=now,
            not_before=due.not_before,
        )
        mark_queued(connection, due.reminder_id, row_id)
        move_on(connection, due.task, due.user, now=now)
    return len(taken)

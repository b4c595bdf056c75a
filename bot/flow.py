"""The one flow, composed: keep, then the bracket, then what is due; each step one transaction through the one door.

receive -> prepare -> inbox.keep -> [ identify -> record -> understand -> act -> outbox.add ] -> deliver
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from handlers.bracket import handle, tell_parked
from handlers.pushes import reminder_draft
from handlers.team import Team
from reminders.due import move_on, take_due
from storage import inbox, outbox
from storage.changes import Trail
from storage.clock import Clock
from storage.database import Database
from storage.errors import is_race, is_trouble
from storage.inbox import Kept, Pending
from storage.messages import InboundMessage
from storage.outbox import Destination
from storage.reminders import mark_queued, next_reminder
from storage.triage import put_in_triage

log = logging.getLogger("rapport.flow")

_RACE_PAUSE = timedelta(milliseconds=200)
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
        # What was kept before this process began may be what killed the one before it: see _take.
        self._started = clock.wall()
        self._to_forget: set[int] = set()  # attempts that were begun, and met the machine's trouble
        self._races: dict[int, int] = {}

    async def keep(self, message: InboundMessage, *, raw: bytes | None = None) -> Kept:
        """Keeps a message once; after this returns it can be acknowledged. `raw` as inbox.compress makes it."""
        [kept] = await self.keep_all([(message, raw)])
        return kept

    async def keep_all(
        self, messages: Sequence[tuple[InboundMessage, bytes | None]], also: Callable[[Connection], None] | None = None
    ) -> list[Kept]:
        """Keeps messages with their raw bytes, and does what is also to be done, all in one transaction."""
        wall, now = self._clock.wall(), self._clock.now()

        def work(connection: Connection) -> list[Kept]:
            every = []
            for message, raw in messages:
                kept = inbox.keep(connection, replace(message, received=now), raw=raw, wall=wall)
                if kept.fresh and message.problem:
                    self._give_up(connection, kept.id, message.problem)
                every.append(kept)
            if also is not None:
                also(connection)
            return every

        return await self._database.write(work)

    async def handle_next(self) -> int | None:
        """Handles the message whose turn it is; its id, None when there is none. Raises only the machine's trouble."""
        await self._forget()
        begun: Pending | None = None
        try:
            taken = await self._database.write(self._take)
            if not isinstance(taken, Pending):
                return taken
            begun = taken
            await self._database.write(lambda connection: self._go_on(connection, taken))
        except _Failed as failed:
            cause, pending = failed.__cause__, failed.pending
            assert cause is not None
            if not is_trouble(cause):
                counted = begun is not None
                await self._database.write(lambda connection: self._count(connection, pending, cause, counted))
                return pending.id
            trouble = cause
        except Exception as error:  # of the transaction itself: it begins or commits nothing now
            trouble = error
        else:
            return begun.id
        if begun is not None:
            self._to_forget.add(begun.id)
            with suppress(DBAPIError):  # else the next call does it
                await self._forget()
        raise trouble

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

    def _take(self, connection: Connection) -> int | Pending | None:
        """Handles the next message; one of the backlog found at the start is only begun, and given back.

        Each of its attempts is committed before it is made: a message that kills the process is so counted too, and
        parked after as many deaths as failures.
        """
        wall = self._clock.wall()
        pending = inbox.next_pending(connection, wall=wall)
        if pending is None:
            return None
        if pending.kept_at >= self._started:
            self._handle(connection, pending)
        elif not inbox.begin_attempt(connection, pending.id, wall=wall):
            return pending
        else:
            self._give_up(connection, pending.id, "handling it stopped the program")
        return pending.id

    def _go_on(self, connection: Connection, begun: Pending) -> None:
        """Handles what was begun."""
        pending = inbox.pending_still(connection, begun.id)
        if pending is not None:
            self._handle(connection, pending)

    def _handle(self, connection: Connection, pending: Pending) -> None:
        try:
            handle(connection, pending.id, pending.message, self._team)
            inbox.mark_done(connection, pending.id, wall=self._clock.wall())
        except Exception as error:
            raise _Failed(pending) from error

    def _count(self, connection: Connection, pending: Pending, error: BaseException, begun: bool) -> None:
        name, wall = type(error).__name__, self._clock.wall()
        if is_race(error):
            self._races[pending.id] = self._races.get(pending.id, 0) + 1
            if self._races[pending.id] <= _MOST_RACES:
                if begun:
                    inbox.forget_attempt(connection, pending.id)
                inbox.postpone(connection, pending.id, until=wall + _RACE_PAUSE)
                return
        log.error("message %d failed: %s", pending.id, name, exc_info=error)
        if inbox.count_attempt(connection, pending.id, name, wall=wall, begun=begun):
            self._give_up(connection, pending.id, name)

    async def _forget(self) -> None:
        for inbox_id in list(self._to_forget):
            await self._database.write(partial(inbox.forget_attempt, inbox_id=inbox_id))
            self._to_forget.discard(inbox_id)

    def _give_up(self, connection: Connection, inbox_id: int, reason: str) -> None:
        """Parked: it waits in triage, and its author is told; one of which not even that can be read waits too."""
        try:
            with connection.begin_nested():
                tell_parked(connection, inbox_id, reason)
        except Exception as error:
            if is_trouble(error):
                raise
            log.exception("nobody can be told of message %d, which is parked", inbox_id)
            put_in_triage(connection, "parked", at=self._clock.now(), inbox_id=inbox_id, detail=reason)


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
        move_on(Trail(connection, at=now, user_id=None, inbox_id=None), due.task, due.user, after=now)
    return len(taken)

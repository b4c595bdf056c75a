"""The one flow, composed: keep, then the bracket, then what is due; each step one transaction through the one door.

receive -> prepare -> inbox.keep -> [ identify -> record -> understand -> act -> outbox.add ] -> deliver
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.digests import queue_digests
from bot.reminding import queue_due
from handlers.bracket import handle, tell_parked
from handlers.team import Team
from storage import inbox
from storage.clock import Clock
from storage.database import Database
from storage.errors import is_race, is_trouble
from storage.inbox import Kept, Pending
from storage.messages import InboundMessage
from storage.reminders import next_reminder
from storage.triage import put_in_triage
from storage.users import next_look, user_by_handle, user_by_secret

log = logging.getLogger("rapport.flow")

SLICE = 0.025  # seconds that one transaction over several messages may take
PAUSE = 0.01  # seconds between two of them: SQLite hands its lock on to nobody, and other processes would starve
_is_crowded = partial(inbox.is_crowded, most=20)
_LONGEST_WAIT = 5.0  # seconds: messages that back off, or that nobody handles, hold up no mailbox
_TOGETHER = 8  # messages of a backlog whose attempts are begun in one commit
_RACE_PAUSE = timedelta(milliseconds=200)
_MOST_RACES = 5  # a "race" that goes on for longer is a defect of the message's own


class _Failed(Exception):
    """The bracket raised: which message it was, so that its attempt can be counted."""

    def __init__(self, pending: Pending, error: Exception) -> None:
        super().__init__(pending.id)
        self.pending = pending
        self.error = error


@dataclass(slots=True)
class _Taken:
    """What one turn came to: messages done with, begun, or failed; `drained` when none was left."""

    done: list[int] = field(default_factory=list)
    begun: list[Pending] = field(default_factory=list)
    failed: list[_Failed] = field(default_factory=list)
    drained: bool = False


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

    async def is_member(self, address: str) -> bool:
        """Is this the mail address (lower case) of somebody in the team?"""
        return await self._database.read(lambda connection: user_by_handle(connection, "email", address)) is not None

    async def log_in(self, address: str, secret: str) -> str:
        """The member's address, if that is the secret part of their secret address; else empty."""
        secret = secret.partition("@")[0].rpartition("+")[2].removeprefix("me.")

        def fits(connection: Connection) -> bool:
            user = user_by_handle(connection, "email", address)
            return user is not None and bool(secret) and user_by_secret(connection, secret) == user.id

        return address if await self._database.read(fits) else ""

    async def handle_next(self) -> int | None:
        """Handles the message whose turn it is; its id, None when there is none. Raises only the machine's trouble."""
        taken = await self._take_turn(most=1)
        return taken.done[0] if taken.done else None

    async def handle_some(self) -> bool:
        """Handles messages in one transaction of some SLICE seconds, a savepoint each; False when none is left.

        Who calls again at once waits PAUSE seconds before. Raises only the machine's trouble.
        """
        return not (await self._take_turn(most=1_000)).drained

    async def _take_turn(self, most: int) -> _Taken:
        await self._forget()
        taken = _Taken()
        try:
            taken = await self._database.write(lambda connection: self._take(connection, most))
            if taken.begun:
                await self._database.write(lambda connection: self._go_on(connection, taken))
        except Exception as error:
            # What isn't a message's own is the transaction's: it begins or commits nothing now.
            if not isinstance(error, _Failed) or is_trouble(error.error):
                await self._begin_again(taken.begun)
                raise error.error if isinstance(error, _Failed) else error from None
            taken.failed.append(error)
        begun = {each.id for each in taken.begun}
        for each in taken.failed:
            await self._database.write(partial(self._count, failed=each, begun=each.pending.id in begun))
        taken.done += sorted(begun) or [each.pending.id for each in taken.failed]
        return taken

    async def _begin_again(self, begun: list[Pending]) -> None:
        """The machine's trouble came between: no attempt is counted."""
        self._to_forget |= {each.id for each in begun}
        with suppress(DBAPIError):  # else the next turn does it
            await self._forget()

    async def wait_for_room(self) -> None:
        """Returns when few messages wait to be handled, at the latest after some seconds.

        Who brings much (a mailbox with its years) asks before each batch: what a user says waits behind few then.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_WAIT):
                while await self._database.read(_is_crowded):  # noqa: ASYNC110 (others handle them, too)
                    await asyncio.sleep(PAUSE)

    async def push_due(self, user_id: int | None = None) -> int:
        """Queues the reminders that are due, of one user or of all, and then the digests; how much there was to do."""
        now = self._clock.now()
        count = await self._database.write(partial(queue_due, now=now, user_id=user_id, by_mail=self._team.by_mail))
        return count or await queue_digests(self._database, now, user_id, self._team.country)

    async def next_due(self) -> datetime | None:
        """When the next reminder, or a look for a digest, is due (business clock)."""
        return await self._database.read(_next_due)

    async def next_retry(self) -> datetime | None:
        """When the next message that failed may be tried again (wall clock)."""
        return await self._database.read(inbox.next_retry)

    def _take(self, connection: Connection, most: int) -> _Taken:
        """Handles the next messages; those of the backlog found at the start are only begun, and given back.

        Each of their attempts is committed before it is made: a message that kills the process is so counted too, and
        parked after as many deaths as failures.
        """
        taken, end = _Taken(), time.monotonic() + SLICE
        while not taken.done or (len(taken.done) < most and time.monotonic() < end):
            pending = inbox.next_pending(connection, wall=self._clock.wall())
            if pending is None:
                taken.drained = True
                break
            if pending.kept_at < self._started:
                if not taken.done:
                    self._begin(connection, pending, taken, most)
                break
            try:
                # The first one needs no savepoint: when it fails there is nothing else to lose.
                with connection.begin_nested() if taken.done else nullcontext():
                    self._handle(connection, pending)
            except _Failed as failed:
                if not taken.done or is_trouble(failed.error):
                    raise
                taken.failed.append(failed)
                break  # it would be the next one again
            taken.done.append(pending.id)
        return taken

    def _begin(self, connection: Connection, first: Pending, taken: _Taken, most: int) -> None:
        """Begins a few messages of the backlog together; one that was begun before is begun alone, lest others die
        with it again."""
        pending: Pending | None = first
        wall = self._clock.wall()
        while pending is not None and pending.kept_at < self._started and not (taken.begun and pending.attempts):
            if inbox.begin_attempt(connection, pending.id, wall=wall):
                self._give_up(connection, pending.id, "handling it stopped the program")
                taken.done.append(pending.id)
                return
            taken.begun.append(pending)
            if pending.attempts or len(taken.begun) == min(most, _TOGETHER):
                return
            pending = inbox.next_pending(connection, wall=wall)

    def _go_on(self, connection: Connection, taken: _Taken) -> None:
        """Handles what was begun."""
        failures: list[_Failed] = []
        several = len(taken.begun) > 1
        for begun in taken.begun:
            pending = inbox.pending_still(connection, begun.id)
            if pending is None:
                continue
            try:
                with connection.begin_nested() if several else nullcontext():
                    self._handle(connection, pending)
            except _Failed as failed:
                if not several or is_trouble(failed.error):
                    raise
                failures.append(failed)
        taken.failed = failures

    def _handle(self, connection: Connection, pending: Pending) -> None:
        try:
            handle(connection, pending.id, pending.message, self._team)
            inbox.mark_done(connection, pending.id, wall=self._clock.wall())
        except Exception as error:
            raise _Failed(pending, error) from error

    def _count(self, connection: Connection, failed: _Failed, begun: bool) -> None:
        pending, error = failed.pending, failed.error
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


def _next_due(connection: Connection) -> datetime | None:
    return min((at for at in (next_reminder(connection), next_look(connection)) if at is not None), default=None)

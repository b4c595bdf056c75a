"""Delivers the outbox: claim, send, mark. A face is what can send; this loop is the same for all of them."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Protocol

from sqlalchemy import Connection

from handlers.letters import letter_in_doubt, letter_refused, letter_sent, letter_waits
from storage import outbox
from storage.clock import Clock
from storage.database import Database
from storage.errors import is_trouble
from storage.messages import OutgoingMessage
from storage.outbox import LEASE, Carrier, Never, NotNow, Unknown
from storage.wakeup import LONGEST_SLEEP, sleep

log = logging.getLogger("rapport.delivery")

SEND_LIMIT = LEASE.total_seconds() * 2 / 3  # a send must end before its claim may be taken over
_FAREWELL = 3.0  # seconds that a stop waits for the send in hand
_DEFECTS = 3  # after so many defects of its face over one message it is parked
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0  # seconds between two tries to write down what became of a send


class Face(Protocol):
    """A channel's way out."""

    @property
    def carrier(self) -> Carrier:
        """Which rows of the outbox it takes."""

    async def deliver(self, message: OutgoingMessage) -> str:
        """Sends one message; the channel's id of what was sent. Raises NotNow or Never."""


class Delivery:
    """Carries the outbox's rows to one face."""

    def __init__(self, database: Database, clock: Clock, face: Face) -> None:
        self._database = database
        self._clock = clock
        self._face = face
        self._defects: Counter[int] = Counter()

    async def run(self, bell: asyncio.Event) -> None:
        """Delivers for ever, sleeping until the next row may be sent."""
        while True:
            if not await self.deliver_all():
                await sleep(bell, await self._pause())

    async def deliver_all(self) -> int:
        """Delivers what can be delivered now; how many were tried."""
        tried = 0
        while claimed := await self._claim():
            claimed_at = self._clock.wall()
            # One at a time: what a stop interrupts is then one message and not ten.
            for place, message in enumerate(claimed):
                rest = [each.id for each in claimed[place:]]
                if self._clock.wall() - claimed_at > LEASE / 3:
                    await self._give_back(rest)  # the others went slowly: another process may soon take these over
                    break
                try:
                    await self._finish(message)
                except asyncio.CancelledError:
                    await asyncio.shield(self._give_back(rest[1:]))
                    raise
                tried += 1
        return tried

    async def _claim(self) -> list[OutgoingMessage]:
        now, wall, carrier = self._clock.now(), self._clock.wall(), self._face.carrier
        return await self._database.write(lambda connection: outbox.claim(connection, carrier, now=now, wall=wall))

    async def _give_back(self, row_ids: list[int]) -> None:
        await self._database.write(lambda connection: outbox.release(connection, row_ids))

    async def _finish(self, message: OutgoingMessage) -> None:
        """Sends and writes down what became of it; a stop waits a little for both, or it would be sent twice."""
        task = asyncio.create_task(self._deliver(message))
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task], timeout=_FAREWELL)
            task.cancel()
            raise

    async def _deliver(self, message: OutgoingMessage) -> None:
        outcome, pause = await self._send(message), _FIRST_PAUSE
        while True:
            try:
                await self._database.write(outcome)
            except Exception as error:
                if not is_trouble(error):
                    raise
                log.warning("outbox %d was dealt with, and that can't be written down now", message.id)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                return

    async def _send(self, message: OutgoingMessage) -> Callable[[Connection], None]:
        """Sends one message; what is to be written down of it."""
        if message.reply.kind == "letter":
            return await self._send_letter(message)
        clock, name = self._clock, self._face.carrier.name
        try:
            async with asyncio.timeout(SEND_LIMIT):
                ref = await self._face.deliver(message)
        except Never as error:
            log.warning("outbox %d can't be delivered: %s", message.id, error)
            return partial(outbox.mark_parked, row_id=message.id, error=str(error))
        except (NotNow, TimeoutError) as error:
            reason, wait = str(error) or "time limit", getattr(error, "wait", None)
            log.info("outbox %d is tried again: %s", message.id, reason)
            return partial(outbox.mark_failed, row_id=message.id, error=reason, wall=clock.wall(), wait=wait)
        except Exception as error:
            self._defects[message.id] += not is_trouble(error)  # for the machine's trouble nothing is parked
            log.exception("outbox %d: its face failed over it", message.id)
            reason = type(error).__name__
            if self._defects[message.id] < _DEFECTS:
                return partial(outbox.mark_failed, row_id=message.id, error=reason, wall=clock.wall())
            return partial(outbox.mark_parked, row_id=message.id, error=reason)
        return partial(outbox.mark_sent, row_id=message.id, by=name, ref=ref, wall=clock.wall(), now=clock.now())

    async def _send_letter(self, message: OutgoingMessage) -> Callable[[Connection], None]:
        """The same with mail to a contact: its author hears what became of it, and in doubt it isn't sent again."""
        clock, name, row = self._clock, self._face.carrier.name, message.id
        try:
            async with asyncio.timeout(SEND_LIMIT):
                ref = await self._face.deliver(message)
        except Never as error:
            log.warning("outbox %d, a letter, is refused: %s", row, error)
            return partial(letter_refused, row_id=row, error=error, now=clock.now())
        except Unknown as error:
            log.warning("outbox %d, a letter, may have gone: %s", row, error)
            return partial(letter_in_doubt, row_id=row, error=str(error), now=clock.now())
        except Exception as error:
            certain = isinstance(error, NotNow)
            if not certain and not isinstance(error, TimeoutError):
                log.exception("outbox %d: its face failed over it", row)
            reason, wait = (str(error) if certain else type(error).__name__), getattr(error, "wait", None)
            log.info("outbox %d, a letter, didn't go now: %s", row, reason)
            waits = partial(letter_waits, row_id=row, error=reason, certain=certain, wait=wait)
            return partial(waits, wall=clock.wall(), now=clock.now())
        return partial(letter_sent, row_id=row, by=name, ref=ref, wall=clock.wall(), now=clock.now())

    async def _pause(self) -> float:
        carrier = self._face.carrier
        business, wall = await self._database.read(lambda connection: outbox.next_due(connection, carrier))
        waits = [LONGEST_SLEEP]
        if business is not None and business > self._clock.now():
            waits.append((business - self._clock.now()).total_seconds())
        if wall is not None:
            waits.append(max(0.05, (wall - self._clock.wall()).total_seconds()))
        return min(waits)

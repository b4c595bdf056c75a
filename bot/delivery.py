"""Delivers the outbox: claim, send, mark. A face is what can send; this loop is the same for all of them."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from storage import outbox
from storage.clock import Clock
from storage.database import Database
from storage.messages import OutgoingMessage
from storage.outbox import LEASE, Carrier
from storage.wakeup import LONGEST_SLEEP, sleep

log = logging.getLogger("rapport.delivery")

SEND_LIMIT = LEASE.total_seconds() * 2 / 3  # a send must end before its claim may be taken over


class NotNow(Exception):
    """It wasn't delivered, or nobody knows: tried again, after `wait` seconds when the other side says so."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Never(Exception):
    """It can't be delivered at all: blocked, gone, refused for good."""


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

    async def run(self, bell: asyncio.Event) -> None:
        """Delivers for ever, sleeping until the next row may be sent."""
        while True:
            if not await self.deliver_all():
                await sleep(bell, await self._pause())

    async def deliver_all(self) -> int:
        """Delivers what can be delivered now; how many were tried."""
        tried = 0
        while claimed := await self._claim():
            # One at a time: what a stop interrupts is then one message and not ten.
            for place, message in enumerate(claimed):
                try:
                    await self._deliver(message)
                except asyncio.CancelledError:
                    await asyncio.shield(self._give_back([each.id for each in claimed[place + 1 :]]))
                    raise
                tried += 1
        return tried

    async def _claim(self) -> list[OutgoingMessage]:
        now, wall, carrier = self._clock.now(), self._clock.wall(), self._face.carrier
        return await self._database.write(lambda connection: outbox.claim(connection, carrier, now=now, wall=wall))

    async def _give_back(self, row_ids: list[int]) -> None:
        await self._database.write(lambda connection: outbox.release(connection, row_ids))

    async def _deliver(self, message: OutgoingMessage) -> None:
        clock, name = self._clock, self._face.carrier.name
        try:
            async with asyncio.timeout(SEND_LIMIT):
                ref = await self._face.deliver(message)
        except Never as error:
            reason = str(error)
            log.warning("outbox %d can't be delivered: %s", message.id, reason)
            await self._database.write(lambda connection: outbox.mark_parked(connection, message.id, reason))
        except (NotNow, TimeoutError) as error:
            reason, wait = str(error) or "time limit", getattr(error, "wait", None)
            log.info("outbox %d is tried again: %s", message.id, reason)
            await self._database.write(
                lambda connection: outbox.mark_failed(connection, message.id, reason, wall=clock.wall(), wait=wait)
            )
        else:
            # Sent is sent: a stop between the other side's yes and our mark would send it twice.
            await asyncio.shield(
                self._database.write(
                    lambda connection: outbox.mark_sent(
                        connection, message.id, by=name, ref=ref, wall=clock.wall(), now=clock.now()
                    )
                )
            )

    async def _pause(self) -> float:
        carrier = self._face.carrier
        business, wall = await self._database.read(lambda connection: outbox.next_due(connection, carrier))
        waits = [LONGEST_SLEEP]
        if business is not None and business > self._clock.now():
            waits.append((business - self._clock.now()).total_seconds())
        if wall is not None:
            waits.append(max(0.05, (wall - self._clock.wall()).total_seconds()))
        return min(waits)

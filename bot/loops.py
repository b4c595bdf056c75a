"""The loops that drive the flow: each sleeps until its next row is due, and is woken by what is written."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.flow import PAUSE, Flow
from storage.clock import Clock
from storage.errors import AccessRefused, RapportError, is_trouble
from storage.wakeup import LONGEST_SLEEP, sleep

log = logging.getLogger("rapport.loops")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0  # seconds
_FIRST_REFUSED, _LONGEST_REFUSED = 30.0, 15 * 60.0  # seconds after a login that was refused


async def handle_messages(flow: Flow, clock: Clock, bell: asyncio.Event) -> None:
    """Handles the inbox for ever."""
    while True:
        if await flow.handle_some():
            await asyncio.sleep(PAUSE)
            continue
        retry = await flow.next_retry()
        seconds = LONGEST_SLEEP if retry is None else (retry - clock.wall()).total_seconds()
        await sleep(bell, max(0.05, seconds) if retry is not None else seconds)


async def push_reminders(flow: Flow, clock: Clock, bell: asyncio.Event) -> None:
    """Queues what is due, for ever."""
    while True:
        due = await flow.next_due()
        seconds = LONGEST_SLEEP if due is None else (due - clock.now()).total_seconds()
        if seconds > 0:
            await sleep(bell, seconds)
        else:
            await flow.push_due()


async def keep_running(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    """Runs a loop for ever: trouble with the database, disk or network is waited out, longer each time."""
    pause = 0.0
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await loop()
        except Exception as error:
            if asyncio.get_running_loop().time() - started > _LONGEST_PAUSE:
                pause = 0.0
            pause = pause_after(error, pause)
            if isinstance(error, RapportError):
                log.warning("%s: %s; tried again in %.1f s", name, error, pause)
            elif is_trouble(error):
                log.warning("%s: trouble with the machine: %s, again in %.1f s", name, type(error).__name__, pause)
            else:
                log.exception("%s: stopped by a defect, again in %.1f s", name, pause)
            await asyncio.sleep(pause)
        else:
            return


def pause_after(error: Exception, before: float) -> float:
    """Seconds until the next try, twice as many as before the last one; after a refused login far more of them."""
    refused = isinstance(error, AccessRefused)
    first, longest = (_FIRST_REFUSED, _LONGEST_REFUSED) if refused else (_FIRST_PAUSE, _LONGEST_PAUSE)
    return min(max(first, before * 2), longest)

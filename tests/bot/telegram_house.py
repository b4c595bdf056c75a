"""Rapport as it runs with Telegram, over a fake server and a real database file, and what tests ask of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, func, select

from bot.settings import Settings
from bot.wiring import House, open_house, running, start_parts
from storage import outbox
from storage.clock import Clock
from storage.messages import Choice, Draft, Span
from storage.outbox import Destination
from storage.tables import handles
from storage.wakeup import sleep
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_api_schema import JsonObject

T = TypeVar("T")
ANNA = "new lead Anna Kern, Nordwind GmbH, anna@nordwind.example"
ANNAS = "anna@nordwind.example"


@asynccontextmanager
async def bot_running(settings: Settings, clock: Clock | None = None) -> AsyncIterator[House]:
    """Rapport, run as `rapport run` does it; stopped as at SIGTERM when the block ends."""
    async with open_house(settings, clock) as house, AsyncExitStack() as parts, running() as tasks:
        await start_parts(house, parts, tasks)
        yield house


async def until(house: House, look: Callable[[Connection], T], seconds: float = 60) -> T:
    """What a reading of the database gives as soon as it gives something."""
    bell = house.wakeups.bell()
    async with asyncio.timeout(seconds):
        while not (found := await house.database.read(look)):
            await sleep(bell, 1)
    return found


async def count(house: House, table: Any) -> int:
    """How many rows a table has."""
    query = select(func.count()).select_from(table)
    return await house.database.read(lambda connection: connection.execute(query).scalar_one())


async def addresses(house: House) -> list[str]:
    """The mail addresses of the contacts, in the order of their making."""
    query = select(handles.c.value).where(handles.c.kind == "email").order_by(handles.c.contact_id)
    return await house.database.read(lambda connection: list(connection.execute(query).scalars()))


async def queue(house: House, text: str, to: Destination, key: str, *labels: str, edits: str | None = None) -> None:
    """Puts something into the outbox, as handlers do; each button stands for help."""
    draft = Draft((Span(text),), (tuple(Choice(label, "help") for label in labels),) if labels else ())
    now = house.clock.now()
    await house.database.write(lambda connection: outbox.add(connection, draft, to, key=key, now=now, edits=edits))


def calls(api: FakeBotApi, method: str) -> list[JsonObject]:
    """The calls of a method, whatever became of them."""
    return [call.params for call in api.calls if call.method == method]


def answered(message: JsonObject) -> int | None:
    """The id of the message that this one answers."""
    found: int | None = message.get("reply_to_message", {}).get("message_id")
    return found


def labels_of(message: JsonObject) -> list[str]:
    """The buttons below a message."""
    return [button["text"] for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]

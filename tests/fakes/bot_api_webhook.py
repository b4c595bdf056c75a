"""Carry updates to the bot's webhook, one after the other, each until it is taken.

Only plain http to the loopback is spoken: for a public https address, put the bot's own listener into
`Methods.webhook_target`. Source: https://core.telegram.org/bots/api#setwebhook.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from tests.fakes.bot_api_methods import Methods
from tests.fakes.bot_api_schema import JsonObject
from tests.fakes.bot_api_state import State

_ANSWER_LIMIT = 60.0
_PAUSE = 0.1


@contextlib.asynccontextmanager
async def deliver_updates(state: State, methods: Methods) -> AsyncIterator[None]:
    """Deliver in the background while a webhook is set."""
    task = asyncio.create_task(_deliver(state, methods))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task  # a defect of the delivery fails the test that used it


async def _deliver(state: State, methods: Methods) -> None:
    def due() -> JsonObject | None:
        return state.updates.first() if methods.webhook else None

    while True:
        update = await state.bell.until(due, _ANSWER_LIMIT)
        if update is None:
            continue
        target = methods.webhook_target or methods.webhook["url"]
        secret = methods.webhook.get("secret_token", "")
        try:
            async with asyncio.timeout(_ANSWER_LIMIT):
                status = await _post(target, secret, update)
        except (OSError, TimeoutError, ValueError, IndexError):
            status = 0
        if 200 <= status < 300:
            state.updates.confirm(update)
        else:
            methods.webhook_errors.append(status)
            state.bell.ring()
            await asyncio.sleep(_PAUSE)


async def _post(target: str, secret: str, update: JsonObject) -> int:
    """Post one update and give the status of the answer."""
    url = urlsplit(target)
    if url.scheme != "http":
        raise ValueError(f"the fake speaks plain http only, not {url.scheme}")
    body = json.dumps(update).encode()
    head = (
        f"POST {url.path or '/'} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n"
    )
    if secret:
        head += f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\n"
    reader, writer = await asyncio.open_connection(url.hostname, url.port or 80)
    try:
        writer.write(head.encode() + b"\r\n" + body)
        await writer.drain()
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

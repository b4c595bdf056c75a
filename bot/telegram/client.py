"""One connection to the Bot API: telegram.Bot with a time limit on everything, and a poll that acknowledges nothing.

The library's own Updater confirms updates before they are handled; a crash would lose them.
Source: https://core.telegram.org/bots/api#getupdates.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from telegram import Bot
from telegram.request import HTTPXRequest

POLL_SECONDS = 25  # how long Telegram holds a poll open when there is nothing to tell
ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
_PHASE = 5.0  # seconds to connect, to write, to get a connection from the pool
_ANSWER = 10.0  # seconds for the answer of any call but the poll
_SLACK = 15.0  # seconds that a poll may take beyond its own


@dataclass(frozen=True, slots=True)
class Me:
    """Who the bot is."""

    id: int
    username: str


class Client:
    """Calls to one bot. `api` is the server without /bot, as https://api.telegram.org. To be closed when done with.

    Calls raise TelegramError; KeyError when the server says ok: false with HTTP status 200; TimeoutError.
    """

    def __init__(self, token: str, api: str) -> None:
        # Without this the library warns, at every 429, of the type that its retry_after will have.
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        self._sending = _request(8, _ANSWER)
        self._polling = _request(1, POLL_SECONDS + _ANSWER)
        self._updates = f"{api}/bot{token}/getUpdates"
        self.bot = Bot(
            token,
            base_url=f"{api}/bot",
            base_file_url=f"{api}/file/bot",
            request=self._sending,
            get_updates_request=self._polling,
        )

    async def introduce(self) -> Me:
        """Asks who the bot is, and ends a webhook: while one is set, polls are refused. Waiting updates stay."""
        me = await self.whoami()
        async with asyncio.timeout(_ANSWER):
            await self.bot.delete_webhook(drop_pending_updates=False)
        return me

    async def whoami(self) -> Me:
        """Asks who the bot is."""
        async with asyncio.timeout(_ANSWER):
            user = await self.bot.get_me()
        return Me(user.id, user.username or "")

    async def set_webhook(self, url: str, secret: str) -> None:
        """Lets Telegram post updates there, one after the other, each with the secret. Waiting updates stay."""
        async with asyncio.timeout(_ANSWER):
            await self.bot.set_webhook(
                url, max_connections=1, allowed_updates=ALLOWED, drop_pending_updates=False, secret_token=secret
            )

    async def webhook(self) -> str:
        """Where Telegram posts updates; "" when it waits for polls."""
        async with asyncio.timeout(_ANSWER):
            return (await self.bot.get_webhook_info()).url

    async def poll(self, offset: int | None) -> Sequence[dict[str, Any]]:
        """The updates that wait, as they came, or those that come within POLL_SECONDS; up to 100, oldest first.

        Confirms those before `offset`; without one, nothing.
        """
        asked: dict[str, object] = {"timeout": POLL_SECONDS, "allowed_updates": json.dumps(ALLOWED)}
        asked |= {} if offset is None else {"offset": offset}
        async with asyncio.timeout(POLL_SECONDS + _SLACK):
            # Not Bot.get_updates: it parses all or none, so that one update it can't read would stop all for ever.
            return cast(list[dict[str, Any]], await self._polling.post(f"{self._updates}?{urlencode(asked)}"))

    async def close(self) -> None:
        """Closes the connections."""
        await self._polling.shutdown()
        await self._sending.shutdown()


def _request(connections: int, answer: float) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        connect_timeout=_PHASE,
        write_timeout=_PHASE,
        pool_timeout=_PHASE,
        read_timeout=answer,
    )

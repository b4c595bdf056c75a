"""Telegram's other way in: it posts each update to us, and hears 200 only when the update is kept.

Sources: https://core.telegram.org/bots/api#setwebhook, #getwebhookinfo.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from bot.flow import Flow
from bot.listener import Answer, Door, Doors, Head, Limits, listening
from bot.telegram.client import Me
from bot.telegram.face import TelegramFace
from bot.telegram.receive import FAILURES, Pace, acknowledge, offer_menu, take
from storage.clock import Clock

log = logging.getLogger("rapport.webhook")

LOOK = 300.0  # seconds between two looks whether Telegram still has our URL
_HEADER = "x-telegram-bot-api-secret-token"


@dataclass(frozen=True, slots=True)
class Hook:
    """The public URL, where we listen for what comes there, and the word that Telegram says with each update."""

    url: str
    listen: tuple[str, int]
    secret: str

    @property
    def path(self) -> str:
        """What is asked for in a request."""
        return urlsplit(self.url).path or "/"


def make_hook(url: str, listen: tuple[str, int], token: str) -> Hook:
    """The secret is made of the bot's token: the same after a restart, and told by nothing but the token."""
    return Hook(url, listen, hmac.new(token.encode(), f"webhook {url}".encode(), hashlib.sha256).hexdigest())


async def serve_updates(
    hook: Hook,
    face: TelegramFace,
    flow: Flow,
    clock: Clock,
    tried: asyncio.Event,
    limits: Limits | None = None,
    others: Mapping[str, Door] | None = None,
) -> None:
    """Receives for ever; `tried` is set when it listens, or can't. Raises CannotListen.

    `others` answer at the same address, by their paths.
    """
    try:
        async with asyncio.TaskGroup() as beside:
            door = _Door(hook, face, flow, clock, beside)
            doors = Doors({hook.path: door, **(others or {})})
            async with listening(hook.listen, doors, limits):
                tried.set()
                await door.stay_open()
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None
    finally:
        tried.set()


class _Door:
    def __init__(self, hook: Hook, face: TelegramFace, flow: Flow, clock: Clock, beside: asyncio.TaskGroup) -> None:
        self._hook = hook
        self._face = face
        self._flow = flow
        self._clock = clock
        self._beside = beside
        self._me: Me | None = None
        self._turn = asyncio.Lock()  # kept in the order in which they came
        self._has_warned = False

    def check(self, head: Head) -> Answer | None:
        """Only what Telegram posts comes in."""
        if head.path != self._hook.path:
            return Answer(HTTPStatus.NOT_FOUND)
        if head.method != "POST":
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED, headers=(("Allow", "POST"),))
        said = head.headers.get(_HEADER, "")
        if not hmac.compare_digest(said.encode("latin-1"), self._hook.secret.encode()):
            if not self._has_warned:
                log.warning("a request without Telegram's secret was refused; further ones are, without a word")
                self._has_warned = True
            return Answer(HTTPStatus.FORBIDDEN)
        return None

    async def take(self, head: Head, body: bytes) -> Answer:
        """Keeps one update. Raises what keeping it raises: Telegram posts it again then."""
        if self._me is None:
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE)
        try:
            data: Any = json.loads(body)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict) or not isinstance(data.get("update_id"), int):
            return Answer(HTTPStatus.BAD_REQUEST)
        async with self._turn:
            query = await take(data, self._me, self._face, self._flow, self._clock)
        if query:
            self._beside.create_task(acknowledge(self._face.client.bot, query))
        return Answer(HTTPStatus.OK)

    async def stay_open(self) -> None:
        """Tells Telegram where to post, and again whenever somebody told it otherwise."""
        pace, client, url = Pace(), self._face.client, self._hook.url
        is_ours = False
        while True:
            try:
                if self._me is None:
                    self._me = await client.whoami()
                    self._beside.create_task(offer_menu(client.bot))
                if not is_ours or await client.webhook() != url:
                    await client.set_webhook(url, self._hook.secret)
                    log.info("Telegram is asked to post updates to us")
                    is_ours = True
            except FAILURES as error:
                await asyncio.sleep(pace.failed(error))
                continue
            pace.worked()
            await asyncio.sleep(LOOK)

"""Telegram's way in: polls, keeps each update, and only then lets Telegram forget it.

Sources: https://core.telegram.org/bots/api#getupdates, #answercallbackquery.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from datetime import datetime
from typing import Any

from telegram import Bot, Update
from telegram.error import BadRequest, Conflict, InvalidToken, RetryAfter, TelegramError

from bot.flow import Flow
from bot.telegram.client import Me
from bot.telegram.face import TelegramFace, seconds_of
from bot.telegram.menu import set_menu
from bot.telegram.prepare import prepare
from storage.clock import Clock
from storage.inbox import compress
from storage.messages import InboundMessage, Sender

log = logging.getLogger("rapport.telegram")

FAILURES = (TelegramError, KeyError, TimeoutError)  # KeyError: ok: false with HTTP status 200
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds
CONFLICT_PAUSE, TOKEN_PAUSE = 5.0, 60.0


class Pace:
    """How long to wait after each failure in a row; tells the log when the failing begins, changes and ends."""

    def __init__(self) -> None:
        self._pause = FIRST_PAUSE
        self._told = ""

    def failed(self, error: BaseException) -> float:
        """Seconds until the next try."""
        name = type(error).__name__
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE)
        match error:
            case InvalidToken():
                pause, advice = TOKEN_PAUSE, "Telegram refuses the token: check RAPPORT_TELEGRAM_TOKEN"
            case Conflict():
                pause, advice = CONFLICT_PAUSE, "another program uses this bot's token: stop it, only one can poll"
            case RetryAfter():
                pause, advice = seconds_of(error), "Telegram asks to wait"
            case BadRequest():
                pause, advice = TOKEN_PAUSE, "Telegram refuses what it is asked: check RAPPORT_TELEGRAM_WEBHOOK, if set"
            case _:
                advice = "Telegram can't be reached"
        if name != self._told:
            log.warning("%s (%s); trying again", advice, name)
            self._told = name
        return pause

    def worked(self) -> None:
        """It works (again)."""
        if self._told:
            log.info("Telegram answers again")
        self._pause, self._told = FIRST_PAUSE, ""


async def receive_updates(face: TelegramFace, flow: Flow, clock: Clock) -> None:
    """Receives for ever. Raises what `flow.keep` raises: whatever wasn't kept is then asked for again."""
    try:
        async with asyncio.TaskGroup() as beside:
            await _receive(face, flow, clock, beside)
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None  # the trouble itself, by which the caller decides


async def _receive(face: TelegramFace, flow: Flow, clock: Clock, beside: asyncio.TaskGroup) -> None:
    pace = Pace()
    me: Me | None = None
    has_menu = False
    offset: int | None = None  # none at the start: ids may have begun anew since, and what was kept is known
    while True:
        try:
            if me is None:
                me = await face.client.introduce()
                if not has_menu:
                    beside.create_task(offer_menu(face.client.bot))
                    has_menu = True
            updates = await face.client.poll(offset)
        except FAILURES as error:
            if isinstance(error, Conflict):
                me = None  # it may be a webhook that someone has set: introducing oneself ends it
            await asyncio.sleep(pace.failed(error))
            continue
        pace.worked()
        # A poll that brought nothing has confirmed all before it: from then on no old offset can hide new ids.
        offset = None
        for data in updates:
            if query := await take(data, me, face, flow, clock):
                beside.create_task(acknowledge(face.client.bot, query))
            offset = data["update_id"] + 1


async def take(data: dict[str, Any], me: Me, face: TelegramFace, flow: Flow, clock: Clock) -> str | None:
    """Keeps one update, if it is for Rapport; of a tap that was kept the query's id, to be answered.

    Also what the server can say in a webhook's request. Of strangers only what they write in their own chat counts:
    their taps, and what they say in groups, isn't even kept.
    """
    raw = json.dumps(data, ensure_ascii=False).encode(errors="replace")
    update = None
    try:
        update = Update.de_json(data)
        message = prepare(update, me, clock.now())
    except Exception as error:
        log.exception("update %s can't be read (%s): kept and parked", data.get("update_id"), type(error).__name__)
        message = _unread(raw, me, clock.now())
    if message is None or not (_is_private(message) or await face.is_member(message.sender.value)):
        return None
    await flow.keep(message, raw=compress(raw))
    return update.callback_query.id if update is not None and update.callback_query is not None else None


def _is_private(message: InboundMessage) -> bool:
    """Was it written in the chat of one person with the bot, whose id is the person's?"""
    return message.tap is None and (message.problem is not None or message.lane == f"telegram:{message.sender.value}")


def _unread(raw: bytes, me: Me, now: datetime) -> InboundMessage:
    """What stands in the inbox for an update that can't be read; the raw one is with it."""
    digest = hashlib.sha256(raw).hexdigest()
    return InboundMessage(
        channel="telegram",
        external_id=f"{me.id}:unread:{digest}",
        lane=f"telegram:unread:{digest}",
        sender=Sender("telegram", ""),
        at=now,
        problem="Telegram sent something that can't be read",
    )


async def acknowledge(bot: Bot, query: str) -> None:
    """Ends the waiting shown on the button; the answer itself comes through the outbox, so a failure is no loss."""
    try:
        await bot.answer_callback_query(query)
    except FAILURES as error:
        log.debug("a tap wasn't acknowledged (%s)", type(error).__name__)


async def offer_menu(bot: Bot) -> None:
    """Sets the menu of commands, sooner or later."""
    pause = FIRST_PAUSE
    while True:
        try:
            await set_menu(bot)
        except FAILURES as error:
            log.info("the command menu isn't set yet (%s)", type(error).__name__)
            await asyncio.sleep(pause if not isinstance(error, RetryAfter) else seconds_of(error))
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            return

"""Telegram's way out: each row of the outbox as a message, or as an edit of one of our own.

Sources: https://core.telegram.org/bots/api#sendmessage, #senddocument, #editmessagetext, #replyparameters,
#responseparameters.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from types import TracebackType
from typing import Self

from telegram import InlineKeyboardMarkup, InputFile, LinkPreviewOptions, ReplyParameters
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.telegram.client import Client
from bot.telegram.place import Place, place_of
from bot.telegram.render import Part, keyboard, render
from mail.enclosure import read_enclosure
from mail.errors import NoSuchPart
from storage.database import Database
from storage.messages import FileRef, OutgoingMessage, Span
from storage.outbox import Carrier, Never, NotNow
from storage.users import user_by_handle, user_by_id

_FIRST_RETRY = 0.3  # seconds: most often it was only a connection that had grown old
TOKEN_PAUSE = 60.0  # seconds, when the token itself is refused
FILE_LIMIT = 50_000_000  # bytes of a document
_CAPTION = 1024  # UTF-16 units of a document's text
_UPLOAD = 18.0  # seconds to write a document: a send must end before its claim may be taken over
_SLOW = 3  # after so many uploads that didn't end in time the words go without the file
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class TelegramFace:
    """Sends what is addressed to Telegram chats, and pushes to the private chats of the team."""

    def __init__(self, token: str, api: str, database: Database) -> None:
        self.client = Client(token, api)
        self._database = database
        # How many parts of a long message went out before one failed: only the rest is sent again.
        self._parts_sent: dict[int, int] = {}
        self._too_slow: Counter[int] = Counter()  # uploads that didn't end in time

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.client.close()

    @property
    def carrier(self) -> Carrier:
        """Telegram's rows, and the pushes to users who are known there."""
        return Carrier("telegram")

    async def is_member(self, telegram_id: str) -> bool:
        """Does this Telegram id belong to one of the team?"""
        user = await self._database.read(lambda connection: user_by_handle(connection, "telegram", telegram_id))
        return user is not None

    async def deliver(self, message: OutgoingMessage) -> str:
        """Sends one message and gives "chat:message", of the last part of a long one. Raises NotNow or Never."""
        try:
            sent = await self._say(await self._chat_of(message), message)
        except (TelegramError, KeyError) as error:
            verdict = verdict_on(error, message.attempts)
            if isinstance(verdict, Never):
                self._parts_sent.pop(message.id, None)
            raise verdict from error
        self._parts_sent.pop(message.id, None)
        self._too_slow.pop(message.id, None)
        return str(sent)

    async def _chat_of(self, message: OutgoingMessage) -> int:
        """The chat it is addressed to; a push goes to the user's private chat, whose id is the user's."""
        chat, user_id = message.address, message.user_id
        if not chat and user_id is not None:
            user = await self._database.read(lambda connection: user_by_id(connection, user_id))
            chat = user.telegram if user is not None else ""
        if not chat.removeprefix("-").isdecimal():
            raise Never("it names no Telegram chat")
        return int(chat)

    async def _say(self, chat: int, message: OutgoingMessage) -> Place:
        if message.reply.file is not None:
            return await self._hand_over(chat, message, message.reply.file)
        return await self._say_words(chat, message)

    async def _hand_over(self, chat: int, message: OutgoingMessage, file: FileRef) -> Place:
        """A file as a document with its words below it; where that can't be, words that say so."""
        captions = render(message.reply, _CAPTION)
        content = await self._content(message, file)
        if content is None or len(captions) > 1:
            spans = message.reply.spans if content is not None else (Span(file.otherwise or file.name),)
            said = await self._say_words(chat, replace(message, reply=replace(message.reply, spans=spans)))
            captions = ()
            if content is None:
                return said
        buttons = keyboard(message.reply) if captions else None
        answered = place_of(message.in_answer_to)
        reply_to = answered.message if answered is not None and answered.chat == chat else None
        document = InputFile(content, filename=file.name)
        try:
            sent = await self.client.bot.send_document(
                chat,
                document,
                caption=captions[0].text if captions else None,
                caption_entities=captions[0].entities if captions else None,
                reply_markup=buttons,
                reply_parameters=ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None,
                write_timeout=_UPLOAD,
                read_timeout=_UPLOAD,
            )
        except ChatMigrated as moved:
            return await self._hand_over(moved.new_chat_id, replace(message, in_answer_to=None), file)
        except (TimedOut, asyncio.CancelledError):
            self._too_slow[message.id] += 1
            raise
        return Place(sent.chat_id, sent.message_id)

    async def _content(self, message: OutgoingMessage, file: FileRef) -> bytes | None:
        """The file's bytes; None when it is gone, or too big for Telegram or for this connection."""
        if self._too_slow[message.id] >= _SLOW:
            return None
        try:
            content = await read_enclosure(self._database, file)
        except NoSuchPart:
            return None
        return content if 0 < len(content) <= FILE_LIMIT else None

    async def _say_words(self, chat: int, message: OutgoingMessage) -> Place:
        parts = render(message.reply)
        if not parts:
            raise Never("there is nothing in it to say")
        answered = place_of(message.in_answer_to)
        place = Place(chat, 0)
        for number, part in enumerate(parts):
            if number < self._parts_sent.get(message.id, 0):
                continue
            first, last = number == 0, number == len(parts) - 1
            buttons = keyboard(message.reply) if last else None
            own = place_of(message.edits) if first else None
            edited = own is not None and await self._edit(own, part, buttons)
            if own is not None and edited:
                place = own
            else:
                reply_to = answered.message if first and answered is not None and answered.chat == chat else None
                place = await self._send(chat, part, buttons, reply_to)
            if not last:
                self._parts_sent[message.id] = number + 1
        return place

    async def _send(self, chat: int, part: Part, buttons: InlineKeyboardMarkup | None, reply_to: int | None) -> Place:
        reply = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to is not None else None
        try:
            return await self._post(chat, part, buttons, reply)
        except ChatMigrated as moved:
            # A group that became a supergroup; the message answered has another id there.
            return await self._post(moved.new_chat_id, part, buttons, None)
        except BadRequest as error:
            if reply is None or "repl" not in error.message.lower():
                raise
            return await self._post(chat, part, buttons, None)

    async def _post(
        self, chat: int, part: Part, buttons: InlineKeyboardMarkup | None, reply: ReplyParameters | None
    ) -> Place:
        sent = await self.client.bot.send_message(
            chat,
            part.text,
            entities=part.entities,
            reply_markup=buttons,
            reply_parameters=reply,
            link_preview_options=_NO_PREVIEW,
        )
        return Place(sent.chat_id, sent.message_id)

    async def _edit(self, own: Place, part: Part, buttons: InlineKeyboardMarkup | None) -> bool:
        """Replaces one of our messages; False when that can't be done (gone, too old, its group has moved)."""
        try:
            await self.client.bot.edit_message_text(
                part.text,
                own.chat,
                own.message,
                entities=part.entities,
                reply_markup=buttons,
                link_preview_options=_NO_PREVIEW,
            )
        except ChatMigrated:
            return False
        except BadRequest as error:
            return "not modified" in error.message.lower()
        return True


def verdict_on(error: TelegramError | KeyError, attempts: int) -> NotNow | Never:
    """What a failed send means. Only Telegram's own words of refusal are repeated: others may quote URLs or text."""
    match error:
        case RetryAfter():
            return NotNow("Telegram asks to wait", seconds_of(error))
        case InvalidToken():
            return NotNow("Telegram refuses the token", TOKEN_PAUSE)
        case Forbidden() | BadRequest():
            return Never(error.message[:200])
        case NetworkError():
            return NotNow(type(error).__name__, _FIRST_RETRY if attempts <= 1 else None)
    return NotNow(type(error).__name__)


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)

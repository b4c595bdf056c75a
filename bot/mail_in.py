"""Mail on its way in, whichever door it came by: prepared outside any transaction, then kept."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.flow import Flow
from bot.settings import Settings
from mail.errors import MailTooHard, MailUnreadable
from mail.prepare import MailParser
from storage.clock import Clock
from storage.inbox import Kept, compress
from storage.messages import InboundMessage, Mail, Sender

if TYPE_CHECKING:
    from mail.dkim_keys import KeyFinder

SIZE_LIMIT = 50 << 20  # bytes, raw
_SMALL = 32 << 10  # bytes
_STALE = timedelta(days=7)  # relative moments in an older mail count from now


class MailIn:
    """Parses and keeps raw mails."""

    def __init__(self, flow: Flow, parser: MailParser, clock: Clock, keys: KeyFinder | None = None) -> None:
        self._flow = flow
        self._parser = parser
        self._clock = clock
        self._keys = keys  # None: DKIM isn't checked

    async def take(self, raw: bytes, *, member: str = "") -> Kept:
        """Keeps one raw mail; when this returns it may be acknowledged. Raises MailUnreadable for no mail at all.

        `member`: the address of who logged in to hand it over, which proves it to be theirs.
        """
        message, packed = await self.prepare(raw)
        if member and message.mail is not None and message.mail.outer.sender.address == member:
            message = replace(message, mail=_proved(message.mail))
        return await self._flow.keep(message, raw=packed)

    async def prepare(self, raw: bytes) -> tuple[InboundMessage, bytes]:
        """One raw mail as the inbox keeps it: the message, and its compressed bytes. Raises MailUnreadable.

        A mail that is too hard to parse is kept all the same: parked, with its raw bytes.
        """
        if len(raw) > SIZE_LIMIT:
            raise MailUnreadable(f"The mail has {len(raw) >> 20} MB; {SIZE_LIMIT >> 20} MB is the most that is taken.")
        now = self._clock.now()
        try:
            message = prepared(raw, await self._parse(raw), now)
        except MailTooHard as error:
            message = _unprepared(raw, str(error), now)
        # A thread for a small one costs more than its 30 microseconds a kilobyte.
        return message, compress(raw) if len(raw) <= _SMALL else await asyncio.to_thread(compress, raw)

    async def _parse(self, raw: bytes) -> Mail:
        """The mail, understood; a member's, whose From nobody has proved yet, with the keys that may do it."""
        mail = await self._parser.parse(raw)
        if self._keys is None or not mail.dkim_keys or not await self._flow.is_member(mail.outer.sender.address):
            return mail
        keys = await self._keys.find(mail.dkim_keys)
        return await self._parser.parse(raw, keys) if keys else mail


def _proved(mail: Mail) -> Mail:
    return replace(mail, authentic=True, dkim_keys=(), because=(*mail.because, "trust: its author logged in"))


def key_finder(settings: Settings) -> KeyFinder | None:
    """Where DKIM keys are looked up; None when DKIM isn't to be checked here."""
    if not settings.dkim:
        return None
    from mail.dkim_keys import KeyFinder

    return KeyFinder(settings.dns)


def prepared(raw: bytes, mail: Mail, now: datetime) -> InboundMessage:
    """A parsed mail as the inbox keeps it. The same bytes, or the same mail by another hop, have the same id."""
    written = mail.outer.date
    at = written.astimezone(UTC) if written is not None and written.tzinfo else now
    return InboundMessage(
        channel="email",
        external_id=_external_id(mail, raw),
        lane=f"email:{(mail.references or (mail.in_reply_to or mail.message_id or mail.digest,))[0][:200]}",
        sender=Sender("email", mail.outer.sender.address, mail.outer.sender.name),
        at=at if now - _STALE <= at <= now else now,
        mail=mail,
    )


def _unprepared(raw: bytes, problem: str, now: datetime) -> InboundMessage:
    digest = hashlib.sha256(raw).hexdigest()
    return InboundMessage("email", f"raw:{digest}", f"email:{digest}", Sender("email", ""), now, problem=problem)


def _external_id(mail: Mail, raw: bytes) -> str:
    """Message-ID *and* content: an id alone would let a forger suppress a mail by sending its id first."""
    outer = mail.outer
    content = "\\0".join((outer.sender.address, str(outer.date), outer.subject, outer.body, str(len(mail.attachments))))
    body = content if outer.body or outer.subject else hashlib.sha256(raw).hexdigest()
    return hashlib.sha256(f"{mail.message_id}\\0{body}".encode(errors="replace")).hexdigest()

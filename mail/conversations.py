"""What all conversations at the drop share: limits, room for one more, the keeping of mails, the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiosmtpd.smtp import SMTP, Envelope, Session

from mail.errors import MailUnreadable

if TYPE_CHECKING:
    from mail.lmtp import Conversation

log = logging.getLogger("rapport.drop")

# A member's address and their secret -> the address, or "" when that isn't right.
LogIn = Callable[[str, str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client, or all together (connections, memory), may ask for; times in seconds."""

    connections: int = 50
    recipients: int = 100  # of a mail; RFC 5321 4.5.3.1.8 asks for no fewer
    memory: int = 100 * 1024 * 1024  # bytes of all mails that are coming in; at least twice the size of one
    answers: int = 300  # since the connection's beginning or its last kept mail
    idle: float = 300.0  # between commands, and between pieces of a mail
    take: float = 120.0  # for keeping a mail; a client waits ten minutes
    farewell: float = 3.0  # for transactions in hand at the end


class Conversations:
    """What all conversations share. It is aiosmtpd's "handler" too, which finds its hooks by their names."""

    def __init__(
        self,
        is_ours: Callable[[str], bool],
        take: Callable[..., Awaitable[object]],
        size_limit: int,
        limits: Limits,
        log_in: LogIn | None = None,
    ) -> None:
        self.log_in = log_in
        self.size_limit = size_limit
        self.limits = limits
        self.closing = False
        self._is_ours = is_ours
        self._take = take
        self._open: set[Conversation] = set()
        self._taking: set[asyncio.Task[str]] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, host_name: str, lines: list[str]
    ) -> list[str]:
        """What EHLO and LHLO offer; RFC 2033 demands the two that aiosmtpd doesn't name."""
        session.host_name = host_name
        offered = ["250-AUTH PLAIN LOGIN"] if self.log_in is not None else []
        return [*lines[:-1], *offered, "250-PIPELINING", "250-ENHANCEDSTATUSCODES", lines[-1]]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Only the CRM's own address gets mail in: nothing is relayed."""
        if len(envelope.rcpt_tos) >= self.limits.recipients:
            return "452 4.5.3 Too many recipients: send it to the others by itself"
        if not self._is_ours(address):
            log.info("a recipient that isn't the CRM is refused")
            return "550 5.1.1 This inbox takes mail for the CRM's own address only (see RAPPORT_MAIL_FROM)"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    def admit(self, conversation: Conversation) -> bool:
        """Counts a conversation in, if there is room for it."""
        if self.closing or len(self._open) >= self.limits.connections:
            return False
        self._open.add(conversation)
        self._quiet.clear()
        return True

    def leave(self, conversation: Conversation) -> None:
        """Counts a conversation out."""
        self._open.discard(conversation)
        self._note_quiet()

    def is_out_of_memory(self) -> bool:
        """Are the mails that are coming in too many together?"""
        return sum(conversation.held for conversation in self._open) > self.limits.memory

    async def keep(self, raw: bytes, member: str = "") -> str:
        """Hands a mail on, of a member who logged in; the answer to its sender.

        It isn't given up in the middle when the client goes away.
        """
        taking = asyncio.create_task(self._keep(raw, member))
        self._taking.add(taking)
        self._quiet.clear()
        taking.add_done_callback(self._kept)
        return await asyncio.shield(taking)

    async def _keep(self, raw: bytes, member: str) -> str:
        try:
            async with asyncio.timeout(self.limits.take):
                await (self._take(raw, member=member) if member else self._take(raw))
        except MailUnreadable:
            return "554 5.6.0 There is no mail in these bytes"
        except Exception as error:  # the loop's edge: the client keeps the mail, and comes again with it
            log.warning("a mail of %d bytes couldn't be kept: %s", len(raw), type(error).__name__)
            return "451 4.3.0 The mail couldn't be kept just now: try again later"
        return "250 2.0.0 Kept"

    def _kept(self, taking: asyncio.Task[str]) -> None:
        self._taking.discard(taking)
        self._note_quiet()

    def _note_quiet(self) -> None:
        if not self._open and not self._taking:
            self._quiet.set()

    async def close(self) -> None:
        """Lets transactions in hand finish for some seconds, then ends them."""
        self.closing = True
        for conversation in list(self._open):
            conversation.end_between_mails()
        try:
            async with asyncio.timeout(self.limits.farewell):
                await self._quiet.wait()
        except TimeoutError:
            log.warning("%d conversations and %d mails in hand are cut off", len(self._open), len(self._taking))
        finally:
            for conversation in list(self._open):
                conversation.cut_off()
            for taking in list(self._taking):
                taking.cancel()
        with suppress(TimeoutError):  # a database that hangs doesn't hold up the end
            async with asyncio.timeout(1):
                await self._quiet.wait()

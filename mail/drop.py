"""The mail drop: where mail is handed over to Rapport, by SMTP or LMTP, on a port of this machine."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from mail.conversations import Conversations, Limits, LogIn
from mail.lmtp import Conversation
from mail.url import is_loopback
from storage.errors import RapportError, WrongSetting

log = logging.getLogger("rapport.drop")


class CannotListen(RapportError):
    """The mail drop's address can't be listened at; the message names it and what to set instead."""


@asynccontextmanager
async def serve_drop(
    address: tuple[str, int],
    *,
    is_ours: Callable[[str], bool],
    take: Callable[..., Awaitable[object]],
    log_in: LogIn | None = None,
    size_limit: int = 25 * 1024 * 1024,
    anywhere: bool = False,
    limits: Limits | None = None,
) -> AsyncIterator[tuple[str, int]]:
    """Takes mail at (host, port) until the block ends; yields the address that is bound, port 0 being any free one.

    `is_ours` decides on a recipient's address. `take` gets a mail's raw bytes, CRLF and all; the client is told 250
    only when it has returned, 554 when it raises MailUnreadable, and 451 (try again) for everything else. A mail over
    `size_limit` bytes gets 552. With `log_in` a member may log in, and `take` gets their address as `member`. HELO and
    EHLO begin SMTP; LHLO begins LMTP, with one answer for each recipient. At the block's end nobody new gets in, and
    transactions in hand may finish for `limits.farewell` seconds.

    Raises WrongSetting for an address that other machines can reach, unless `anywhere`, and CannotListen.
    """
    host, port = address
    if not anywhere and not is_loopback(host):
        raise WrongSetting(
            f"RAPPORT_DROP can't be {host}:{port}: other machines could put mail in there. Use an address of this "
            "machine alone, for example 127.0.0.1:2525, and let your mail server hand the mail over; or off."
        )
    loop = asyncio.get_running_loop()
    conversations = Conversations(is_ours, take, size_limit, limits or Limits(), log_in)
    try:
        # The name localhost would be bound twice, by IPv4 and IPv6: two ports when the port is 0.
        server = await loop.create_server(
            lambda: Conversation(conversations, loop), "127.0.0.1" if host.lower() == "localhost" else host, port
        )
    except OSError as error:
        raise CannotListen(_why_not(host, port, error)) from error
    try:
        bound_host, bound_port = server.sockets[0].getsockname()[:2]
        log.info("listening on port %d", bound_port)
        yield bound_host, bound_port
    finally:
        server.close()
        await conversations.close()


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        why = f"Port {port} at {host} is in use, by another program or another Rapport"
    elif error.errno == errno.EACCES:
        why = f"Port {port} isn't allowed: only root may listen below 1024"
    else:
        why = f"This machine can't listen at {host}, port {port}"
    example = 2526 if port == 2525 else 2525
    return f"{why}. Set RAPPORT_DROP to another address, for example 127.0.0.1:{example}, or to off."

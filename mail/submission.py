"""Handing mails to the mail server: one connection, kept for some seconds, renewed after any trouble.

Each failure is one of three: not now, never, or nobody knows (the connection broke after the mail's last line).
Sources: RFC 5321 4.2.1 (codes), RFC 3463 (enhanced codes), RFC 8314 (TLS), RFC 3207 (STARTTLS).
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Literal, Self

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from mail.server import MailServer
from mail.tls import trusting
from storage.outbox import Never, NotNow, Unknown

Step = Literal["connecting", "MAIL", "RCPT", "DATA"]

KEPT_OPEN = 5.0  # seconds that a connection waits for the next mail
SETUP_PAUSE = 60.0  # seconds until the next try when it's the set-up that is refused: password, certificate, sender
_LONGEST_PAUSE = 15 * 60.0  # seconds after a login that was refused again and again: it might lock the account
_FAREWELL = 1.0  # seconds that a server may take to say goodbye
_LOGIN_WANTED = (530, 534, 535, 538)
_ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")


class Submission:
    """`async with Submission(server) as submission: await submission.send(...)`; connects at the first mail."""

    def __init__(self, server: MailServer, *, hello: str, ca: str = "", seconds: float = 15) -> None:
        self._server = server
        self._hello = hello
        self._ca = ca
        self._seconds = seconds
        self._tls: ssl.SSLContext | None = None
        self._kept: SMTP | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._shut_until = self._shut_for = 0.0  # after a refused login, for all mails

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        client = self._taken()
        if client is not None:
            await _leave(client)

    async def send(
        self,
        sender: str,
        recipients: Sequence[str],
        octets: bytes,
        before_data: Callable[[], Awaitable[None]] | None = None,
    ) -> dict[str, NotNow | Never]:
        """Hands over one mail: the recipients who were refused, with what to do about each.

        Raises NotNow, Unknown or Never when it went to nobody. `octets` is the mail with CRLF, 7 bits a character.
        `before_data` is awaited when a recipient was taken, right before the mail itself goes: what failed until then
        has certainly not arrived.
        """
        client = await self._client()
        try:
            refused = await _transact(client, sender, recipients, octets, before_data)
        except BaseException:
            client.close()  # what its server would say next is anybody's guess
            raise
        self._kept = client
        self._leaving = asyncio.create_task(self._leave_later())
        return refused

    async def greet(self) -> None:
        """Connects and logs in, without a mail. Raises NotNow or Never."""
        self._kept = await self._client()
        self._leaving = asyncio.create_task(self._leave_later())

    async def _client(self) -> SMTP:
        kept = self._taken()
        if kept is not None and kept.is_connected:
            try:
                await kept.rset()
            except (SMTPException, OSError):
                kept.close()  # it had gone meanwhile; nothing of this mail was said yet
            except BaseException:
                kept.close()
                raise
            else:
                return kept
        return await self._connect()

    async def _connect(self) -> SMTP:
        server, now = self._server, asyncio.get_running_loop().time
        if now() < self._shut_until:
            raise NotNow("the mail server refused the login: it isn't asked again yet", self._shut_until - now())
        if self._tls is None and server.security != "plain":
            self._tls = await asyncio.to_thread(trusting, self._ca)
        client = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password if server.user else None,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",  # asked for, never only tried
            tls_context=self._tls,
            local_hostname=self._hello,
            timeout=self._seconds,
        )
        try:
            await client.connect()
        except (SMTPException, OSError) as error:
            client.close()
            verdict = verdict_on(error, "connecting")
            if isinstance(error, SMTPResponseException) and error.code in _LOGIN_WANTED:
                self._shut_for = min(max(SETUP_PAUSE, 2 * self._shut_for), _LONGEST_PAUSE)
                self._shut_until = now() + self._shut_for
                verdict = NotNow(str(verdict), self._shut_for)
            raise verdict from error
        except BaseException:
            client.close()
            raise
        self._shut_for = 0.0
        return client

    def _taken(self) -> SMTP | None:
        """The kept connection, which nobody else can take or close from now on."""
        client, self._kept = self._kept, None
        if self._leaving is not None and self._leaving is not asyncio.current_task():
            self._leaving.cancel()
        self._leaving = None
        return client

    async def _leave_later(self) -> None:
        await asyncio.sleep(KEPT_OPEN)
        client = self._taken()
        if client is not None:
            await _leave(client)


async def _transact(
    client: SMTP,
    sender: str,
    recipients: Sequence[str],
    octets: bytes,
    before_data: Callable[[], Awaitable[None]] | None,
) -> dict[str, NotNow | Never]:
    refused: dict[str, NotNow | Never] = {}
    step: Step = "MAIL"
    try:
        await client.mail(sender)
        step = "RCPT"
        for recipient in recipients:
            try:
                await client.rcpt(recipient)
            except aiosmtplib.SMTPRecipientRefused as error:
                if error.code == aiosmtplib.SMTPStatus.domain_unavailable:  # 421: it hangs up
                    raise
                refused[recipient] = verdict_on(error, step)
        if len(refused) == len(recipients):
            raise next((each for each in refused.values() if isinstance(each, NotNow)), refused[recipients[0]])
        if before_data is not None:
            await before_data()
        step = "DATA"
        await client.data(octets)
    except (SMTPException, OSError, ValueError) as error:
        raise verdict_on(error, step) from error
    return refused


def verdict_on(error: Exception, step: Step) -> NotNow | Never:
    """What a failure at this step means. In its words no address and nothing of the server's, which may quote one."""
    match error:
        case SMTPResponseException(code=code) if 400 <= code < 600:
            return _verdict_on_code(code, error.message, step)
        case ssl.SSLCertVerificationError() | SMTPException(__cause__=ssl.SSLCertVerificationError()):
            return NotNow("the mail server's certificate isn't trusted", SETUP_PAUSE)
        case ssl.SSLError() | SMTPException(__cause__=ssl.SSLError()):
            return NotNow("the mail server speaks no TLS that can be used", SETUP_PAUSE)
        case ValueError():
            return Never("the address can't be written in ASCII")
        case _ if step == "DATA":
            return Unknown("the connection broke while the mail was handed over: it may have been taken")
        case OSError():  # aiosmtplib's disconnections and time-outs too
            return NotNow(f"{type(error).__name__} at {step}")
    return NotNow(f"the mail server doesn't offer what RAPPORT_SMTP asks for ({type(error).__name__})", SETUP_PAUSE)


def _verdict_on_code(code: int, text: str, step: Step) -> NotNow | Never:
    enhanced = _ENHANCED.match(text)
    said = f"{code} {enhanced[1]}" if enhanced else str(code)
    reason = f"the mail server said {said} at {step}"
    if code < 500:
        return NotNow(reason)
    too_big = (code == 552 and step != "RCPT") or (enhanced is not None and enhanced[1] == "5.3.4")
    if code in _LOGIN_WANTED or step == "connecting" or (step == "MAIL" and not too_big):
        return NotNow(reason, SETUP_PAUSE)  # no fault of this mail: it goes when the set-up is put right
    if enhanced is not None:
        return Never(reason, enhanced[1])
    plain = {550: "5.1.1", 551: "5.1.1", 553: "5.1.3", 552: "5.2.2"} if step == "RCPT" else {}  # what they mean there
    return Never(reason, "5.3.4" if too_big else plain.get(code, ""))


async def _leave(client: SMTP) -> None:
    with contextlib.suppress(SMTPException, OSError):
        await client.quit(timeout=_FAREWELL)
    client.close()

"""Conversations in SMTP and LMTP with the clients that hand mail over, by aiosmtpd where it does well.

RFC 5321 (SMTP), RFC 2033 (LMTP), RFC 1870 (SIZE), RFC 2920 (pipelining), RFC 2034 and 3463 (enhanced status codes).
"""

from __future__ import annotations

import asyncio
import base64
import logging
import re
from collections import defaultdict

from aiosmtpd.smtp import SMTP

from mail.conversations import Conversations

log = logging.getLogger("rapport.drop")

# aiosmtpd's own answers have no enhanced status code; RFC 2034 asks for one in each, but for the greetings'.
_CODES = {
    "221 Bye": "2.0.0",
    "250 OK": "2.0.0",
    "500": "5.5.2",
    "501": "5.5.4",
    "502": "5.5.1",
    "503": "5.5.1",
    "552": "5.3.4",
    "555": "5.5.4",
}
_UNPRINTABLE = re.compile(r"[^ -~]")
_ATTEMPTS = 3  # to log in
_END = b"\r\n.\r\n"
_PIECE = 64 * 1024
_TOO_BIG = "552 5.3.4 The mail is too big: at most {} bytes are taken"


class Conversation(SMTP):
    """One client's connection. What aiosmtpd does well stays its own: the command loop, MAIL, RCPT and their syntax."""

    line_length_limit = _PIECE  # what asyncio buffers; a mail's lines may have any length, see smtp_DATA
    command_size_limit = 2048

    def __init__(self, others: Conversations, loop: asyncio.AbstractEventLoop) -> None:
        # aiosmtpd keeps these in its class: each EHLO would raise them, and each new client reset them, for all.
        self.command_size_limits = defaultdict(lambda: self.command_size_limit)
        super().__init__(
            others,
            data_size_limit=others.size_limit,
            enable_SMTPUTF8=True,
            hostname="rapport",
            ident="ESMTP",
            timeout=others.limits.idle,
            loop=loop,
        )
        self.held = 0  # bytes of the mail that is coming in
        self._others = others
        self._answers = 0
        self._is_lmtp = False
        self._is_reading = False
        self._member = ""  # who logged in
        self._refusals = 0

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As aiosmtpd does, but only while there is room."""
        assert isinstance(transport, asyncio.Transport)
        if self._others.admit(self):
            super().connection_made(transport)
            assert self._handler_coroutine is not None
            self._handler_coroutine.add_done_callback(self._ended)
        else:
            transport.set_protocol(asyncio.Protocol())  # which ignores what still comes
            transport.write(b"421 4.3.2 No room for another connection: try again later\r\n")
            transport.close()

    def eof_received(self) -> bool:
        """A client that has said all it wants still gets its answers; aiosmtpd would stop at once."""
        asyncio.StreamReaderProtocol.eof_received(self)
        return True

    def connection_lost(self, error: Exception | None) -> None:
        """As aiosmtpd does."""
        super().connection_lost(error)
        self._others.leave(self)

    def _ended(self, conversation: asyncio.Task[None]) -> None:
        self._writer.close()
        if not conversation.cancelled() and not isinstance(error := conversation.exception(), ConnectionError | None):
            log.error("a conversation failed: %s", type(error).__name__)

    def _timeout_cb(self) -> None:
        """As aiosmtpd does, but with a word, and not waiting for a client that doesn't read."""
        if self._writer.transport.get_write_buffer_size():
            self._writer.transport.abort()
        self.end("421 4.4.2 Nothing came for too long: connect again")

    def end(self, answer: str) -> None:
        """Says a last thing."""
        if not self._writer.is_closing():
            self._writer.write(answer.encode() + b"\r\n")
            self._writer.close()

    def end_between_mails(self) -> None:
        """Says goodbye, unless a mail is in hand."""
        assert self.envelope is not None
        if self.envelope.mail_from is None:
            self.end("421 4.3.2 Shutting down: connect again later")

    def cut_off(self) -> None:
        """Ends it in the middle."""
        self.end("421 4.3.2 Shutting down: connect again later")
        self._writer.transport.abort()

    # The answers

    async def push(self, status: str | bytes) -> None:
        """Every answer passes here: it gets its enhanced status code, and is counted."""
        if self._writer.is_closing():  # aiosmtpd would go on with what the client sent before
            raise ConnectionResetError
        text = status.decode() if isinstance(status, bytes) else status
        self._answers += text[3:4] != "-"
        if self._answers > self._others.limits.answers:
            self.end("421 4.7.0 Too many commands without a mail")
            raise ConnectionResetError
        code = _CODES.get(text) or _CODES.get(text[:3])
        if code and not text.startswith(code[0] + ".", 4):
            text = f"{text[:3]} {code}{text[3:]}"
        await super().push(_UNPRINTABLE.sub("?", text)[:510])  # aiosmtpd repeats an unknown command, of any length
        if self._others.closing:
            self.end_between_mails()

    async def handle_exception(self, error: Exception) -> str:
        """Something that may pass; aiosmtpd would say 500, never come again, and the error's text."""
        if isinstance(error, asyncio.IncompleteReadError | ConnectionError):  # the client has gone
            self._writer.close()
        else:
            log.error("a conversation failed: %s", type(error).__name__)
            if self._is_reading:  # the rest of the mail must not be taken for commands
                self.end("421 4.3.0 Something went wrong here: try again later")
        return "451 4.3.0 Something went wrong here: try again later"

    # The commands

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """As aiosmtpd does, with the standard library's parser, which fails in many ways on what is no address."""
        try:
            address, rest = super()._getaddr(arg)
        except Exception:  # IndexError, for example, for "<": of the same meaning as HeaderParseError
            return None, None
        return address, rest

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802
        """Begins plain SMTP."""
        self._is_lmtp = self._is_lmtp and not hostname
        await super().smtp_HELO(hostname)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        """Begins SMTP."""
        self._is_lmtp = self._is_lmtp and not hostname
        await super().smtp_EHLO(hostname)

    async def smtp_LHLO(self, hostname: str) -> None:  # noqa: N802
        """Begins LMTP."""
        self._is_lmtp = self._is_lmtp or bool(hostname)
        await super().smtp_EHLO(hostname)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        """Nobody needs to log in; a member who does has proved their mail (RFC 4954)."""
        if await self.check_helo_needed():
            return
        if self._others.log_in is None:
            await self.push("502 5.5.1 Nobody logs in here: mail for the CRM's address is taken without")
        elif self._member:
            await self.push("503 5.5.1 Logged in already")
        else:
            await self.push(await self._log_in(arg or ""))

    async def _log_in(self, arg: str) -> str:
        assert self._others.log_in is not None
        mechanism, _, initial = arg.partition(" ")
        try:
            if mechanism.upper() == "PLAIN":
                said = _from_base64(initial) if initial.strip() else await self._asked("")
                _, user, password = said.split("\0")
            elif mechanism.upper() == "LOGIN":
                user = _from_base64(initial) if initial.strip() else await self._asked("Username:")
                password = await self._asked("Password:")
            else:
                return "504 5.5.4 PLAIN or LOGIN"
        except ValueError:
            return "501 5.5.2 That is no answer to the question"
        try:
            self._member = await self._others.log_in(user.strip().lower(), password.strip())
        except Exception as error:  # the database is away: the client comes again
            log.warning("nobody can log in: %s", type(error).__name__)
            return "454 4.7.0 Logging in isn't possible just now: try again later"
        if self._member:
            return "235 2.7.0 Welcome"
        self._refusals += 1
        if self._refusals >= _ATTEMPTS:
            self.end("421 4.7.0 Too many attempts")
            raise ConnectionResetError
        return "535 5.7.8 Unknown: a member's mail address, and what stands after +me. in their secret address"

    async def _asked(self, question: str) -> str:
        await self.push(f"334 {base64.b64encode(question.encode()).decode()}")
        line = await self._reader.readline()
        self._reset_timeout()
        return _from_base64(line[:2_000].decode("ascii", "replace").strip())

    async def smtp_VRFY(self, arg: str) -> None:  # noqa: N802
        """Says no more than RCPT would; aiosmtpd may repeat what it was sent."""
        await self.push("252 2.1.5 Send it, and see")

    async def smtp_HELP(self, arg: str) -> None:  # noqa: N802
        """aiosmtpd would list commands that this server doesn't have."""
        await self.push("214 2.0.0 See RFC 5321 and RFC 2033")

    async def smtp_POST(self, arg: str) -> None:  # noqa: N802
        """A web page can make a browser send anything to a local port: no mail gets in that way."""
        self.end("421 4.7.0 This is no web server")

    smtp_GET = smtp_PUT = smtp_HEAD = smtp_OPTIONS = smtp_CONNECT = smtp_POST  # noqa: N815

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        """Takes a mail. aiosmtpd's has a limit of the line's length, other codes, and one answer in LMTP too."""
        if await self.check_helo_needed():
            return
        assert self.envelope is not None
        if arg:
            await self.push("501 Syntax: DATA")
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
            return
        await self.push("354 End the mail with <CR><LF>.<CR><LF>")
        try:
            answer = await self._take_mail()
        finally:
            self.held = 0
        for _ in range(len(self.envelope.rcpt_tos) if self._is_lmtp else 1):
            await self.push(answer)
        self.envelope = self._create_envelope()
        if self._others.closing:
            self.end_between_mails()

    async def _take_mail(self) -> str:
        self._is_reading = True
        raw = await self._read_mail()
        self._is_reading = False
        if isinstance(raw, str):
            return raw
        assert self._timeout_handle is not None
        self._timeout_handle.cancel()  # the time runs against the inbox now, not the client
        answer = await self._others.keep(raw, self._member)
        self._reset_timeout()
        if answer.startswith("250"):
            self._answers = 0
        log.info("a mail of %d bytes: %s", len(raw), answer[:9])
        return answer

    async def _read_mail(self) -> bytes | str:
        """The mail's bytes up to the line with a dot alone, or the answer that refuses it.

        Only CRLF ends a line: a bare LF or CR is a byte like any other, so that a dot between them never ends the
        mail, and no second one can be hidden in it. A dot that begins a line was added for the way (RFC 5321 4.5.2).
        """
        limit = self._others.size_limit
        refused = ""
        text = bytearray(b"\r\n")  # before the first line too there is a line's end
        end = -1
        while end < 0:
            piece = await self._reader.read(_PIECE)
            if not piece:
                raise asyncio.IncompleteReadError(b"", None)
            self._reset_timeout()
            known = len(text)
            text += piece
            end = text.find(_END, max(0, known - len(_END) + 1))
            self.held = len(text)
            if len(text) > limit * 4 // 3 + _PIECE:  # bigger than the biggest with all of its dots doubled
                refused = refused or _TOO_BIG.format(limit)
            elif self._others.is_out_of_memory():
                refused = refused or "452 4.3.1 Too much mail comes in at once: try again later"
            if refused and end < 0:
                del text[: -len(_END)]
                self.held = len(text)
        # What was read of the next command goes back; asyncio's reader has no public way. (Asking it for the bytes up
        # to the end can't tell a mail that is the dot alone, and costs a turn for each line that ends with one.)
        self._reader._buffer[:0] = text[end + len(_END) :]  # type: ignore[attr-defined]  # noqa: SLF001
        if refused:
            return refused
        del text[end + 2 :]
        text = text.replace(b"\r\n.", b"\r\n")
        del text[:2]
        return bytes(text) if len(text) <= limit else _TOO_BIG.format(limit)


def _from_base64(text: str) -> str:
    """Raises ValueError."""
    return base64.b64decode(text.strip().removeprefix("="), validate=True).decode()

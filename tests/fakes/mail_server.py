"""A real SMTP server (aiosmtpd) on loopback, with faults at each phase of a conversation, and its own CA by openssl."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import time
from collections import defaultdict
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Any, AnyStr, Literal, Self
from urllib.parse import quote

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Phase = Literal["greeting", "EHLO", "AUTH", "RSET", "MAIL", "RCPT", "DATA", "text", "dot"]

USER, PASSWORD = "crm@firma.example", "p@ss/wörd #1"


@dataclass(frozen=True, slots=True)
class Taken:
    """One mail that the server took, though its answer may not have been that."""

    sender: str
    recipients: tuple[str, ...]
    octets: bytes
    fault: str = ""
    at: float = field(default_factory=time.time)  # seconds since the epoch

    @property
    def mail(self) -> EmailMessage:
        """The mail, parsed."""
        mail = BytesParser(policy=default).parsebytes(self.octets)
        assert isinstance(mail, EmailMessage)
        return mail

    @property
    def text(self) -> str:
        """Its plain text."""
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n").rstrip("\n")


class FakeMailServer:
    """`async with FakeMailServer() as server`: takes mails; `server.will("MAIL", "451 later")` says what goes wrong.

    A fault is an answer, or "drop" or "hang"; "ok" is none. At the phase "dot" also "take and drop", "take and hang".
    """

    def __init__(
        self,
        *,
        security: Literal["tls", "starttls", "none"] = "none",
        tls: Certificates | None = None,
        account: tuple[str, str] = (USER, PASSWORD),
    ) -> None:
        self.security = security
        self.account = account
        self.mails: list[Taken] = []
        self.connections = 0
        self.logins: list[tuple[str, str]] = []
        self.port = 0
        self._tls = tls
        self._faults: dict[Phase, list[str]] = defaultdict(list)
        self._news = asyncio.Condition()
        self._conversations: list[_Conversation] = []
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        context = self._tls.server_context() if self._tls is not None and self.security == "tls" else None
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._answer, "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for each in self._conversations:
            each.hang_up()
        await asyncio.gather(*(each.over() for each in self._conversations))

    @property
    def setting(self) -> str:
        """RAPPORT_SMTP for it."""
        scheme = {"tls": "smtps", "starttls": "smtp+starttls", "none": "smtp"}[self.security]
        login = ":".join(quote(each, safe="") for each in self.account) + "@" if self._tls is not None else ""
        return f"{scheme}://{login}127.0.0.1:{self.port}"

    def will(self, phase: Phase, *faults: str) -> None:
        """These faults happen at this phase, one each time, in their order."""
        self._faults[phase] += faults

    def fault_at(self, phase: Phase) -> str:
        """The next fault of this phase; "" for none."""
        return self._faults[phase].pop(0) if self._faults[phase] else ""

    async def takes(self, count: int, seconds: float = 10) -> Taken:
        """Waits until so many mails were taken; the newest of them."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(lambda: len(self.mails) >= count)
        return self.mails[count - 1]

    async def keep(self, taken: Taken) -> None:
        """Another mail."""
        async with self._news:
            self.mails.append(taken)
            self._news.notify_all()

    def _answer(self) -> _Conversation:
        self.connections += 1
        tls = self._tls.server_context() if self._tls is not None and self.security == "starttls" else None
        conversation = _Conversation(self, tls, with_login=self._tls is not None)
        self._conversations.append(conversation)
        return conversation


class _Conversation(SMTP):
    def __init__(self, server: FakeMailServer, tls: ssl.SSLContext | None, *, with_login: bool) -> None:
        super().__init__(
            _Handler(server),
            hostname="mx.test.example",
            tls_context=tls,
            authenticator=self._judge if with_login else None,
            auth_require_tls=server.security == "starttls",
            loop=asyncio.get_running_loop(),
        )
        self._fake = server

    def abort(self) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    def hang_up(self) -> None:
        self.abort()
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()

    async def over(self) -> None:
        if self._handler_coroutine is not None:
            await asyncio.wait([self._handler_coroutine])

    async def push(self, status: AnyStr) -> None:
        if str(status).startswith("220 mx.test.example") and await self.fails("greeting"):
            return
        await super().push(status)

    async def fails(self, phase: Phase) -> bool:
        """Does something go wrong here? It was done then."""
        fault = self._fake.fault_at(phase)
        if fault in ("", "ok"):
            return False
        if fault == "drop":
            self.abort()
        elif fault == "hang":
            await asyncio.Event().wait()
        else:
            await super().push(fault)
            if fault.startswith("421") and self.transport is not None:
                self.transport.close()
        return True

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        if not await self.fails("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_RSET(self, arg: str) -> None:  # noqa: N802
        if not await self.fails("RSET"):
            await super().smtp_RSET(arg)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        if not await self.fails("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
        if not await self.fails("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if await self.fails("DATA"):
            return
        if fault := self._fake.fault_at("text"):
            assert fault == "drop"
            await super().push("354 go on")
            await self._reader.readline()  # the mail's first line, and no more
            self.abort()
            return
        await super().smtp_DATA(arg)

    def _judge(self, server: Any, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword) -> Any:
        self._fake.logins.append((data.login.decode(), data.password.decode()))
        refused = self._fake.fault_at("AUTH")
        fits = self._fake.logins[-1] == self._fake.account and not refused
        return AuthResult(success=fits, handled=False)


class _Handler:
    def __init__(self, fake: FakeMailServer) -> None:
        self._fake = fake

    async def handle_DATA(self, server: _Conversation, session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self._fake.fault_at("dot")
        if not fault or fault.startswith("take"):
            assert isinstance(envelope.content, bytes)
            await self._fake.keep(Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.content, fault))
        if fault.endswith("drop"):
            server.abort()
        elif fault.endswith("hang"):
            await asyncio.Event().wait()
        return fault or "250 2.0.0 taken"


@dataclass(frozen=True, slots=True)
class Certificates:
    """A CA made by openssl, and a certificate of it for 127.0.0.1."""

    folder: Path

    @property
    def ca(self) -> str:
        """The CA's file, to be trusted."""
        return str(self.folder / "ca.pem")

    def server_context(self) -> ssl.SSLContext:
        """What the server shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "server.pem", self.folder / "server.key")
        return context


def make_certificates(folder: Path) -> Certificates:
    """Makes them in this folder."""
    (folder / "extensions").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n", encoding="ascii")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    for command in (
        ("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test CA",
         "-addext", "keyUsage=critical,keyCertSign"),
        ("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=127.0.0.1"),
        ("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
         "-extfile", "extensions", "-out", "server.pem"),
    ):  # fmt: skip
        subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True, timeout=60)
    return Certificates(folder)

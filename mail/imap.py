"""One IMAP folder over one connection, as the follower needs it. aioimaplib is spoken here and in imap_protocol.py.

What is known of aioimaplib 2.0, and met here: a lost connection fails no call, a call has no time limit, after an
exception late answers go to the wrong call, its parser takes a level of recursion a line, and only literals come
through unharmed. So: every call races the connection's end and a limit of its own, any failure ends the connection,
answers are kept short, and mails are fetched as literals.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from aioimaplib import aioimaplib

from mail.account import Account
from mail.folder import Folder, is_sent_folder
from mail.folder_name import decode_folder, encode_folder, quote
from mail.imap_protocol import ImapProtocol
from mail.url import is_loopback
from storage.errors import AccessRefused, RapportError

T = TypeVar("T")
Line = bytes | bytearray  # of an answer; a literal is a bytearray

MOST_MAILS = 50  # a command; more would break the parser, and be slower
MOST_HEADS = 200  # a command: a line each

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_RECEIVED = re.compile(rb'\bINTERNALDATE "([^"]+)"')
_FETCHED = re.compile(rb"\d+ FETCH \(")
_SHORT_BODY = re.compile(rb'\bBODY\[\](?:<0>)? "((?:[^"\\]|\\.)*)"')
_VALIDITY = re.compile(rb"\[UIDVALIDITY (\d+)\]", re.IGNORECASE)
_CODE = re.compile(rb"\[([A-Za-z][A-Za-z0-9-]{2,40})[\] ]")
_PASSING = ("UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG")  # not the login's fault (RFC 5530)
_LISTED = re.compile(rb'\(([^)]*)\) (?:"(?:[^"\\]|\\.)*"|NIL) ?(.*)', re.IGNORECASE | re.DOTALL)


class MailboxTrouble(RapportError):
    """The mailbox can't be read now; the message says why, without addresses and secrets."""


class LoginRefused(MailboxTrouble, AccessRefused):
    """The server doesn't take the user and the password, or the token."""


class NoFolder(MailboxTrouble):
    """The folder can't be opened."""


class Refused(MailboxTrouble):
    """The server answered NO or BAD, with this code if any; the connection can be used on."""

    def __init__(self, said: str, code: str = "") -> None:
        super().__init__(f"{said} {code}" if code else said)
        self.code = code


@dataclass(frozen=True, slots=True)
class Limits:
    """How long is waited for what, in seconds, and how much is fetched at once, in bytes."""

    connect: float = 30
    answer: float = 60  # the whole of a short answer; of a long one the next piece
    slowest: float = 8_000  # bytes a second: a fetch that is slower as a whole is given up
    renewal: float = 300  # IDLE is begun anew; servers allow 29 minutes, routers forget sooner
    poll: float = 30  # between two looks where the server has no IDLE
    batch: int = 8 * 1024 * 1024
    biggest: int = 48 * 1024 * 1024  # of a bigger mail the rest stays on the server


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a mail before it is fetched: its size in bytes, when the server got it (None: not told)."""

    uid: int
    size: int
    received: datetime | None


class Mailbox:
    """A connection that is logged in; see `open_mailbox`. One call at a time.

    Every call may raise MailboxTrouble; after any but Refused it is of no use any more: open another.
    """

    def __init__(self, limits: Limits) -> None:
        loop = asyncio.get_running_loop()
        self._limits = limits
        self._lost: asyncio.Future[None] = loop.create_future()
        self._news = asyncio.Event()
        self._protocol = ImapProtocol(loop, self._note_lost, self._news.set)

    async def connect(self, account: Account, tls: ssl.SSLContext) -> None:
        """Connects, securely unless it is to this machine alone, and hears the greeting."""
        if account.security == "plain" and not is_loopback(account.host):
            raise MailboxTrouble("An unencrypted connection is made to this machine alone: use imaps://")
        try:
            async with asyncio.timeout(self._limits.connect):
                transport, _ = await asyncio.get_running_loop().create_connection(
                    lambda: self._protocol,
                    account.host,
                    account.port,
                    ssl=tls if account.security == "tls" else None,
                )
                _keep_alive(transport)
                await self._call(self._protocol.wait("AUTH|NONAUTH"), self._limits.connect)
                if account.security == "starttls":
                    await self._start_tls(account.host, tls)
        except ssl.SSLCertVerificationError as error:
            raise MailboxTrouble(
                f"The server's certificate isn't trusted ({error.verify_message}): check the host's name, "
                "or name its CA's file in RAPPORT_TLS_CA"
            ) from error
        except TimeoutError as error:
            raise MailboxTrouble(f"The server didn't answer within {self._limits.connect:g} seconds") from error
        except OSError as error:
            raise MailboxTrouble(f"The server can't be reached: {_reason(error)}") from error

    async def login(self, account: Account, token: str = "") -> None:
        """Logs in: with the token when there is one (XOAUTH2), else with the password. Raises LoginRefused."""
        protocol = self._protocol
        if protocol.state == aioimaplib.AUTH:
            return  # the server knows who we are (PREAUTH)
        try:
            if token:
                said = f"user={account.user}\1auth=Bearer {token}\1\1"
                await self._authenticate("XOAUTH2", said)
            elif not f"{account.user}{account.password}".isascii() and "AUTH=PLAIN" in protocol.capabilities:
                await self._authenticate("PLAIN", f"\0{account.user}\0{account.password}")  # LOGIN is for ASCII
            elif "LOGINDISABLED" in protocol.capabilities:
                raise LoginRefused("The server doesn't take a password on this connection")
            else:
                await self._ask(protocol.login(quote(account.user), account.password))
        except Refused as error:
            if error.code.upper() in _PASSING:
                raise MailboxTrouble(f"The server can't check a login now ({error})") from error
            what = "the token" if token else "the user or the password"
            raise LoginRefused(f"The server doesn't take {what} ({error}): check RAPPORT_IMAP") from error
        protocol.state = aioimaplib.AUTH
        await self._call(protocol.capability(), self._limits.answer)  # it may be able to do more now

    async def find(self, folder: str) -> str:
        """The folder's name; of one like `\\Sent` the folder that has this special use. Raises NoFolder."""
        if not folder.startswith("\\"):
            return folder
        for listed in await self.folders(specially=True):
            if folder.lower() in listed.uses:
                return listed.name
        raise NoFolder(f"The server has no folder for {folder}: name the folder itself in RAPPORT_IMAP")

    async def folders(self, *, specially: bool = False) -> list[Folder]:
        """The account's folders; `specially`: only those with a special use, where the server can tell them."""
        chosen = "(SPECIAL-USE) " if specially and "SPECIAL-USE" in self._protocol.capabilities else ""
        lines = await self._ask(self._protocol.simple_command("LIST", f'{chosen}""', '"*"'))
        found = []
        for place, line in enumerate(lines):
            if listed := _LISTED.match(line):
                name = listed.group(2)
                if re.fullmatch(rb"\{\d+\}", name) and place + 1 < len(lines):
                    name = bytes(lines[place + 1])
                elif name.startswith(b'"'):
                    name = re.sub(rb"\\(.)", rb"\1", name[1:-1])
                uses = frozenset(listed.group(1).decode("ascii", "replace").lower().split())
                found.append(Folder(decode_folder(name.decode("ascii", "replace")), uses))
        return found

    async def is_sent(self, folder: str) -> bool:
        """Is it the account's folder of sent mail: by its special use, or by its name where the server has none?"""
        try:
            return is_sent_folder(folder, await self.folders(specially=True))
        except Refused:
            return False

    @property
    def can_idle(self) -> bool:
        """Does the server tell of new mail by itself (RFC 2177)?"""
        return "IDLE" in self._protocol.capabilities

    async def select(self, folder: str) -> int:
        """Opens a folder; its UIDVALIDITY. Raises NoFolder."""
        try:
            lines = await self._ask(self._protocol.select(quote(encode_folder(folder))))
        except Refused as error:
            raise NoFolder(f"The folder can't be opened ({error}): check its name in RAPPORT_IMAP") from error
        for line in lines:
            if hit := _VALIDITY.search(line):
                return int(hit.group(1))
        raise NoFolder("The folder's mails have no lasting numbers (UIDVALIDITY), so it can't be followed")

    async def uids_after(self, uid: int) -> list[int]:
        """The UIDs above this one, ascending."""
        self._news.clear()  # before the question: what comes while it is answered is news again
        criteria = ("UID", f"{uid + 1}:*")
        lines = await self._ask(self._protocol.search(*criteria, charset=None, by_uid=True))
        found = {int(each) for line in lines for each in line.split() if each.isdigit()}
        return sorted(each for each in found if each > uid)  # `n:*` names the newest mail even when it is older

    async def heads(self, uids: Sequence[int]) -> list[Head]:
        """Sizes and dates of at most MOST_HEADS mails, ascending; without those that are gone."""
        lines = await self._ask(self._fetch(uids, "(UID RFC822.SIZE INTERNALDATE)"))
        heads = {}
        for text, _ in _records(lines):
            uid, size, received = _UID.search(text), _SIZE.search(text), _RECEIVED.search(text)
            if uid and size:
                moment = _moment(received.group(1)) if received else None
                heads[int(uid.group(1))] = Head(int(uid.group(1)), int(size.group(1)), moment)
        return [heads[uid] for uid in sorted(heads) if uid in set(uids)]

    async def fetch(self, heads: Sequence[Head]) -> dict[int, bytes]:
        """Raw mails by UID, at most MOST_MAILS; without those that are gone. Raises Refused. Marks nothing as read."""
        most = self._limits.biggest
        part = f"<0.{most}>" if any(head.size > most for head in heads) else ""
        size = sum(min(head.size, most) for head in heads)
        call = self._fetch([head.uid for head in heads], f"(UID BODY.PEEK[]{part})")
        lines = await self._ask(call, self._limits.answer + size / self._limits.slowest)
        asked = {head.uid for head in heads}
        mails = {}
        for text, literal in _records(lines):
            uid = _UID.search(text)
            if literal is None and (short := _SHORT_BODY.search(text)):
                literal = re.sub(rb"\\(.)", rb"\1", short.group(1))
            if uid and int(uid.group(1)) in asked and literal is not None:
                mails[int(uid.group(1))] = literal
        return mails

    async def results(self, uids: Sequence[int]) -> list[bytes]:
        """The header fields that say how each of at most MOST_MAILS mails was checked: Authentication-Results."""
        lines = await self._ask(self._fetch(uids, "(UID BODY.PEEK[HEADER.FIELDS (AUTHENTICATION-RESULTS)])"))
        return [literal for _, literal in _records(lines) if literal is not None]

    async def wait_for_news(self) -> bool:
        """Waits for more mail than there was at the last search; False when it is time to look all the same."""
        if self._news.is_set():
            return True
        if not self.can_idle:
            await self._race(self._news.wait(), self._limits.poll)
            return self._news.is_set()
        idling = asyncio.ensure_future(self._protocol.idle())
        try:
            begun = self._protocol.wait_for_idle_response()
            if not await self._race(begun, self._limits.answer, idling):
                raise MailboxTrouble("The server doesn't answer any more")
            await self._race(self._news.wait(), self._limits.renewal, idling)
            if not idling.done():
                self._protocol.idle_done()
            await self._ask(idling)
            self._protocol.forget_pushes()
        finally:
            idling.cancel()
        return self._news.is_set()

    async def close(self) -> None:
        """Ends the connection at once."""
        if self._protocol.transport is not None:
            self._protocol.transport.abort()
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await asyncio.shield(self._lost)

    async def _start_tls(self, host: str, tls: ssl.SSLContext) -> None:
        """STARTTLS (RFC 3501 6.2.1), which aioimaplib lacks. It is that or nothing."""
        protocol = self._protocol
        if protocol.state != aioimaplib.NONAUTH:
            raise MailboxTrouble("The server logs in before the connection is encrypted: that isn't taken")
        try:
            await self._ask(protocol.execute(aioimaplib.Command("STARTTLS", protocol.new_tag())))
        except Refused as error:
            raise MailboxTrouble(f"The server has no STARTTLS ({error}): try imaps://") from error
        if protocol.incomplete_line:  # what was said in clear must not be taken for what is said after
            raise MailboxTrouble("The server goes on in clear after STARTTLS: that isn't taken")
        transport = await asyncio.get_running_loop().start_tls(
            protocol.transport, protocol, tls, server_hostname=host, ssl_handshake_timeout=self._limits.connect
        )
        if transport is None:
            raise MailboxTrouble("The connection ended while it was being encrypted")
        protocol.transport = transport
        await self._call(protocol.capability(), self._limits.answer)  # what it said before may be another's

    async def _authenticate(self, mechanism: str, said: str) -> None:
        protocol = self._protocol
        secret = b64encode(said.encode()).decode()
        words = [mechanism]
        if "SASL-IR" in protocol.capabilities:
            words.append(secret)
        else:
            protocol.to_say.append(secret)
        command = aioimaplib.Command("AUTHENTICATE", protocol.new_tag(), *words)
        await self._ask(protocol.execute(command, scrub=secret))

    def _fetch(self, uids: Sequence[int], items: str) -> Coroutine[Any, Any, Any]:
        # Its timer begins anew with every piece that comes: a slow line is waited for, a dead one isn't.
        joined = ",".join(str(uid) for uid in uids)
        return self._protocol.fetch(joined, items, by_uid=True, timeout=self._limits.answer)  # type: ignore[no-any-return]

    async def _ask(self, call: Awaitable[Any], seconds: float | None = None) -> list[Line]:
        """A command's answer, without its last line. Raises Refused, with the code alone: the words may hold names."""
        answer = await self._call(call, self._limits.answer if seconds is None else seconds)
        if answer.result != "OK":
            code = _CODE.search(answer.lines[-1]) if answer.lines else None
            raise Refused(str(answer.result), code.group(1).decode() if code else "")
        return list(answer.lines[:-1])

    async def _call(self, call: Awaitable[T], seconds: float) -> T:
        """What the call gives, within its limit and the connection's life."""
        task: asyncio.Future[T] = asyncio.ensure_future(call)
        both: set[asyncio.Future[Any]] = {task, self._lost}
        try:
            await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
        except aioimaplib.CommandTimeout:
            raise MailboxTrouble("The server stopped in the middle of an answer") from None
        except aioimaplib.AioImapException as error:
            raise MailboxTrouble(f"The server doesn't answer as it should ({type(error).__name__})") from error
        finally:
            task.cancel()
        self._check_lost()
        raise MailboxTrouble(f"The server didn't answer within {seconds:g} seconds")

    async def _race(self, wanted: Awaitable[Any], seconds: float, *others: asyncio.Future[Any]) -> bool:
        """Waits for the first of them, the connection's end or the limit; False at the limit."""
        task = asyncio.ensure_future(wanted)
        every: set[asyncio.Future[Any]] = {task, self._lost, *others}
        try:
            done, _ = await asyncio.wait(every, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            task.cancel()
        self._check_lost()
        return bool(done)

    def _check_lost(self) -> None:
        if self._lost.done():
            raise MailboxTrouble("The connection was lost")

    def _note_lost(self, _error: Exception | None) -> None:
        if not self._lost.done():
            self._lost.set_result(None)


@asynccontextmanager
async def open_mailbox(
    account: Account,
    tls: ssl.SSLContext,
    *,
    token: Callable[[str], Awaitable[str]] | None = None,
    limits: Limits | None = None,
) -> AsyncIterator[Mailbox]:
    """A mailbox, connected and logged in; its connection ends with the block. `token` makes one for a user."""
    if account.oauth and token is None:
        raise MailboxTrouble("imaps+oauth:// needs RAPPORT_OAUTH_COMMAND")
    mailbox = Mailbox(limits or Limits())
    try:
        await mailbox.connect(account, tls)
        await mailbox.login(account, await token(account.user) if account.oauth and token else "")
        yield mailbox
    finally:
        await mailbox.close()


def _records(lines: Sequence[Line]) -> list[tuple[bytes, bytes | None]]:
    """A FETCH's answer by mail: the text of its lines, and its literal."""
    records: list[tuple[bytes, bytes | None]] = []
    for line in lines:
        if isinstance(line, bytearray):
            if records:
                records[-1] = (records[-1][0], bytes(line))
        elif _FETCHED.match(line):
            records.append((line, None))
        elif records:
            records[-1] = (records[-1][0] + b" " + line, records[-1][1])
    return records


def _moment(text: bytes) -> datetime | None:
    """` 7-Nov-2026 09:30:00 +0100` as an aware moment."""
    try:
        moment = parsedate_to_datetime(text.decode("ascii").strip().replace("-", " ", 2))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # -0000


def _keep_alive(transport: asyncio.Transport) -> None:
    """Lets the system find out that the other side has gone."""
    found = transport.get_extra_info("socket")
    if found is not None:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "its name isn't known"
    if isinstance(error, ssl.SSLError):
        return f"no TLS with it ({error.reason or type(error).__name__})"
    return error.strerror or type(error).__name__

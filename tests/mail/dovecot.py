"""A real Dovecot for tests, with a proxy before it that can fail; and a small server that can misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import os
import pwd
import shutil
import smtplib
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from mail.account import Account
from mail.folder_name import encode_folder, quote
from mail.url import Security
from tests.conftest import PEERS

USERS = {
    **{f"user{number}": "secret" for number in range(1, 40)},
    "odd@firma.example": 'p/a"s#s\\w @rd%',
    "juergen": "pässwörd",
}


def is_installed() -> bool:
    """Can it be started here?"""
    server = shutil.which("dovecot") or Path("/usr/sbin/dovecot").exists()
    return bool(server) and Path("/usr/lib/dovecot/lmtp").exists()


@dataclass
class Dovecot:
    """A running server, whose state outlives a stop."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=lambda: dict(USERS))
    _next: int = 0

    def start(self) -> None:
        users = [word for user, password in self.users.items() for word in ("-u", f"{user}:{password}")]
        done = subprocess.run(
            [str(PEERS / "dovecot.sh"), "start", str(self.folder), *users],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        self.settings = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)

    def stop(self) -> None:
        """As a crash would."""
        subprocess.run([str(PEERS / "dovecot.sh"), "stop", str(self.folder)], check=True, timeout=60)

    @property
    def ca(self) -> str:
        return self.settings["PEER_IMAP_CA"]

    def port(self, security: Security = "tls") -> int:
        return int(self.settings["PEER_IMAPS_PORT" if security == "tls" else "PEER_IMAP_PORT"])

    def account(self, folder: str = "INBOX", *, security: Security = "tls", port: int | None = None) -> Account:
        """A user nobody used before, with an empty mailbox."""
        self._next += 1
        return Account(
            "localhost", port or self.port(security), f"user{self._next}", "secret", folder=folder, security=security
        )

    def receives(self, account: Account, raw: bytes) -> None:
        """A mail comes in by LMTP."""
        with smtplib.LMTP("127.0.0.1", int(self.settings["PEER_LMTP_PORT"])) as client:
            client.sendmail("a@sender.example", [account.user], raw)

    @contextmanager
    def client(self, account: Account) -> Iterator[imaplib.IMAP4]:
        """Another mail program of the same user."""
        with imaplib.IMAP4("127.0.0.1", self.port("plain")) as client:
            client.login(account.user, account.password)
            yield client

    def puts(self, account: Account, raw: bytes, at: datetime | None = None) -> None:
        """A mail is put into the account's folder, with its date of arrival."""
        with self.client(account) as client:
            when = imaplib.Time2Internaldate(at) if at is not None else ""
            answer, _ = client.append(quote(encode_folder(account.folder)), "", when, raw)
            assert answer == "OK"

    def makes(self, account: Account) -> None:
        """The account's folder is made."""
        with self.client(account) as client:
            assert client.create(quote(encode_folder(account.folder)))[0] == "OK"

    def fills(self, account: Account, count: int, raw: Callable[[int], bytes], at: datetime) -> None:
        """Many mails at once, put into the INBOX past the server."""
        inbox = self.folder / "mail" / account.user / "Maildir"
        for folder in (inbox / "cur", inbox / "new", inbox / "tmp"):
            folder.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            path = inbox / "cur" / f"{1_000_000 + number}.M{number}P1.test:2,S"
            path.write_bytes(raw(number))
            os.utime(path, (at.timestamp(), at.timestamp()))
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for each in (inbox.parent, inbox, *inbox.rglob("*")):
                os.chown(each, nobody.pw_uid, nobody.pw_gid)

    def has_password(self, account: Account, password: str) -> None:
        """The user's password is changed."""
        users = self.folder / "users"
        lines = users.read_text(encoding="utf-8").splitlines()
        changed = [
            f"{account.user}:{{PLAIN}}{password}" if line.startswith(f"{account.user}:") else line for line in lines
        ]
        users.write_text("\n".join(changed) + "\n", encoding="utf-8")
        stamp = time.time() + 5  # Dovecot looks at the file's time, in seconds
        os.utime(users, (stamp, stamp))


async def eventually(fits: Callable[[], Awaitable[bool]] | Callable[[], bool], seconds: float = 30) -> float:
    """Waits until it is so; how many seconds that took."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    async with asyncio.timeout(seconds):
        while True:
            is_so = fits()
            if is_so if isinstance(is_so, bool) else await is_so:
                return loop.time() - begun
            await asyncio.sleep(0.02)


class Proxy:
    """Stands before a server; can cut connections, cut them after so many bytes, or swallow all that passes."""

    def __init__(self, target: int) -> None:
        self.swallows = False
        self.cut_after: int | None = None  # bytes from the server
        self.connections = 0
        self._target = target
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def cut(self) -> None:
        """Ends all connections without a word."""
        for writer in self._writers:
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        mine = {writer, there_writer}
        self._writers |= mine
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, there_writer, from_server=False))
                group.create_task(self._pump(there_reader, writer, from_server=True))
        finally:
            self._writers -= mine
            for each in mine:
                each.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, from_server: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(65536):
                if self.swallows:
                    continue
                if from_server and self.cut_after is not None:
                    self.cut_after -= len(piece)
                    if self.cut_after < 0:
                        self.cut_after = None
                        self.cut()
                        return
                writer.write(piece)
                await writer.drain()
        writer.transport.abort()

    async def end(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def proxy_to(port: int) -> AsyncIterator[tuple[Proxy, int]]:
    """A proxy and its port."""
    proxy = Proxy(port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    try:
        yield proxy, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await proxy.end()


class ScriptedServer:
    """Says what it is told to: `answers` maps a command's first words to lines; `{tag}` is the command's tag.

    Lines end with CRLF, but not after three dots.
    """

    def __init__(self, answers: dict[str, str], greeting: str = "* OK ready") -> None:
        self.answers = {"CAPABILITY": "* CAPABILITY IMAP4rev1\r\n{tag} OK done", **answers}
        self.greeting = greeting
        self.heard: list[str] = []
        self._writers: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with contextlib.suppress(OSError):
            writer.write(f"{self.greeting}\r\n".encode())
            tag = ""
            while line := (await reader.readline()).decode(errors="replace").rstrip("\r\n"):
                self.heard.append(line)
                first, _, command = line.partition(" ")
                tag = first if command else tag  # of the command that goes on
                key = max((each for each in self.answers if (command or line).startswith(each)), key=len, default="")
                answer = self.answers.get(key) or "{tag} BAD what?"
                end = "" if answer.endswith("...") else "\r\n"
                writer.write(f"{answer.replace('{tag}', tag)}{end}".encode())
                await writer.drain()
        writer.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Its port."""
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for writer in self._writers:
                writer.transport.abort()

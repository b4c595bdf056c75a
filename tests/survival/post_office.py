"""The mail servers of the siege: a Dovecot that is stopped and started, and a mail server with faults by chance."""

from __future__ import annotations

import asyncio
import imaplib
import smtplib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import ClassVar
from urllib.parse import quote

from mail.account import Account
from tests.fakes.mail_server import Certificates, FakeMailServer, Phase, Taken
from tests.mail.dovecot import Dovecot
from tests.survival.mailbag import MARKER

REFUSALS = (OSError, smtplib.SMTPException, imaplib.IMAP4.error)
INBOX = ("crm", f'{MARKER}pass/im"a#p @1')  # the user and the password
SENT = ("max", f"{MARKER}pass-sent%")
WRONG = f"{MARKER}wrong"
TOKEN = f"{MARKER}oauth"
SUBMISSION = ("crm@firma.example", f"{MARKER}pass/smtp #ü")
_KEPT_FILES = ("dovecot-uid*", "dovecot.index*")  # what gives the mails of a Maildir their lasting numbers


class Mailboxes:
    """Two folders on a real Dovecot: an INBOX, which gets mail, and a folder of sent mail, which is filled."""

    def __init__(self, dovecot: Dovecot) -> None:
        self.stops = 0
        self.made_anew = 0
        self._dovecot = dovecot
        self._sent: list[bytes] = []
        self._filling = threading.Lock()

    @property
    def setting(self) -> str:
        """RAPPORT_IMAP: both folders; a third that refuses the password, and a fourth that refuses the token."""
        place = f"localhost:{self._dovecot.port()}"
        inbox, sent = (f"{user}:{quote(password, safe='')}" for user, password in (INBOX, SENT))
        return (
            f"imaps://{inbox}@{place}/INBOX imaps://{sent}@{place}/%5CSent "
            f"imaps://{INBOX[0]}:{WRONG}@{place}/INBOX imaps+oauth://{SENT[0]}@{place}/INBOX"
        )

    def receives(self, raw: bytes) -> bool:
        """A mail comes into the INBOX, if the server is up."""
        try:
            self._dovecot.receives(self._account(INBOX), raw)
        except REFUSALS:
            return False
        return True

    def keeps_sent(self, raw: bytes) -> bool:
        """A mail program puts a mail into the folder of sent mail, if the server is up."""
        with self._filling:
            try:
                self._dovecot.puts(self._account(SENT, "Sent"), raw)
            except REFUSALS:
                return False
            self._sent.append(raw)
        return True

    def stops_for(self, seconds: float, *, renumbers: bool = False) -> None:
        """The server breaks down for so long; it may have lost its numbering then, and count all mails anew."""
        with self._filling:
            before = self._validity() if renumbers else 0
            self._dovecot.stop()
            self.stops += 1
            if renumbers:
                folder = self._dovecot.folder / "mail" / INBOX[0] / "Maildir"
                for path in [path for pattern in _KEPT_FILES for path in folder.glob(pattern)]:
                    path.unlink()
            time.sleep(seconds)
            self._dovecot.start()
            if renumbers:
                assert self._validity() != before, "the folder has kept its UIDVALIDITY"
                self.made_anew += 1

    def makes_sent_anew(self) -> None:
        """The folder of sent mail is deleted, and comes back with the same mails, as from a backup."""
        account = self._account(SENT, "Sent")
        with self._filling, self._dovecot.client(account) as client:
            assert client.delete("Sent")[0] == client.create("Sent")[0] == "OK"
            for raw in self._sent:
                assert client.append("Sent", "", "", raw)[0] == "OK"
            self.made_anew += 1

    def _account(self, login: tuple[str, str], folder: str = "INBOX") -> Account:
        account = Account("localhost", self._dovecot.port(), *login)
        return replace(account, folder=folder)

    def _validity(self) -> int:
        with self._dovecot.client(self._account(INBOX)) as client:
            _, [answer] = client.status("INBOX", "(UIDVALIDITY)")
        return int(answer.rpartition(b" ")[2].rstrip(b")"))


class ServerOfFaults(FakeMailServer):
    """A mail server that each phase may fail at: by chance, with words that must not be repeated in a log."""

    FAULTS: ClassVar[dict[Phase, tuple[tuple[float, str], ...]]] = {
        "greeting": ((0.04, "421 4.3.2 <ida@firma.example> qxlater"), (0.03, "drop")),
        "MAIL": ((0.04, "451 4.3.0 <crm@firma.example> qxlater"),),
        "RCPT": ((0.04, "451 4.7.1 <ida@firma.example> qxgreylisted"), (0.02, "drop")),
        "DATA": ((0.03, "451 4.3.0 qxlater"),),
        "text": ((0.04, "drop"),),
        "dot": ((0.04, "451 4.3.0 qxlater"), (0.04, "drop"), (0.07, "take and drop"), (0.01, "take and hang")),
    }

    def __init__(self, seed: int, tls: Certificates) -> None:
        super().__init__(security="starttls", tls=tls, account=SUBMISSION)
        self.struck: Counter[str] = Counter()
        self._dice = Random(f"smtp {seed}")

    def fault_at(self, phase: Phase) -> str:
        """The fault that the chance has chosen; "" for none."""
        thrown = self._dice.random()
        for share, fault in self.FAULTS.get(phase, ()):
            thrown -= share
            if thrown < 0:
                self.struck[f"{phase}: {fault.partition(' <')[0].partition(' qx')[0]}"] += 1
                return fault
        return ""


@contextmanager
def serving(server: FakeMailServer) -> Iterator[FakeMailServer]:
    """The mail server in a thread of its own, so that it answers while the test waits for processes."""
    started: Future[asyncio.Event] = Future()

    async def serve() -> None:
        async with server:
            over = asyncio.Event()
            loops.append(asyncio.get_running_loop())
            started.set_result(over)
            await over.wait()

    loops: list[asyncio.AbstractEventLoop] = []
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    over = started.result(10)
    try:
        yield server
    finally:
        loops[0].call_soon_threadsafe(over.set)
        thread.join(10)


def row_of(taken: Taken) -> int:
    """The row of the outbox that a mail came of, as its Message-ID tells."""
    return int(str(taken.mail["Message-ID"]).removeprefix("<").partition(".")[0])

"""Rapport as real processes: started, waited for, stopped and killed, over one database and one set of settings."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, update

from storage.opening import open_database_now
from storage.tables import users
from storage.users import add_user

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
CRM = "crm@firma.example"
MAX, EVA = 111, 222  # their Telegram ids
_LOOK = 0.02  # seconds between two looks at a condition
_SHIPPED = (str(Path(sys.executable).with_name("rapport")),)


def until(what: str, look: Callable[[], T], seconds: float = 20, *, every: float = _LOOK) -> T:
    """What `look` gives as soon as it gives something; fails after so many seconds."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(every)
    return found


def free_port() -> int:
    """A port of the loopback that nobody listens at."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Program:
    """One running `rapport ...`: its stdin is what is given, its output goes to files that tests can read."""

    def __init__(self, command: tuple[str, ...], environment: Mapping[str, str], folder: Path, said: bytes) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        (folder / "in").write_bytes(said)
        with (folder / "in").open() as source, (folder / "out").open("w") as out, (folder / "err").open("w") as err:
            self.process = subprocess.Popen(
                command,
                env=dict(environment),
                cwd=folder,
                stdin=source,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()

    @property
    def output(self) -> str:
        """What it has written to stdout so far."""
        return (self._folder / "out").read_text(encoding="utf-8", errors="replace")

    @property
    def errors(self) -> str:
        """What it has written to stderr so far."""
        return (self._folder / "err").read_text(encoding="utf-8", errors="replace")

    @property
    def is_ready(self) -> bool:
        """Has it said that all of its parts are up?"""
        return "rapport: ready\n" in self.errors

    def ready(self, seconds: float = 30) -> Self:
        """Waits until it is up."""
        until("ready", lambda: self.is_ready or self.process.poll() is not None, seconds)
        assert self.process.poll() is None, f"it ended with {self.process.poll()}: {self.errors}"
        return self

    def ends(self, seconds: float = 60) -> int:
        """Waits for its end; the exit code."""
        return self.process.wait(seconds)

    def ends_within(self, seconds: float) -> bool:
        """Did it end by itself in so many seconds?"""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stops(self, seconds: float = 5) -> int:
        """Sends SIGTERM and waits; the exit code."""
        self.process.terminate()
        return self.process.wait(seconds)

    def kill(self) -> None:
        """SIGKILL to this process alone, as the kernel does it when memory is short: its children must notice."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def is_alone(self) -> bool:
        """Has every process that it started ended too?"""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False


@dataclass
class Place:
    """Where one Rapport lives: its folder, its database file, its settings; and the processes started there."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = _SHIPPED
    _started: int = 0

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / "rapport.db"

    def start(self, *args: str, said: bytes = b"", **settings: str) -> Program:
        """Starts `rapport ARGS`."""
        self._started += 1
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
        environment |= {
            "RAPPORT_DATABASE": str(self.database),
            "RAPPORT_DROP": "off",
            "RAPPORT_MAIL_FROM": CRM,
            "RAPPORT_TIMEZONE": "Europe/Berlin",
            "RAPPORT_LANGUAGE": "en",
            "PYTHONPATH": str(ROOT),
        }
        environment |= self.settings | {f"RAPPORT_{name.upper()}": value for name, value in settings.items()}
        return Program((*self.command, *args), environment, self.folder / f"process-{self._started:04}", said)

    def does(self, *args: str, said: bytes = b"", seconds: float = 60, **settings: str) -> Program:
        """Runs `rapport ARGS` to its end."""
        with self.start(*args, said=said, **settings) as program:
            program.ends(seconds)
        return program

    def team(self) -> None:
        """Max, the owner, and Eva, both in Telegram and without quiet hours: nothing waits for the morning."""

        def work(connection: Connection) -> None:
            now = datetime.now(UTC)
            zone = "Europe/Berlin"
            add_user(
                connection, "Max Kern", at=now, role="owner", timezone=zone, email="max@firma.example", telegram="111"
            )
            add_user(connection, "Eva Sand", at=now, role="member", timezone=zone, telegram="222")
            connection.execute(update(users).values(quiet_from="00:00", quiet_to="00:00"))

        with open_database_now(str(self.database)) as database:
            database.transact(work)

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """The database file, read beside the running processes."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as connection:
            yield connection

    def rows(self, query: str) -> list[Any]:
        """What a query gives; of one column its values alone."""
        with self.opened() as connection:
            found = connection.execute(query).fetchall()
        return [row[0] if len(row) == 1 else row for row in found]

    def is_drained(self) -> bool:
        """Is everything handled, every reminder that is due queued, everything queued delivered?

        What is gathered for the next full hour may wait for it.
        """
        return self.rows(
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'new')"
            " + (SELECT count(*) FROM outbox WHERE state IN ('queued', 'claimed') AND key NOT LIKE 'triage:%')"
            " + (SELECT count(*) FROM reminders WHERE state IN ('pending', 'queued'))"
        ) == [0]

    def assert_sound(self) -> None:
        """Fails when the file is damaged or a reference in it leads nowhere."""
        assert self.rows("PRAGMA integrity_check") == ["ok"]
        assert self.rows("PRAGMA foreign_key_check") == []


def letter(mark: str, *, text: str = "", sender: str = "Anna Kern <anna@nordwind.example>") -> bytes:
    """A raw mail to the CRM whose subject and text carry a mark."""
    return (
        f"From: {sender}\r\nTo: {CRM}\r\nSubject: {mark}\r\nMessage-ID: <{mark}@nordwind.example>\r\n"
        f"Date: {datetime.now(UTC):%a, %d %b %Y %H:%M:%S +0000}\r\n\r\n{text or 'About ' + mark}\r\n"
    ).encode()

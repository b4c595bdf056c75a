"""First set-up as a person does it, at a pseudo-terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import stat
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fakes.bot_api_remote import RemoteBotApi
from tests.survival.program import ROOT, Place

TOKEN = "123:abc"


class Terminal:
    """A program at a terminal: waits for words, and types."""

    def __init__(self, pid: int, descriptor: int) -> None:
        self.pid = pid
        self._descriptor = descriptor
        self.seen = ""
        self._read_to = 0

    def asks(self, words: str, answer: str, seconds: float = 20) -> None:
        """Waits until these words stand there after what was answered last, then types an answer."""
        self.says(words, seconds)
        os.write(self._descriptor, answer.encode() + (b"" if answer == "\x04" else b"\r"))

    def says(self, words: str, seconds: float = 20) -> None:
        """Waits until these words stand there."""
        self._wait(words, seconds)

    def ends(self, seconds: float = 40, *, pressing: str = "") -> int:
        """Reads to the end; the exit code. A key that comes before the line editor listens is lost: it is repeated."""
        self._wait(None, seconds, pressing)
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def _wait(self, words: str | None, seconds: float, pressing: str = "") -> None:
        end = time.monotonic() + seconds
        while words is None or words not in self.seen[self._read_to :]:
            left = max(0, end - time.monotonic())
            ready, _, _ = select.select([self._descriptor], [], [], min(left, 0.2) if pressing else left)
            assert ready or (pressing and left), f"no {words!r} in {self.seen!r}"
            if not ready:
                os.write(self._descriptor, pressing.encode())
                continue
            try:
                self.seen += os.read(self._descriptor, 4096).decode(errors="replace")
            except OSError:  # its other end is closed
                assert words is None, f"it ended without {words!r}: {self.seen!r}"
                return
        self._read_to = self.seen.index(words, self._read_to) + len(words)


@contextmanager
def terminal(folder: Path, *words: str, **settings: str) -> Iterator[Terminal]:
    """`rapport WORDS` at a terminal, in a folder of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    environment |= {"XDG_DATA_HOME": str(folder / "data"), "PYTHONPATH": str(ROOT), "TERM": "dumb"}
    environment |= {f"RAPPORT_{name.upper()}": value for name, value in settings.items()}
    program = str(Path(sys.executable).with_name("rapport"))
    pid, descriptor = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execve(program, [program, *words], environment)
    at = Terminal(pid, descriptor)
    try:
        yield at
    finally:
        if at.pid:
            os.kill(at.pid, 9)
            os.waitpid(at.pid, 0)
        os.close(descriptor)


@pytest.fixture
def telegram() -> Iterator[RemoteBotApi]:
    with RemoteBotApi.started(TOKEN) as fake:
        yield fake


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)


def team(folder: Path) -> list[dict[str, str]]:
    place = Place(folder, {"RAPPORT_DATABASE": str(folder / "data" / "rapport" / "rapport.db")})
    found: list[dict[str, str]] = json.loads(place.does("user", "list", "--json").output)
    return found


def test_the_questions_make_settings_and_an_owner(tmp_path: Path, telegram: RemoteBotApi) -> None:
    with terminal(tmp_path, "init", telegram_api=telegram.url) as at:
        at.asks("Your name", "Jörg Kern")
        at.asks("Language", "de")
        at.asks("Time zone", "berlin")
        at.says("Perhaps Europe/Berlin")
        at.asks("Time zone", "Europe/Berlin")
        at.asks("Country", "Germany")
        at.says("Two letters, for")
        at.asks("Country", "de")
        at.asks("Bot token", "999:wrong")
        at.says("refuses the token")
        at.asks("all the same?", "")
        at.asks("Bot token", TOKEN)
        at.says("answers")
        at.asks("own Telegram id", "")
        at.asks("mail address", "no address")
        at.says("can't be used")
        at.asks("mail address", "crm@kern.example")
        at.asks("Its mailbox", "imaps://crm@kern.example:a/b@imap.kern.example")
        at.says("%2F")
        at.asks("Its mailbox", "")
        at.asks("for sending", "")
        at.asks("Authentication-Results", "mx.kern.example")
        assert at.ends() == 0, at.seen
    file = tmp_path / "rapport.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert tomllib.loads(file.read_text(encoding="utf-8")) == {
        "language": "de",
        "timezone": "Europe/Berlin",
        "country": "de",
        "telegram_token": TOKEN,
        "mail_from": "crm@kern.example",
        "authserv": "mx.kern.example",
    }
    assert team(tmp_path) == []
    assert "send your bot this code: " in plain(at.seen), "no id was given: who sends the code is the owner"
    assert TOKEN not in at.seen, "a token isn't shown"


def test_with_an_id_the_owner_is_made_at_once(tmp_path: Path, telegram: RemoteBotApi) -> None:
    with terminal(tmp_path, "init", telegram_api=telegram.url) as at:
        at.asks("Your name", "Max Kern")
        for question in ("Language", "Time zone", "Country"):
            at.asks(question, "")
        at.asks("Bot token", TOKEN)
        at.asks("own Telegram id", "@max")
        at.says("It is a number")
        at.asks("own Telegram id", "111")
        at.asks("mail address", "")
        assert at.ends() == 0, at.seen
    [owner] = team(tmp_path)
    assert (owner["name"], owner["role"], owner["telegram"]) == ("Max Kern", "owner", "111")
    assert "ok    owners: Max Kern" in at.seen


def test_what_is_there_is_only_replaced_when_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "rapport.toml"
    file.write_text('language = "ru"\n')
    with terminal(tmp_path, "init") as at:
        at.asks("Write a new one?", "")
        assert at.ends() == 0
    assert file.read_text() == 'language = "ru"\n'
    with terminal(tmp_path, "init") as at:
        at.asks("Write a new one?", "y")
        at.asks("Your name", "Max")
        at.asks("[ru]", "\x04")
        assert at.ends() == 1
        assert "nothing was written" in at.seen
    assert file.read_text() == 'language = "ru"\n'
    assert not (tmp_path / "data").exists()


def test_without_a_terminal_it_is_refused_with_a_hint(tmp_path: Path) -> None:
    done = Place(tmp_path).does("init")
    assert done.process.returncode == 2
    assert "docs/settings.md" in done.errors


def test_the_demo_at_a_terminal_opens_the_chat(tmp_path: Path) -> None:
    with terminal(tmp_path, "demo") as at:
        at.says("help shows what can be said")
        at.asks("› ", "leads")
        at.says("Seeblick Hotels")
        assert at.ends(pressing="\x04") == 0, at.seen

"""`rapport mail import`: old mail of every kind of archive, once, however often it is begun again."""

from __future__ import annotations

import json
import os
import pty
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main

ROOT = Path(__file__).resolve().parent.parent.parent
ANNA, GOETZ = "Anna Kern <anna@nordwind.example>", "Götz <goetz@kuehl.example>"


class Script:
    """Runs commands on a database of its own; what they said."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capture = capture
        self.said = self.complained = ""

    def runs(self, *args: str) -> int:
        code = main(args)
        self.said, self.complained = self.capture.readouterr()
        return code

    def chat(self, *lines: str) -> list[dict[str, Any]]:
        """What Max hears."""
        done = self.process("chat", "--json", said="".join(f"{line}\n" for line in lines))
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def process(self, *args: str, said: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bot.cli", *args]
        return subprocess.run(command, input=said, capture_output=True, text=True, check=False, cwd=ROOT, timeout=120)

    def exported(self, kind: str) -> list[dict[str, Any]]:
        assert self.runs("export") == 0
        return [record for line in self.said.splitlines() if (record := json.loads(line))["type"] == kind]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "rapport.db")) as connection:
            return connection.execute(query).fetchall()

    def file(self, content: bytes | str, name: str = "old.mbox") -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Script:
    for name in [name for name in os.environ if name.startswith("RAPPORT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RAPPORT_DATABASE", str(tmp_path / "rapport.db"))
    monkeypatch.setenv("RAPPORT_MAIL_FROM", "crm@firma.example")
    made = Script(tmp_path, capfd)
    assert made.runs("user", "add", "Max Kern", "--role", "owner", "--email", "max@firma.example") == 0
    made.chat("new lead Anna Kern, anna@nordwind.example")
    return made


def letter(sender: str, to: str, subject: str, text: str = "Können Sie liefern?", *, day: int = 5) -> str:
    """A raw mail."""
    return (
        f"From: {sender}\nTo: {to}\nSubject: {subject}\nMessage-ID: <{subject.replace(' ', '')}@x.example>\n"
        f"Date: Mon, {day:02} Jan 2026 09:30:00 +0100\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    )


def mbox(*mails: str) -> str:
    return "".join(f"From x@x.example Mon Jan  5 09:30:00 2026\n{mail}\n" for mail in mails)


MAILS = (
    letter(ANNA, "max@firma.example", "from Anna"),
    letter("Max Kern <max@firma.example>", "anna@nordwind.example", "to Anna", "Yes. Remind me tomorrow to call Anna."),
    letter(GOETZ, "max@firma.example", "from nobody known"),
    letter("Max Kern <max@firma.example>", "vera@fjordlicht.example", "to nobody known"),
)


def test_an_mbox_is_logged_once_and_nobody_is_told(script: Script) -> None:
    path = script.file(mbox(*MAILS))
    assert script.runs("mail", "import", path) == 0
    assert script.said == ("old.mbox: kept 4, already there 0, refused 0; logged on contacts 2, waiting in triage 2\n")
    assert script.complained == ""
    found = script.exported("interaction")
    assert [(each["subject"], each["direction"], each["contacts"]) for each in found] == [
        ("from Anna", "in", [1]),
        ("to Anna", "out", [1]),
        ("from nobody known", "in", []),
        ("to nobody known", "out", []),
    ]
    assert all(each["occurred_at"].startswith("2026-01-05T") for each in found)
    assert script.rows("SELECT reason, state FROM triage") == [("unknown", "open")] * 2
    assert [len(script.exported(kind)) for kind in ("contact", "task", "note")] == [1, 0, 0]
    assert script.rows("SELECT count(*) FROM outbox WHERE kind = 'notice'") == [(0,)]
    before = script.rows("SELECT count(*) FROM interactions")
    assert script.runs("mail", "import", path) == 0
    assert script.said.endswith("kept 0, already there 4, refused 0; logged on contacts 2, waiting in triage 2\n")
    assert script.rows("SELECT count(*) FROM interactions") == before


def test_mail_of_this_week_in_an_archive_is_history_too(script: Script) -> None:
    recent = letter("Vera <vera@fjordlicht.example>", "crm@firma.example", "new").replace(
        "Mon, 05 Jan 2026 09:30:00 +0100", time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
    )
    assert script.runs("mail", "import", script.file(recent, "new.eml")) == 0
    assert script.rows("SELECT count(*) FROM outbox WHERE kind = 'notice'") == [(0,)]
    assert [each["kind"] for each in script.chat("triage")] == ["reply"]


def test_a_maildir_and_a_folder_of_files_hold_the_same_mails(script: Script) -> None:
    for number, mail in enumerate(MAILS):
        script.file(mail, f"Maildir/{'.Sent/' if number % 2 else ''}cur/{number}.M1P1.host:2,S")
        script.file(mail.replace("\n", "\r\n"), f"files/{number}.eml")
    for folder in ("new", ".Sent/new", "tmp"):
        (script.folder / "Maildir" / folder).mkdir()
    assert script.runs("mail", "import", str(script.folder / "Maildir")) == 0
    assert script.said.startswith("Maildir: kept 4, already there 0, refused 0;")
    for path in (str(script.folder / "files"), script.file(mbox(*MAILS))):
        assert script.runs("mail", "import", path) == 0
        assert ": kept 0, already there 4, refused 0;" in script.said
    assert len(script.exported("interaction")) == 4


def test_bad_mails_are_lines_and_the_others_go_in(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.commands.mail_import.SIZE_LIMIT", 1 << 20)
    big = letter(ANNA, "max@firma.example", "big", "x" * (3 << 20))
    script.file(mbox(MAILS[0], big, MAILS[2]), "all/a.mbox")
    script.file("no mail at all", "all/b.eml")
    script.file("", "all/c.eml")
    script.file(b"\xff\xfe" + MAILS[1].encode("utf-16-le"), "all/d.txt")
    assert script.runs("mail", "import", str(script.folder / "all")) == 0
    lines = script.said.splitlines()
    place = len(mbox(MAILS[0]).encode())
    assert lines == [
        f"a.mbox, mail 2 (byte {place}): The mail has 3 MB; 1 MB is the most that is taken.",
        "b.eml: It is neither a mail nor an mbox file.",
        "c.eml: The mail is empty: there is nothing to read.",
        "all: kept 2, already there 0, refused 3; logged on contacts 1, waiting in triage 1",
    ]


def test_what_cant_be_read_at_all_says_what_to_do(script: Script) -> None:
    assert script.runs("mail", "import", "nothing.mbox") == 1
    assert script.complained == "rapport: nothing.mbox: No such file or directory.\n"
    assert script.runs("mail", "import", script.file("Name,Email\n", "people.csv")) == 1
    assert script.complained.endswith("Hand in an mbox file, a Maildir, or a folder of .eml files.\n")
    (script.folder / "empty").mkdir()
    assert script.runs("mail", "import", str(script.folder / "empty")) == 1
    with pytest.raises(SystemExit) as wrong:
        main(("mail", "import"))
    assert wrong.value.code == 2


def test_a_terminal_shows_how_far_it_is(script: Script) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bot.cli", "mail", "import", script.file(mbox(*MAILS))]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, check=False, cwd=ROOT, timeout=120)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0
    assert "4 mails, 100 %" in shown
    assert shown.endswith("\r\x1b[K")


def many(script: Script, count: int) -> str:
    return script.file(mbox(*(letter(ANNA if n % 3 else GOETZ, "max@firma.example", f"n {n}") for n in range(count))))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_it_is_begun_again_after_it_was_killed(script: Script, number: signal.Signals) -> None:
    count = 150
    path = many(script, count)
    command = [sys.executable, "-m", "bot.cli", "mail", "import", path]
    chance = random.Random(7)

    def reaches(rows: int) -> Callable[[], bool]:
        return lambda: bool(script.rows("SELECT count(*) FROM interactions")[0][0] >= rows)

    for part in (1, 2):
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            wanted = reaches(count * part // 3 - chance.randrange(20))
            while process.poll() is None and not wanted():
                time.sleep(0.005)
            process.send_signal(number)
            _, complained = process.communicate(timeout=60)
        if number == signal.SIGINT and process.returncode:
            assert process.returncode == 130
            assert complained.decode().startswith("rapport: interrupted.")
        assert b"Traceback" not in complained
    done = script.process("mail", "import", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("refused 0; logged on contacts 100, waiting in triage 50\n")
    assert script.rows("SELECT count(*), count(DISTINCT external_id) FROM inbox WHERE channel = 'email'") == [
        (count, count)
    ]
    assert script.rows("SELECT count(*), count(DISTINCT subject) FROM interactions") == [(count, count)]
    assert script.rows("SELECT count(*) FROM interaction_contacts") == [(100,)]
    assert script.rows("SELECT count(*) FROM triage WHERE state = 'open'") == [(50,)]
    assert script.rows("SELECT DISTINCT state FROM inbox") == [("done",)]

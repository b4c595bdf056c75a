"""Several processes at once on one SQLite file, and a clean stop in the midst of things."""

from __future__ import annotations

import json
import signal
import smtplib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.fakes.bot_api_remote import RemoteBotApi
from tests.survival.kill_run import HURRIED, TOKEN
from tests.survival.program import CRM, EVA, MAX, Place, free_port, letter, until


@pytest.fixture
def telegram() -> Iterator[RemoteBotApi]:
    with RemoteBotApi.started(TOKEN) as fake:
        fake.user(MAX, "Max Kern")
        fake.user(EVA, "Eva Sand")
        yield fake
        fake.assert_clean()


@pytest.fixture
def place(tmp_path: Path, telegram: RemoteBotApi) -> Place:
    made = Place(tmp_path, {"RAPPORT_TELEGRAM_TOKEN": TOKEN, "RAPPORT_TELEGRAM_API": telegram.url})
    made.team()
    return made


def test_two_runs_a_piped_chat_and_pipes_at_once_do_everything_once(place: Place, telegram: RemoteBotApi) -> None:
    """Both runs push reminders, handle the inbox and deliver; Telegram lets them poll in turns."""
    said = [f"note for Anna: n-{number:02}" for number in range(20)]
    console = ["new lead Anna Kern, anna@nordwind.example", *said, "tasks"]
    asked = [f"remind me in {2 + number % 3} seconds to call k-{number:02}" for number in range(8)]
    with ExitStack() as stack:
        runs = [stack.enter_context(place.start("run")).ready() for _ in range(2)]
        chat = stack.enter_context(
            place.start("chat", "--user", "Max Kern", "--json", said="\n".join(console).encode())
        )
        pipes = [
            stack.enter_context(place.start("mail", "deliver", "-", said=letter(f"m-{number}"))) for number in range(3)
        ]
        ids = [telegram.says(EVA, text)["message_id"] for text in asked]
        assert [pipe.ends() for pipe in pipes] == [0, 0, 0]
        assert chat.ends() == 0, chat.errors
        until("drained", place.is_drained, 30)
        assert [run.stops() for run in runs] == [0, 0]
        assert [run.errors.count("defect") for run in runs] == [0, 0]

    answers = [json.loads(line) for line in chat.output.splitlines()]
    replies = [answer for answer in answers if answer["kind"] == "reply"]
    assert [reply["line"] for reply in replies] == list(range(1, len(console) + 1))
    assert all(text.partition(": ")[2] in reply["text"] for text, reply in zip(said, replies[1:], strict=False))
    assert place.rows("SELECT text FROM notes ORDER BY id") == [text.partition(": ")[2] for text in said]
    assert sorted(place.rows("SELECT subject FROM interactions")) == ["m-0", "m-1", "m-2"]
    heard = telegram.said(EVA)
    assert [one["reply_to_message"]["message_id"] for one in heard if "reply_to_message" in one] == ids
    rung = sorted(one["text"].splitlines()[0] for one in heard if "reply_to_message" not in one)
    assert rung == [f"⏰ Call k-{number:02}" for number in range(8)]
    assert place.rows("SELECT max(attempts) FROM inbox WHERE state != 'done'") == [None]
    place.assert_sound()


def test_processes_that_start_together_make_one_database(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with ExitStack() as stack:
        pipes = [
            stack.enter_context(place.start("mail", "deliver", "-", said=letter(f"m-{number}"))) for number in range(4)
        ]
        assert [(pipe.ends(), pipe.errors) for pipe in pipes] == [(0, "")] * 4
    assert place.rows("SELECT count(*) FROM inbox WHERE state = 'done'") == [4]
    assert place.rows("SELECT name FROM pipelines") == ["Sales"]


def test_a_stop_while_busy_loses_nothing_and_says_nothing_twice(place: Place, telegram: RemoteBotApi) -> None:
    port = free_port()
    with place.start("run", drop=f"127.0.0.1:{port}") as program:
        program.ready()
        telegram.says(MAX, "new lead Anna Kern, anna@nordwind.example")
        telegram.hears(MAX, 20)
        for number in range(20):
            telegram.says(MAX, f"note for Anna: n-{number:02}")
        telegram.hears(MAX, 20)
        with closing(smtplib.SMTP("127.0.0.1", port, timeout=10)) as half_a_mail:
            half_a_mail.ehlo()
            half_a_mail.mail("anna@nordwind.example")
            half_a_mail.rcpt(CRM)
            telegram.fail_next("sendMessage", delay=0.7)  # the yes comes after the stop has begun
            telegram.hears(MAX, 20)
            began = time.monotonic()
            assert program.stops(seconds=20) == 0
            assert time.monotonic() - began < 5
        assert "Traceback" not in program.errors
        assert "defect" not in program.errors
    assert place.rows("SELECT count(*) FROM outbox WHERE state = 'claimed'") == [0]
    with place.start("run") as program:
        until("all said", lambda: len(telegram.said(MAX)) >= 21)
        until("drained", place.is_drained)
        program.process.send_signal(signal.SIGINT)
        assert program.ends(5) == 0
    assert [message["text"].split()[-1] for message in telegram.said(MAX)][1:] == [f"n-{n:02}" for n in range(20)]
    assert place.rows("SELECT text FROM notes ORDER BY id") == [f"n-{number:02}" for number in range(20)]


def test_a_stop_while_the_database_is_locked_comes_in_time(place: Place, telegram: RemoteBotApi) -> None:
    telegram.says(MAX, "new lead Anna Kern")
    with closing(sqlite3.connect(place.database, isolation_level=None)) as other, place.start("run") as program:
        other.execute("BEGIN IMMEDIATE")
        until("asked for updates", lambda: "getUpdates" in [method for method, _ in telegram.calls()])
        program.ready().ends_within(0.3)  # what was asked for waits for the lock by now
        began = time.monotonic()
        assert program.stops(seconds=20) == 0
        assert time.monotonic() - began < 5
        assert "Traceback" not in program.errors
    with place.start("run") as program:
        assert "Anna Kern" in telegram.hears(MAX, 20)["text"]
        assert program.ready().stops() == 0


def test_a_stop_during_the_start_is_clean_too(place: Place) -> None:
    for seconds in (0.4, 0.8):
        with place.start("run") as program:
            program.ends_within(seconds)
            program.process.terminate()
            assert program.ends(5) in (0, -signal.SIGTERM)
            assert "Traceback" not in program.errors


def test_without_anything_configured_it_stays_up_as_a_service(tmp_path: Path) -> None:
    with Place(tmp_path).start("run") as program:
        program.ready()
        assert program.errors.splitlines()[-1] == "rapport: ready"
        assert program.output == ""
        assert program.stops() == 0


def test_what_a_killed_program_had_claimed_another_takes_over(place: Place, telegram: RemoteBotApi) -> None:
    place.command = HURRIED
    telegram.fail_next("sendMessage", drop="before", delay=30)  # Telegram never gets it, and the program waits
    with place.start("run") as program:
        telegram.says(MAX, "new lead Anna Kern")
        until("claimed", lambda: place.rows("SELECT id FROM outbox WHERE state = 'claimed'"))
        program.kill()
    with place.start("run") as program:
        assert "Anna Kern" in telegram.hears(MAX, 20)["text"]
        until("drained", place.is_drained)
        assert program.ready().stops() == 0
    assert len(telegram.said(MAX)) == 1


def test_the_claim_code_is_in_no_log(tmp_path: Path, telegram: RemoteBotApi) -> None:
    """Neither while nobody owns the database, nor when somebody sends it, whatever is logged."""
    settings = {"RAPPORT_TELEGRAM_TOKEN": TOKEN, "RAPPORT_TELEGRAM_API": telegram.url, "HURRIED_LOG": "DEBUG"}
    place = Place(tmp_path, settings, HURRIED)
    with place.start("run") as first:
        assert first.ready().stops() == 0
    code = place.does("user", "claim-code").output.strip()
    with place.start("run") as program:
        telegram.says(MAX, code)
        telegram.hears(MAX, 20)
        assert place.rows("SELECT role FROM users") == ["owner"]
        assert program.ready().stops() == 0
    assert len(code) == 10
    for said in (code, "Kern", TOKEN, "claim"):
        assert said not in first.errors + program.errors

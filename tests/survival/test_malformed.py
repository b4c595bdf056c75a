"""Malformed input on every face: a clear answer, a refusal in one line or a parked message; never a silent loss."""

from __future__ import annotations

import json
import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mail.errors import MailUnreadable
from tests.fakes.bot_api_remote import RemoteBotApi
from tests.house import Chat, TestHouse
from tests.survival.kill_run import HURRIED, TOKEN
from tests.survival.program import CRM, EVA, MAX, Place, Program, free_port, letter, until

LINES = {
    "NUL": b"note for Anna: a\x00b",
    "control characters": b"note for Anna: \x01\x02\x07\x08\x0b\x1b[31m\x7f\xc2\x85",
    "no UTF-8": b"note for Anna: \xff\xfe\xc3(",
    "a surrogate": b"note for Anna: \xed\xa0\x80 alone",
    "bidi": "note for Anna: \u202egnol\u202c \u2066x\u2069 \u200f".encode(),
    "a megabyte": b"note for Anna: " + b"word " * 200_000,
    "a megabyte without blanks": b"x" * 1_000_000,
    "a megabyte of digits": b"7" * 1_000_000,
    "brackets": b"(" * 50_000 + b")" * 50_000,
    "a name of a megabyte": b"new lead " + b"Anna " * 200_000,
    "an address of a megabyte": b"new lead Ben Holm, " + b"b" * 1_000_000 + b"@x.example",
    "a moment beyond time": b"remind me in 99999999999999999999 days to call",
    "an amount beyond numbers": b"deal for Anna: " + b"9" * 5_000 + b" EUR",
    "a tap of nothing": b"@tap \x00",
    "only signs": "\u200b\u2060\ufeff".encode(),
    "combining": ("note for Anna: Z" + "\u0301" * 10_000).encode(),
    "an emoji family": "note for Anna: 👨‍👩‍👧‍👦🏳️‍🌈".encode(),
}
MAILS = {
    "nothing": b"",
    "one line break": b"\r\n",
    "garbage": bytes(range(256)) * 400,
    "NULs": b"From: a\x00nna@x.example\r\nTo: crm@firma.example\r\nSubject: n\x00ul\r\n"
    b"Message-ID: <\x00@x>\r\n\r\nt\x00xt\r\n",
    "2,000 nested parts": b"From: anna@x.example\r\nTo: crm@firma.example\r\nSubject: deep\r\n"
    + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (depth, depth) for depth in range(2_000)
    )
    + b"Content-Type: text/plain\r\n\r\nbottom\r\n",
    "headers alone": b"From: anna@x.example\r\nSubject: no body",
    "a header of a megabyte": b"From: anna@x.example\r\nSubject: " + b"s" * 1_000_000 + b"\r\n\r\nbody\r\n",
    "a hundred thousand headers": b"From: anna@x.example\r\n" + b"X-A: b\r\n" * 100_000 + b"\r\nbody\r\n",
    "a broken charset": b"From: =?utf-99?Q?=FF?= <anna@x.example>\r\nSubject: =?utf-8?B?////?=\r\n"
    b'Content-Type: text/plain; charset="\xff\x00none"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!\r\n',
    "a date beyond time": b"From: anna@x.example\r\nDate: Mon, 99 Foo 99999 99:99:99 +9999\r\n"
    b"Subject: when\r\n\r\nx\r\n",
    "a line of five megabytes": b"From: anna@x.example\r\nSubject: long\r\n\r\n" + b"> " * 2_500_000 + b"\r\n",
}
BROKEN_JSON = {
    "nothing": b"",
    "no JSON": b"{",
    "an array": b"[]",
    "a number": b"12",
    "null": b"null",
    "wrong types": b'{"text": 5, "query": 5}',
    "a list as text": b'{"text": ["a"]}',
    "a wrong language": b'{"text": "call Anna", "lang": 5}',
    "an unknown language": b'{"text": "call Anna", "lang": "xx"}',
    "a wrong moment": b'{"text": "call Anna", "now": "yesterday"}',
    "a moment as a number": b'{"text": "call Anna", "now": 5}',
    "a wrong zone": b'{"text": "call Anna", "tz": "Mars/Base"}',
    "a zone as a number": b'{"text": "call Anna", "tz": ["x"]}',
    "a surrogate": b'{"text": "call \\ud800 Anna"}',
    "a NUL": b'{"text": "call \\u0000 Anna"}',
    "no UTF-8": b'{"text": "\xff\xfe"}',
    "deep": b"[" * 100_000,
    "a big number": b'{"text": ' + b"9" * 10_000 + b"}",
    "NaN": b'{"text": NaN}',
    "huge": b'{"text": "' + b"a b " * 250_000 + b'"}',
    "good": b'{"text": "call Anna"}',
}


def assert_quiet(program: Program) -> None:
    """It showed no trace of a defect: at most one line that says what to do."""
    assert "Traceback" not in program.errors + program.output
    assert "defect" not in program.errors, program.errors
    assert len(program.errors.splitlines()) <= 1, program.errors[-500:]


class TestTheConsole:
    def test_every_line_gets_an_answer(self, tmp_path: Path) -> None:
        place = Place(tmp_path)
        first = b"new lead Anna Kern, anna@nordwind.example"
        chat = place.does("chat", "--json", said=b"\n".join([first, *LINES.values(), b"anna"]) + b"\r\n\xff")
        assert_quiet(chat)
        assert chat.process.returncode == 0
        answers = [json.loads(line) for line in chat.output.splitlines()]
        replies = {answer["line"]: answer["text"] for answer in answers if answer["kind"] == "reply"}
        assert sorted(replies) == list(range(1, len(LINES) + 4))
        for name, said in zip(LINES, list(replies.values())[1:], strict=False):
            assert "could not handle" not in said, name
        assert place.rows("SELECT DISTINCT state FROM inbox") == ["done"]
        assert "Anna Kern" in replies[len(LINES) + 2]

    async def test_none_is_lost_on_either_database(self, house: TestHouse) -> None:
        """On PostgreSQL, which takes no NUL and counts lengths, too: answered, or parked and told so."""
        await house.max.says("new lead Anna Kern, anna@nordwind.example")
        for name, line in LINES.items():
            said = line.decode(errors="surrogateescape" if name == "no UTF-8" else "replace")
            answer = await _says_until_handled(house.max, said)
            assert answer.strip(), name
            assert {row["state"] for row in await house.rows("inbox")} <= {"done", "parked"}, name
        assert len(await house.rows("inbox")) == len(LINES) + 1
        assert "anna@nordwind.example" in await house.max.says("anna kern")

    def test_a_wrong_clock_and_a_wrong_user_are_said_in_one_line(self, tmp_path: Path) -> None:
        place = Place(tmp_path)
        for args, code in ((("--now", "soon"), (1, 2)), (("--user", "No\nBody"), (2,)), (("--user", "\udcff"), (1, 2))):
            chat = place.does("chat", *args, said=b"help")
            assert_quiet(chat)
            assert chat.process.returncode in code, args
            assert chat.errors.startswith("rapport: ")


async def _says_until_handled(chat: Chat, text: str) -> str:
    """What is answered to it, were it after three attempts."""
    answer = await chat.says(text)
    for _ in range(3):
        if not answer:
            chat.house.clock._wall.passes(10)  # type: ignore[attr-defined]
            await chat.house.handles()
            answer = "\n".join(await chat.hears())
    return answer


class TestJsonLines:
    @pytest.mark.parametrize(
        "command", [("explain", "--jsonl"), ("mail", "newest", "--jsonl"), ("find", "--jsonl")], ids=" ".join
    )
    def test_one_line_out_for_each_line_in(self, tmp_path: Path, command: tuple[str, ...]) -> None:
        program = Place(tmp_path).does(*command, said=b"\n".join(BROKEN_JSON.values()) + b"\n")
        assert_quiet(program)
        assert program.process.returncode == 0
        answers = [json.loads(line) for line in program.output.splitlines()]
        assert len(answers) == len(BROKEN_JSON)
        if command[0] == "find":
            assert all(isinstance(answer, list) for answer in answers)
        else:
            by_name = dict(zip(BROKEN_JSON, answers, strict=True))
            assert "error" not in by_name["good"]
            for name in ("nothing", "no JSON", "an array", "null", "wrong types", "deep", "NaN"):
                assert "error" in by_name[name], name


class TestMail:
    @pytest.mark.parametrize("name", ["nothing", "NULs", "2,000 nested parts"])
    def test_a_pipe_takes_it_or_says_why_not(self, tmp_path: Path, name: str) -> None:
        place = Place(tmp_path)
        place.team()
        program = place.does("mail", "deliver", "-", said=MAILS[name])
        assert_quiet(program)
        code = program.process.returncode
        assert code in (0, 65), name
        assert (code == 65) == bool(program.errors)
        kept = place.rows("SELECT state, length(raw) > 0 FROM inbox")
        assert kept in ([("done", 1)], [("parked", 1)]) if code == 0 else kept == []
        if kept == [("done", 1)]:
            assert place.rows("SELECT count(*) FROM interactions") == [1]
        elif kept:
            assert place.rows("SELECT reason FROM triage") == ["parked"]

    def test_the_drop_takes_it_or_says_why_not_and_goes_on(self, tmp_path: Path) -> None:
        place, port = Place(tmp_path), free_port()
        place.team()
        taken = 0
        with place.start("run", drop=f"127.0.0.1:{port}") as program:
            program.ready()
            for name, raw in MAILS.items():
                with closing(smtplib.SMTP("127.0.0.1", port, timeout=60)) as server:
                    server.ehlo()
                    server.mail("anna@nordwind.example")
                    server.rcpt(CRM)
                    code, said = server.data(raw)
                assert code in (250, 554), f"{name}: {code} {said!r}"
                taken += code == 250
            with closing(smtplib.SMTP("127.0.0.1", port, timeout=60)) as server:
                server.sendmail("anna@nordwind.example", [CRM], letter("the good one"))
            until("handled", lambda: place.rows("SELECT count(*) FROM inbox WHERE state = 'new'") == [0])
            assert program.stops() == 0
            assert "Traceback" not in program.errors
        assert place.rows("SELECT count(*) FROM inbox") == [taken + 1]
        assert place.rows("SELECT subject FROM interactions ORDER BY id DESC LIMIT 1") == ["the good one"]

    async def test_none_is_lost_on_either_database(self, house: TestHouse) -> None:
        for name, raw in MAILS.items():
            before = [len(await house.rows(table)) for table in ("inbox", "interactions", "triage")]
            try:
                kept = await house.gets_mail(raw)
            except MailUnreadable:
                continue
            for _ in range(3):
                house.clock._wall.passes(10)  # type: ignore[attr-defined]
                await house.handles()
            inbox, logged, waits = [await house.rows(table) for table in ("inbox", "interactions", "triage")]
            assert [inbox[-1]["id"], len(inbox)] == [kept.id, before[0] + 1], name
            assert inbox[-1]["state"] in ("done", "parked"), name
            there = (logged, before[1]) if inbox[-1]["state"] == "done" else (waits, before[2])
            assert len(there[0]) > there[1], name


@pytest.fixture
def telegram() -> Iterator[RemoteBotApi]:
    with RemoteBotApi.started(TOKEN) as fake:
        fake.user(MAX, "Max Kern")
        fake.user(EVA, "Eva Sand")
        yield fake
        fake.assert_clean()


def test_odd_updates_of_telegram_hold_up_nothing(tmp_path: Path, telegram: RemoteBotApi) -> None:
    """Halves of letters, which Telegram never sends, are kept and parked, and their author is told."""
    place = Place(tmp_path, {"RAPPORT_TELEGRAM_TOKEN": TOKEN, "RAPPORT_TELEGRAM_API": telegram.url}, HURRIED)
    place.team()
    odd = ("a\x00b", "x" * 4096, "\u202e", "/", "/@", "@", "/start \x00", "(" * 4000)
    with place.start("run") as program:
        asked = [telegram.says(MAX, text)["message_id"] for text in ("new lead Anna Kern", *odd)]
        telegram.says(MAX, "\ud800 alone")
        telegram.sends_file(MAX, "document", b"\x00\xff", name="a\x00b.exe", caption="note for Anna: \ud83d")
        asked.append(telegram.says(MAX, "anna")["message_id"])
        until("all answered", lambda: len(_answered(telegram)) == len(asked), 30)
        until("drained", place.is_drained, 30)
        assert _answered(telegram) == asked
        assert [said["text"][:20] for said in telegram.said(MAX)].count("⚠ I could not handle") == 2
        telegram.says(EVA, "triage")
        assert "could not be handled" in telegram.hears(EVA, 20)["text"]
        assert program.ready().stops() == 0
        assert "Traceback" not in program.errors
        assert "stopped by a defect" not in program.errors
    assert place.rows("SELECT state, count(*) FROM inbox GROUP BY state") == [("done", len(asked) + 1), ("parked", 2)]


def _answered(telegram: RemoteBotApi) -> list[int]:
    """The messages of Max that were answered, in the order of the answers."""
    return [said["reply_to_message"]["message_id"] for said in telegram.said(MAX) if "reply_to_message" in said]


def test_a_mail_that_is_too_big_is_refused_for_good_with_both_sizes(tmp_path: Path) -> None:
    raw = b"From: a@b.example\r\nSubject: x\r\n\r\n" + b"x" * (51 << 20)
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "mail", "deliver", "-"],
        input=raw,
        capture_output=True,
        check=False,
        timeout=240,
        env={**os.environ, "RAPPORT_DATABASE": str(tmp_path / "rapport.db")},
    )
    assert done.returncode == 65
    assert b"51 MB; 50 MB is the most" in done.stderr

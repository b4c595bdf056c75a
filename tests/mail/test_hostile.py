"""No mail may crash or hang the parser: deep, long, wide, broken ones; and a fuzz over mutated real-looking ones."""

# ruff: noqa: E501 - mails and wide letters are longer than code
from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mail.newest import newest_text
from mail.parse import parse_mail
from storage.codec import from_json, to_json
from storage.messages import Mail
from tests.mail.corpus.forwards import cases
from tests.mail.corpus.kinds import KINDS
from tests.mail.corpus.special import NOT_FORWARDS, SPECIAL
from tests.mail.fuzz import mutate

HEAD = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\nDate: Mon, 2 Mar 2026 10:12:00 +0100\r\n"
PAGE = HEAD + b"Content-Type: text/html\r\n\r\n"

HOSTILE: dict[str, Callable[[], bytes]] = {
    "nested": lambda: HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(2000)),
    "nested mails": lambda: HEAD + b"Content-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\nSubject: Fwd: x\r\n" * 2000,
    "one boundary": lambda: HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 5000,
    "many parts": lambda: HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nhello\r\n" * 20000,
    "many headers": lambda: HEAD + b"".join(b"X-%d: abc\r\n" % i for i in range(10_000)) + b"\r\nhi",
    "many addresses": lambda: HEAD + b"Cc: " + b"abc <def@x.example>, " * 20_000 + b"\r\n\r\nhi",
    "commas in brackets": lambda: HEAD + b"Cc: <" + b"," * 60_000 + b"\r\n\r\nhi",
    "one line": lambda: HEAD + b"\r\n" + b"a" * 3_000_000,
    "labels": lambda: HEAD + b"\r\n" + b"Sent:\r\n" * 20_000,
    "from lines": lambda: HEAD + b"\r\n" + b"From: x <x@y.example>\r\n" * 5_000,
    "separators": lambda: HEAD + b"\r\n" + b"---------- Forwarded message ---------\r\n" * 5_000,
    "delimiters": lambda: HEAD + b"\r\n" + b"-- \r\n" * 20_000,
    "quotes": lambda: HEAD + b"\r\n" + (b">" * 1000 + b"\r\n") * 2000,
    "divs": lambda: PAGE + b"<div>" * 50_000,
    "bold": lambda: PAGE + b"<b><p>" * 100_000,
    "tables": lambda: PAGE + b"<table><tr><td>" * 50_000,
    "comments": lambda: PAGE + b"<!--" * 200_000,
    "brackets": lambda: PAGE + b"<" * 1_000_000,
    "nulls": lambda: HEAD + b"\r\n" + b"\0" * 1_000_000,
    "prefixes": lambda: b"From: a@b.example\r\nSubject: " + b"Re: " * 20_000 + b"\r\n\r\nx",
    "encoded words": lambda: b"From: a@b.example\r\nSubject: " + b"=?utf-8?B?ww==?= " * 20_000 + b"\r\n\r\nx",
    "half words": lambda: b"From: a@b.example\r\nSubject: " + b"=?" * 50_000 + b"\r\n\r\nx",
    "far year": lambda: HEAD.replace(b"2026", b"9999") + b"\r\nx",
    "bidi": lambda: HEAD + "\r\nFrom\u202e: x\u2066 <a@b.example>\r\n".encode(),
    "long figures": lambda: HEAD.replace(b"Mon, 2", b"9" * 50_000) + b"\r\n" + (b"1" * 1900 + b":\r\n") * 1000,
    "bars": lambda: HEAD + b"\r\n" + b"| From | x\r\n| a | b\r\n" * 8_000,
    "to lines": lambda: HEAD + b"\r\n" + b"To: x\r\n\r\nFrom: a\r\n" * 5_000,
    "raw headers": lambda: HEAD.replace(b"Subject: x", b"Subject: Fwd: x") + b"\r\n" + b"Received: x\r\n" * 20_000,
    "words without colons": lambda: HEAD.replace(b"Subject: x", b"Subject: Fwd: x") + b"\r\n" + b"From a b\r\n" * 20_000,
    "glued": lambda: HEAD.replace(b"Subject: x", b"Subject: Fwd: x") + b"\r\n" + b"From: a To: b " * 20_000,
    "glued lines": lambda: HEAD.replace(b"Subject: x", b"Subject: Fwd: x") + b"\r\n" + b"---- x ----From: a: b: c: d\r\n" * 9_000,
    "form": lambda: HEAD.replace(b"a@b", b"no-reply@b") + b"\r\n" + b"Name\r\nEmail\r\nMessage\r\n" * 9_000,
    "bounce": lambda: HEAD.replace(b"a@b", b"mailer-daemon@b").replace(b": x", b": failure notice") + b"\r\n" + b"a@b.example: 5.1.1\r\n" * 9_000,
    "absence": lambda: HEAD + b"Auto-Submitted: auto-replied\r\n\r\n" + b"back on 3 until 4 " * 9_000,
    "broken quotes": lambda: HEAD + b"\r\n" + (b"> " + b"a" * 60 + b"\r\nb\r\n") * 9_000,
    "junk": lambda: bytes(range(256)) * 4000,
}  # fmt: skip


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_mails_are_read_in_time(label: str) -> None:
    raw = HOSTILE[label]()
    start = time.process_time()
    mail = parse_mail(raw)
    assert time.process_time() - start < 5
    assert from_json(Mail, to_json(mail)) == mail


SEEDS = (
    [case.raw for case in cases()][::6]
    + [raw for _, _, raw in KINDS]
    + [item.raw for item in SPECIAL]
    + [raw for _, raw in NOT_FORWARDS]
)


def test_mutated_mails_are_read() -> None:
    chance = random.Random(4)
    for _ in range(250):
        mail = parse_mail(mutate(chance, chance.choice(SEEDS)) + b"x")
        assert from_json(Mail, to_json(mail).encode().decode()) == mail


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(min_size=1))
def test_any_bytes_are_read(raw: bytes) -> None:
    parse_mail(b"From: a" + raw)
    parse_mail(HEAD + b"\r\nx" + raw)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text())
def test_any_text_has_a_newest_part(text: str) -> None:
    assert len(newest_text(text)) <= len(text) + 1

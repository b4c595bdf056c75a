"""Who is believed about the From line, and who isn't."""

from __future__ import annotations

import pytest

from mail.parse import parse_mail
from mail.trust import are_aligned, parse_results

OURS = frozenset({"mx.acme.example"})


def authentic(*headers: str, sender: str = "Tom <tom@acme.example>", authserv: frozenset[str] = OURS) -> bool:
    lines = "".join(f"Authentication-Results: {header}\n" for header in headers)
    return parse_mail(f"{lines}From: {sender}\nSubject: x\n\nHello\n".encode(), authserv=authserv).authentic


@pytest.mark.parametrize(
    "header",
    [
        "mx.acme.example; dmarc=pass header.from=acme.example",
        "MX.acme.example 1; spf=fail smtp.mailfrom=x.example; dmarc=pass (p=REJECT) header.from=acme.example",
        "mx.acme.example; dkim=pass header.d=acme.example",
        "mx.acme.example; dkim=fail header.d=x.example; dkim=pass header.i=@mail.acme.example",
        "mx.acme.example; spf=pass (it is so) smtp.mailfrom=bounce@bounces.acme.example",
        "mx.acme.example; spf=pass smtp.mailfrom=acme.example",
        "mx.acme.example;\n dkim=pass\n header.d=acme.example",
    ],
)
def test_proved(header: str) -> None:
    assert authentic(header)


@pytest.mark.parametrize(
    "header",
    [
        "mx.acme.example; none",
        "mx.acme.example; dmarc=fail header.from=acme.example; dkim=pass header.d=acme.example",
        "mx.acme.example; dkim=pass header.d=evil.example",
        "mx.acme.example; dkim=pass header.d=notacme.example",
        "mx.acme.example; dmarc=pass header.from=evil.example",
        "mx.acme.example; spf=pass smtp.helo=acme.example smtp.mailfrom=a@evil.example",
        "mx.acme.example; arc=pass header.d=acme.example",
        "mx.acme.example; x=y (; dmarc=pass header.from=acme.example )",
        'mx.acme.example; reason="; dmarc=pass header.from=acme.example"',
        "evil.example; dmarc=pass header.from=acme.example",
        "mx.acme.example.evil.example; dmarc=pass",
        "(mx.acme.example) evil.example; dmarc=pass",
        "dmarc=pass header.from=acme.example",
        "",
    ],
)
def test_not_proved(header: str) -> None:
    assert not authentic(header)


def test_only_the_topmost_of_ours_counts() -> None:
    good = "mx.acme.example; dmarc=pass header.from=acme.example"
    assert authentic("other.example; dmarc=fail", good)
    assert not authentic("mx.acme.example; dmarc=fail header.from=acme.example", good)
    assert not authentic("mx.acme.example; none", good)


def test_nobody_is_believed_unless_configured() -> None:
    assert not authentic("mx.acme.example; dmarc=pass header.from=acme.example", authserv=frozenset())


def test_two_from_lines_prove_nothing() -> None:
    raw = b"Authentication-Results: mx.acme.example; dmarc=pass\nFrom: tom@acme.example\nFrom: evil@x.example\n\nHello"
    assert not parse_mail(raw, authserv=OURS).authentic


def test_two_addresses_in_one_from_line_prove_nothing() -> None:
    assert not authentic("mx.acme.example; dmarc=pass", sender="tom@acme.example, evil@x.example")


def test_public_suffixes_dont_align() -> None:
    assert are_aligned("mail.acme.co.uk", "acme.co.uk")
    assert not are_aligned("co.uk", "acme.co.uk")
    assert not are_aligned("evil.github.io", "github.io")
    assert not are_aligned("com", "acme.com")


def test_results_are_parsed_without_comments() -> None:
    name, results = parse_results('mx.x.example 1; dkim=pass (2048-bit; key) header.d=A.example header.b="abc"')
    assert name == "mx.x.example"
    assert [(item.method, item.outcome, item.properties["header.d"]) for item in results] == [
        ("dkim", "pass", "a.example")
    ]

"""Every program's forward gives the original: sender, recipients, subject, date, body, and what the forwarder wrote."""

# ruff: noqa: E501 - mails and wide letters are longer than code
from __future__ import annotations

import pytest

from mail.parse import parse_mail
from storage.messages import Mail
from tests.mail.corpus.combined import combined, squeezed
from tests.mail.corpus.forwards import Case, build, cases
from tests.mail.corpus.harmless import harmless
from tests.mail.corpus.special import NOT_FORWARDS, SPECIAL, Special

CASES = list(cases())


def boxes(mail: Mail, field: str) -> tuple[tuple[str, str], ...]:
    assert mail.original is not None
    return tuple((box.name, box.address) for box in getattr(mail.original, field))


@pytest.mark.parametrize("case", CASES, ids=[case.label for case in CASES])
def test_the_original_is_found_with_all_its_fields(case: Case) -> None:
    mail = parse_mail(case.raw)
    assert mail.original is not None, "not taken for a forward"
    assert mail.kind == "personal"
    assert mail.original.sender.address == case.original.address
    assert mail.original.sender.name == case.original.name
    assert mail.original.subject == case.original.subject
    assert boxes(mail, "to") == case.original.to
    assert boxes(mail, "cc") == case.original.cc
    assert mail.original.date is not None
    assert mail.original.date.replace(tzinfo=None) == case.original.date.replace(tzinfo=None)
    if "body" in case.wants:
        assert mail.original.body == case.original.body
    assert mail.comment == case.comment
    assert mail.because


@pytest.mark.parametrize("seed", range(400))
def test_forwards_put_together_at_random(seed: int) -> None:
    case = squeezed(combined(seed))
    mail = parse_mail(case.raw)
    assert mail.original is not None, "not taken for a forward"
    found = mail.original
    assert (found.sender.name, found.sender.address) == (case.original.name, case.original.address)
    assert (found.subject, boxes(mail, "to"), boxes(mail, "cc")) == (
        case.original.subject,
        case.original.to,
        case.original.cc,
    )
    assert found.date is not None
    assert found.date.replace(tzinfo=None) == case.original.date.replace(tzinfo=None)
    assert " ".join(found.body.split()) == case.original.body
    assert mail.comment == case.comment


@pytest.mark.parametrize("special", SPECIAL, ids=[special.label for special in SPECIAL])
def test_special_forwards(special: Special) -> None:
    mail = parse_mail(special.raw)
    original = mail.original
    assert original is not None, "not taken for a forward"
    assert (original.sender.name, original.sender.address) == special.sender
    assert original.subject == special.subject
    assert original.body == special.body
    assert mail.comment == special.comment
    if special.to is not None:
        assert boxes(mail, "to") == special.to
    if special.date is not None:
        assert original.date is not None
        assert original.date.isoformat() == special.date


@pytest.mark.parametrize(("label", "raw"), NOT_FORWARDS, ids=[label for label, _ in NOT_FORWARDS])
def test_no_forward(label: str, raw: bytes) -> None:
    assert parse_mail(raw).original is None


def test_no_reply_and_no_automatic_mail_of_1000_is_a_forward() -> None:
    taken = [label for label, raw in map(harmless, range(1000)) if parse_mail(raw).original is not None]
    assert taken == []


def test_the_digest_of_a_forward_begins_that_of_the_mail_itself() -> None:
    direct = build(
        "Offer", "Hello Tom,\n\nthe price is 5,000.\n", sender="Anna Kern <anna@kern.example>", to="tom@acme.example"
    )
    forward = build(
        "Fwd: Offer",
        "see below\n\n---------- Forwarded message ---------\nFrom: Anna Kern <anna@kern.example>\nDate: Tue, Mar 3, 2026 at 9:00 AM\nSubject: Offer\nTo: <tom@acme.example>\n\n\nHello Tom,\n\nthe price\nis 5,000.\n",
    )
    own, carried = parse_mail(direct).digest, parse_mail(forward).digest
    assert own.partition("-")[0] == carried
    assert own != carried


def test_the_digest_ignores_the_route_but_not_the_day() -> None:
    once = build("Offer", "Hello", headers="Received: by a\r\nX-Spam: 1\r\n")
    assert parse_mail(once).digest == parse_mail(build("Offer", "Hello", encoding="quoted-printable")).digest
    assert parse_mail(once).digest != parse_mail(once.replace(b"03 Mar", b"04 Mar")).digest
    assert parse_mail(once).digest != parse_mail(build("Offer", "Hello!1")).digest

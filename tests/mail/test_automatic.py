"""What programs' mails tell: who can't be reached, when somebody is back, who is behind a form."""

from __future__ import annotations

import pytest

from mail.parse import parse_mail
from storage.messages import Address, Failure, Form, MailKind
from tests.mail.corpus.automatic import ABSENCES, BOUNCES, FORMS
from tests.mail.corpus.kinds import KINDS

RETURN_PATH = "Return-Path: <>\n"
FORWARD = (
    "---------- Forwarded message ---------\nFrom: {}\nDate: Mon, Mar 2, 2026 at 10:12 AM\nSubject: {}\n"
    "To: <tom@acme.example>\n\n\n{}"
)


def mail_of(sender: str, subject: str, text: str, headers: str = "") -> bytes:
    """A raw mail in UTF-8."""
    head = f"From: {sender}\nTo: tom@acme.example\nSubject: {subject}\nDate: Mon, 2 Mar 2026 10:12:00 +0100\n{headers}"
    return f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}".encode()


@pytest.mark.parametrize(
    ("subject", "sender", "text", "permanent", "status"), [row[1:] for row in BOUNCES], ids=[row[0] for row in BOUNCES]
)
def test_plain_bounces_name_who_failed(subject: str, sender: str, text: str, permanent: bool, status: str) -> None:
    mail = parse_mail(mail_of(sender, subject, text, RETURN_PATH))
    assert mail.kind == "bounce"
    assert mail.original is None
    assert mail.failed == (Failure("anna@gone.example", permanent, status),)


def test_delivery_reports_name_who_failed() -> None:
    reports = {label: parse_mail(raw).failed for label, _, raw in KINDS}
    assert reports["postfix"] == (Failure("anna@gone.example", True, "5.1.1"),)
    assert reports["delayed"] == (Failure("anna@gone.example", False, "4.4.1"),)
    assert reports["gmail"] == (Failure("anna@gone.example", True),)
    assert reports["plain"] == ()


def test_a_report_of_several_recipients_tells_them_apart() -> None:
    report = (
        "Reporting-MTA: dns; mx.example\n\n"
        "Original-Recipient: rfc822;Anna@Gone.example\nFinal-Recipient: rfc822; x@y.example\nAction: failed\n"
        "Status: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1\n unknown\n\n"
        "Final-Recipient: rfc822; bo@part.example\nAction: delivered\nStatus: 2.0.0\n\n"
        "Final-Recipient: rfc822; cara@part.example\nAction: delayed\nStatus: 4.4.1\n"
    )
    raw = (
        "From: MAILER-DAEMON@mx.example\nSubject: x\nContent-Type: multipart/report; report-type=delivery-status;"
        f" boundary=b\n\n--b\n\nsorry\n--b\nContent-Type: message/delivery-status\n\n{report}\n--b--\n"
    )
    assert parse_mail(raw.encode()).failed == (
        Failure("anna@gone.example", True, "5.0.0"),
        Failure("cara@part.example", False, "4.4.1"),
    )


@pytest.mark.parametrize(("text", "begins"), ABSENCES)
def test_an_automatic_reply_tells_the_return(text: str, begins: str) -> None:
    away = parse_mail(mail_of("Anna <anna@kern.example>", "Automatic reply: x", text)).away
    assert away.startswith(begins) if begins else away == ""


def test_a_person_s_mail_tells_no_return() -> None:
    assert parse_mail(mail_of("Anna <anna@kern.example>", "Holidays", "I am back on 3 March.")).away == ""


@pytest.mark.parametrize(
    ("subject", "sender", "text", "headers", "name", "address", "phone", "message"),
    [row[1:] for row in FORMS],
    ids=[row[0] for row in FORMS],
)
def test_who_is_behind_a_form(
    subject: str, sender: str, text: str, headers: str, name: str, address: str, phone: str, message: str
) -> None:
    mail = parse_mail(mail_of(sender, subject, text, headers))
    assert mail.form == (Form(Address(name, address), phone, message) if address else None)
    assert mail.original is None


def test_who_is_behind_a_forwarded_form() -> None:
    text = FORWARD.format("Acme <no-reply@acme.example>", "New entry", "Name: Anna Kern\nEmail: anna@kern.example\n")
    mail = parse_mail(mail_of("Tom <tom@acme.example>", "Fwd: New entry", text))
    assert mail.form == Form(Address("Anna Kern", "anna@kern.example"))


@pytest.mark.parametrize(
    ("sender", "subject", "text", "kind"),
    [
        ("MAILER-DAEMON <mailer-daemon@mx.example>", "Undelivered Mail Returned to Sender", "550 5.1.1", "bounce"),
        ("Shop <news@shop.example>", "Offers", "Chairs\n\nUnsubscribe: https://shop.example/u", "bulk"),
        ("Shop <anna@shop.example>", "Offers", "Chairs\n\nView in browser | Unsubscribe", "bulk"),
        ("Anna <anna@kern.example>", "Automatic reply: Offer", "I am away.", "auto-reply"),
        ("isp <noreply@isp.example>", "Report Domain: acme.example Submitter: isp.example", "x", "feedback"),
        ("Anna <anna@kern.example>", "Offer", "Please unsubscribe me from your list, I get it twice.", "personal"),
        ("Anna <anna@kern.example>", "Offer", "Hello\n\n> Unsubscribe: https://shop.example/u", "personal"),
    ],
)
def test_the_kind_of_a_forwarded_original(sender: str, subject: str, text: str, kind: MailKind) -> None:
    mail = parse_mail(mail_of("Tom <tom@acme.example>", f"Fwd: {subject}", FORWARD.format(sender, subject, text)))
    assert mail.original is not None
    assert (mail.kind, mail.original_kind) == ("personal", kind)


def test_the_kind_of_an_attached_original_is_by_its_headers() -> None:
    inner = "From: Shop <anna@shop.example>\nSubject: Offers\nList-Unsubscribe: <mailto:u@shop.example>\n\nChairs\n"
    raw = (
        "From: tom@acme.example\nSubject: Fwd: Offers\nContent-Type: multipart/mixed; boundary=b\n\n"
        f"--b\n\nsee\n--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n"
    )
    assert parse_mail(raw.encode()).original_kind == "bulk"

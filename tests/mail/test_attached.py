"""A mail attached as a file in every way that programs do it is the forwarded one."""

from __future__ import annotations

import base64

import pytest

from mail.parse import parse_mail

HEAD = (
    "From: Tom Berg <tom@acme.example>\r\nTo: crm@acme.example\r\nDate: Tue, 03 Mar 2026 09:00:00 +0100\r\n"
    "Subject: {}\r\nMIME-Version: 1.0\r\n"
)
INNER = (
    "From: Anna Kern <anna@kern.example>\r\nTo: Tom <tom@acme.example>\r\nCc: bo@acme.example\r\nSubject: Offer\r\n"
    "Date: Mon, 2 Mar 2026 10:12:00 +0100\r\nMessage-ID: <i@kern.example>\r\n\r\nHello\r\n"
)
OTHER = INNER.replace("Anna Kern", "Bo").replace("anna@kern", "bo@part")
CODED = base64.encodebytes(INNER.encode()).decode()
INLINE = (
    "---------- Forwarded message ---------\r\nFrom: Anna Kern <anna@kern.example>\r\nDate: Mon, Mar 2, 2026 at"
    " 10:12 AM\r\nSubject: Offer\r\nTo: <tom@acme.example>\r\n\r\n\r\nHello\r\n"
)
RICH = (
    "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=e\r\n\r\n--e\r\nContent-Type: text/plain"
    "\r\n\r\nHello\r\n--e\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n--e--"
)
RFC822 = "Content-Type: message/rfc822"


def mixed(*parts: str, boundary: str = "b", text: str = "call") -> str:
    """A multipart body; each part with its own headers."""
    pieces = [f"Content-Type: text/plain\r\n\r\n{text}", *parts] if text else list(parts)
    joined = "".join(f"--{boundary}\r\n{piece}\r\n" for piece in pieces)
    return f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n{joined}--{boundary}--\r\n"


def part(kind: str, content: str, *headers: str) -> str:
    """One part."""
    return "\r\n".join((kind, *headers)) + f"\r\n\r\n{content}"


BASE64 = "Content-Transfer-Encoding: base64"
FILE = 'Content-Disposition: attachment; filename="Offer.eml"'
MIDDLE = HEAD.format("Fwd: Offer").replace("Tom Berg <tom@", "Bo <bo@").replace("crm@", "tom@")
SIGNATURE = part("Content-Type: application/pkcs7-signature; name=smime.p7s", "AAAA", BASE64)

MAILS = {
    "rfc822": HEAD.format("Fwd: Offer") + mixed(part(RFC822, INNER, FILE)),
    "without a prefix": HEAD.format("for the CRM") + mixed(part(RFC822, INNER, FILE)),
    "rfc822 in base64": HEAD.format("Fwd: Offer") + mixed(part(RFC822, CODED, BASE64)),
    "octets": HEAD.format("Fwd: Offer") + mixed(part("Content-Type: application/octet-stream", CODED, BASE64, FILE)),
    "its name encoded": HEAD.format("Fwd: Offer")
    + mixed(
        part(
            "Content-Type: application/octet-stream",
            INNER,
            "Content-Disposition: attachment; filename*=UTF-8''Angebot%20%C3%BC.eml",
        )
    ),
    "the first of two": HEAD.format("2 mails") + mixed(part(RFC822, INNER), part(RFC822, OTHER)),
    "within a forward": HEAD.format("Fwd: Fwd: Offer")
    + mixed(part(RFC822, MIDDLE + mixed(part(RFC822, INNER), boundary="c", text="for you"))),
    "a digest": HEAD.format("Fwd: Offer")
    + mixed(f"Content-Type: multipart/digest; boundary=d\r\n\r\n--d\r\n\r\n{INNER}\r\n--d--"),
    "with HTML inside": HEAD.format("Fwd: Offer") + mixed(part(RFC822, INNER.replace("\r\n\r\nHello", RICH))),
    "in a signed mail": HEAD.format("Fwd: Offer")
    + f"Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n{mixed(part(RFC822, INNER))}\r\n"
    + f"--s\r\n{SIGNATURE}\r\n--s--\r\n",
}


@pytest.mark.parametrize("label", MAILS)
def test_the_attached_mail_is_the_original(label: str) -> None:
    mail = parse_mail(MAILS[label].encode())
    original = mail.original
    assert original is not None
    assert (original.sender.name, original.sender.address) == ("Anna Kern", "anna@kern.example")
    assert [each.address for each in original.to + original.cc] == ["tom@acme.example", "bo@acme.example"]
    assert (original.subject, original.body, mail.comment) == ("Offer", "Hello", "call")
    assert original.date is not None
    assert original.date.isoformat() == "2026-03-02T10:12:00+01:00"


@pytest.mark.parametrize("body", [mixed(part(RFC822, INNER), text=""), part(RFC822, INNER)])
def test_a_mail_that_is_nothing_but_another(body: str) -> None:
    mail = parse_mail((HEAD.format("Fwd: Offer") + body).encode())
    assert mail.original is not None
    assert (mail.original.sender.address, mail.comment) == ("anna@kern.example", "")


def test_what_is_quoted_goes_before_what_is_attached() -> None:
    mail = parse_mail((HEAD.format("Fwd: Offer") + mixed(part(RFC822, OTHER), text=f"call\r\n\r\n{INLINE}")).encode())
    assert mail.original is not None
    assert mail.original.sender.address == "anna@kern.example"


def test_a_reply_may_enclose_a_mail() -> None:
    text = "see the mail\r\n\r\nOn 2 Mar 2026, at 10:12, Bo <bo@x.example> wrote:\r\n> hi"
    raw = HEAD.format("Re: Offer") + "In-Reply-To: <x@y>\r\n" + mixed(part(RFC822, INNER), text=text)
    assert parse_mail(raw.encode()).original is None

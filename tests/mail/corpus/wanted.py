"""A forward, or what looks like one, and what is to be understood of it."""

from __future__ import annotations

from dataclasses import dataclass

from mail.parse import parse_mail
from tests.mail.corpus.forwards import build


@dataclass(frozen=True)
class Wanted:
    """A mail's subject and text and its meaning; what is None isn't judged. White space counts once."""

    label: str
    outer_subject: str
    text: str
    is_html: bool = False
    is_forward: bool = True
    sender: tuple[str, str] = ("Anna Kern", "anna@kern.example")
    subject: str | None = None
    body: str | None = None
    to: tuple[str, ...] | None = None  # addresses, or names without one
    cc: tuple[str, ...] | None = None
    date: str | None = None  # ISO; empty for none
    comment: str = ""
    headers: str = ""
    recipients: str = "crm@acme.example"

    @property
    def raw(self) -> bytes:
        """The mail."""
        text, page = (None, self.text) if self.is_html else (self.text, None)
        return build(self.outer_subject, text, html_text=page, headers=self.headers, to=self.recipients)


def wrong_fields(wanted: Wanted) -> dict[str, object]:
    """The fields that came out otherwise, each with what it is; nothing when all are right."""
    mail = parse_mail(wanted.raw)
    if mail.original is None or not wanted.is_forward:
        return {} if (mail.original is not None) == wanted.is_forward else {"is_forward": mail.original is not None}
    letter = mail.original
    found: dict[str, object] = {
        "sender": (letter.sender.name, letter.sender.address),
        "subject": letter.subject,
        "body": " ".join(letter.body.split()),
        "to": tuple(each.address or each.name for each in letter.to),
        "cc": tuple(each.address or each.name for each in letter.cc),
        "date": letter.date.isoformat() if letter.date else "",
        "comment": " ".join(mail.comment.split()),
    }
    expected = {name: getattr(wanted, name) for name in found}
    if wanted.body is not None:
        expected["body"] = " ".join(wanted.body.split())
    return {name: found[name] for name, value in expected.items() if value is not None and found[name] != value}

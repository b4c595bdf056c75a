"""One of our messages as a mail, text and HTML: what Rapport says, marked as automatic, or a user's own letter. Pure.

Sources: RFC 5322 3.6.4 (In-Reply-To, References), RFC 3834 5 (Auto-Submitted), [MS-OXCMAIL] (X-Auto-Response-Suppress).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from mail.subject import split_subject
from storage.messages import Address, FileRef, Mail, OutgoingMessage, Reply, Style

NAME = "Rapport"
_SUBJECT = 120  # code points of a first line that a subject shows
_MOST_REFERENCES = 20
_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_USER = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,253}")
_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_TAGS: dict[Style, str] = {"bold": "b", "italic": "i", "code": "code", "quote": "i"}


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who it is from and to, its Message-ID and date (aware), and the mail that it answers."""

    sender: str
    to: Address
    message_id: str
    date: datetime
    answers: Mail | None = None


class _Policy(EmailPolicy):
    """SMTP's, with ids left as they are: the standard library would encode the words of a long one."""

    def fold(self, name: str, value: Any) -> str:
        if name.lower() in ("message-id", "in-reply-to", "references"):
            return f"{name}: " + "\r\n ".join(str(value).split()) + "\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii", "replace")


_POLICY = _Policy(linesep="\r\n", cte_type="7bit", max_line_length=78)


def render_mail(message: OutgoingMessage, envelope: Envelope) -> EmailMessage:
    """The mail. Raises ValueError for an address that no mail can be written to."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _mailbox(Address(NAME, envelope.sender))
    mail["To"] = _mailbox(envelope.to)
    mail["Subject"] = subject_of(message.reply, envelope.answers)
    mail["Date"] = format_datetime(envelope.date)
    mail["Message-ID"] = envelope.message_id
    if envelope.answers is not None and (ids := _thread(envelope.answers)):
        mail["In-Reply-To"] = ids[-1]
        mail["References"] = " ".join(ids)
    mail["Auto-Submitted"] = "auto-replied" if envelope.answers is not None else "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(as_text(message.reply) + "\n")
    mail.add_alternative(as_html(message.reply), subtype="html")
    return mail


@dataclass(frozen=True, slots=True)
class Personal:
    """A letter that a user writes. `reply_to`: None when answers come to its From anyway; `thread`: nearest last."""

    sender: Address
    to: Address
    subject: str
    text: str
    message_id: str
    date: datetime
    reply_to: Address | None = None
    thread: tuple[str, ...] = ()


def render_letter(letter: Personal) -> EmailMessage:
    """A letter as any mail program would write it: nothing in it is ours. Raises ValueError as render_mail does."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _mailbox(letter.sender)
    mail["To"] = _mailbox(letter.to)
    if letter.reply_to is not None:
        mail["Reply-To"] = _mailbox(letter.reply_to)
    mail["Subject"] = _line(letter.subject)[:400]
    mail["Date"] = format_datetime(letter.date)
    mail["Message-ID"] = letter.message_id
    if ids := _shortened([each for each in dict.fromkeys(letter.thread) if _ID.fullmatch(each)]):
        mail["In-Reply-To"] = ids[-1]
        mail["References"] = " ".join(ids)
    words = _seen(letter.text).rstrip("\n")
    paragraphs = "\n".join(f"<p>{_styled('plain', each)}</p>" for each in re.split(r"\n{2,}", words))
    mail.set_content(words + "\n")
    mail.add_alternative(_page(paragraphs), subtype="html")
    return mail


def enclose(mail: EmailMessage, file: FileRef, content: bytes) -> None:
    """Puts a file into a mail as its attachment."""
    main, _, sub = file.media_type.partition("/")
    known = _TYPE.fullmatch(file.media_type) and main not in ("message", "multipart", "text")
    mail.add_attachment(
        content,
        maintype=main if known else "application",
        subtype=sub if known else "octet-stream",
        filename=file.name,
    )


def subject_of(reply: Reply, answers: Mail | None) -> str:
    """A heading (a bold beginning) is the subject; else that of the mail answered; else the first line."""
    heading = reply.spans[0].text if reply.spans and reply.spans[0].style == "bold" else ""
    asked = _line(answers.outer.subject) if answers is not None else ""
    if asked and not heading.strip():
        prefixes, _ = split_subject(asked)
        return asked[:400] if prefixes[:1] == ("reply",) else f"Re: {asked}"[:400]
    lines = [line for line in (heading or reply.text).splitlines() if line.strip()]
    first = _line(lines[0]) if lines else NAME
    return first if len(first) <= _SUBJECT else first[: _SUBJECT - 1].rstrip() + "…"


def as_text(reply: Reply) -> str:
    """The words, and below them the buttons in brackets, each row on a line: answering with one presses it."""
    return "\n\n".join(filter(None, (_seen(reply.text), "\n".join(_rows(reply)))))


def as_html(reply: Reply) -> str:
    """The same, simple enough for every mail program."""
    words = "".join(_styled(span.style, _seen(span.text)) for span in reply.spans)
    rows = [html.escape(row) for row in _rows(reply)]
    paragraphs = "\n".join(f"<p>{each}</p>" for each in (words, "<br>\n".join(rows)) if each)
    return _page(paragraphs)


def domain_of(address: str) -> str:
    """The domain as mail servers write it. Raises ValueError (UnicodeError) when there is no such form."""
    return address.rpartition("@")[2].encode("idna").decode("ascii")


def on_the_wire(address: str) -> str:
    """The address with its domain as mail servers write it."""
    return f"{address.rpartition('@')[0]}@{domain_of(address)}"


def _page(body: str) -> str:
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{body}\n</body></html>\n'


def _rows(reply: Reply) -> list[str]:
    return ["  ".join(f"[{_line(button.label)}]" for button in row) for row in reply.buttons]


def _styled(style: Style, text: str) -> str:
    words = html.escape(text, quote=False).replace("\n", "<br>\n")
    tag = _TAGS.get(style)
    return f"<{tag}>{words}</{tag}>" if tag and words else words


def _mailbox(address: Address) -> Mailbox:
    user, _, domain = on_the_wire(address.address).rpartition("@")
    if not (_USER.fullmatch(user) and _DOMAIN.fullmatch(domain)):
        raise ValueError("no address that mail can be written to")
    return Mailbox(display_name=_line(address.name), username=user, domain=domain)


def _thread(answered: Mail) -> list[str]:
    """The ids of the thread, the mail answered last; none when its own id can't be repeated."""
    if not _ID.fullmatch(answered.message_id):
        return []
    earlier = [each for each in answered.references if _ID.fullmatch(each) and each != answered.message_id]
    return _shortened([*earlier, answered.message_id])


def _shortened(ids: list[str]) -> list[str]:
    """At most so many ids as references may be: the first names the thread."""
    return ids if len(ids) <= _MOST_REFERENCES else [ids[0], *ids[1 - _MOST_REFERENCES :]]


def _seen(text: str) -> str:
    return _UNSEEN.sub("\ufffd", text)


def _line(text: str) -> str:
    return _seen(" ".join(text.split()))

"""Raw bytes to a Mail that is understood: who wrote what to whom, whether it is a forward, of which kind, and why."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

from mail.addresses import parse_addresses
from mail.errors import MailUnreadable
from mail.html import html_to_text, strip_marks
from mail.newest import newest_text
from mail.parts import read_tree
from storage.messages import Letter, Mail


def parse_mail(raw: bytes, *, authserv: frozenset[str] = frozenset()) -> Mail:
    """The mail, understood. Raises MailUnreadable for bytes without any content, and nothing else."""
    if not raw.strip():
        raise MailUnreadable("The mail is empty: there is nothing to read.")
    parts = read_tree(raw)
    root = parts[0]
    plain = next((part for part in parts if part.media_type == "text/plain"), None)
    html = next((part for part in parts if part.media_type == "text/html"), None)
    body = plain.text() if plain else strip_marks(html_to_text(html.text())) if html else ""
    senders = parse_addresses(root.headers.text("from"))
    date: datetime | None
    try:
        date = parsedate_to_datetime(root.headers.plain("date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        date = None
    letter = Letter(
        sender=senders[0] if senders else Letter().sender,
        to=parse_addresses(root.headers.text("to")),
        cc=parse_addresses(root.headers.text("cc")),
        subject=root.headers.text("subject"),
        date=date,
        body=body.strip(),
        newest=newest_text(body),
    )
    return Mail(outer=letter, message_id=root.headers.plain("message-id"))

"""A digest of what a mail says, the same over every route: trace headers, wrapping and encodings don't count."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import UTC

from mail.subject import bare_subject
from storage.messages import Letter

_LINKS = re.compile(r"<(?:mailto:|https?:)[^<>\s]{1,2000}>|\[(?:cid|image):[^\[\]\n]{1,300}\]")

_REST = re.compile(r"[\W_]+")  # what str.isalnum denies


def content_digest(outer: Letter, original: Letter | None) -> str:
    """`CONTENT` for a forward (sender, subject and text of the original), `CONTENT-MOMENT` for a mail of its own.

    CONTENT is 40 hex digits, MOMENT the Date in UTC (`20260302T091200`). So the same mail delivered twice has the same
    digest, a mail repeated on another day another one, and a forward has what stands before the dash in the digest of
    the mail that it carries.
    """
    letter = original or outer
    sender = letter.sender.address or letter.sender.name.casefold()
    parts = (sender, bare_subject(letter.subject), text_skeleton(letter.body))
    content = hashlib.sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()[:40]
    if original is not None:
        return content
    date = outer.date
    if date is None:
        return f"{content}-"
    if date.tzinfo is not None:
        date = date.astimezone(UTC)
    return f"{content}-{date:%Y%m%dT%H%M%S}"


def text_skeleton(text: str) -> str:
    """Letters and figures of the text alone, folded: what every route leaves as it is."""
    folded = unicodedata.normalize("NFKC", _LINKS.sub("", text[:1_000_000])).casefold()
    return _REST.sub("", folded)

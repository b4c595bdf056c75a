"""Where the programs that Rapport is compared with read their mail: an mbox file, or a folder on a mail server."""

from __future__ import annotations

import imaplib
import mailbox
from collections.abc import Iterator

_TOGETHER = 50  # mails a command: the fastest


def mails_of(*source: str) -> Iterator[bytes]:
    """The raw mails of an mbox (its path), or of a user's INBOX (port and user)."""
    if len(source) == 1:
        box = mailbox.mbox(source[0], create=False)
        for key in box.iterkeys():
            yield box.get_bytes(key)
        return
    with imaplib.IMAP4("127.0.0.1", int(source[0])) as client:
        client.login(source[1], "secret")
        count = int(client.select("INBOX", readonly=True)[1][0] or b"0")
        for first in range(1, count + 1, _TOGETHER):
            _, answer = client.fetch(f"{first}:{min(count, first + _TOGETHER - 1)}", "(BODY.PEEK[])")
            for item in answer:
                if isinstance(item, tuple):
                    yield item[1]

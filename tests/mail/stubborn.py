"""A parsing process that sleeps, dies or eats memory when the mail says so."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from mail import worker
from mail.parse import parse_mail
from storage.messages import Mail


def obey(raw: bytes, *, authserv: frozenset[str] = frozenset(), keys: Mapping[str, str]) -> Mail:
    """Does what the mail says, or parses it."""
    if raw == b"sleep":
        time.sleep(60)
    if raw == b"die":
        os._exit(3)
    if raw == b"eat":
        eaten = []
        while True:
            eaten.append(b"x" * 50_000_000)
    return parse_mail(raw, authserv=authserv, keys=keys)


if __name__ == "__main__":
    worker.main(obey)

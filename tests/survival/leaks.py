"""Looks for what must never be in a log: secrets in any spelling, addresses, names, and what people wrote."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import quote

_ADDRESS = re.compile(r"[\w.+-]{1,60}@[\w-]{1,60}\.[\w.-]{1,60}")


def leaks(log: str, words: Iterable[str], secrets: Iterable[str]) -> list[str]:
    """The lines that hold one of the words, one of the secrets in any spelling, or any mail address."""
    forbidden = [re.escape(word) for word in words]
    forbidden += [re.escape(spelling) for secret in secrets for spelling in spellings(secret)]
    pattern = re.compile("|".join([*forbidden, _ADDRESS.pattern]), re.IGNORECASE)
    return [line for line in log.splitlines() if pattern.search(line)]


def spellings(secret: str) -> set[str]:
    """A secret as it is, as in a URL, in JSON, and in base64 wherever it begins in what is encoded."""
    octets = secret.encode()
    found = {secret, quote(secret, safe=""), repr(secret)[1:-1], ascii(secret)[1:-1], json.dumps(secret)[1:-1]}
    for place in range(3):
        encoded = b64encode(b"\0" * place + octets).decode().rstrip("=")
        # The first and the last sign also depend on what stands beside it.
        found.add(encoded[-(-place * 8 // 6) : len(encoded) - 1])
    return found

"""DKIM checked by ourselves (RFC 6376): was the mail signed by its sender's domain? The keys are brought by others."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping

from mail.headers import Headers
from mail.trust import are_aligned, has_one_sender

MAX_SIGNATURES = 5  # of one mail that are looked at
MAX_KEY = 4_000  # characters of one key record

# A second one of these, put above the signed one, would be what people see.
_SINGLE = ("from", "to", "cc", "subject", "date", "reply-to", "content-type", "content-transfer-encoding")


def key_names(headers: Headers, sender: str) -> tuple[str, ...]:
    """Where the keys lie whose signatures would prove the From address, `selector._domainkey.domain`."""
    if not has_one_sender(headers, sender):
        return ()
    found = _signatures(headers, sender.rpartition("@")[2])
    return tuple(dict.fromkeys(name for _, name in found))


def is_signed(raw: bytes, headers: Headers, sender: str, keys: Mapping[str, str]) -> bool:
    """Does a signature hold, of the sender's domain and over all of the text? `keys`: TXT records by name."""
    counted = Counter(name for name, _ in headers.fields)
    if not has_one_sender(headers, sender) or any(counted[name] > 1 for name in _SINGLE):
        return False
    return any(
        name in keys and _holds(raw, index, name, keys[name])
        for index, name in _signatures(headers, sender.rpartition("@")[2])
    )


def _signatures(headers: Headers, domain: str) -> list[tuple[int, str]]:
    """Those that may prove something: which of the mail's it is, from 0, and where its key lies."""
    found = []
    for index, value in enumerate(headers.every("dkim-signature")[:MAX_SIGNATURES]):
        tags = _tags(value)
        signer, selector = tags.get("d", "").lower(), tags.get("s", "")
        # With l= anything may follow the signed beginning; SHA-1 is broken, Ed25519 comes beside RSA.
        if tags.get("a") == "rsa-sha256" and "l" not in tags and selector and are_aligned(signer, domain):
            found.append((index, f"{selector}._domainkey.{signer}".lower()))
    return found


def _tags(value: bytes) -> dict[str, str]:
    """`v=1; a=rsa-sha256; d=x` as a dictionary, the white space in its values taken out."""
    pieces = value[:8_000].decode("ascii", "replace").split(";")
    pairs = (piece.partition("=") for piece in pieces[:60])
    return {name.strip(): "".join(text.split()) for name, equals, text in pairs if equals}


def _holds(raw: bytes, index: int, name: str, key: str) -> bool:
    import dkim

    if "y" in _tags(key.encode("ascii", "replace")).get("t", "").split(":"):
        return False  # its owner only tests it
    silent = logging.getLogger("rapport.dkim")
    silent.disabled = True  # what it reports holds parts of the mail
    try:
        checked = dkim.DKIM(raw, logger=silent, minkey=1024)
        return bool(checked.verify(index, dnsfunc=lambda asked, timeout=5: _record(asked, name, key)))
    except (dkim.DKIMException, ValueError, LookupError, TypeError, ArithmeticError):
        return False  # a signature, a key or a mail that isn't as it should be


def _record(asked: bytes, name: str, key: str) -> bytes | None:
    return key.encode() if asked.decode("ascii", "replace").rstrip(".").lower() == name else None

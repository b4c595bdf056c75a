"""What a bounce says: which addresses failed, and whether for good."""

from __future__ import annotations

import re

from mail.addresses import parse_address
from mail.charset import clean, decode_bytes
from mail.lexicon import key, load_lexicon
from mail.parts import Part
from storage.messages import Failure

MAX_FAILURES = 50
MAX_TEXT = 20_000  # characters of a plain-text bounce that are looked at

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.#/-])([45])\d\d[ -](?=\D)")
_MAILBOX = re.compile(r"[^\s<>()\[\]\",;:'|]{1,64}@[^\s<>()\[\]\",;:'|]{1,190}")
_ROBOT = re.compile(r"mailer-daemon|mail-daemon|postmaster|microsoftexchange|no-?reply", re.IGNORECASE)
# Where the returned mail, or the technical part, begins.
_COPY = re.compile(
    r"^(?:-{3,}.{0,12}(?:below this line|copy of|original message|returned message|unsent message|message header)"
    r"|original message headers|diagnostic information for administrators|return-path:|received: |-{3,}\s{0,3}$)",
    re.IGNORECASE | re.MULTILINE,
)


def find_failures(parts: list[Part], text: str, own: frozenset[str]) -> tuple[Failure, ...]:
    """The addresses that failed: by the delivery status (RFC 3464), else by headers and words. `own` are never it."""
    told: dict[str, Failure] = {}
    for part in parts:
        if part.media_type in ("message/delivery-status", "message/global-delivery-status"):
            for failure in _reported(decode_bytes(part.content(200_000), None)):
                told.setdefault(failure.address, failure)
    return tuple(told.values())[:MAX_FAILURES] or _written(parts[0], text, own)


def _reported(text: str) -> list[Failure]:
    """The groups of a delivery status that name a recipient and an action of theirs."""
    failures: list[Failure] = []
    for group in clean(text).replace("\r\n", "\n").split("\n\n")[:200]:
        fields: dict[str, str] = {}
        last = ""
        for line in group.split("\n"):
            if line[:1] in " \t" and last:
                fields[last] += " " + line.strip()
                continue
            name, colon, value = line.partition(":")
            if colon:
                last = name.strip().lower()
                fields.setdefault(last, value.strip())
        action = fields.get("action", "failed").lower()
        named = fields.get("original-recipient") or fields.get("final-recipient", "")
        address = parse_address(named.partition(";")[2] or named).address
        if "@" not in address or action not in ("failed", "delayed"):
            continue
        status = _STATUS.search(fields.get("status", "")) or _STATUS.search(fields.get("diagnostic-code", ""))
        code = status[1] if status else ""
        failures.append(Failure(address, action == "failed" and not code.startswith("4"), code))
    return failures


def _written(root: Part, text: str, own: frozenset[str]) -> tuple[Failure, ...]:
    """By X-Failed-Recipients, or the addresses in the text above the returned mail."""
    copy = _COPY.search(text[:MAX_TEXT])
    above = text[: copy.start()] if copy and _MAILBOX.search(text[: copy.start()]) else text[:MAX_TEXT]
    named = [parse_address(piece).address for piece in root.headers.plain("x-failed-recipients").split(",")]
    addresses = [address for address in named if address]
    if not addresses:
        found = (parse_address(hit.group()).address.rstrip(":.") for hit in _MAILBOX.finditer(above))
        addresses = [address for address in found if address not in own and not _ROBOT.match(address)]
    codes = [code for code in _STATUS.findall(above) if code[0] != "2"]
    temporary = _is_temporary(root.headers.text("subject"), above, codes)
    return tuple(
        Failure(address, not temporary, _status_of(address, above, codes))
        for address in list(dict.fromkeys(addresses))[:MAX_FAILURES]
    )


def _status_of(address: str, text: str, codes: list[str]) -> str:
    """The status that stands behind the address, else the only one there is."""
    at = text.lower().find(address)
    near = _STATUS.search(text, at, at + 600) if at >= 0 else None
    return near[1] if near else codes[0] if len(set(codes)) == 1 else ""


def _is_temporary(subject: str, text: str, codes: list[str]) -> bool:
    """Is it only late: by its code, else by the system's words?"""
    if codes:
        return all(code.startswith("4") for code in codes)
    replies = _REPLY.findall(text)
    if replies:
        return all(reply == "4" for reply in replies)
    word = key(f"{subject} {text[:4_000]}")
    return any(phrase in word for phrase in load_lexicon().delays)

"""Was the From line proved? A small parser of Authentication-Results (RFC 8601) that believes one server only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mail.headers import Headers

MAX_HEADER = 16_000  # characters of one such header

_COUNTRY_SECOND = frozenset(
    ("ac", "co", "com", "edu", "go", "gob", "gov", "gouv", "govt", "ltd", "me", "mil", "ne", "net", "nom", "or", "org",
     "plc", "sch")
)  # fmt: skip
_SHARED = frozenset(
    ("github.io", "gitlab.io", "blogspot.com", "herokuapp.com", "appspot.com", "azurewebsites.net", "cloudfront.net",
     "netlify.app", "pages.dev", "vercel.app", "web.app", "firebaseapp.com", "workers.dev", "amazonaws.com",
     "onmicrosoft.com", "myshopify.com", "wixsite.com")
)  # fmt: skip
_REFUTED = "trust: dmarc=fail"
_MAILBOX = re.compile(r"[^\s<>()\[\]\",;:'@]{1,128}@[^\s<>()\[\]\",;:'@]{1,190}")
_TOKEN = re.compile(
    r"\s{0,40}([A-Za-z0-9._-]{1,80})\s{0,40}(?:/\s{0,10}\d{1,5}\s{0,10})?=\s{0,40}(\"[^\"]{0,1000}\"|[^\s;]{1,1000})"
)


@dataclass(frozen=True, slots=True)
class Result:
    """One method's outcome: `dkim=pass header.d=x` is Result("dkim", "pass", {"header.d": "x"})."""

    method: str
    outcome: str
    properties: dict[str, str] = field(default_factory=dict)


def is_authentic(headers: Headers, sender: str, authserv: frozenset[str]) -> tuple[bool, str]:
    """Whether the From address is proved, and why or why not (empty when there is nothing to go by).

    Only the topmost header of a configured authserv-id counts: what stands below it may have come with the mail.
    """
    if not authserv:
        return False, ""
    believed = {name.strip().lower() for name in authserv}
    if not has_one_sender(headers, sender):
        return False, "trust: not exactly one From address"
    for raw in headers.every("authentication-results"):
        name, results = parse_results(raw.decode("utf-8", "replace"))
        if name in believed:
            return _judge(results, sender.rpartition("@")[2].lower())
    return False, "trust: no Authentication-Results of ours"


def is_refuted(why: str) -> bool:
    """Did a server that is believed say that the From address is forged?"""
    return why == _REFUTED


def has_one_sender(headers: Headers, sender: str) -> bool:
    """Is there one From header, with this address (lower case) and no other?"""
    return len(headers.every("from")) == 1 and set(_MAILBOX.findall(headers.plain("from").lower())) == {sender}


def parse_results(value: str) -> tuple[str, list[Result]]:
    """The authserv-id (lower case) and the results of one header; comments are dropped, so that they can't speak."""
    pieces = _split(_without_comments(value[:MAX_HEADER]))
    words = pieces[0].split()
    if not words or "=" in words[0]:
        return "", []
    name = words[0].strip('"').lower().rstrip(".")
    results = []
    for piece in pieces[1:60]:
        found = [(hit[1].lower(), hit[2].strip('"')) for hit in _TOKEN.finditer(piece)]
        if found:
            # The first word of a property counts: a second one of the same name can't replace it.
            properties: dict[str, str] = {}
            for key, text in found[1:]:
                properties.setdefault(key, text.lower())
            results.append(Result(found[0][0], found[0][1].lower(), properties))
    return name, results


def _judge(results: list[Result], domain: str) -> tuple[bool, str]:
    dmarc = [result for result in results if result.method == "dmarc"]
    for result in dmarc:
        stated = result.properties.get("header.from", domain).rpartition("@")[2]
        if are_aligned(stated, domain) and all(other.outcome == "pass" for other in dmarc):
            return True, "trust: dmarc=pass"
        if result.outcome == "fail":
            return False, _REFUTED
    for result in results:
        if result.outcome != "pass":
            continue
        if result.method == "dkim":
            signer = result.properties.get("header.d") or result.properties.get("header.i", "").rpartition("@")[2]
            if are_aligned(signer, domain):
                return True, "trust: dkim=pass of the sender's domain"
        elif result.method == "spf":
            mail_from = result.properties.get("smtp.mailfrom") or result.properties.get("smtp.mail", "")
            if are_aligned(mail_from.rpartition("@")[2], domain):
                return True, "trust: spf=pass of the sender's domain"
    return False, "trust: nothing passed for the sender's domain"


def are_aligned(one: str, other: str) -> bool:
    """Relaxed alignment (RFC 7489 3.1), without a suffix list: equal, or one below the other, no public suffix."""
    one, other = one.strip(".").lower(), other.strip(".").lower()
    if not one or not other:
        return False
    if one == other:
        return True
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer.endswith("." + shorter) and not _is_public(shorter)


def _is_public(domain: str) -> bool:
    labels = domain.split(".")
    if len(labels) < 2 or domain in _SHARED:
        return True
    return len(labels) == 2 and len(labels[1]) == 2 and (labels[0] in _COUNTRY_SECOND or len(labels[0]) <= 2)


def _without_comments(value: str) -> str:
    out: list[str] = []
    depth = 0
    quoted = escaped = False
    for char in value:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
            if depth:
                continue
        elif char == '"' and not depth:
            quoted = not quoted
        elif char == "(" and not quoted:
            depth += 1
            out.append(" ")
            continue
        elif char == ")" and not quoted and depth:
            depth -= 1
            continue
        if not depth:
            out.append(char)
    return "".join(out)


def _split(value: str) -> list[str]:
    """At semicolons outside quotes."""
    pieces: list[str] = []
    start = 0
    quoted = False
    for index, char in enumerate(value):
        if char == '"':
            quoted = not quoted
        elif char == ";" and not quoted:
            pieces.append(value[start:index])
            start = index + 1
    pieces.append(value[start:])
    return pieces

"""Whose word proves a mail's sender: what the mails carry, and whether RAPPORT_AUTHSERV fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.health.check import Check, ok, warn
from mail.headers import split_headers
from mail.trust import parse_results


@dataclass(frozen=True, slots=True)
class Authservs:
    """How many mails were looked at, and how often each server's Authentication-Results stood topmost in them."""

    mails: int = 0
    names: tuple[tuple[str, int], ...] = ()  # the most frequent first

    def __add__(self, other: Authservs) -> Authservs:
        both = Counter(dict(self.names)) + Counter(dict(other.names))
        return Authservs(self.mails + other.mails, tuple(both.most_common()))


def count_authservs(heads: Iterable[bytes]) -> Authservs:
    """Of raw mails, or of their headers alone."""
    names: Counter[str] = Counter()
    mails = 0
    for head in heads:
        mails += 1
        headers, _ = split_headers(head)
        for value in headers.every("authentication-results")[:1]:
            name, _ = parse_results(value.decode("utf-8", "replace"))
            if name:
                names[name[:100]] += 1
    return Authservs(mails, tuple(names.most_common()))


def examine_authserv(believed: frozenset[str], seen: Authservs, *, dkim: bool = False) -> Check:
    """Does a mail of a member prove itself here? With `dkim` by its signature, whatever its server says."""
    if dkim and not believed:
        return ok("authserv", "no server is believed; the signatures of members' mails are checked here (RAPPORT_DKIM)")
    ours = ", ".join(sorted(believed))
    most = seen.names[0][0] if seen.names else ""
    mails = "the one mail here" if seen.mails == 1 else f"{seen.mails} mails"
    if not believed and most:
        todo = f"if {most} is your own mail server, set RAPPORT_AUTHSERV={most}: then nobody need confirm their mails"
        return warn("authserv", f"RAPPORT_AUTHSERV isn't set, so no mail proves its sender; seen most: {most}", todo)
    if not believed and seen.mails:
        todo = (
            "let your mail server write Authentication-Results, and set RAPPORT_AUTHSERV to its name; "
            "or set RAPPORT_DKIM=on: then signatures are checked here"
        )
        return warn("authserv", f"RAPPORT_AUTHSERV isn't set, and no server vouches for {mails}", todo)
    if not believed:
        return ok("authserv", "RAPPORT_AUTHSERV isn't set; no mail has come yet")
    fitting = sum(count for name, count in seen.names if name in believed)
    if fitting:
        return ok("authserv", f"{ours}, in {fitting} of {mails}" if seen.mails > 1 else ours)
    if most:
        todo = f"if {most} is your own mail server, set RAPPORT_AUTHSERV={most}"
        return warn("authserv", f"{ours} is believed, but the mails carry {most}: nothing is proved", todo)
    if seen.mails:
        todo = "let your mail server write Authentication-Results; without it every mail's orders need a tap"
        return warn("authserv", f"{ours} is believed, but vouches for none of {mails}", todo)
    return ok("authserv", f"{ours}; no mail has come yet")

"""Looks up DKIM keys in the DNS; what can't be found in time is as if it weren't there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import dns.asyncresolver
import dns.exception
import dns.resolver

from mail.dkim import MAX_KEY, MAX_SIGNATURES

_SECONDS = 4  # for all keys of a mail


class KeyFinder:
    """Asks the system's resolver, or the one at (IP address, port)."""

    def __init__(self, server: tuple[str, int] | None = None) -> None:
        try:
            self._resolver = dns.asyncresolver.Resolver(configure=server is None)
        except dns.resolver.NoResolverConfiguration:
            self._resolver = dns.asyncresolver.Resolver(configure=False)
        if server is not None:
            self._resolver.nameservers, self._resolver.port = [server[0]], server[1]
        self._resolver.lifetime = _SECONDS
        self._resolver.cache = dns.resolver.LRUCache(100)

    async def find(self, names: Iterable[str]) -> dict[str, str]:
        """The TXT records that there are, by name."""
        asked = list(names)[:MAX_SIGNATURES]
        records = await asyncio.gather(*(self._record(name) for name in asked))
        return {name: record for name, record in zip(asked, records, strict=True) if record}

    async def _record(self, name: str) -> str:
        try:
            answer = await self._resolver.resolve(name, "TXT", raise_on_no_answer=False)
        except (dns.exception.DNSException, OSError, UnicodeError, ValueError):
            return ""
        for row in answer.rrset or ():
            text = b"".join(row.strings).decode("ascii", "replace")
            if "p=" in text:
                return text[:MAX_KEY]
        return ""

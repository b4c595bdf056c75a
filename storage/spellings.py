"""The ways in which one mail address is written, the likeliest first: for finding who has it."""

from __future__ import annotations

import unicodedata

_GOOGLE = ("gmail.com", "googlemail.com")


def spellings(address: str) -> tuple[str, ...]:
    """The address in small letters, then what reaches the same mailbox.

    A domain in Unicode and in punycode (RFC 5891) is one, as are Google's two; what stands behind a plus sign is only
    a label, and Google's users' dots mean nothing.
    """
    plain = unicodedata.normalize("NFC", address.strip()).lower()
    local, at, domain = plain.rpartition("@")
    if not at or not local or not domain or len(plain) > 320:
        return (plain,)
    locals_ = [local]
    if "+" in local[1:]:
        locals_.append(local[: local.index("+", 1)])
    domains = list(_GOOGLE) if domain in _GOOGLE else [domain, *_in_other_script(domain)]
    if domain in _GOOGLE:
        domains.sort(key=lambda each: each != domain)
        locals_.append(locals_[-1].replace(".", ""))
    return tuple(dict.fromkeys(f"{each}@{where}" for each in locals_ for where in domains))


def _in_other_script(domain: str) -> list[str]:
    try:
        if not domain.isascii():
            return [domain.encode("idna").decode("ascii")]
        if "xn--" in domain:
            return [domain.encode("ascii").decode("idna")]
    except UnicodeError:
        pass
    return []

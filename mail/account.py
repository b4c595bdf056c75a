"""A mailbox to follow, as RAPPORT_IMAP names it: `imaps://user:password@host:port/Folder`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal
from urllib.parse import unquote

from storage.errors import WrongSetting

Security = Literal["tls", "starttls", "plain"]
EXAMPLE = "imaps://user:password@imap.example.com/INBOX"

_SCHEMES: dict[str, tuple[Security, int]] = {
    "imaps": ("tls", 993),
    "imaps+oauth": ("tls", 993),
    "imap+starttls": ("starttls", 143),
    "imap": ("plain", 143),
}
_ENCODE = "write / as %2F, # as %23, @ as %40, : as %3A, % as %25 and a blank as %20 in the user and the password"
_ESCAPES = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNFIT = re.compile(r"[\x00-\x20\x7f]")


@dataclass(frozen=True, slots=True)
class Account:
    """One folder of one account. A folder that begins with a backslash is found by its special use (RFC 6154)."""

    host: str
    port: int
    user: str
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    security: Security = "tls"
    oauth: bool = False  # logs in with a token (XOAUTH2) instead of the password

    @property
    def name(self) -> str:
        """What its place is kept under: no password in it."""
        return f"{self.user}@{self.host}:{self.port}"


def parse_accounts(value: str) -> tuple[Account, ...]:
    """The accounts that are named, separated by blanks. Raises WrongSetting, which never repeats a password."""
    return tuple(_parse(url, number) for number, url in enumerate(value.split(), 1))


def is_loopback(host: str) -> bool:
    """Is it this machine itself, by its address or as localhost?"""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _parse(url: str, number: int) -> Account:
    def wrong(why: str) -> WrongSetting:
        return WrongSetting(f"RAPPORT_IMAP, account {number}: {why}. Example: {EXAMPLE}")

    scheme, parted, rest = url.partition("://")
    if not parted or scheme.lower() not in _SCHEMES:
        raise wrong(f"it must begin with {', '.join(f'{each}://' for each in _SCHEMES)}; {_ENCODE}")
    security, port = _SCHEMES[scheme.lower()]
    authority, _, folder = rest.partition("/")
    if "#" in rest or "?" in authority or authority.count("@") != 1 or _ESCAPES.search(rest):
        raise wrong(_ENCODE)
    login, _, place = authority.partition("@")
    user, with_password, password = login.partition(":")
    host, digits = _host_and_port(place)
    if not user or not host or not (digits is None or (digits.isdecimal() and 0 < int(digits) < 65536)):
        raise wrong(f"a user, a host or a port is missing or can't be used; {_ENCODE}")
    oauth = scheme.lower() == "imaps+oauth"
    if oauth and with_password:
        raise wrong("imaps+oauth:// takes no password: RAPPORT_OAUTH_COMMAND prints the token")
    if not oauth and not password:
        raise wrong("the password is missing")
    if security == "plain" and not is_loopback(host):
        raise wrong(f"imap:// sends the password in clear, so it is for this machine alone: use imaps:// for {host}")
    name, secret, path = unquote(user), unquote(password), unquote(folder)
    if any(_UNFIT.search(each.replace(" ", "")) for each in (name, secret, path)):
        raise wrong("there is a control character in the user, the password or the folder")
    return Account(host, int(digits) if digits else port, name, secret, path or "INBOX", security, oauth)


def _host_and_port(place: str) -> tuple[str, str | None]:
    """`host`, `host:993`, `[::1]:993`."""
    if place.startswith("["):
        host, _, port = place[1:].partition("]")
        return host, port.removeprefix(":") if port else None
    host, colon, port = place.partition(":")
    return host, port if colon else None

"""A server and a login as settings name them: `imaps://user:password@host:port/path`, all of it percent-encoded."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal
from urllib.parse import unquote

from storage.errors import WrongSetting

Security = Literal["tls", "starttls", "plain"]

_ENCODE = "in a name or a password write / as %2F, # as %23, @ as %40, : as %3A, ? as %3F, % as %25 and a blank as %20"
_RAW = re.compile(r"[#\s]|%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PLACE = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[\w.-]{1,253})(?::(.*))?")


@dataclass(frozen=True, slots=True)
class Url:
    """Its parts, decoded; "" for what isn't there."""

    scheme: str  # in lower case
    security: Security
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    path: str = ""


def parse_url(
    text: str, schemes: Mapping[str, tuple[Security, int]], wrong: Callable[[str], WrongSetting], *, login: bool
) -> Url:
    """A URL of one of these schemes, each with its usual port; `login`: must there be a user?

    Raises what `wrong` makes of a reason, in which no part of the user and the password stands.
    """
    scheme, parted, rest = text.strip().partition("://")
    scheme = scheme.lower()
    if not parted or scheme not in schemes:
        raise wrong(f"it must begin with {', '.join(f'{each}://' for each in schemes)}; {_ENCODE}")
    security, usual_port = schemes[scheme]
    authority, _, path = rest.partition("/")
    named, at, place = authority.rpartition("@")
    if "@" in named + path or "?" in authority or _RAW.search(rest):
        raise wrong(_ENCODE)
    user, _, password = named.partition(":")
    found = _PLACE.fullmatch(place)
    if found is None or bool(at) != bool(user) or (login and not user):
        raise wrong(f"a user or a host is missing or can't be used; {_ENCODE}")
    host, port = found[1].strip("[]"), found[2] if found[2] is not None else str(usual_port)
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise wrong("a port is a number from 1 to 65535")
    if security == "plain" and not is_loopback(host):
        secure = next(each for each in schemes if schemes[each][0] == "tls")
        raise wrong(f"{scheme}:// sends all in clear, so it is for this machine alone: use {secure}:// for {host}")
    try:
        user, password, path = (unquote(each, errors="strict") for each in (user, password, path))
    except UnicodeDecodeError:
        raise wrong("what is percent-encoded has to be UTF-8") from None
    if _CONTROL.search(user + password + path):
        raise wrong("there is a control character in it")
    return Url(scheme, security, host, int(port), user, password, path)


def is_loopback(host: str) -> bool:
    """Is it this machine itself, by its address or as localhost?"""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"

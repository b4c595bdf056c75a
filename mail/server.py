"""The mail server that mail is handed to, as RAPPORT_SMTP names it: `smtps://user:password@host:port`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote

from mail.account import is_loopback
from storage.errors import WrongSetting

Security = Literal["tls", "starttls", "none"]

EXAMPLE = "smtps://user:password@smtp.example.com:465"

_SCHEMES: dict[str, tuple[Security, int]] = {
    "smtps": ("tls", 465),
    "smtp+starttls": ("starttls", 587),
    "smtp": ("none", 25),
}

_RAW = re.compile(r"[/#@?\s\x00-\x1f]")
_HALF_CODE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"\[[0-9A-Fa-f:.]{2,45}\]|[\w.-]{1,253}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where to connect, how the connection is protected, and as whom."""

    security: Security
    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def parse_server(setting: str) -> MailServer:
    """The server, percent-decoded. Raises WrongSetting, which never repeats the setting: a password is in it."""
    scheme, parted, rest = setting.strip().partition("://")
    if not parted or scheme.lower() not in _SCHEMES:
        raise _wrong("it must begin with " + ", ".join(f"{name}://" for name in _SCHEMES))
    security, usual_port = _SCHEMES[scheme.lower()]
    account, _, place = rest.removesuffix("/").rpartition("@")
    if _RAW.search(account) or _RAW.search(place) or _HALF_CODE.search(account):
        raise _wrong("write / as %2F, # as %23, @ as %40, % as %25 and a blank as %20 in the user and the password")
    host, port = _host_and_port(place, usual_port)
    if security == "none" and not is_loopback(host):
        raise _wrong(f"smtp:// sends all in clear, so it is for this machine alone: use smtps:// for {host}")
    user, _, password = account.partition(":")
    if bool(user) != bool(password):
        raise _wrong("the user or the password is missing")
    try:
        user, password = unquote(user, errors="strict"), unquote(password, errors="strict")
    except UnicodeDecodeError:
        raise _wrong("user and password have to be percent-encoded UTF-8") from None
    if _CONTROL.search(user + password):
        raise _wrong("there is a control character in the user or the password")
    return MailServer(security, host, port, user, password)


def _wrong(why: str) -> WrongSetting:
    return WrongSetting(f"RAPPORT_SMTP: {why}. Example: {EXAMPLE}")


def _host_and_port(place: str, usual_port: int) -> tuple[str, int]:
    host, colon, port = place.rpartition(":")
    if not colon or place.endswith("]"):
        host, port = place, str(usual_port)
    if not _HOST.fullmatch(host):
        raise _wrong("it names no host")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise _wrong("its port is no number from 1 to 65535")
    return host.strip("[]"), int(port)

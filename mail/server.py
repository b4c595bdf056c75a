"""The mail server that mail is handed to, as RAPPORT_SMTP names it: `smtps://user:password@host:port`."""

from __future__ import annotations

from dataclasses import dataclass, field

from mail.url import Security, parse_url
from storage.errors import WrongSetting

EXAMPLE = "smtps://user:password@smtp.example.com:465"

_SCHEMES: dict[str, tuple[Security, int]] = {
    "smtps": ("tls", 465),
    "smtp+starttls": ("starttls", 587),
    "smtp": ("plain", 25),
}


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

    def wrong(why: str) -> WrongSetting:
        return WrongSetting(f"RAPPORT_SMTP: {why}. Example: {EXAMPLE}")

    url = parse_url(setting, _SCHEMES, wrong, login=False)
    if url.path:
        raise wrong("there is something after the host and the port; a / in the user or the password is %2F")
    if url.user and not url.password:
        raise wrong("the password is missing")
    return MailServer(url.security, url.host, url.port, url.user, url.password)

"""A mailbox to follow, as RAPPORT_IMAP names it: `imaps://user:password@host:port/Folder`."""

from __future__ import annotations

from dataclasses import dataclass, field

from mail.url import Security, parse_url
from storage.errors import WrongSetting

EXAMPLE = "imaps://user:password@imap.example.com/INBOX"

_OAUTH = "imaps+oauth"
_SCHEMES: dict[str, tuple[Security, int]] = {
    "imaps": ("tls", 993),
    _OAUTH: ("tls", 993),
    "imap+starttls": ("starttls", 143),
    "imap": ("plain", 143),
}


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


def _parse(text: str, number: int) -> Account:
    def wrong(why: str) -> WrongSetting:
        return WrongSetting(f"RAPPORT_IMAP, account {number}: {why}. Example: {EXAMPLE}")

    url = parse_url(text, _SCHEMES, wrong, login=True)
    oauth = url.scheme == _OAUTH
    if oauth and url.password:
        raise wrong(f"{_OAUTH}:// takes no password: RAPPORT_OAUTH_COMMAND prints the token")
    if not oauth and not url.password:
        raise wrong("the password is missing")
    return Account(url.host, url.port, url.user, url.password, url.path or "INBOX", url.security, oauth)

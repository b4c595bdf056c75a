"""The settings: environment first, then rapport.toml, then defaults; all checked together, before anything starts."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from handlers.team import Team
from handlers.words import LANGUAGES
from mail.account import Account, parse_accounts
from mail.server import MailServer, parse_server
from storage.database import database_url
from storage.errors import WrongSetting

if TYPE_CHECKING:
    from storage.importing.values import Habits

NAMES = (
    "DATABASE",
    "TELEGRAM_TOKEN",
    "TELEGRAM_API",
    "TELEGRAM_WEBHOOK",
    "LISTEN",
    "PUBLIC_URL",
    "SMTP",
    "TLS_CA",
    "MAIL_FROM",
    "AUTHSERV",
    "DKIM",
    "DROP",
    "IMAP",
    "OAUTH_COMMAND",
    "LANGUAGE",
    "TIMEZONE",
    "COUNTRY",
    "CURRENCY",
)
TELEGRAM = "https://api.telegram.org"
DROP = "127.0.0.1:2525"
LISTEN = "127.0.0.1:8080"
_HOOK_PORTS = (443, 80, 88, 8443)  # where Telegram posts to
ADDRESS = "rapport@localhost"
_AMERICAN = frozenset({"US", "PH", "PR", "GU", "FM", "MH", "PW"})  # who write the month first


@dataclass(frozen=True, slots=True)
class Settings:
    """What the program runs with. `drop` is (host, port), None when it is off; `listen` is for webhook, calendars."""

    database: str
    team: Team
    telegram_token: str = ""
    telegram_api: str = TELEGRAM
    telegram_webhook: str = ""
    listen: tuple[str, int] = ("127.0.0.1", 8080)
    authserv: frozenset[str] = frozenset()
    dkim: bool = False  # checked by ourselves
    dns: tuple[str, int] | None = None  # the resolver for it, when not the system's
    drop: tuple[str, int] | None = ("127.0.0.1", 2525)
    imap: tuple[Account, ...] = ()
    oauth_command: str = field(default="", repr=False)
    smtp: MailServer | None = None
    tls_ca: str = ""

    @property
    def habits(self) -> Habits:
        """How the team's own files are read: whether 3/4 is the 4th of March."""
        from reminders.zones import month_first_zone
        from storage.importing.values import Habits

        country = self.team.country
        return Habits(country, country in _AMERICAN if country else bool(month_first_zone(self.team.zone)))


def load_settings(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Reads and checks them; raises WrongSetting, which names every wrong one with an example that works."""
    environment = os.environ if environment is None else environment
    raw = _raw(environment, folder or Path())
    wrong: list[str] = []

    def checked(name: str, default: str, fits: bool, example: str) -> str:
        value = raw.get(name, default)
        if name in raw and not fits:
            wrong.append(f"RAPPORT_{name}: {value!r} can't be used. Example: {example}")
            return default
        return value

    zone = raw.get("TIMEZONE", "") or _system_zone()
    zone = checked("TIMEZONE", zone, zone in available_timezones(), "Europe/Berlin")
    language = checked("LANGUAGE", "en", raw.get("LANGUAGE", "en") in LANGUAGES, ", ".join(LANGUAGES))
    country = raw.get("COUNTRY", "")
    checked("COUNTRY", "", len(country) == 2 and country.isalpha(), "DE")
    currency = raw.get("CURRENCY", "EUR")
    checked("CURRENCY", "EUR", len(currency) == 3 and currency.isalpha(), "EUR")
    address = raw.get("MAIL_FROM", ADDRESS)
    checked("MAIL_FROM", ADDRESS, _is_address(address), "crm@example.com")
    api = raw.get("TELEGRAM_API", TELEGRAM).rstrip("/")
    checked("TELEGRAM_API", TELEGRAM, urlsplit(api).scheme in ("http", "https"), TELEGRAM)
    hook = raw.get("TELEGRAM_WEBHOOK", "")
    checked("TELEGRAM_WEBHOOK", "", _is_hook(hook, anywhere=api != TELEGRAM), "https://rapport.example.com/telegram")
    if hook and "TELEGRAM_TOKEN" not in raw:
        wrong.append("RAPPORT_TELEGRAM_WEBHOOK: it needs RAPPORT_TELEGRAM_TOKEN")
    public = raw.get("PUBLIC_URL", "").rstrip("/")
    checked("PUBLIC_URL", "", _is_origin(public), "https://rapport.example.com")
    listen = _host_and_port(raw.get("LISTEN", LISTEN), anywhere=True)
    checked("LISTEN", LISTEN, listen is not None, LISTEN)
    drop = _host_and_port(raw.get("DROP", DROP))
    checked("DROP", DROP, drop is not None or raw.get("DROP", "").lower() == "off", f"{DROP} (on this machine), or off")
    dkim = raw.get("DKIM", "off").lower()
    dns = _host_and_port(dkim, anywhere=True) if dkim not in ("off", "on") else None
    checked("DKIM", "off", dkim in ("off", "on") or dns is not None, "on, off, or a DNS resolver as 127.0.0.1:53")
    database = raw.get("DATABASE") or str(data_folder(environment) / "rapport.db")
    try:
        database_url(database)
    except WrongSetting as error:
        wrong.append(str(error))
    smtp = None
    try:
        smtp = parse_server(raw["SMTP"]) if "SMTP" in raw else None
    except WrongSetting as error:
        wrong.append(str(error))
    ca = str(Path(raw["TLS_CA"]).expanduser()) if "TLS_CA" in raw else ""
    checked("TLS_CA", "", not ca or _has_certificates(ca), "/etc/ssl/our-ca.pem (PEM, readable for Rapport)")
    imap: tuple[Account, ...] = ()
    try:
        imap = parse_accounts(raw.get("IMAP", ""))
    except WrongSetting as error:
        wrong.append(str(error))
    if any(account.oauth for account in imap) and "OAUTH_COMMAND" not in raw:
        wrong.append("RAPPORT_OAUTH_COMMAND: imaps+oauth:// needs a command that prints an access token")
    if wrong:
        raise WrongSetting(" · ".join(wrong))
    return Settings(
        database=database,
        team=Team(
            language,
            zone,
            country.upper() or None,
            currency.upper(),
            address.lower(),
            by_mail=smtp is not None,
            public_url=public or _origin_of(hook),
        ),
        telegram_token=raw.get("TELEGRAM_TOKEN", ""),
        telegram_api=api,
        telegram_webhook=hook,
        listen=listen or ("127.0.0.1", 8080),
        authserv=frozenset(each.lower() for each in raw.get("AUTHSERV", "").replace(",", " ").split()),
        dkim=dkim != "off",
        dns=dns,
        drop=drop,
        imap=imap,
        oauth_command=raw.get("OAUTH_COMMAND", ""),
        smtp=smtp,
        tls_ca=ca,
    )


def _raw(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Every setting that is given, by its name without RAPPORT_; `_FILE` names a file that holds the value."""
    found = dict(_from_file(folder / "rapport.toml"))
    for name in NAMES:
        if path := environment.get(f"RAPPORT_{name}_FILE") or found.pop(f"{name}_FILE", ""):
            try:
                found[name] = Path(path).expanduser().read_text(encoding="utf-8").strip()
            except OSError as error:
                raise WrongSetting(f"RAPPORT_{name}_FILE: {path} can't be read ({error.strerror})") from None
        if value := environment.get(f"RAPPORT_{name}", "").strip():
            found[name] = value
    return found


def _from_file(path: Path) -> dict[str, str]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise WrongSetting(f"{path}: {error}") from None
    settings = {name.upper().removeprefix("RAPPORT_"): str(value) for name, value in data.items()}
    if unknown := sorted(name for name in settings if name.removesuffix("_FILE") not in NAMES):
        raise WrongSetting(f"{path}: there is no setting {unknown[0].lower()}. Known: {', '.join(NAMES).lower()}")
    return settings


def _host_and_port(value: str, *, anywhere: bool = False) -> tuple[str, int] | None:
    host, _, port = value.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        return None
    try:  # whoever reaches the drop can hand in mail: only programs on this machine may
        fits = host == "localhost" or anywhere | ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return None
    return (host.strip("[]") if anywhere else host, int(port)) if fits else None


def _is_origin(url: str) -> bool:
    """Can it stand before /calendar/...? A proxy with TLS answers there; plain http is for a network of one's own."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    bare = not (parts.username or parts.password or parts.path or parts.query or parts.fragment)
    plain = url.isascii() and len(url.split()) == 1 and port != 0
    return parts.scheme in ("https", "http") and bool(parts.hostname) and bare and plain


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if url else ""


def _is_hook(url: str, *, anywhere: bool) -> bool:
    """Can Telegram post there? `anywhere`: a Bot API server of one's own posts to any port, and without TLS."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return False
    plain = not (parts.username or parts.password or parts.query or parts.fragment) and url.isascii()
    known = (parts.scheme == "https" and port in _HOOK_PORTS) or (anywhere and parts.scheme == "http")
    return bool(parts.hostname) and plain and known and len(url.split()) == 1


def data_folder(environment: Mapping[str, str] | None = None) -> Path:
    """The user's data folder, where nothing else is said."""
    environment = os.environ if environment is None else environment
    home = environment.get("XDG_DATA_HOME")
    return Path(home) / "rapport" if home else Path(environment.get("HOME", "~")).expanduser() / ".local/share/rapport"


def _is_address(text: str) -> bool:
    user, _, domain = text.partition("@")
    try:
        plain = user.isascii() and "@" not in domain and len(text.split()) == 1
        return bool(user) and plain and bool(domain.encode("idna"))
    except UnicodeError:
        return False


def _has_certificates(path: str) -> bool:
    import ssl  # 20 ms that commands without such a file don't wait for

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except OSError:  # ssl.SSLError is one
        return False
    return True


def _system_zone() -> str:
    """The machine's own zone, where it says it; UTC otherwise."""
    try:
        target = str(Path("/etc/localtime").resolve())
        zone = target.partition("zoneinfo/")[2]
        return zone if zone in available_timezones() else "UTC"
    except OSError:
        return "UTC"

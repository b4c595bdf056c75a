"""`rapport init`: first set-up by questions; what can be tried is tried at once. In English: it is for who installs."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from zoneinfo import available_timezones

from sqlalchemy import Connection

from bot.health.authserv import Authservs
from bot.health.check import Check
from bot.health.examine import examine
from bot.health.mail import examine_mailboxes, examine_server
from bot.health.telegram import ask_telegram
from bot.settings import TELEGRAM, Settings, load_settings
from handlers.words import LANGUAGES
from mail.account import parse_accounts
from mail.server import parse_server
from storage.clock import Clock, new_token
from storage.errors import RapportError, WrongSetting, WrongUsage
from storage.meta import end_claim, new_claim_code
from storage.opening import open_database_now
from storage.users import add_user, owners

FILE = "rapport.toml"

Fits = Callable[[str], str]
"""What is wrong with an answer, "" when nothing is."""


def init(args: argparse.Namespace) -> int:
    """Asks, tries, writes rapport.toml and makes the owner."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise WrongUsage("init asks questions at a terminal. Without one, set what docs/settings.md lists.")
    try:
        return _init(Path(FILE))
    except EOFError:
        print()
        raise RapportError("Broken off; nothing was written.") from None


def _init(file: Path) -> int:
    print("Rapport, first set-up. Enter takes what stands in [brackets]; Ctrl-C breaks off, nothing is written then.\n")
    if file.exists() and not _yes(f"There is a {file.resolve()} already. Write a new one?"):
        print("It stays as it is.")
        return 0
    guess = _guess(file)
    name = _ask("Your name", getpass.getuser().capitalize(), lambda text: "" if text else "It can't be empty.")
    chosen = {
        "language": _ask("Language (en, de, ru)", guess.team.language, _one_of(LANGUAGES)),
        "timezone": _ask("Time zone", guess.team.zone, _zone),
        "country": _ask(
            "Country, two letters (how dates and phone numbers are read)", guess.team.country or "", _country
        ),
    }
    token, telegram = _telegram(guess)
    chosen["telegram_token"] = token
    chosen |= _mail(guess)
    settings = _write(file, chosen)
    code = _make_owner(settings, name, telegram, by_claim=bool(token and not telegram))
    print(f"\n{file.resolve()} is written (mode 0600). How it is now:\n")
    _show(asyncio.run(examine(settings, Clock())))
    if code:
        print(f"\nTo become the owner, start `rapport` and send your bot this code: {code}")
    print("\nStart it here with `rapport`; `rapport demo` has a small team to look around in.")
    return 0


def _guess(file: Path) -> Settings:
    try:
        return load_settings()
    except WrongSetting:
        # What the file says can't be used, which is why it is written anew.
        without = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
        return load_settings(without, file.resolve().parent / new_token())


def _telegram(guess: Settings) -> tuple[str, str]:
    """The bot's token, tried, and the owner's own id; "" for what is skipped."""
    print(
        "\nTelegram: ask @BotFather for a bot (/newbot) and paste its token; it isn't shown. Enter: without Telegram."
    )
    while token := getpass.getpass("Bot token: ").strip():
        print("Asking Telegram ...")
        if _are_taken(asyncio.run(ask_telegram(token, guess.telegram_api))):
            break
    if not token:
        return "", ""
    said = "Your own Telegram id, a number that @userinfobot tells (Enter: a code to send to the bot instead)"
    return token, _ask(said, "", lambda text: "" if not text or text.isdecimal() else "It is a number.")


def _mail(guess: Settings) -> dict[str, str]:
    """The settings of mail, each tried at once."""
    print("\nMail: docs/running.md says how for Gmail, Microsoft 365, Yandex, GMX and own servers. Enter skips.")
    address = _ask("The CRM's own mail address", "", lambda text: _wrong("MAIL_FROM", text))
    if not address:
        return {}
    found = {"mail_from": address}
    seen = Authservs()
    said = "Its mailbox, as imaps://user:password@imap.example.com (not shown)"
    while value := _secret(said, lambda text: _wrong("IMAP", text)):
        accounts = parse_accounts(value)
        command = guess.oauth_command
        if any(account.oauth for account in accounts):
            command = _ask("A command that prints an access token", command, _command)
        print("Asking the mailbox ...")
        checks, seen = asyncio.run(examine_mailboxes(accounts, ca=guess.tls_ca, oauth_command=command))
        if _are_taken(checks):
            found |= {"imap": value, "oauth_command": command}
            break
    said = "Its server for sending, as smtps://user:password@smtp.example.com (not shown)"
    while value := _secret(said, lambda text: _wrong("SMTP", text)):
        print("Asking the server ...")
        if _are_taken([asyncio.run(examine_server(parse_server(value), address, ca=guess.tls_ca))]):
            found["smtp"] = value
            break
    said = "Your mail server's name in Authentication-Results (mx.google.com for Gmail)"
    if seen.names:
        print(f"  The newest mails there carry the word of {' and '.join(name for name, _ in seen.names[:3])}. Name it")
        print("  only if it is your own mail server: whoever writes to you can put such a header into a mail.")
    return found | {"authserv": _ask(said, "", lambda text: "")}


def _are_taken(checks: list[Check]) -> bool:
    """Shows what was found; what failed is asked for again, unless it is wanted all the same."""
    _show(checks)
    return all(check.status != "fail" for check in checks) or _yes("Take it all the same?")


def _write(file: Path, chosen: dict[str, str]) -> Settings:
    """Writes the settings, for this user's eyes only and at once, and gives them as they will be read."""
    lines = [f"{name} = {_quoted(value)}\n" for name, value in chosen.items() if value]
    part = file.with_name(f".{file.name}.{new_token()[:8]}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write("# Written by rapport init. docs/settings.md says what else can stand here.\n")
            opened.writelines(lines)
            opened.flush()
            os.fsync(descriptor)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return load_settings()


def _quoted(value: str) -> str:
    """A basic string of TOML: JSON's escapes are among its own."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _make_owner(settings: Settings, name: str, telegram: str, *, by_claim: bool) -> str:
    """Makes the owner, or a code that makes them; the code, "" without one."""

    def work(connection: Connection) -> str:
        if found := owners(connection):
            print(f"\nThe database has an owner already: {', '.join(user.name for user in found)}.")
            return ""
        if by_claim:
            return new_claim_code(connection)
        team = settings.team
        add_user(
            connection,
            name,
            at=Clock().wall(),
            role="owner",
            language=team.language,
            timezone=team.zone,
            telegram=telegram,
        )
        end_claim(connection)
        return ""

    with open_database_now(settings.database) as database:
        return database.transact(work)


def _show(checks: list[Check]) -> None:
    for check in checks:
        print(f"  {check.status:<4}  {check.name}: {check.what}" + (f" · {check.todo}" if check.todo else ""))


def _ask(question: str, proposed: str, wrong: Fits) -> str:
    while True:
        answer = input(f"{question}{f' [{proposed}]' if proposed else ''}: ").strip() or proposed
        if not (said := wrong(answer)):
            return answer
        print(f"  {said}")


def _secret(question: str, wrong: Fits) -> str:
    while True:
        answer = getpass.getpass(f"{question}: ").strip()
        if not answer or not (said := wrong(answer)):
            return answer
        print(f"  {said}")


def _yes(question: str) -> bool:
    return input(f"{question} [y/N]: ").strip().lower() in ("y", "yes", "j", "ja", "д", "да")


def _one_of(known: tuple[str, ...]) -> Fits:
    return lambda text: "" if text in known else f"One of: {', '.join(known)}"


def _zone(text: str) -> str:
    if text in available_timezones():
        return ""
    close = sorted(zone for zone in available_timezones() if text and text.lower() in zone.lower())[:5]
    return f"There is no such zone. {'Perhaps ' + ', '.join(close) if close else 'Example: Europe/Berlin'}"


def _country(text: str) -> str:
    return "" if not text or (len(text) == 2 and text.isalpha()) else "Two letters, for example DE"


def _command(text: str) -> str:
    return "" if text else "It can't be empty: imaps+oauth:// has no password."


def _wrong(name: str, value: str) -> str:
    """What the settings say about a value."""
    if not value:
        return ""
    others = {"RAPPORT_TELEGRAM_API": TELEGRAM, "RAPPORT_OAUTH_COMMAND": "asked for later"}
    try:
        load_settings({f"RAPPORT_{name}": value, **others}, Path(new_token()))
    except WrongSetting as error:
        return str(error)
    return ""

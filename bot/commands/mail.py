"""`rapport mail`: handing mail in, and seeing what it is understood as."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path

from bot.console import parse_moment
from bot.settings import Settings, load_settings
from mail.errors import MailUnreadable
from mail.newest import newest_text
from storage.clock import Clock
from storage.errors import RapportError, WrongUsage, is_trouble
from storage.messages import Address, Mail

TEMPFAIL, REFUSED = 75, 65  # sysexits.h, as mail servers' pipes read them
_PATIENCE = 3.0  # seconds that a kept mail may be in another process's hands
_POLL = 0.02  # seconds between two looks whether that one is done


def explain(args: argparse.Namespace) -> int:
    """One object a file, in order; a file that can't be read doesn't hold up the others."""
    from mail.parse import parse_mail

    settings = load_settings()
    failed = 0
    for file in args.files:
        try:
            raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            shown = _as_json(file, parse_mail(raw, authserv=settings.authserv))
        except OSError as error:
            shown, failed = {"file": file, "error": error.strerror or "can't be read"}, failed + 1
        except MailUnreadable as error:
            shown, failed = {"file": file, "error": str(error)}, failed + 1
        print(json.dumps(shown, ensure_ascii=False), flush=True)
    return 0 if failed < len(args.files) else 1


def newest(args: argparse.Namespace) -> int:
    """A text a line in, what is new in it a line out."""
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    for line in sys.stdin:
        try:
            asked = json.loads(line)
            if not all(isinstance(each, str) for each in (asked["text"], asked.get("lang") or "")):
                raise TypeError
            shown = {"newest": newest_text(asked["text"], asked.get("lang"))}
        except (ValueError, TypeError, KeyError, RecursionError):
            shown = {"error": 'want one JSON object a line, for example {"text": "Yes.\\n\\n> ok?"}'}
        print(json.dumps(shown, ensure_ascii=False), flush=True)
    return 0


def deliver(args: argparse.Namespace) -> int:
    """Keeps and handles one raw mail: 0 taken, 75 try again later, 65 refused for good.

    Whatever isn't the mail's own fault is 75, a wrong setting and a defect too: for anything else a mail server sends
    the mail back to its author.
    """
    try:
        raw = sys.stdin.buffer.read() if args.file == "-" else Path(args.file).read_bytes()
    except OSError as error:
        print(f"rapport: {args.file}: {error.strerror}", file=sys.stderr)
        return REFUSED
    try:
        asyncio.run(_deliver(load_settings(), raw, args.now))
    except MailUnreadable as error:
        print(f"rapport: {error}", file=sys.stderr)
        return REFUSED
    except WrongUsage:
        raise
    except RapportError as error:
        print(f"rapport: {error}", file=sys.stderr)
        return TEMPFAIL
    except Exception as error:
        why = "the database can't be written now" if is_trouble(error) else "stopped by a defect"
        print(f"rapport: {why} ({type(error).__name__}); try again later", file=sys.stderr)
        return TEMPFAIL
    return 0


async def _deliver(settings: Settings, raw: bytes, now: str | None) -> None:
    from bot.mail_in import MailIn, key_finder
    from bot.wiring import open_house
    from mail.prepare import MailParser
    from storage.inbox import is_handled

    clock = Clock(parse_moment(now, settings.team.zone, option="--now") if now else None)
    async with open_house(settings, clock) as house, MailParser(authserv=settings.authserv) as parser:
        kept = await MailIn(house.flow, parser, clock, key_finder(settings)).take(raw)
        enough = asyncio.get_running_loop().time() + _PATIENCE
        while not await house.database.write(lambda connection: is_handled(connection, kept.id)):
            if await house.flow.handle_next() is None:
                if asyncio.get_running_loop().time() > enough:
                    return  # it is backing off: `run` goes on with it
                await asyncio.sleep(_POLL)


def _as_json(file: str, mail: Mail) -> dict[str, object]:
    letter = mail.letter
    return {
        "file": file,
        "forwarded": mail.original is not None,
        "from_name": letter.sender.name,
        "from_address": letter.sender.verbatim,
        "to": _addresses(letter.to),
        "cc": _addresses(letter.cc),
        "subject": letter.subject,
        "date": _iso(letter.date),
        "body": letter.body,
        "newest": letter.newest,
        "comment": mail.comment,
        "kind": mail.kind,
        "because": list(mail.because),
    }


def _addresses(addresses: tuple[Address, ...]) -> list[str]:
    return [each.verbatim for each in addresses if each.address]


def _iso(date: datetime | None) -> str | None:
    return date.isoformat() if date is not None else None

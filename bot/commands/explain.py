"""`rapport explain`: what would be understood and why; changes nothing."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import available_timezones

from bot.console import parse_moment
from bot.settings import Settings, load_settings
from handlers.lookups import StoreLookups
from handlers.understand.explain import explained
from handlers.understand.intents import Lookups, NoLookups, Understanding
from handlers.understand.understand import understand
from reminders.days_off import DaysOff
from reminders.moment import Setting
from storage.clock import Clock
from storage.database import Database, database_url
from storage.errors import WrongUsage
from storage.opening import open_database_now


def explain(args: argparse.Namespace) -> int:
    """One text, or one JSON object a line of the input."""
    settings = load_settings()
    if args.text is None and not args.jsonl:
        raise WrongUsage('What shall I explain? Try: rapport explain "remind me friday to call Anna"')
    with _configured(settings) as database:
        if args.text is not None:
            print(_explained(settings, database, {"text": args.text}), flush=True)
            return 0
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        for line in sys.stdin:
            print(_answer(settings, database, line), flush=True)
    return 0


def _answer(settings: Settings, database: Database | None, line: str) -> str:
    """One line out for each line in, also for one that can't be read."""
    try:
        asked = json.loads(line)
        if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
            raise TypeError
        if not all(isinstance(asked.get(name) or "", str) for name in ("lang", "now", "tz", "country")):
            raise TypeError
        return _explained(settings, database, asked)
    except (ValueError, TypeError, OverflowError, RecursionError):
        wanted = 'want one JSON object a line, for example {"text": "call Anna", "lang": "en"}'
        return json.dumps({"error": wanted})


def _explained(settings: Settings, database: Database | None, asked: dict[str, str]) -> str:
    zone = asked.get("tz") or settings.team.zone
    if zone not in available_timezones():
        raise ValueError(zone)
    now: datetime = parse_moment(asked["now"], zone) if asked.get("now") else Clock().now()
    country = asked.get("country") or settings.team.country
    language = asked.get("lang") or settings.team.language
    setting = Setting(now=now, zone=zone, language=language, country=country, holidays=DaysOff(country, zone))

    def work(lookups: Lookups) -> Understanding:
        return understand(asked["text"], setting, lookups, asked.get("lang"))

    if database is None:
        return json.dumps(explained(work(NoLookups())), ensure_ascii=False)
    found = database.look(lambda connection: work(StoreLookups(connection)))
    return json.dumps(explained(found), ensure_ascii=False)


@contextmanager
def _configured(settings: Settings) -> Iterator[Database | None]:
    """The configured database, for its names, if it exists."""
    url = database_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        yield None
        return
    with open_database_now(settings.database) as database:
        yield database

"""`rapport duplicates`: contacts that may be one person."""

from __future__ import annotations

import argparse
import json

from sqlalchemy import Connection

from bot.settings import load_settings
from storage.contacts import contacts_by_id
from storage.duplicates import Pair, find_duplicates
from storage.opening import open_database_now


def duplicates(args: argparse.Namespace) -> int:
    """A line a pair, each pair once, the likeliest first."""

    def work(connection: Connection) -> list[str]:
        return [_shown(connection, pair, as_json=args.json) for pair in find_duplicates(connection)]

    with open_database_now(load_settings().database) as database:
        for line in database.look(work):
            print(line)
    return 0


def _shown(connection: Connection, pair: Pair, *, as_json: bool) -> str:
    if as_json:
        return json.dumps({"a": pair.a, "b": pair.b, "score": pair.score, "because": list(pair.because)})
    names = [f"{each.name} ({each.company or '–'})" for each in contacts_by_id(connection, [pair.a, pair.b])]
    return f"{' · '.join(names)}: {', '.join(pair.because)}."

"""`rapport find`: contacts, as the chat would find them."""

from __future__ import annotations

import argparse
import json
import sys

from bot.settings import load_settings
from storage.database import Database
from storage.opening import open_database_now
from storage.search import Hit, find_contacts


def find(args: argparse.Namespace) -> int:
    """One query, or one a line of the input."""
    with open_database_now(load_settings().database) as database:
        if args.jsonl:
            sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
            sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
            for line in sys.stdin:
                print(json.dumps([_as_json(hit) for hit in _find(database, line)], ensure_ascii=False), flush=True)
            return 0
        hits = _find(database, args.query or "")
    for hit in hits:
        contact = hit.contact
        print(" · ".join(filter(None, (contact.name, contact.company, *contact.emails, *contact.phones))))
    if not hits:
        print("Nobody found." if args.query else "Whom? Try: rapport find anna", file=sys.stderr)
    return 0


def _find(database: Database, query: str) -> list[Hit]:
    return database.look(lambda connection: find_contacts(connection, query.strip()))


def _as_json(hit: Hit) -> dict[str, object]:
    contact = hit.contact
    return {
        "id": contact.id,
        "name": contact.name,
        "company": contact.company,
        "emails": list(contact.emails),
        "phones": list(contact.phones),
        "score": round(hit.score, 4),
        "sure": hit.sure,
    }

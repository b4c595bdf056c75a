"""`rapport db`: the database itself."""

from __future__ import annotations

import argparse

from bot.settings import load_settings
from storage.database import Database
from storage.schema import HEAD, upgrade


def upgrade_database(args: argparse.Namespace) -> int:
    """Migrates; says so when there was nothing to do."""
    database = Database(load_settings().database)
    try:
        changed = upgrade(database)
    finally:
        database.close_now()
    print(f"schema {HEAD}: " + ("made" if changed else "nothing to do"))
    return 0

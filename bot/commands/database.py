"""`rapport db`: the database itself."""

from __future__ import annotations

import argparse

from bot.settings import load_settings
from storage.opening import upgrade_now
from storage.schema import HEAD


def upgrade_database(args: argparse.Namespace) -> int:
    """Migrates; says so when there was nothing to do."""
    changed = upgrade_now(load_settings().database)
    print(f"schema {HEAD}: " + ("made" if changed else "nothing to do"))
    return 0

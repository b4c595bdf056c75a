"""`rapport export`: everything, as JSON Lines."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TextIO

from sqlalchemy import Connection

from bot.settings import load_settings
from storage.export import export_records
from storage.opening import open_database_now


def export(args: argparse.Namespace) -> int:
    """One object a record, in an order that imports."""
    with open_database_now(load_settings().database) as database:
        if args.out:
            with Path(args.out).open("w", encoding="utf-8") as file:
                database.look(lambda connection: _write(connection, file))
        else:
            sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
            database.look(lambda connection: _write(connection, sys.stdout))
    return 0


def _write(connection: Connection, file: TextIO) -> None:
    file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in export_records(connection))

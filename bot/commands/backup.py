"""`rapport backup` and `rapport restore`: the whole database as one file, and back."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.backups import LAST, make_backup
from bot.settings import load_settings
from storage.backup import restore
from storage.clock import Clock
from storage.database import Database, database_url
from storage.meta import write_meta
from storage.opening import open_database_now


def backup(args: argparse.Namespace) -> int:
    """Writes a consistent copy while others go on writing."""
    target = Path(args.file).expanduser()
    clock = Clock()
    begun = clock.wall().isoformat()
    with open_database_now(load_settings().database) as database:
        make_backup(database, target, clock)
        database.transact(lambda connection: write_meta(connection, LAST, begun))
    print(f"{target}: {_size(target.stat().st_size)}")
    return 0


def restore_backup(args: argparse.Namespace) -> int:
    """Puts a backup in the database's place; nothing may have it open."""
    setting = load_settings().database
    file = Path(args.file).expanduser()
    url = database_url(setting)
    if url.get_backend_name() == "sqlite":
        restore(file, Path(str(url.database)), force=args.force)
    else:
        from storage.dumping import restore_dump

        restore_dump(file, Database(setting).url, force=args.force)
    with open_database_now(setting):  # migrates an older one
        print(f"{file}: restored")
    return 0


def _size(octets: int) -> str:
    return f"{octets / 1_000_000:.1f} MB" if octets >= 100_000 else f"{octets / 1000:.0f} kB"

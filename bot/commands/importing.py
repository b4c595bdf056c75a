"""`rapport import`: another system's file, or an export, read in short transactions."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from bot.settings import load_settings
from storage.clock import Clock, new_token
from storage.database import Database
from storage.errors import WrongUsage
from storage.importing.files import open_file
from storage.importing.headers import systems
from storage.importing.importer import PAUSE, Import, Report, Transact, run_import
from storage.importing.records import Counts
from storage.inbox import keep, mark_done
from storage.messages import InboundMessage, Sender
from storage.opening import open_database_now
from storage.users import User, owners, user_by_name

T = TypeVar("T")


def import_file(args: argparse.Namespace) -> int:
    """Puts in what can be read; each bad row is told by its line, and the counts come last."""
    settings = load_settings()
    if args.system and args.system not in systems():
        raise WrongUsage(f"There is no system {args.system}. Known: {', '.join(sorted(systems()))}")
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    habits = settings.habits
    opened = open_file(Path(args.file), habits, args.system)
    clock = Clock()
    with open_database_now(settings.database) as database:
        user = database.look(lambda connection: _importer(connection, args.user))
        with _rehearsed(database) if args.dry_run else nullcontext(database.transact) as transact:
            message = _message(Path(args.file), clock, user)
            inbox_id = transact(lambda connection: _keep(connection, message, clock))
            asked = Import(
                at=clock.now(),
                user_id=user.id if user else None,
                inbox_id=inbox_id,
                habits=habits,
                zone=settings.team.zone,
                may_add_users=True,  # whoever runs this command owns the database
            )
            counts = _run(run_import(asked, opened, transact), pause=0 if args.dry_run else PAUSE)
    print(
        f"{opened.label}: {'would be ' if args.dry_run else ''}added {counts.added}, updated {counts.updated}, "
        f"unchanged {counts.unchanged}, skipped {counts.skipped}"
    )
    return 0


def _run(reports: Iterator[Report], *, pause: float) -> Counts:
    """Prints the problems as they come, and on a terminal how far it is."""
    counts, shown = Counts(), 0.0
    watched = sys.stderr.isatty()
    for report in reports:
        counts = report.counts
        if watched and report.problems:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        for problem in report.problems:
            print(problem)
        if watched and time.monotonic() - shown > 0.2:
            shown = time.monotonic()
            print(f"\r\x1b[K{counts.total:,} rows", end="", file=sys.stderr, flush=True)
        time.sleep(pause)
    if watched:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    return counts


def _importer(connection: Connection, name: str | None) -> User | None:
    """On whose behalf it is done, and whose `undo` takes it back: the first owner, unless another one is named."""
    if name is None:
        return next(iter(owners(connection)), None)
    user = user_by_name(connection, name)
    if user is None:
        raise WrongUsage(f"There is no user {name}. `rapport user list` shows the team.")
    if not user.may_write:
        raise WrongUsage(f"{user.name} is a viewer and can't import.")
    return user


def _message(path: Path, clock: Clock, user: User | None) -> InboundMessage:
    return InboundMessage(
        channel="console",
        external_id=f"import:{new_token()}",
        lane="import",
        sender=Sender("user", str(user.id) if user else "", user.name if user else ""),
        at=clock.now(),
        text=f"import {path.name[:200]}",
    )


def _keep(connection: Connection, message: InboundMessage, clock: Clock) -> int:
    """The message that all its changes hang on, so that one undo takes them back."""
    kept = keep(connection, message, raw=None, wall=clock.wall())
    mark_done(connection, kept.id, wall=clock.wall())
    return kept.id


@contextmanager
def _rehearsed(database: Database) -> Iterator[Transact]:
    """Transactions that change nothing that lasts: in a copy of the file, or in one that is rolled back."""
    if database.is_sqlite:
        with tempfile.TemporaryDirectory() as folder:
            copy = str(Path(folder) / "copy.db")
            with database.engine.connect() as connection:
                driver = connection.connection.driver_connection
                assert driver is not None
                driver.execute("VACUUM INTO ?", (copy,))
            with open_database_now(copy) as opened:
                yield opened.transact
        return
    with database.engine.connect() as connection:
        whole = connection.begin()

        def transact(work: Callable[[Connection], T]) -> T:
            with connection.begin_nested():
                return work(connection)

        try:
            yield transact
        finally:
            whole.rollback()

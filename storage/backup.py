"""Copies of a SQLite database: made while it is in use, checked, and put in the database's place again.

Sources: https://sqlite.org/backup.html, https://sqlite.org/howtocorrupt.html.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from storage.clock import new_token
from storage.database import Database
from storage.errors import NewerSchema, RapportError
from storage.holding import InUse, alone, give_like
from storage.schema import HEAD, MIGRATIONS, upgrade

_STEP = 512  # pages copied at once: 2 MB
_PAUSE = 0.005  # seconds between two steps, so that the disk serves the others too
_FORGOTTEN = timedelta(days=1)  # an unfinished copy that is older was left by a process that died
_TABLES = frozenset(("users", "contacts", "interactions", "inbox", "outbox", "meta"))


class CannotBackUp(RapportError):
    """No copy was made; whatever was at its place is there still."""


class CannotRestore(RapportError):
    """The database is what it was."""


def back_up(database: Path, target: Path, *, wall: datetime, stop: Callable[[], bool] = lambda: False) -> None:
    """Copies the database as it is at one moment to `target`, while others read and write it.

    The copy is one file, checked and on the disk before it gets its name; an earlier backup of that name is replaced.
    `stop` is asked at every step whether to give up. Raises CannotBackUp.
    """
    _refuse_target(database, target)
    _sweep(target, wall - _FORGOTTEN)
    part = target.with_name(f".{target.name}.{new_token()[:8]}.part")
    try:
        try:
            _copy(database, part, stop)
            _check(part, stop)
            _flush(part)
            part.replace(target)
            _flush(target.parent)
        except (sqlite3.Error, OSError) as error:
            raise CannotBackUp(f"No backup was made: {_why(error)}. Is there room on the disk for {target}?") from error
    finally:
        _remove(part)


def check_backup(file: Path) -> str:
    """The schema's version in a backup, checked as far as reading all of it shows. Raises CannotRestore, NewerSchema.

    Only reads, and needs no right to write beside it.
    """
    try:
        with file.open("rb") as opened:
            begins = opened.read(16)
    except OSError as error:
        raise CannotRestore(f"{file} can't be read: {error.strerror}.") from None
    no_backup = f"{file} is no backup of Rapport. `rapport backup FILE` makes one."
    if begins != b"SQLite format 3\0":
        raise CannotRestore(no_backup)
    try:
        with _reading(file) as connection:
            found = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            if not found >= _TABLES | {"alembic_version"}:
                raise CannotRestore(no_backup)
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            if row is None or not isinstance(row[0], str):
                raise CannotRestore(no_backup)
            if row[0] not in known_versions():
                raise NewerSchema(f"{file} was made by a newer Rapport (schema {row[0]}). Update Rapport first.")
            if (said := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise CannotRestore(f"{file} is damaged ({said}). Take an older backup.")
            return row[0]
    except sqlite3.Error as error:
        raise CannotRestore(f"{file} is damaged ({_why(error)}). Take an older backup.") from None


def restore(file: Path, database: Path, *, force: bool) -> None:
    """Puts a backup in the database's place, whole or not at all. Raises CannotRestore, NewerSchema, InUse.

    Without `force` only where no database is. Until the new one stands, the old one is kept as .before-restore.
    """
    version = check_backup(file)
    database = database.resolve()
    if database.exists() and file.samefile(database):
        raise CannotRestore(f"{file} is the database itself.")
    try:
        database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with alone(database):
            old = database.exists() and database.stat().st_size > 0
            if old and not force:
                raise CannotRestore(f"{database} holds a database already. Add --force to replace it.")
            new = database.with_name(database.name + ".restoring")
            try:
                _remove(new)
                _copy(file, new, lambda: False)
                if version != HEAD:
                    _bring_up(new)
                _flush(new)
                _put_in_place(new, database, old=old)
            finally:
                _remove(new)
    except (sqlite3.Error, OSError) as error:
        raise CannotRestore(f"Nothing was restored: {_why(error)}. Is there room beside {database}?") from error


def known_versions() -> frozenset[str]:
    """The schema versions that this Rapport can read or migrate."""
    return frozenset(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def _put_in_place(new: Path, database: Path, *, old: bool) -> None:
    """At every moment the old database or the new one is there whole; a log of the old one never meets the new one."""
    aside = database.with_name(database.name + ".before-restore")
    _remove(aside)
    if old:
        sound = _settle(database)
        give_like(new, database)
        _link(database, aside)
        if not sound:  # what it hadn't written back yet stays with it
            for end in ("-wal", "-journal"):
                with suppress(FileNotFoundError):
                    Path(f"{database}{end}").replace(f"{aside}{end}")
    elif os.geteuid() == 0:
        with suppress(OSError):
            os.chown(new, database.parent.stat().st_uid, database.parent.stat().st_gid)
    for end in ("-wal", "-shm"):
        Path(f"{database}{end}").unlink(missing_ok=True)
    _flush(database.parent)
    new.replace(database)
    _flush(database.parent)
    _remove(aside)


def _settle(database: Path) -> bool:
    """Writes the log back, so that the database is one file; False when it is too damaged. Raises InUse."""
    try:
        with closing(_connect(database, "rw")) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise InUse(f"A program has {database} open. Close it first.") from None
        raise
    except sqlite3.DatabaseError:
        return False
    return True


def _link(database: Path, aside: Path) -> None:
    try:
        os.link(database, aside)
    except OSError:  # a file system without hard links
        try:
            _copy(database, aside, lambda: False)
        except sqlite3.Error:
            aside.write_bytes(database.read_bytes())
            aside.chmod(0o600)


def _refuse_target(database: Path, target: Path) -> None:
    if target.is_dir():
        raise CannotBackUp(f"{target} is a folder. Name the backup's file, for example {target / 'rapport.backup'}.")
    if not target.parent.is_dir():
        raise CannotBackUp(f"There is no folder {target.parent}.")
    if not target.exists():
        return
    if database.exists() and target.samefile(database):
        raise CannotBackUp(f"{target} is the database itself. Name another file.")
    try:
        with target.open("rb") as file:
            begins = file.read(16)
    except OSError as error:
        raise CannotBackUp(f"{target} can't be replaced: {error.strerror}.") from None
    if begins not in (b"", b"SQLite format 3\0"):
        raise CannotBackUp(f"{target} is there already and no backup. Name another file.")


def _copy(source: Path, copy: Path, stop: Callable[[], bool]) -> None:
    """Copies one moment's state: the read transaction holds it, so that writers don't make the copying begin anew."""

    def after_step(_status: int, remaining: int, _total: int) -> None:
        if stop():
            raise CannotBackUp("The backup was broken off.")
        if remaining:
            time.sleep(_PAUSE)

    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with _reading(source) as reader, closing(_connect(copy, "rw")) as writer:
        writer.execute("PRAGMA synchronous=OFF")  # it is flushed once, at the end
        writer.execute("PRAGMA journal_mode=OFF")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        reader.backup(writer, pages=_STEP, progress=after_step)
        reader.execute("COMMIT")
        writer.execute("PRAGMA journal_mode=DELETE")  # the copy has no log beside it


def _check(copy: Path, stop: Callable[[], bool]) -> None:
    with closing(_connect(copy, "rw")) as connection:
        connection.set_progress_handler(stop, 100_000)
        said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if said != "ok":
        raise CannotBackUp(
            f"The database is damaged ({said}): no backup was made. Restore the newest one that is whole."
        )
    if not tables >= _TABLES:
        raise CannotBackUp("The database is empty: there is nothing to back up.")


def _bring_up(new: Path) -> None:
    """Migrates an older backup before it takes the database's place."""
    database = Database(str(new))
    try:
        upgrade(database)
    finally:
        database.close_now()


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    # A file without a log beside it is taken as it is; SQLite may then not want to write there.
    lone = not Path(f"{path}-wal").exists() and not os.access(path.parent, os.W_OK)
    with closing(_connect(path, "ro&immutable=1" if lone else "rw" if os.access(path, os.W_OK) else "ro")) as opened:
        yield opened


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=1)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{end}").unlink(missing_ok=True)


def _sweep(target: Path, before: datetime) -> None:
    """Removes what backups to this name left when they were killed."""
    for path in target.parent.glob(".*.part*"):
        if re.fullmatch(re.escape(f".{target.name}.") + r"[\w-]{8}\.part.*", path.name):
            with suppress(OSError):
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()


def _why(error: Exception) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else str(error)

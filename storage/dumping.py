"""Copies of a PostgreSQL database by its own programs: one transaction each way.

Source: https://www.postgresql.org/docs/current/app-pgdump.html, app-pgrestore.html.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from storage.backup import CannotBackUp, CannotRestore, known_versions
from storage.clock import new_token
from storage.errors import NewerSchema
from storage.holding import InUse

_LOOK = 0.1  # seconds between two looks whether to stop
_IN_ENVIRONMENT = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "host": "PGHOST", "port": "PGPORT"}


def dump(url: URL, target: Path, *, stop: Callable[[], bool] = lambda: False) -> None:
    """Writes a dump of the whole database to `target`, by pg_dump. Raises CannotBackUp."""
    program = shutil.which("pg_dump")
    if program is None:
        raise CannotBackUp("Backups of PostgreSQL need pg_dump: install PostgreSQL's client programs.")
    if target.is_dir() or not target.parent.is_dir():
        raise CannotBackUp(f"{target} is no place for a file.")
    if target.exists() and not _is_dump(target):
        raise CannotBackUp(f"{target} is there already and no backup. Name another file.")
    part = target.with_name(f".{target.name}.{new_token()[:8]}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        command = [program, "--format=custom", "--no-owner", "--no-privileges", "--no-password", f"--file={part}"]
        if said := _run(command, url, stop):
            raise CannotBackUp(f"pg_dump made no backup: {said}")
        _flush(part)
        part.replace(target)
        _flush(target.parent)
    except OSError as error:
        raise CannotBackUp(f"No backup was made: {error.strerror}. Is there room on the disk for {target}?") from error
    finally:
        part.unlink(missing_ok=True)


def restore_dump(file: Path, url: URL, *, force: bool) -> None:
    """Puts a dump in the database's place in one transaction. Raises CannotRestore, NewerSchema, InUse."""
    program = shutil.which("pg_restore")
    if program is None:
        raise CannotRestore("Restoring PostgreSQL needs pg_restore: install PostgreSQL's client programs.")
    if not file.is_file() or not _is_dump(file):
        raise CannotRestore(f"{file} is no backup of a Rapport on PostgreSQL. `rapport backup FILE` makes one.")
    version = _version_in(program, file)
    if version not in known_versions():
        raise NewerSchema(f"{file} was made by a newer Rapport (schema {version}). Update Rapport first.")
    if _asked(url, _others):
        raise InUse("A process has the database open (run, chat or a mail server's pipe). Stop it first.")
    if _asked(url, lambda connection: bool(inspect(connection).get_table_names())) and not force:
        raise CannotRestore("The database holds tables already. Add --force to replace them.")
    command = [program, "--single-transaction", "--clean", "--if-exists", "--no-owner", "--no-privileges"]
    if said := _run([*command, "--no-password", f"--dbname={url.database}", str(file)], url, lambda: False):
        raise CannotRestore(f"pg_restore changed nothing: {said}")


def _others(connection: Connection) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    return bool(connection.execute(text(query)).scalar_one())


def _asked(url: URL, question: Callable[[Connection], bool]) -> bool:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return question(connection)
    except OperationalError:
        raise CannotRestore("PostgreSQL can't be reached. `rapport doctor` tells more.") from None
    finally:
        engine.dispose()


def _is_dump(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(5) in (b"PGDMP", b"")


def _version_in(program: str, file: Path) -> str:
    command = [program, "--data-only", "--table=alembic_version", "--file=-", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"^COPY .*alembic_version.*\n(\S+)\n\\\.$", done.stdout, re.MULTILINE)
    if found is None:
        raise CannotRestore(f"{file} is no whole backup of Rapport. Take another one.")
    return found[1]


def _run(command: list[str], url: URL, stop: Callable[[], bool]) -> str:
    """Runs a program on the database; what it complains of, "" when it is content. No argument is secret."""
    given = {
        "PGHOST": url.host,
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": str(url.password) if url.password is not None else None,
        "PGDATABASE": url.database,
    }
    given |= {_IN_ENVIRONMENT[name]: str(value) for name, value in url.query.items() if name in _IN_ENVIRONMENT}
    environment = os.environ | {name: value for name, value in given.items() if value}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        while process.poll() is None:
            if stop():
                raise CannotBackUp("The backup was broken off.")
            time.sleep(_LOOK)
        said = process.stderr.read().strip() if process.stderr else ""
        return "" if process.returncode == 0 else (said.splitlines() or [f"exit code {process.returncode}"])[0]
    finally:
        process.kill()
        process.communicate()


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

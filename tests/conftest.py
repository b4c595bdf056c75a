"""What all tests share: a fresh database of each kind, the peers, a house to talk to."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.opening import open_database
from tests.house import TestHouse, opened_house

PEERS = Path(__file__).parent / "peers"
_numbers = itertools.count(1)


_LONG = ("tests/survival/", "test_backup", "test_mail_import", "test_imap", "test_postfix")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests come first: when they come last, one core waits for the other at the end."""
    items.sort(key=lambda item: not any(part in item.nodeid for part in _LONG))


def require(found: bool, what: str) -> None:
    """A peer that isn't installed is skipped on a developer's machine, and a failure in CI."""
    if found:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{what} isn't installed: .ci/run installs it")
    pytest.skip(f"{what} isn't installed")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A real PostgreSQL on loopback; the URL of a server whose databases are ours to make."""
    require(bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), "PostgreSQL")
    # Not below pytest's own folder: the server runs as another user, whom a second pytest run would lock out.
    folder = Path(tempfile.mkdtemp(prefix="rapport-postgresql-"))
    folder.chmod(0o755)
    done = subprocess.run(
        [str(PEERS / "postgres.sh"), "start", str(folder)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    settings = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    try:
        yield f"postgresql://test:test@{settings['PEER_PG_HOST']}:{settings['PEER_PG_PORT']}"
    finally:
        subprocess.run([str(PEERS / "postgres.sh"), "stop", str(folder)], check=False, timeout=60, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_setting(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a fresh, empty database is: a file, or a new database on the server."""
    if request.param == "sqlite":
        return str(tmp_path / "rapport.db")
    return new_postgresql_database(request.getfixturevalue("postgresql"))


def new_postgresql_database(server: str) -> str:
    """A new, empty database on the server; its URL."""
    import psycopg

    name = f"rapport_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(f"{server}/test", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{server}/{name}"


@pytest.fixture
async def database(database_setting: str) -> AsyncIterator[Database]:
    """An opened database of each kind, with its schema."""
    async with open_database(database_setting) as opened:
        yield opened


@pytest.fixture
async def house(database: Database) -> AsyncIterator[TestHouse]:
    """A house over each kind of database, with an owner named Max whom one can talk as."""
    async with opened_house(database) as opened:
        yield opened


@pytest.fixture
async def sqlite_house(tmp_path: Path) -> AsyncIterator[TestHouse]:
    """The same over SQLite alone, for what doesn't depend on the database."""
    async with open_database(str(tmp_path / "rapport.db")) as opened, opened_house(opened) as made:
        yield made

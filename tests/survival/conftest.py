"""What the tests of survival share."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path

import psycopg
import pytest

from bot.flow import Flow
from storage.clock import Clock
from storage.database import Database
from storage.opening import open_database
from tests.conftest import PEERS, new_postgresql_database, require
from tests.house import MONDAY, TEAM, TestHouse
from tests.survival.deaths import Nursery


class Wall:
    """The machine's clock, which a test moves on."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self._now

    def passes(self, seconds: float) -> None:
        """So much time goes by."""
        self._now += timedelta(seconds=seconds)


@pytest.fixture
def wall() -> Wall:
    """The machine's clock."""
    return Wall()


@pytest.fixture
async def house(database: Database, wall: Wall) -> TestHouse:
    """A house over each kind of database, in which the machine's clock stands too."""
    return house_over(database, wall)


def house_over(database: Database, wall: Wall) -> TestHouse:
    """A house with Max in it, as after a start at this moment."""
    house = TestHouse(database)
    house.clock = Clock(MONDAY, wall=wall)
    house.flow = Flow(database, house.clock, TEAM)
    return house


@pytest.fixture
async def impatient_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wall: Wall) -> AsyncIterator[TestHouse]:
    """A house over SQLite that waits for a lock for a tenth of a second only."""
    monkeypatch.setattr("storage.database._BUSY_MS", 100)
    async with open_database(str(tmp_path / "rapport.db")) as database:
        yield house_over(database, wall)


class Server:
    """A PostgreSQL server of the test's own, which can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.url = ""

    def start(self) -> None:
        """Starts it, at the same port as before."""
        settings = dict(line.split("=", 1) for line in self._does("start").splitlines() if "=" in line)
        self.url = f"postgresql://test:test@{settings['PEER_PG_HOST']}:{settings['PEER_PG_PORT']}"

    def stop(self) -> None:
        """Breaks it off, as when its machine goes down."""
        self._does("stop")

    def _does(self, what: str) -> str:
        command = [str(PEERS / "postgres.sh"), what, str(self._folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server."""
    require(bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), "PostgreSQL")
    folder = tmp_path_factory.mktemp("server")
    for parent in (folder, *takewhile(lambda each: "pytest-of-" in str(each), folder.parents)):
        parent.chmod(0o755)  # the server runs as another user
    server = Server(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
async def served_house(server: Server, wall: Wall) -> AsyncIterator[TestHouse]:
    """A house over that server."""
    url = new_postgresql_database(server.url)
    with psycopg.connect(url, autocommit=True) as connection:
        # The tests' servers are quick and forgetful; this one must keep what it has committed.
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
    async with open_database(url) as database:
        yield house_over(database, wall)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where processes that are to die come from."""
    with Nursery() as made:
        yield made

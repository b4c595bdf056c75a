"""Offices over each kind of database, and over SQLite alone where it makes no difference."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.opening import open_database
from tests.importing.office import Office


@pytest.fixture
async def each_office(database: Database, tmp_path: Path) -> Office:
    """Over each kind of database."""
    return Office(database, tmp_path)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Over SQLite."""
    async with open_database(str(tmp_path / "rapport.db")) as opened:
        yield Office(opened, tmp_path)


@pytest.fixture
async def empty_office(tmp_path: Path) -> AsyncIterator[Office]:
    """Over an empty database without anybody."""
    async with open_database(str(tmp_path / "empty.db")) as opened:
        yield Office(opened, tmp_path, empty=True)

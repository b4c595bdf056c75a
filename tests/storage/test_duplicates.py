"""Likely pairs of contacts: the same name in whatever spelling, once each."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection

from storage.changes import Trail
from storage.contacts import add_contact
from storage.database import Database
from storage.duplicates import find_duplicates

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def test_pairs_by_name_and_company(database: Database) -> None:
    def work(connection: Connection) -> list[tuple[int, int, float]]:
        trail = Trail(connection, NOW, None, None)
        for name, company in (
            ("Jutta Müller", "Seeblick"),
            ("Jutta Mueller", "Seeblick"),
            ("Мюллер Ютта", ""),
            ("Jutta", ""),
            ("Jutta Muller", "Dachbau"),
        ):
            add_contact(trail, name, company=company)
        return [(pair.a, pair.b, pair.score) for pair in find_duplicates(connection)]

    found = database.transact(work)
    assert found[0] == (1, 2, 0.95)
    assert (1, 5, 0.6) in found
    assert all(4 not in pair[:2] for pair in found)
    assert len({pair[:2] for pair in found}) == len(found)

"""How far a folder was read: never back, and begun again under a new number."""

from __future__ import annotations

from datetime import UTC, datetime

from storage.database import Database
from storage.mailboxes import cursor_of, move_cursor, start_cursor

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HIGHEST = 2**32 - 1  # of UID and UIDVALIDITY (RFC 3501 2.3.1.1)


async def test_a_cursor_moves_on_and_never_back(database: Database) -> None:
    begun = database.transact(lambda c: start_cursor(c, "max@mail:993", "INBOX", uidvalidity=7, found_to=5, at=NOW))
    for uid in (3, HIGHEST, 4):
        await database.write(lambda c, uid=uid: move_cursor(c, begun.id, uid))  # type: ignore[misc]
    known = database.look(lambda c: cursor_of(c, "max@mail:993", "INBOX"))
    assert known is not None
    assert (known.last_uid, known.uidvalidity, known.found_to, known.found_at) == (HIGHEST, 7, 5, NOW)
    assert database.look(lambda c: cursor_of(c, "max@mail:993", "Sent")) is None


async def test_who_still_reads_the_old_folder_moves_nothing_in_the_new_one(database: Database) -> None:
    old = database.transact(lambda c: start_cursor(c, "max@mail:993", "CRM", uidvalidity=7, found_to=5, at=NOW))
    database.transact(lambda c: start_cursor(c, "max@mail:993", "CRM", uidvalidity=HIGHEST, found_to=0, at=NOW))
    await database.write(lambda c: move_cursor(c, old.id, 900))
    known = database.look(lambda c: cursor_of(c, "max@mail:993", "CRM"))
    assert known is not None
    assert (known.uidvalidity, known.last_uid) == (HIGHEST, 0)

"""How far each IMAP folder was read. The cursor never runs ahead of what is kept; passwords are never here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from storage.tables import mailboxes


@dataclass(frozen=True, slots=True)
class Cursor:
    """A folder's place: mail with a UID up to `last_uid` is kept; up to `found_to` it was there at first sight."""

    id: int
    uidvalidity: int
    last_uid: int
    found_to: int
    found_at: datetime


def cursor_of(connection: Connection, account: str, folder: str) -> Cursor | None:
    """The place in a folder; None when it was never seen."""
    row = connection.execute(
        select(mailboxes).where(mailboxes.c.account == account, mailboxes.c.folder == folder)
    ).first()
    return None if row is None else Cursor(row.id, row.uidvalidity, row.last_uid, row.found_to, row.found_at)


def start_cursor(
    connection: Connection, account: str, folder: str, *, uidvalidity: int, found_to: int, at: datetime
) -> Cursor:
    """Begins a folder, or begins it again because its UIDs mean other mail now."""
    connection.execute(delete(mailboxes).where(mailboxes.c.account == account, mailboxes.c.folder == folder))
    values = {"uidvalidity": uidvalidity, "last_uid": 0, "found_to": found_to, "found_at": at}
    statement = insert(mailboxes).values(account=account, folder=folder, **values).returning(mailboxes.c.id)
    return Cursor(connection.execute(statement).scalar_one(), uidvalidity, 0, found_to, at)


def move_cursor(connection: Connection, cursor_id: int, last_uid: int) -> None:
    """Mail up to this UID is kept; never back. One that was begun again meanwhile has another id, and stays."""
    connection.execute(
        update(mailboxes).where(mailboxes.c.id == cursor_id, mailboxes.c.last_uid < last_uid).values(last_uid=last_uid)
    )

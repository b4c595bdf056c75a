"""Notes: what a user wants remembered."""

from __future__ import annotations

from sqlalchemy import Connection, select

from storage.changes import Trail
from storage.tables import notes


def add_note(trail: Trail, text: str, *, contact_id: int | None = None, company_id: int | None = None) -> int:
    """A note on one contact or one company; the id."""
    subject = {"contact_id": contact_id} if contact_id is not None else {"company_id": company_id}
    return trail.insert(notes, text=text, author_id=trail.user_id, created_at=trail.at, **subject)


def notes_of(connection: Connection, contact_id: int, limit: int = 5) -> list[str]:
    """A contact's notes, newest first."""
    query = select(notes.c.text).where(notes.c.contact_id == contact_id).order_by(notes.c.id.desc()).limit(limit)
    return list(connection.execute(query).scalars())

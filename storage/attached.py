"""The files of logged mail: what the interactions list of them. Their bytes are in the raw mail and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Text, cast, func, select

from storage.tables import inbox, interaction_contacts, interactions

_MAILS = 100  # of a contact's newest mails with files that are looked through
_NEWEST = 10_000  # interactions that are looked through for a name

_FILLED = cast(interactions.c.attachments, Text) != "[]"
_COLUMNS = (
    interactions.c.id,
    interactions.c.inbox_id,
    interactions.c.occurred_at,
    interactions.c.sender,
    interactions.c.sender_name,
    interactions.c.attachments,
)


@dataclass(frozen=True, slots=True)
class Attached:
    """One file of a logged mail. `place` counts the mail's files from 1; without `part` only its name is known."""

    interaction_id: int
    inbox_id: int | None
    place: int
    part: int | None
    name: str
    size: int
    media_type: str
    program: bool
    at: datetime
    who: str  # wrote the mail

    @property
    def kept(self) -> bool:
        """Can it be fetched, as far as the list tells?"""
        return self.inbox_id is not None and self.part is not None


def files_on(connection: Connection, interaction_id: int) -> list[Attached]:
    """The files of one mail, in their order."""
    return _listed(connection, select(*_COLUMNS).where(interactions.c.id == interaction_id))


def files_of(connection: Connection, contact_id: int) -> list[Attached]:
    """The files in a contact's mails, the newest mail first."""
    logged = select(interaction_contacts.c.interaction_id).where(interaction_contacts.c.contact_id == contact_id)
    query = select(*_COLUMNS).where(interactions.c.id.in_(logged), _FILLED)
    return _listed(connection, query.order_by(interactions.c.occurred_at.desc()).limit(_MAILS))


def newest_files(connection: Connection) -> list[Attached]:
    """The files in the mails that were logged last, the newest first."""
    last = select(func.max(interactions.c.id)).scalar_subquery()
    query = select(*_COLUMNS).where(interactions.c.id > last - _NEWEST, _FILLED)
    return _listed(connection, query.order_by(interactions.c.id.desc()))


def names_of(connection: Connection, interaction_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """What the files of these interactions are called; those without any are left out."""
    query = select(interactions.c.id, interactions.c.attachments).where(interactions.c.id.in_(list(interaction_ids)))
    return {
        row.id: tuple(str(each["name"]) for each in row.attachments)
        for row in connection.execute(query)
        if row.attachments
    }


def is_kept(connection: Connection, inbox_id: int) -> bool:
    """Is the raw message still there?"""
    query = select(inbox.c.id).where(inbox.c.id == inbox_id, inbox.c.raw.is_not(None))
    return connection.execute(query).first() is not None


def _listed(connection: Connection, query: Select[Any]) -> list[Attached]:
    return [
        _attached(row, place, each)
        for row in connection.execute(query)
        for place, each in enumerate(row.attachments, 1)
    ]


def _attached(row: Row[Any], place: int, file: dict[str, Any]) -> Attached:
    return Attached(
        interaction_id=row.id,
        inbox_id=row.inbox_id,
        place=place,
        part=file.get("part"),
        name=str(file["name"]),
        size=int(file.get("size") or 0),
        media_type=str(file.get("type") or "application/octet-stream"),
        program=bool(file.get("program")),
        at=row.occurred_at,
        who=row.sender_name or row.sender,
    )

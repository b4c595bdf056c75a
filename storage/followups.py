"""What follow-ups and cadences wait for: what a contact wrote, and when one was last in touch with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from storage.interactions import Interaction, InteractionChannel, interaction_by_id
from storage.tables import changes, interaction_contacts, interactions

_TOUCHED = (
    select(changes.c.contact_id)
    .distinct()
    .where(
        changes.c.inbox_id == bindparam("inbox"),
        changes.c.table_name == interaction_contacts.name,
        changes.c.contact_id.is_not(None),
    )
)


def _of_contact(*what: ColumnElement[Any]) -> Select[Any]:
    joined = interactions.join(interaction_contacts, interaction_contacts.c.interaction_id == interactions.c.id)
    theirs = interaction_contacts.c.contact_id == bindparam("contact")
    return select(*what).select_from(joined).where(theirs, ~interactions.c.automatic)


_WROTE = (
    _of_contact(interactions.c.occurred_at, interactions.c.channel)
    .where(interactions.c.direction == "in", interactions.c.occurred_at > bindparam("since"))
    .order_by(interactions.c.occurred_at, interactions.c.id)
    .limit(1)
)
_LAST = _of_contact(func.max(interactions.c.occurred_at)).where(interactions.c.occurred_at <= bindparam("now"))
_SENT = (
    _of_contact(interactions.c.id)
    .where(interactions.c.direction == "out", interactions.c.occurred_at <= bindparam("now"))
    .order_by(interactions.c.occurred_at.desc(), interactions.c.id.desc())
    .limit(1)
)


def contacts_touched(connection: Connection, inbox_id: int) -> list[int]:
    """The contacts on which this message logged something, or off which it took something."""
    return list(connection.execute(_TOUCHED, {"inbox": inbox_id}).scalars())


def wrote_after(connection: Connection, contact_id: int, since: datetime) -> tuple[datetime, InteractionChannel] | None:
    """When and how a contact wrote or called for the first time after a moment; automatic mail isn't theirs."""
    row = connection.execute(_WROTE, {"contact": contact_id, "since": since}).first()
    return (row.occurred_at, row.channel) if row is not None else None


def last_touch(connection: Connection, contact_id: int, now: datetime) -> datetime | None:
    """When the team and a contact were last in touch, either way."""
    return connection.execute(_LAST, {"contact": contact_id, "now": now}).scalar()


def last_sent(connection: Connection, contact_id: int, now: datetime) -> Interaction | None:
    """The newest thing that the team sent to a contact or told them."""
    found = connection.execute(_SENT, {"contact": contact_id, "now": now}).scalar()
    return interaction_by_id(connection, int(found)) if found is not None else None

"""Triage: what waits for a user's decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, exists, func, insert, select, update

from storage.changes import Trail
from storage.tables import inbox, interaction_contacts, interactions, triage

Reason = Literal["unknown", "several", "unproven", "parked", "spam"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: the interaction (or the inbox row) and why."""

    id: int
    reason: Reason
    interaction_id: int | None
    inbox_id: int | None
    detail: str
    created_at: datetime


def put_in_triage(
    connection: Connection,
    reason: Reason,
    *,
    at: datetime,
    interaction_id: int | None = None,
    inbox_id: int | None = None,
    detail: str = "",
) -> int:
    """Lets something wait; the id."""
    values = {
        "reason": reason,
        "interaction_id": interaction_id,
        "inbox_id": inbox_id,
        "detail": detail,
        "created_at": at,
    }
    return int(connection.execute(insert(triage).returning(triage.c.id), values).scalar_one())


def waiting(connection: Connection, limit: int = 20) -> list[Waiting]:
    """What waits, oldest first."""
    query = select(triage).where(triage.c.state == "open").order_by(triage.c.created_at, triage.c.id).limit(limit)
    return [
        Waiting(row.id, row.reason, row.interaction_id, row.inbox_id, row.detail, row.created_at)
        for row in connection.execute(query)
    ]


def count_waiting(connection: Connection) -> int:
    """How much waits."""
    return connection.execute(select(func.count()).select_from(triage).where(triage.c.state == "open")).scalar_one()


def count_logged(connection: Connection, inbox_ids: Sequence[int]) -> tuple[int, int]:
    """Of these messages: how many are logged on contacts, and how many wait."""
    of_them = interactions.c.inbox_id.in_(inbox_ids)
    on_contacts = exists().where(interaction_contacts.c.interaction_id == interactions.c.id)
    waits = exists().where(triage.c.interaction_id == interactions.c.id, triage.c.state == "open")
    parked = select(func.count()).select_from(inbox).where(inbox.c.id.in_(inbox_ids), inbox.c.state == "parked")
    count = select(func.count()).select_from(interactions)
    return (
        connection.execute(count.where(of_them, on_contacts)).scalar_one(),
        connection.execute(count.where(of_them, waits)).scalar_one() + connection.execute(parked).scalar_one(),
    )


def triage_by_id(connection: Connection, triage_id: int) -> Waiting | None:
    """One thing that waits still."""
    row = connection.execute(select(triage).where(triage.c.id == triage_id, triage.c.state == "open")).first()
    if row is None:
        return None
    return Waiting(row.id, row.reason, row.interaction_id, row.inbox_id, row.detail, row.created_at)


def reason_for(connection: Connection, interaction_id: int) -> Reason | None:
    """Why this interaction waits; None when it doesn't."""
    query = select(triage.c.reason).where(triage.c.interaction_id == interaction_id, triage.c.state == "open")
    return connection.execute(query.limit(1)).scalar()


def waiting_messages(connection: Connection, interaction_id: int) -> list[int]:
    """The messages because of which this interaction waits, oldest first."""
    query = (
        select(triage.c.inbox_id)
        .where(triage.c.interaction_id == interaction_id, triage.c.state == "open", triage.c.inbox_id.is_not(None))
        .order_by(triage.c.id)
    )
    return list(dict.fromkeys(connection.execute(query).scalars()))


def decide(trail: Trail, triage_id: int) -> None:
    """It waits no longer; undoing lets it wait again."""
    trail.update(triage, triage_id, state="decided", decided_at=trail.at, decided_by=trail.user_id)


def asked_since(connection: Connection, moment: datetime) -> bool:
    """Has mail of an unknown sender come in since this moment?"""
    query = select(triage.c.id).where(triage.c.reason == "unknown", triage.c.created_at > moment)
    return connection.execute(query.limit(1)).first() is not None


def wait_again(connection: Connection, inbox_id: int, *, at: datetime) -> None:
    """Whatever this message logged that is on no contact (any more) waits for a decision."""
    lonely = select(interactions.c.id).where(
        interactions.c.inbox_id == inbox_id,
        ~exists().where(interaction_contacts.c.interaction_id == interactions.c.id),
    )
    for interaction_id in list(connection.execute(lonely).scalars()):
        reopened = connection.execute(
            update(triage).where(triage.c.interaction_id == interaction_id).values(state="open")
        )
        if reopened.rowcount == 0:
            put_in_triage(connection, "unknown", at=at, interaction_id=interaction_id, inbox_id=inbox_id)


def waiting_of(connection: Connection, sender: str) -> list[int]:
    """The interactions with this address that wait because nobody knew it."""
    query = (
        select(triage.c.interaction_id)
        .join(interactions, interactions.c.id == triage.c.interaction_id)
        .where(triage.c.state == "open", triage.c.reason == "unknown", interactions.c.sender == sender)
        .limit(200)
    )
    return [int(each) for each in connection.execute(query).scalars()]


def close_for(trail: Trail, interaction_id: int) -> None:
    """Whatever waited because of this interaction is decided."""
    query = select(triage.c.id).where(triage.c.interaction_id == interaction_id, triage.c.state == "open")
    for row_id in list(trail.connection.execute(query).scalars()):
        decide(trail, row_id)


def close_message(trail: Trail, inbox_id: int) -> None:
    """Whatever waited because of this message is decided."""
    query = select(triage.c.id).where(triage.c.inbox_id == inbox_id, triage.c.state == "open")
    for row_id in list(trail.connection.execute(query).scalars()):
        decide(trail, row_id)

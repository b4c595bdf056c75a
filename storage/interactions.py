"""Interactions: what happened, once each, logged on the contacts it concerns; and the timeline they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, case, delete, func, insert, literal, literal_column, select, union_all

from storage.attached import names_of
from storage.changes import Trail
from storage.messages import Attachment, Direction
from storage.tables import changes, deals, inbox, interaction_contacts, interactions, notes, tasks, users

InteractionChannel = Literal["email", "telegram", "console", "call", "meeting"]


@dataclass(frozen=True, slots=True)
class Interaction:
    """One thing that happened. `contacts` are ids; none means that it waits in triage."""

    id: int
    channel: InteractionChannel
    direction: Direction
    occurred_at: datetime
    subject: str = ""
    text: str = ""
    user_id: int | None = None
    inbox_id: int | None = None
    sender: str = ""
    sender_name: str = ""
    external_id: str = ""
    message_id: str = ""
    contacts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline. `kind` is an interaction's channel, or note, task, done, answered, deal."""

    kind: str
    at: datetime
    text: str
    direction: str = ""
    id: int = 0  # an interaction's
    files: tuple[str, ...] = ()  # what its files are called


_KNOWN = select(interactions.c.id).where(interactions.c.external_id == bindparam("external"))
_LOGGED = (
    select(interaction_contacts.c.contact_id)
    .where(interaction_contacts.c.interaction_id == bindparam("interaction"))
    .order_by(interaction_contacts.c.id)
)
_CONTENT = select(interactions.c.id, interactions.c.occurred_at).where(
    interactions.c.digest == bindparam("digest"), interactions.c.digest != literal_column("''")
)
_THREAD = 30  # of a mail's references that are looked at
_BY_MESSAGE_ID = (
    select(interactions.c.message_id, func.max(interactions.c.id))
    .where(
        interactions.c.message_id.in_(bindparam("ids", expanding=True)),
        interactions.c.message_id != literal_column("''"),
    )
    .group_by(interactions.c.message_id)
)
_LOG = insert(interactions).returning(interactions.c.id)


def log_interaction(
    trail: Trail,
    *,
    channel: InteractionChannel,
    direction: Direction,
    occurred_at: datetime,
    external_id: str,
    contacts: tuple[int, ...] = (),
    subject: str = "",
    text: str = "",
    sender: str = "",
    sender_name: str = "",
    message_id: str = "",
    digest: str = "",
    attachments: tuple[Attachment, ...] = (),
    automatic: bool = False,
) -> tuple[int, bool]:
    """Logs it once per external id: its id, and whether it is new. Known ones gain the contacts that they lacked."""
    known = trail.connection.execute(_KNOWN, {"external": external_id}).scalar()
    if known is not None:
        for contact_id in contacts:
            log_on(trail, known, contact_id)
        return int(known), False
    values: dict[str, Any] = {
        "channel": channel,
        "direction": direction,
        "occurred_at": occurred_at,
        "user_id": trail.user_id if direction == "out" or channel in ("call", "meeting") else None,
        "inbox_id": trail.inbox_id,
        "sender": sender[:320],  # a mail may claim anything; the columns have their widths
        "sender_name": sender_name[:300],
        "subject": subject,
        "text": text,
        "external_id": external_id,
        "message_id": message_id[:998],
        "digest": digest,
        "attachments": [_listed(each) for each in attachments],
        "automatic": automatic,
        "created_at": trail.at,
    }
    # Not part of the trail: what happened, happened. Undoing takes it off a contact; it then waits in triage.
    interaction_id = int(trail.connection.execute(_LOG, values).scalar_one())
    for contact_id in contacts:
        trail.insert(interaction_contacts, interaction_id=interaction_id, contact_id=contact_id)
    return interaction_id, True


def _listed(file: Attachment) -> dict[str, Any]:
    program = {"program": True} if file.program else {}
    return {"name": file.name, "size": file.size, "part": file.part, "type": file.media_type, **program}


def log_on(trail: Trail, interaction_id: int, contact_id: int) -> bool:
    """Puts an interaction on one more contact; False when it is there already."""
    if contact_id in logged_on(trail.connection, interaction_id):
        return False
    trail.insert(interaction_contacts, interaction_id=interaction_id, contact_id=contact_id)
    return True


def take_off(trail: Trail, interaction_id: int) -> None:
    """Takes an interaction off all contacts."""
    rows = trail.connection.execute(
        select(interaction_contacts.c.id).where(interaction_contacts.c.interaction_id == interaction_id)
    )
    for row_id in list(rows.scalars()):
        trail.delete(interaction_contacts, row_id)


def logged_on(connection: Connection, interaction_id: int) -> list[int]:
    """The ids of the contacts that it is logged on."""
    return list(connection.execute(_LOGGED, {"interaction": interaction_id}).scalars())


def interaction_by_id(connection: Connection, interaction_id: int) -> Interaction | None:
    """One interaction with its contacts."""
    row = connection.execute(select(interactions).where(interactions.c.id == interaction_id)).mappings().first()
    if row is None:
        return None
    values = {name: row[name] for name in Interaction.__slots__ if name != "contacts"}
    return Interaction(**values, contacts=tuple(logged_on(connection, interaction_id)))


def put_on_by(connection: Connection, interaction: Interaction) -> str:
    """The name of who put it on its contacts in a chat; empty where its addresses, or a mail, did."""
    query = (
        select(users.c.name)
        .join(changes, changes.c.user_id == users.c.id)
        .join(interaction_contacts, interaction_contacts.c.id == changes.c.row_id)
        .join(inbox, inbox.c.id == changes.c.inbox_id)
        .where(
            changes.c.contact_id.in_(interaction.contacts),
            changes.c.table_name == interaction_contacts.name,
            interaction_contacts.c.interaction_id == interaction.id,
            inbox.c.channel != "email",
        )
        .order_by(changes.c.id.desc())
    )
    return connection.execute(query.limit(1)).scalar() or ""


def interaction_by_external_id(connection: Connection, external_id: str) -> int | None:
    """The id of what was logged under this external id."""
    return connection.execute(_KNOWN, {"external": external_id}).scalar()


def thread_contacts(connection: Connection, message_ids: Sequence[str]) -> list[int]:
    """The contacts on which the newest logged mail of these Message-IDs is; they are given newest first."""
    asked = [each[:998] for each in message_ids if each][:_THREAD]
    if not asked:
        return []
    found = {row[0]: row[1] for row in connection.execute(_BY_MESSAGE_ID, {"ids": asked})}
    for message_id in asked:
        if message_id in found and (contact_ids := logged_on(connection, found[message_id])):
            return contact_ids
    return []


def same_content(connection: Connection, digest: str, at: datetime, apart: timedelta) -> int | None:
    """The id of the mail with this content that was written at this moment, as far as can be told.

    The date inside a forward lacks its zone and often its seconds: two moments up to `apart` are the same one
    when they differ by whole quarters of an hour, as zones do.
    """
    for row in connection.execute(_CONTENT, {"digest": digest}):
        gap = abs((row.occurred_at - at).total_seconds())
        if gap <= apart.total_seconds() and (gap < 60 or min(gap % 900, 900 - gap % 900) < 60):
            return int(row.id)
    return None


def newest_mail(connection: Connection) -> Interaction | None:
    """The mail that was logged last."""
    query = select(func.max(interactions.c.id)).where(interactions.c.channel == "email")
    found = connection.execute(query).scalar()
    return None if found is None else interaction_by_id(connection, found)


def drop_interaction(connection: Connection, interaction_id: int) -> None:
    """Forgets an interaction for good; its contacts must have been taken off."""
    connection.execute(delete(interactions).where(interactions.c.id == interaction_id))


def timeline(connection: Connection, contact_id: int, limit: int = 20) -> list[Entry]:
    """What happened with a contact, newest first."""
    happened = (
        select(
            interactions.c.channel.label("kind"),
            interactions.c.occurred_at.label("at"),
            interactions.c.subject.concat(literal("\n")).concat(interactions.c.text).label("text"),
            interactions.c.direction.label("direction"),
            interactions.c.id.label("id"),
        )
        .join(interaction_contacts)
        .where(interaction_contacts.c.contact_id == contact_id)
    )
    noted = select(literal("note"), notes.c.created_at, notes.c.text, literal(""), literal(0)).where(
        notes.c.contact_id == contact_id
    )
    asked = select(literal("task"), tasks.c.created_at, tasks.c.title, literal(""), literal(0)).where(
        tasks.c.contact_id == contact_id, tasks.c.cadence == ""
    )
    ended = case((tasks.c.awaits_since.is_not(None) & tasks.c.answered_at.is_not(None), "answered"), else_="done")
    done = select(ended, tasks.c.done_at, tasks.c.title, literal(""), literal(0)).where(
        tasks.c.contact_id == contact_id, tasks.c.done_at.is_not(None), tasks.c.cadence == ""
    )
    dealt = select(literal("deal"), deals.c.created_at, deals.c.title, literal(""), literal(0)).where(
        deals.c.contact_id == contact_id
    )
    whole = union_all(happened, noted, asked, done, dealt).subquery()
    query = select(whole).order_by(whole.c.at.desc()).limit(limit)
    rows = connection.execute(query).all()
    files = names_of(connection, [row.id for row in rows if row.kind == "email"])
    return [Entry(row.kind, row.at, row.text.strip(), row.direction, row.id, files.get(row.id, ())) for row in rows]

"""Meetings that calendars invite to: interactions of channel meeting, followed by the calendar's own name for them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, select, update

from storage.changes import Trail
from storage.interactions import log_interaction, log_on
from storage.messages import Meeting
from storage.tables import interaction_contacts, interactions, meetings

_CANCELLED = "✖ "


@dataclass(frozen=True, slots=True)
class Planned:
    """A meeting as it is known. `at` is when it begins."""

    interaction_id: int
    at: datetime
    ends_at: datetime
    all_day: bool
    summary: str
    location: str
    organizer: str
    sequence: int
    stamp: datetime | None
    recurrence: str
    state: str
    task_id: int | None


def takes_place() -> ColumnElement[bool]:
    """Of interactions: no calendar says that it was cancelled, and nobody dropped it."""
    gone = meetings.c.state != "planned"
    return ~exists().where(meetings.c.interaction_id == interactions.c.id, gone)


def key_of(meeting: Meeting) -> str:
    """The external id of its interaction: the same for all that its calendar sends about it."""
    named = "\0".join((meeting.uid, meeting.instance))
    return f"meeting:{hashlib.sha256(named.encode()).hexdigest()[:40]}"


def planned_meeting(connection: Connection, interaction_id: int) -> Planned | None:
    """One meeting."""
    return _one(connection, interactions.c.id == interaction_id)


def known_meeting(connection: Connection, meeting: Meeting) -> Planned | None:
    """The same meeting as it is known."""
    return _one(connection, interactions.c.external_id == key_of(meeting))


def log_meeting(trail: Trail, meeting: Meeting, start: datetime, end: datetime, contacts: tuple[int, ...]) -> int:
    """A planned meeting on these contacts; the id of its interaction. The trail's user is the member who attends."""
    interaction_id, fresh = log_interaction(
        trail,
        channel="meeting",
        direction="in",
        occurred_at=start,
        external_id=key_of(meeting),
        contacts=contacts,
        subject=meeting.summary,
        text=meeting.location,
        sender=meeting.organizer.address,
        sender_name=meeting.organizer.name,
        automatic=True,
    )
    if fresh:
        values = {"interaction_id": interaction_id, "organizer": meeting.organizer.address, **_told(meeting, end)}
        trail.connection.execute(insert(meetings).values(values))
    return interaction_id


def move_meeting(
    trail: Trail, known: Planned, meeting: Meeting, start: datetime, end: datetime, contacts: tuple[int, ...]
) -> None:
    """As its calendar says now; a cancelled one takes place again."""
    connection, row_id = trail.connection, known.interaction_id
    said = {"occurred_at": start, "subject": meeting.summary, "text": meeting.location}
    connection.execute(update(interactions).where(interactions.c.id == row_id).values(said))
    connection.execute(
        update(meetings).where(meetings.c.interaction_id == row_id).values(state="planned", **_told(meeting, end))
    )
    for contact_id in contacts:
        log_on(trail, row_id, contact_id)


def cancel_meeting(connection: Connection, known: Planned, meeting: Meeting) -> None:
    """It doesn't take place; the timeline keeps it, marked."""
    marked = f"{_CANCELLED}{known.summary.removeprefix(_CANCELLED)}"
    row = interactions.c.id == known.interaction_id
    connection.execute(update(interactions).where(row).values(subject=marked))
    told = {"state": "cancelled", "sequence": max(meeting.sequence, known.sequence), "stamp": meeting.stamp}
    connection.execute(update(meetings).where(meetings.c.interaction_id == known.interaction_id).values(told))


def drop_meeting(connection: Connection, interaction_id: int) -> None:
    """Nobody wants it: it is on no contact any more, and what its calendar sends about it is passed over."""
    links = interaction_contacts.c.interaction_id == interaction_id
    connection.execute(delete(interaction_contacts).where(links))
    row = meetings.c.interaction_id == interaction_id
    connection.execute(update(meetings).where(row).values(state="dropped"))


def forget_meetings(connection: Connection, inbox_id: int) -> None:
    """Those that this message brought are gone for good, with all that they say."""
    brought = (interactions.c.inbox_id == inbox_id) & (interactions.c.channel == "meeting")
    ids = list(connection.execute(select(interactions.c.id).where(brought)).scalars())
    for table, column in ((interaction_contacts, "interaction_id"), (meetings, "interaction_id"), (interactions, "id")):
        connection.execute(delete(table).where(table.c[column].in_(ids)))


def set_reminder(connection: Connection, interaction_id: int, task_id: int) -> None:
    """The task that reminds of it."""
    row = meetings.c.interaction_id == interaction_id
    connection.execute(update(meetings).where(row).values(task_id=task_id))


def _told(meeting: Meeting, end: datetime) -> dict[str, object]:
    return {
        "sequence": meeting.sequence,
        "stamp": meeting.stamp,
        "ends_at": end,
        "all_day": meeting.all_day,
        "location": meeting.location,
        "recurrence": meeting.recurrence,
    }


def _one(connection: Connection, which: ColumnElement[bool]) -> Planned | None:
    query = (
        select(
            interactions.c.id.label("interaction_id"),
            interactions.c.occurred_at.label("at"),
            interactions.c.subject.label("summary"),
            *(meetings.c[name] for name in ("ends_at", "all_day", "location", "organizer", "sequence", "stamp")),
            *(meetings.c[name] for name in ("recurrence", "state", "task_id")),
        )
        .join(meetings, meetings.c.interaction_id == interactions.c.id)
        .where(which)
    )
    row = connection.execute(query).first()
    return None if row is None else Planned(**{name: getattr(row, name) for name in Planned.__slots__})

"""Dropping a mail for good: nothing of what it said stays, neither logged nor raw, nor what was done because of it."""

from __future__ import annotations

from sqlalchemy import delete, update

from storage.changes import Trail, undo
from storage.errors import CannotUndo
from storage.inbox import empty
from storage.interactions import Interaction, drop_interaction
from storage.meetings import forget_meetings
from storage.tables import changes, interaction_contacts, outbox, triage


def drop_mail(trail: Trail, interaction: Interaction) -> None:
    """Takes back what its message did, as far as nothing builds on it, and forgets the mail itself."""
    connection, inbox_id = trail.connection, interaction.inbox_id
    if inbox_id is not None:
        try:
            undo(trail, inbox_id)
        except CannotUndo:
            pass
        else:  # with the trail goes what it says of the mail's people
            connection.execute(delete(changes).where(changes.c.inbox_id.in_([inbox_id, trail.inbox_id])))
        forget_meetings(connection, inbox_id)
        empty(connection, inbox_id)
        sent = outbox.c.state.in_(["sent", "parked", "uncertain"])
        connection.execute(update(outbox).where(outbox.c.inbox_id == inbox_id, sent).values(body=""))
    links = interaction_contacts.c.interaction_id == interaction.id
    connection.execute(delete(interaction_contacts).where(links))
    connection.execute(delete(triage).where(triage.c.interaction_id == interaction.id))
    drop_interaction(connection, interaction.id)

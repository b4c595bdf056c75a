"""Mail that users write to contacts: drafts, the tap that releases one, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, bindparam, insert, literal_column, select, update

from storage.tables import buttons, inbox, interaction_contacts, interactions, letters

LetterState = Literal["draft", "queued", "going", "sent", "refused", "uncertain", "dropped"]

RELEASE = "send_letter"  # the act of the button without which nothing leaves
_MOST_REFERENCES = 30


_ANSWERED = (
    select(letters)
    .where(letters.c.message_id.in_(bindparam("ids", expanding=True)), letters.c.message_id != literal_column("''"))
    .order_by(letters.c.id.desc())
    .limit(literal_column("1"))
)


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """One mail to a contact. `queued` waits for its server, `going` is being handed over at this moment."""

    id: int
    user_id: int
    contact_id: int | None
    answers_id: int | None
    address: str
    subject: str
    text: str
    in_reply_to: str
    thread: str
    state: LetterState
    error: str
    lane: str
    shown: str
    message_id: str
    digest: str
    outbox_id: int | None
    released_by: int | None
    released_in: int | None
    interaction_id: int | None
    created_at: datetime
    queued_at: datetime | None
    told_at: datetime | None
    version: int


def begin_letter(connection: Connection, *, at: datetime, **values: Any) -> WrittenLetter:
    """A new draft: user_id, contact_id, address, subject, text, lane; answers_id, in_reply_to, thread."""
    row_id = connection.execute(insert(letters).values(created_at=at, **values).returning(letters.c.id)).scalar_one()
    letter = letter_by_id(connection, row_id)
    assert letter is not None
    return letter


def letter_by_id(connection: Connection, letter_id: int) -> WrittenLetter | None:
    """One letter."""
    return _one(connection, letters.c.id == letter_id)


def letter_of_row(connection: Connection, outbox_id: int) -> WrittenLetter | None:
    """The letter that this row of the outbox carries, at whatever state."""
    return _one(connection, letters.c.outbox_id == outbox_id)


def released_letter(connection: Connection, outbox_id: int) -> WrittenLetter | None:
    """The letter that this row of the outbox carries, if its author's own tap on [Send] released it; else None."""
    letter = letter_of_row(connection, outbox_id)
    if letter is None:
        return None
    tap = connection.execute(
        select(buttons.c.arguments).where(
            buttons.c.id == letter.released_by,
            buttons.c.user_id == letter.user_id,
            buttons.c.act == RELEASE,
            buttons.c.used_at.is_not(None),
        )
    ).scalar()
    return letter if tap is not None and tap.get("letter") == letter.id else None


def change_letter(connection: Connection, letter_id: int, **values: Any) -> None:
    """Changes a letter; what was shown of it before is out of date from now on."""
    changed = values | {"version": letters.c.version + 1}
    connection.execute(update(letters).where(letters.c.id == letter_id).values(changed))


def mark_going(connection: Connection, letter_id: int, *, digest: str) -> bool:
    """It is handed over from now on: False when it may not be, since it was taken back meanwhile."""
    waits = letters.c.state == "queued"
    marked = update(letters).where(letters.c.id == letter_id, waits).values(state="going", digest=digest)
    return connection.execute(marked).rowcount == 1


def letter_answered(connection: Connection, references: list[str]) -> WrittenLetter | None:
    """The newest letter that one of these Message-IDs names."""
    asked = [each for each in references if each][:_MOST_REFERENCES]
    row = connection.execute(_ANSWERED, {"ids": asked}).first() if asked else None
    return _letter(row) if row is not None else None


def written_in(connection: Connection, lane: str, before: int) -> WrittenLetter | None:
    """The letter that was released by the message right before this one of the same lane."""
    last = select(inbox.c.id).where(inbox.c.lane == lane, inbox.c.id < before).order_by(inbox.c.id.desc()).limit(1)
    inbox_id = connection.execute(last).scalar()
    return _one(connection, letters.c.released_in == inbox_id) if inbox_id is not None else None


def last_written_from(connection: Connection, contact_id: int) -> list[str]:
    """The addresses that a contact wrote from, the one last used first."""
    query = (
        select(interactions.c.sender)
        .join(interaction_contacts)
        .where(
            interaction_contacts.c.contact_id == contact_id,
            interactions.c.channel == "email",
            interactions.c.direction == "in",
        )
        .order_by(interactions.c.occurred_at.desc())
        .limit(50)
    )
    return list(dict.fromkeys(connection.execute(query).scalars()))


def last_mail_from(connection: Connection, contact_id: int) -> int | None:
    """The interaction id of the newest mail that a contact wrote."""
    query = (
        select(interactions.c.id)
        .join(interaction_contacts)
        .where(
            interaction_contacts.c.contact_id == contact_id,
            interactions.c.channel == "email",
            interactions.c.direction == "in",
        )
        .order_by(interactions.c.occurred_at.desc(), interactions.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()


def _one(connection: Connection, which: ColumnElement[bool]) -> WrittenLetter | None:
    row = connection.execute(select(letters).where(which).order_by(letters.c.id.desc()).limit(1)).first()
    return _letter(row) if row is not None else None


def _letter(row: Row[Any]) -> WrittenLetter:
    return WrittenLetter(**{name: getattr(row, name) for name in WrittenLetter.__slots__})

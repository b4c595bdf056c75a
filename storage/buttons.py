"""Buttons that were shown and questions that wait: both outlive the process."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from storage.tables import buttons, outbox, questions

_RECENT = 200  # buttons that are looked through for a label


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button that its user pressed: what it does, and the message that it stood on."""

    id: int
    outbox_id: int
    act: str
    arguments: dict[str, Any]
    sent_ref: str
    used: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What Rapport asked a user and waits for: `asks` names it, the arguments are what it is about."""

    asks: str
    arguments: dict[str, Any]
    asked_at: datetime


_HERE = (questions.c.user_id == bindparam("user"), questions.c.lane == bindparam("lane"))
_QUESTION = select(questions.c.asks, questions.c.arguments, questions.c.asked_at).where(*_HERE)
_ANSWERED = delete(questions).where(*_HERE)


def button(connection: Connection, token: str, user_id: int) -> Pressed | None:
    """What a token does, for the user it was given to; None for anybody else's."""
    row = connection.execute(
        select(buttons, outbox.c.sent_ref)
        .join(outbox, outbox.c.id == buttons.c.outbox_id)
        .where(buttons.c.token == token, buttons.c.user_id == user_id)
    ).first()
    return (
        Pressed(row.id, row.outbox_id, row.act, row.arguments, row.sent_ref, row.used_at is not None) if row else None
    )


def newest_button(connection: Connection, user_id: int, label: str, carrier: str) -> str | None:
    """The token of the first button with this label on the newest message, shown by this face, that has one.

    A label may be typed without its case, blanks and dots, and cut short: "tomorrow" is "Tomorrow 9:00".
    """
    query = (
        select(buttons.c.token, buttons.c.label)
        .join(outbox, outbox.c.id == buttons.c.outbox_id)
        .where(buttons.c.user_id == user_id, outbox.c.carrier == carrier)
        .order_by(buttons.c.outbox_id.desc(), buttons.c.id)
        .limit(_RECENT)
    )
    rows = connection.execute(query).all()
    typed = _bare(label)
    fitting = [row.token for row in rows if row.label == label]
    fitting += [row.token for row in rows if typed and _bare(row.label) == typed]
    fitting += [row.token for row in rows if typed and _bare(row.label).startswith(typed)]
    return fitting[0] if fitting else None


def _bare(label: str) -> str:
    return "".join(char for char in label.casefold() if char.isalnum())


def newest_buttons(connection: Connection, user_id: int, carrier: str) -> list[str]:
    """The labels of the newest message, shown by this face, that has buttons; in their order."""
    newest = (
        select(func.max(buttons.c.outbox_id))
        .join(outbox, outbox.c.id == buttons.c.outbox_id)
        .where(buttons.c.user_id == user_id, outbox.c.carrier == carrier)
        .scalar_subquery()
    )
    query = select(buttons.c.label).where(buttons.c.outbox_id == newest).order_by(buttons.c.id)
    return list(connection.execute(query).scalars())


def use(connection: Connection, button_id: int, *, at: datetime) -> bool:
    """Marks a button as used; False when it was before."""
    statement = update(buttons).where(buttons.c.id == button_id, buttons.c.used_at.is_(None)).values(used_at=at)
    return connection.execute(statement).rowcount == 1


def drop_buttons(connection: Connection, outbox_id: int, acts: Collection[str], but: int | None = None) -> None:
    """Forgets the buttons of a message that do such things, but for one."""
    here = delete(buttons).where(buttons.c.outbox_id == outbox_id, buttons.c.act.in_(sorted(acts)))
    connection.execute(here if but is None else here.where(buttons.c.id != but))


def ask(connection: Connection, user_id: int, lane: str, asks: str, arguments: dict[str, Any], *, at: datetime) -> None:
    """Waits for the user's answer in this lane, instead of any earlier question's."""
    take_question(connection, user_id, lane)
    connection.execute(
        insert(questions).values(user_id=user_id, lane=lane, asks=asks, arguments=arguments, asked_at=at)
    )


def take_told_question(connection: Connection, user_id: int, lane: str) -> Question | None:
    """The newest question that waits in this lane, or was asked because of a mail and told here; none waits longer."""
    here = questions.c.user_id == user_id, or_(questions.c.lane == lane, questions.c.lane.startswith("email:"))
    newest = select(questions.c.asks, questions.c.arguments, questions.c.asked_at).where(*here)
    row = connection.execute(newest.order_by(questions.c.asked_at.desc(), questions.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    connection.execute(delete(questions).where(*here))
    return Question(row.asks, row.arguments, row.asked_at)


def take_question(connection: Connection, user_id: int, lane: str) -> Question | None:
    """The question that waits in this lane; it waits no longer."""
    here = {"user": user_id, "lane": lane}
    row = connection.execute(_QUESTION, here).first()
    if row is None:
        return None
    connection.execute(_ANSWERED, here)
    return Question(row.asks, row.arguments, row.asked_at)

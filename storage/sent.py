"""What was sent by mail: the Message-ID that each row of the outbox has for ever, and the way back from an answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from storage.codec import from_json
from storage.inbox import message_of
from storage.messages import Mail, Reply
from storage.tables import buttons, outbox

_MOST_REFERENCES = 20  # ids of an answer that are looked at, the nearest first
_MOST_BUTTONS = 100  # the newest ones, among which the last message of a channel is looked for
_OWN = re.compile(r"<(\d{1,18}\.[0-9a-f]{24})@")


@dataclass(frozen=True, slots=True)
class Shown:
    """A button as it stood on a message."""

    token: str
    label: str
    act: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """One of our messages, with its buttons in their order."""

    outbox_id: int
    buttons: tuple[Shown, ...]
    kind: str = "reply"


def mail_id(outbox_id: int, key: str, reply: Reply) -> str:
    """What stands before the @ of its Message-ID: fixed when it was queued, so that sending it again changes nothing.

    The secret tokens of its buttons are in it: who knows the id of a mail with buttons has read the mail.
    """
    tokens = [button.token for row in reply.buttons for button in row]
    return f"{outbox_id}.{hashlib.sha256(chr(0).join([key, *tokens]).encode()).hexdigest()[:24]}"


def answered_mail(connection: Connection, outbox_id: int) -> Mail | None:
    """The mail that a queued message came of."""
    inbox_id = connection.execute(select(outbox.c.inbox_id).where(outbox.c.id == outbox_id)).scalar()
    return message_of(connection, inbox_id).mail if inbox_id is not None else None


def contact_at_hand(connection: Connection, user_id: int, since: datetime) -> int | None:
    """The contact that the newest message with buttons to this user is about, if it is about one and is that new."""
    newest = (
        select(buttons.c.outbox_id)
        .join(outbox, outbox.c.id == buttons.c.outbox_id)
        .where(buttons.c.user_id == user_id, outbox.c.created_at >= since)
        .order_by(buttons.c.id.desc())
        .limit(1)
    )
    outbox_id = connection.execute(newest).scalar()
    if outbox_id is None:
        return None
    shown = sent_message(connection, outbox_id).buttons
    named = {each.arguments["contact"] for each in shown if "contact" in each.arguments}
    return int(named.pop()) if len(named) == 1 else None


def find_sent(connection: Connection, references: Iterable[str], user_id: int) -> Sent | None:
    """The message to this user that an answer names by its Message-ID, the nearest first."""
    for reference in list(references)[:_MOST_REFERENCES]:
        row_id = _row_of(connection, reference, user_id)
        if row_id is not None:
            return sent_message(connection, row_id)
    return None


def find_told(connection: Connection, user_id: int, channel: str, ref: str) -> Sent | None:
    """The message to this user that a chat's reply answers."""
    query = select(outbox.c.id).where(
        outbox.c.carrier == channel, outbox.c.sent_ref == ref, outbox.c.user_id == user_id
    )
    row_id = connection.execute(query.order_by(outbox.c.id.desc()).limit(1)).scalar()
    return sent_message(connection, row_id) if row_id is not None else None


def newest_told(connection: Connection, user_id: int, channel: str, since: datetime) -> Sent | None:
    """The last thing that this user was told by this channel, if it has buttons and is that new.

    A digest isn't counted: it comes by itself, often right after a reminder, and asks for nothing.
    """
    told = outbox.c.kind != "digest"
    query = select(outbox.c.id, outbox.c.carrier).join(buttons, buttons.c.outbox_id == outbox.c.id)
    query = query.where(buttons.c.user_id == user_id, told).order_by(buttons.c.id.desc()).limit(_MOST_BUTTONS)
    row_id = next((row.id for row in connection.execute(query) if row.carrier == channel), None)
    if row_id is None:
        return None
    here = (outbox.c.user_id == user_id, outbox.c.carrier == channel, told)
    shown = connection.execute(select(outbox.c.created_at).where(outbox.c.id == row_id)).scalar_one()
    if shown < since or connection.execute(select(outbox.c.id).where(outbox.c.id > row_id, *here).limit(1)).first():
        return None
    return sent_message(connection, row_id)


def sent_message(connection: Connection, outbox_id: int) -> Sent:
    """One of our messages."""
    query = select(buttons).where(buttons.c.outbox_id == outbox_id).order_by(buttons.c.id)
    shown = tuple(Shown(row.token, row.label, row.act, row.arguments) for row in connection.execute(query))
    kind = connection.execute(select(outbox.c.kind).where(outbox.c.id == outbox_id)).scalar()
    return Sent(outbox_id, shown, kind or "reply")


def _row_of(connection: Connection, reference: str, user_id: int) -> int | None:
    own = _OWN.match(reference)
    if own is None:
        return None
    row_id = int(own[1].partition(".")[0])
    row = connection.execute(
        select(outbox.c.sent_ref, outbox.c.key, outbox.c.body).where(outbox.c.id == row_id, outbox.c.user_id == user_id)
    ).first()
    if row is None:
        return None
    # Before it is marked as sent (nobody knew whether it was) its reference has to be worked out.
    fits = row.sent_ref == reference if row.sent_ref else _is_id_of(own[1], row_id, row.key, row.body)
    return row_id if fits else None


def _is_id_of(local_part: str, row_id: int, key: str, body: str) -> bool:
    return bool(body) and local_part == mail_id(row_id, key, from_json(Reply, body))

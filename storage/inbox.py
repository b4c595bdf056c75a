"""The inbox: every message that ever came in, kept once, handled in its lane's order."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from storage.codec import from_json, to_json
from storage.messages import InboundMessage, Sender
from storage.tables import inbox
from storage.upsert import insert_once
from storage.wakeup import announce

ATTEMPTS = 3  # after so many failures of its own a message is parked
BEGUN = timedelta(seconds=15)  # an attempt that began longer ago died with its process
_BACKOFF = (timedelta(seconds=1), timedelta(seconds=5))

_NEW: ColumnElement[str] = literal_column("'new'")  # written out, or SQLite wouldn't see that its partial index fits
_COLUMNS = ("channel", "external_id", "lane", "message", "raw", "state", "error", "kept_at")
_KNOWN = select(inbox.c.id).where(
    inbox.c.channel == bindparam("channel"), inbox.c.external_id == bindparam("external_id")
)
_older = inbox.alias("older")
_NEXT = (
    select(inbox.c.id, inbox.c.message, inbox.c.attempts, inbox.c.kept_at)
    .where(
        inbox.c.state == _NEW,
        or_(inbox.c.retry_at.is_(None), inbox.c.retry_at <= bindparam("wall", type_=inbox.c.retry_at.type)),
        ~exists().where(_older.c.state == _NEW, _older.c.lane == inbox.c.lane, _older.c.id < inbox.c.id),
    )
    .order_by(inbox.c.id)
    .limit(1)
    .with_for_update(of=inbox)
)
_AGAIN = (
    select(inbox.c.id, inbox.c.message, inbox.c.attempts, inbox.c.kept_at)
    .where(inbox.c.id == bindparam("row"), inbox.c.state == _NEW)
    .with_for_update(of=inbox)
)
_DONE = (
    update(inbox)
    .where(inbox.c.id == bindparam("row"))
    .values(state="done", handled_at=bindparam("handled_at"), error="")
)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a message is in the inbox, and whether it came for the first time."""

    id: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class Pending:
    """A message whose turn it is."""

    id: int
    packed: str
    attempts: int
    kept_at: datetime

    @property
    def message(self) -> InboundMessage:
        """The message; raises ValueError, KeyError or TypeError when another version wrote something unreadable."""
        return from_json(InboundMessage, self.packed)


def keep(connection: Connection, message: InboundMessage, *, raw: bytes | None, wall: datetime) -> Kept:
    """Keeps a message once per external id; `raw` is what came over the wire, as `compress` makes it."""
    values = {
        "channel": message.channel,
        "external_id": message.external_id,
        "lane": message.lane,
        "message": to_json(message),
        "raw": raw,
        "state": "parked" if message.problem else "new",
        "error": message.problem or "",
        "kept_at": wall,
    }
    row = connection.execute(insert_once(connection.dialect.name, inbox, _COLUMNS), values).scalar()
    if row is None:
        known = {"channel": message.channel, "external_id": message.external_id}
        return Kept(connection.execute(_KNOWN, known).scalar_one(), fresh=False)
    announce(connection, "inbox")
    return Kept(row, fresh=True)


def next_pending(connection: Connection, *, wall: datetime) -> Pending | None:
    """The oldest message that is first in its lane and isn't backing off; locked until the transaction ends."""
    row = connection.execute(_NEXT, {"wall": wall}).first()
    if row is None:
        return None
    return Pending(row.id, row.message, row.attempts, row.kept_at)


def pending_still(connection: Connection, inbox_id: int) -> Pending | None:
    """A message that was begun, unless another process has taken it over and is done with it."""
    row = connection.execute(_AGAIN, {"row": inbox_id}).first()
    return None if row is None else Pending(row.id, row.message, row.attempts, row.kept_at)


def next_retry(connection: Connection) -> datetime | None:
    """When the next message that backs off may be tried again (wall clock)."""
    return connection.execute(select(func.min(inbox.c.retry_at)).where(inbox.c.state == _NEW)).scalar()


def versions(
    connection: Connection, channel: str, external_id: str, *, before: int
) -> list[tuple[int, InboundMessage]]:
    """A message and its later versions, whose ids go on after its own with a colon, oldest first, up to a row."""
    first = connection.execute(_KNOWN, {"channel": channel, "external_id": external_id}).scalar()
    if first is None:
        return []
    query = (
        select(inbox.c.id, inbox.c.message)
        .where(
            inbox.c.id >= first,
            inbox.c.id < before,
            inbox.c.channel == channel,
            or_(inbox.c.id == first, inbox.c.external_id.startswith(f"{external_id}:", autoescape=True)),
        )
        .order_by(inbox.c.id)
    )
    return [(row.id, from_json(InboundMessage, row.message)) for row in connection.execute(query)]


def is_handled(connection: Connection, inbox_id: int) -> bool:
    """Is this message done with, one way or the other?"""
    state: str | None = connection.execute(select(inbox.c.state).where(inbox.c.id == inbox_id)).scalar()
    return state in ("done", "parked")


def unhandled(connection: Connection) -> set[int]:
    """The ids of what waits to be handled."""
    return set(connection.execute(select(inbox.c.id).where(inbox.c.state == _NEW)).scalars())


def is_crowded(connection: Connection, most: int) -> bool:
    """Do more than so many messages wait to be handled?"""
    waiting = select(inbox.c.id).where(inbox.c.state == _NEW).order_by(inbox.c.id)
    return connection.execute(waiting.offset(most).limit(1)).first() is not None


def mark_done(connection: Connection, inbox_id: int, *, wall: datetime) -> None:
    """Its acts and answers are part of this same transaction."""
    connection.execute(_DONE, {"row": inbox_id, "handled_at": wall})


def count_attempt(connection: Connection, inbox_id: int, error: str, *, wall: datetime, begun: bool = False) -> bool:
    """Counts an attempt that failed (unless it was counted when it was begun); True when that was the last one."""
    attempts = _attempts(connection, inbox_id) + (not begun)
    parked = attempts >= ATTEMPTS
    retry_at = None if parked else wall + _BACKOFF[min(attempts, len(_BACKOFF)) - 1]
    values = {"attempts": attempts, "error": error[:500], "retry_at": retry_at, "state": "parked" if parked else "new"}
    connection.execute(update(inbox).where(inbox.c.id == inbox_id).values(values))
    announce(connection, "inbox")
    return parked


def begin_attempt(connection: Connection, inbox_id: int, *, wall: datetime) -> bool:
    """Counts an attempt before it is made; True when enough of them died with their process, and it is parked instead.

    For as long as BEGUN no other process takes the message.
    """
    attempts = _attempts(connection, inbox_id)
    values: dict[str, object] = {"attempts": attempts + 1, "error": "begun", "retry_at": wall + BEGUN}
    if attempts >= ATTEMPTS:
        values = {"state": "parked", "retry_at": None}
    connection.execute(update(inbox).where(inbox.c.id == inbox_id).values(values))
    announce(connection, "inbox")
    return attempts >= ATTEMPTS


def forget_attempt(connection: Connection, inbox_id: int) -> None:
    """What was begun failed by no fault of the message: it isn't counted, and may be begun again at once."""
    values = {"attempts": inbox.c.attempts - 1, "error": "", "retry_at": None}
    connection.execute(
        update(inbox).where(inbox.c.id == inbox_id, inbox.c.state == _NEW, inbox.c.attempts > 0).values(values)
    )


def postpone(connection: Connection, inbox_id: int, *, until: datetime) -> None:
    """Tries again later without counting: it wasn't the message's fault."""
    connection.execute(update(inbox).where(inbox.c.id == inbox_id).values(retry_at=until))


def message_of(connection: Connection, inbox_id: int) -> InboundMessage:
    """A kept message, as it was prepared."""
    return from_json(
        InboundMessage, connection.execute(select(inbox.c.message).where(inbox.c.id == inbox_id)).scalar_one()
    )


def raw_of(connection: Connection, inbox_id: int) -> bytes | None:
    """What came over the wire."""
    raw = connection.execute(select(inbox.c.raw).where(inbox.c.id == inbox_id)).scalar()
    return None if raw is None else zlib.decompress(raw)


def empty(connection: Connection, inbox_id: int) -> None:
    """Forgets what a message said: that it came is all that stays."""
    bare = replace(message_of(connection, inbox_id), mail=None, text="", sender=Sender("email", ""))
    values = {"message": to_json(bare), "raw": None}
    connection.execute(update(inbox).where(inbox.c.id == inbox_id).values(values))


def believe(connection: Connection, inbox_id: int) -> None:
    """The author of a mail said that it was theirs."""
    message = message_of(connection, inbox_id)
    if message.mail is not None:
        values = {"message": to_json(replace(message, mail=replace(message.mail, authentic=True)))}
        connection.execute(update(inbox).where(inbox.c.id == inbox_id).values(values))


def compress(raw: bytes) -> bytes:
    """What `keep` stores; some 20 ms a megabyte, so big ones are compressed outside the transaction."""
    return zlib.compress(raw, 6)


def _attempts(connection: Connection, inbox_id: int) -> int:
    return int(connection.execute(select(inbox.c.attempts).where(inbox.c.id == inbox_id)).scalar_one())

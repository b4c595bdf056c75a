"""The outbox: what is to be said, queued once per key, claimed by the carrier that can deliver it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from storage.clock import new_token
from storage.codec import from_json, to_json
from storage.messages import Button, Channel, Draft, OutgoingMessage, Reply
from storage.tables import buttons, outbox, reminders, user_handles
from storage.upsert import insert_once
from storage.wakeup import announce

LEASE = timedelta(seconds=30)  # a claim that is older belongs to a dead process: nobody knows whether it was sent
_LONGEST_BACKOFF = timedelta(minutes=5)

_OPEN = literal_column("outbox.state").in_([literal_column("'queued'"), literal_column("'claimed'")])
_COLUMNS = (
    *("key", "channel", "lane", "user_id", "inbox_id", "kind"),
    *("address", "body", "in_answer_to", "edits", "created_at", "not_before"),
)
_SENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(
        state="sent",
        body="",
        error="",
        lease_until=None,
        retry_at=None,
        sent_at=bindparam("at"),
        carrier=bindparam("by"),
        sent_ref=bindparam("ref"),
    )
)


_CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(state="claimed", lease_until=bindparam("lease"), attempts=outbox.c.attempts + 1)
)
_CARRIED = (
    update(reminders)
    .where(reminders.c.outbox_id == bindparam("row"), reminders.c.state == literal_column("'queued'"))
    .values(state="sent", sent_at=bindparam("now"))
)
_BUTTONS = buttons.insert()


class NotNow(Exception):
    """It wasn't delivered, or nobody knows: tried again, after `wait` seconds when the other side says so."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Unknown(NotNow):
    """Nobody knows whether it was delivered: what was handed over wasn't answered."""


class Never(Exception):
    """It can't be delivered at all: blocked, gone, refused for good; `status` as RFC 3463 has it (5.1.1), if known."""

    def __init__(self, reason: str, status: str = "") -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a message goes. "push" is whichever face reaches the user at that moment."""

    channel: Channel | Literal["push"]
    user_id: int | None = None
    address: str = ""

    @property
    def lane(self) -> str:
        """What is said in one lane arrives in order."""
        return f"{self.channel}:{self.address or self.user_id}"


@dataclass(frozen=True, slots=True)
class Carrier:
    """A face that delivers: its name, for the console its user, for mail whether Telegram runs beside it."""

    name: Channel
    user_id: int | None = None
    beside_telegram: bool = False

    def takes(self) -> ColumnElement[bool]:
        """The rows that this face can deliver."""
        reached_by = exists().where(user_handles.c.user_id == outbox.c.user_id)
        if self.name == "console":
            return and_(outbox.c.user_id == self.user_id, outbox.c.channel.in_(["console", "push"]))
        if self.name == "telegram":
            pushed = and_(outbox.c.channel == "push", reached_by.where(user_handles.c.kind == "telegram"))
            return or_(outbox.c.channel == "telegram", pushed)
        pushed = and_(outbox.c.channel == "push", reached_by.where(user_handles.c.kind == "email"))
        if self.beside_telegram:
            pushed = and_(pushed, ~reached_by.where(user_handles.c.kind == "telegram"))
        return or_(outbox.c.channel == "email", pushed)


def add(
    connection: Connection,
    draft: Draft,
    to: Destination,
    *,
    key: str,
    now: datetime,
    inbox_id: int | None = None,
    in_answer_to: str | None = None,
    edits: str | None = None,
    not_before: datetime | None = None,
) -> int | None:
    """Queues a draft once per key; its id, or None when it was queued before."""
    named = [[(choice, new_token()) for choice in row] for row in draft.choices] if to.user_id else []
    rows = tuple(tuple(Button(choice.label, token) for choice, token in row) for row in named)
    values = {
        "key": key,
        "channel": to.channel,
        "lane": to.lane,
        "user_id": to.user_id,
        "inbox_id": inbox_id,
        "kind": draft.kind,
        "address": to.address,
        "body": to_json(Reply(draft.spans, rows, draft.kind, draft.file)),
        "in_answer_to": in_answer_to,
        "edits": edits,
        "created_at": now,
        "not_before": not_before or now,
    }
    row_id = connection.execute(insert_once(connection.dialect.name, outbox, _COLUMNS), values).scalar()
    if row_id is None:
        return None
    pressable = [
        {
            "token": token,
            "outbox_id": row_id,
            "user_id": to.user_id,
            "label": choice.label,
            "act": choice.act,
            "arguments": choice.arguments,
        }
        for row in named
        for choice, token in row
    ]
    if pressable:
        connection.execute(_BUTTONS, pressable)
    announce(connection, "outbox")
    return int(row_id)


@cache
def _claimable(carrier: Carrier) -> Select[Any]:
    """The rows whose turn it is; made once a carrier."""
    older = outbox.alias("older")
    now = bindparam("now", type_=outbox.c.not_before.type)
    wall = bindparam("wall", type_=outbox.c.retry_at.type)
    ahead = exists().where(
        older.c.lane == outbox.c.lane,
        older.c.id < outbox.c.id,
        or_(older.c.state == literal_column("'queued'"), older.c.state == literal_column("'claimed'")),
        older.c.not_before <= now,
    )
    free = or_(outbox.c.state == literal_column("'queued'"), outbox.c.lease_until < wall)
    return (
        select(outbox)
        .where(
            _OPEN,
            free,
            carrier.takes(),
            outbox.c.not_before <= now,
            or_(outbox.c.retry_at.is_(None), outbox.c.retry_at <= wall),
            ~ahead,
        )
        .order_by(outbox.c.id)
        .limit(bindparam("most"))
        .with_for_update(of=outbox, skip_locked=True)
    )


def reword(connection: Connection, key: str, draft: Draft) -> bool:
    """Changes the words, not the buttons, of what is queued under this key; False when nothing is."""
    row = connection.execute(select(outbox.c.id, outbox.c.body).where(outbox.c.key == key, outbox.c.state == "queued"))
    if (found := row.first()) is None:
        return False
    body = to_json(replace(from_json(Reply, found.body), spans=draft.spans))
    connection.execute(update(outbox).where(outbox.c.id == found.id).values(body=body))
    return True


def claim(
    connection: Connection, carrier: Carrier, *, now: datetime, wall: datetime, limit: int = 10
) -> list[OutgoingMessage]:
    """Takes the rows whose turn it is, for as long as LEASE; each lane gives one at a time, its oldest."""
    rows = connection.execute(_claimable(carrier), {"now": now, "wall": wall, "most": limit}).all()
    if not rows:
        return []
    ids = [row.id for row in rows]
    connection.execute(_CLAIM, {"ids": ids, "lease": wall + LEASE})
    return [
        OutgoingMessage(
            id=row.id,
            key=row.key,
            channel=row.channel,
            user_id=row.user_id,
            address=row.address,
            reply=from_json(Reply, row.body),
            in_answer_to=row.in_answer_to,
            edits=row.edits,
            attempts=row.attempts + 1,
        )
        for row in rows
    ]


@cache
def _next_due(carrier: Carrier) -> Select[Any]:
    wall_times = func.coalesce(outbox.c.lease_until, outbox.c.retry_at)
    return select(func.min(outbox.c.not_before), func.min(wall_times)).where(_OPEN, carrier.takes())


def next_due(connection: Connection, carrier: Carrier) -> tuple[datetime | None, datetime | None]:
    """When the next row may be sent: by the business's clock (quiet hours), by the wall clock (back-off, leases)."""
    row = connection.execute(_next_due(carrier)).one()
    return row[0], row[1]


def mark_sent(connection: Connection, row_id: int, *, by: Channel, ref: str, wall: datetime, now: datetime) -> None:
    """Delivered: its body is purged, the reminders that it carried are sent."""
    connection.execute(_SENT, {"row": row_id, "at": wall, "by": by, "ref": ref})
    connection.execute(_CARRIED, {"row": row_id, "now": now})


def mark_failed(connection: Connection, row_id: int, error: str, *, wall: datetime, wait: float | None = None) -> None:
    """Not delivered: it holds its lane and is tried again after `wait` seconds, else after a growing while."""
    attempts = connection.execute(select(outbox.c.attempts).where(outbox.c.id == row_id)).scalar_one()
    pause = (
        timedelta(seconds=wait)
        if wait is not None
        else min(timedelta(seconds=2 ** min(attempts, 10)), _LONGEST_BACKOFF)
    )
    connection.execute(
        update(outbox)
        .where(outbox.c.id == row_id)
        .values(state="queued", error=error[:500], lease_until=None, retry_at=wall + pause)
    )


def mark_parked(connection: Connection, row_id: int, error: str) -> None:
    """It can never be delivered; its lane goes on."""
    connection.execute(
        update(outbox).where(outbox.c.id == row_id).values(state="parked", error=error[:500], lease_until=None)
    )
    announce(connection, "outbox")


def mark_uncertain(connection: Connection, row_id: int, error: str) -> None:
    """Nobody knows whether it was delivered, and it must not come twice: it isn't tried again; its lane goes on."""
    connection.execute(
        update(outbox).where(outbox.c.id == row_id).values(state="uncertain", error=error[:500], lease_until=None)
    )
    announce(connection, "outbox")


def take_back(connection: Connection, row_id: int) -> bool:
    """It isn't to be sent any more; False when it was already, or is being sent."""
    waits = (outbox.c.id == row_id) & (outbox.c.state == "queued")
    taken = connection.execute(update(outbox).where(waits).values(state="parked", error="taken back", body=""))
    announce(connection, "outbox")
    return taken.rowcount == 1


def release(connection: Connection, row_ids: list[int]) -> None:
    """Gives back claims that were not begun."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(row_ids), outbox.c.state == "claimed")
        .values(state="queued", lease_until=None, attempts=outbox.c.attempts - 1)
    )

"""What the database tells about the work in it, read in one look."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, func, select

from bot.backups import LAST
from bot.health.authserv import Authservs, count_authservs
from storage.meta import read_meta
from storage.tables import inbox, outbox, triage
from storage.users import User, all_users

_MAILS = 200  # the newest mails whose headers are looked at
_HEAD = 256 * 1024  # bytes of each
_RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, and since when the oldest does."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts and moments (wall clock)."""

    team: tuple[User, ...]
    unhandled: Waiting
    parked: int
    undelivered: Waiting
    undeliverable: tuple[tuple[str, int], ...]  # why, how often, of the last days
    newest: datetime | None
    last_backup: str
    authservs: Authservs  # of the newest mails


def read_facts(connection: Connection, wall: datetime) -> Facts:
    """Reads them; `wall` is the machine's clock."""
    parked = select(func.count()).select_from(triage).where(triage.c.reason == "parked", triage.c.state == "open")
    reasons = (
        select(outbox.c.error, func.count())
        .where(outbox.c.state == "parked", outbox.c.created_at > wall - _RECENT)
        .group_by(outbox.c.error)
        .order_by(func.count().desc())
    )
    return Facts(
        team=tuple(all_users(connection)),
        unhandled=_waiting(
            connection.execute(select(func.count(), func.min(inbox.c.kept_at)).where(inbox.c.state == "new")).one()
        ),
        parked=connection.execute(parked).scalar_one(),
        undelivered=_waiting(
            connection.execute(
                select(func.count(), func.min(outbox.c.created_at)).where(
                    outbox.c.state.in_(("queued", "claimed")),
                    outbox.c.channel.in_(("telegram", "email")),
                    outbox.c.not_before <= wall,
                )
            ).one()
        ),
        undeliverable=tuple((str(row[0])[:80], int(row[1])) for row in connection.execute(reasons)),
        newest=max(filter(None, (_newest(connection, column) for column in _MOMENTS)), default=None),
        last_backup=read_meta(connection, LAST),
        authservs=count_authservs(_heads(connection)),
    )


_MOMENTS = (inbox.c.kept_at, inbox.c.handled_at, outbox.c.sent_at)


def _waiting(row: tuple[int, datetime | None]) -> Waiting:
    return Waiting(row[0], row[1])


def _newest(connection: Connection, column: Column[datetime]) -> datetime | None:
    return connection.execute(select(func.max(column))).scalar()


def _heads(connection: Connection) -> Iterator[bytes]:
    newest = (
        select(inbox.c.raw)
        .where(inbox.c.channel == "email", inbox.c.raw.is_not(None))
        .order_by(inbox.c.id.desc())
        .limit(_MAILS)
    )
    for raw in connection.execute(newest).scalars():
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(raw, _HEAD)

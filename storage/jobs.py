"""The jobs: what takes longer than a transaction may, queued by the bracket and done outside it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from storage.inbox import keep
from storage.messages import InboundMessage, JobKind
from storage.tables import jobs
from storage.wakeup import announce

LEASE = timedelta(seconds=30)  # a job that wasn't renewed for so long belongs to a dead process
ATTEMPTS = 3

_OPEN = jobs.c.state.in_(["queued", "running"])


@dataclass(frozen=True, slots=True)
class Job:
    """A job that was claimed. `inbox_id` is the message that began it; `about`, of an undoing, the one taken back."""

    id: int
    kind: JobKind
    user_id: int
    inbox_id: int
    channel: str
    lane: str
    about: int | None
    arguments: dict[str, Any]
    attempts: int


def add_job(
    connection: Connection,
    kind: JobKind,
    *,
    user_id: int,
    inbox_id: int,
    lane: str,
    at: datetime,
    source: str = "",
    about: int | None = None,
    arguments: Mapping[str, object] | None = None,
) -> int:
    """Queues a job; its id. `source`: who alone can fetch its file."""
    channel = lane.partition(":")[0]
    added = jobs.insert().returning(jobs.c.id)
    values = {"user_id": user_id, "inbox_id": inbox_id, "lane": lane, "channel": channel, "created_at": at}
    values |= {"kind": kind, "source": source, "about": about, "arguments": dict(arguments or {})}
    row_id: int = connection.execute(added, values).scalar_one()
    announce(connection, "jobs")
    return row_id


def claim_job(connection: Connection, sources: Collection[str], *, wall: datetime) -> Job | None:
    """The oldest job that one of these sources serves, counted as tried and leased."""
    query = select(jobs).where(_can_begin(sources, wall)).order_by(jobs.c.id).limit(1).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        return None
    values = {"state": "running", "attempts": row.attempts + 1, "lease_until": wall + LEASE, "retry_at": None}
    connection.execute(update(jobs).where(jobs.c.id == row.id).values(values))
    return Job(
        *(row.id, row.kind, row.user_id, row.inbox_id, row.channel, row.lane, row.about),
        *(row.arguments, row.attempts + 1),
    )


def renew(connection: Connection, job_id: int, *, wall: datetime) -> bool:
    """Still at it; False when it was stopped."""
    going = update(jobs).where(jobs.c.id == job_id, jobs.c.state == "running").values(lease_until=wall + LEASE)
    return connection.execute(going).rowcount == 1


def release(connection: Connection, job_id: int, *, until: datetime | None = None, counted: bool = False) -> None:
    """Gives a job back: at once or later, its attempt counted or not."""
    values: dict[str, object] = {"state": "queued", "lease_until": None, "retry_at": until}
    if not counted:
        values["attempts"] = jobs.c.attempts - 1
    connection.execute(update(jobs).where(jobs.c.id == job_id, jobs.c.state == "running").values(values))
    announce(connection, "jobs")


def finish_job(connection: Connection, job_id: int, told: InboundMessage, *, wall: datetime) -> None:
    """It is done, and its outcome is in the inbox; nothing when it was stopped meanwhile."""
    ended = update(jobs).where(jobs.c.id == job_id, jobs.c.state == "running").values(state="done", lease_until=None)
    if connection.execute(ended).rowcount:
        keep(connection, told, raw=None, wall=wall)


def stop_job(connection: Connection, kind: JobKind, inbox_id: int) -> bool:
    """Stops the job that this message began; True when there was one."""
    stopped = update(jobs).where(jobs.c.inbox_id == inbox_id, jobs.c.kind == kind, _OPEN).values(state="stopped")
    return connection.execute(stopped).rowcount > 0


def newest_import(connection: Connection, user_id: int) -> int | None:
    """The message on which the changes of this user's import that is under way hang."""
    query = select(func.max(jobs.c.inbox_id)).where(jobs.c.user_id == user_id, jobs.c.kind == "import", _OPEN)
    return connection.execute(query).scalar()


def is_being_undone(connection: Connection, inbox_id: int) -> bool:
    """Is a job taking this message's changes back?"""
    query = select(jobs.c.id).where(jobs.c.kind == "undo", jobs.c.about == inbox_id, _OPEN).limit(1)
    return connection.execute(query).first() is not None


def next_job(connection: Connection, sources: Collection[str]) -> datetime | None:
    """When a job that waits may be tried again, or taken over (wall clock)."""
    due = func.min(func.coalesce(jobs.c.retry_at, jobs.c.lease_until, jobs.c.created_at))
    moment: datetime | None = connection.execute(select(due).where(_OPEN, jobs.c.source.in_(sources))).scalar()
    return moment


def _can_begin(sources: Collection[str], wall: datetime) -> ColumnElement[bool]:
    waits = and_(jobs.c.state == "queued", or_(jobs.c.retry_at.is_(None), jobs.c.retry_at <= wall))
    died = and_(jobs.c.state == "running", jobs.c.lease_until < wall)
    return and_(or_(waits, died), jobs.c.source.in_(sources))

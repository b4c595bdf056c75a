"""What a digest and a look-back are made of: birthdays, meetings, who has gone quiet, what a week came to."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from storage.meetings import takes_place
from storage.tables import (
    changes,
    companies,
    contacts,
    deals,
    interaction_contacts,
    interactions,
    stages,
    tasks,
    triage,
    users,
)
from storage.users import User

_MOST = 500  # of those who have gone quiet: more than that nobody reads
_LEADS = ("lead", "qualified")


@dataclass(frozen=True, slots=True)
class Birthday:
    """Somebody's day; `turns` is None where the year isn't known."""

    contact_id: int
    name: str
    day: date
    turns: int | None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that lies ahead."""

    at: datetime
    text: str
    contact: str


@dataclass(frozen=True, slots=True)
class QuietOne:
    """A lead or a deal of which nothing was heard since `last`."""

    contact_id: int
    name: str
    last: datetime


@dataclass(frozen=True, slots=True)
class Week:
    """What one user's week came to."""

    done: tuple[str, ...]
    won: tuple[str, ...]
    leads: tuple[str, ...]
    mails_in: int
    mails_out: int
    calls: int


def birthdays(connection: Connection, days: Sequence[date], user: User) -> list[Birthday]:
    """Whose birthday it is on one of these days. Who was born on 29 February has it on 1 March in common years."""
    wanted: dict[str, date] = {}
    for day in days:
        wanted[f"{day:%m-%d}"] = day
        if (day.month, day.day) == (3, 1) and not isleap(day.year):
            wanted["02-29"] = day
    ends = or_(*(contacts.c.birthday.like(f"%-{each}") for each in wanted))
    query = select(contacts.c.id, contacts.c.name, contacts.c.birthday).where(contacts.c.birthday != "", ends)
    found = []
    for row in connection.execute(query.where(theirs(contacts.c.owner_id, user)).order_by(contacts.c.name)):
        day, year = wanted[row.birthday[-5:]], row.birthday[:-6]
        found.append(Birthday(row.id, row.name, day, day.year - int(year) if year.isdecimal() else None))
    return sorted(found, key=lambda each: each.day)


def meetings(connection: Connection, start: datetime, end: datetime, user: User) -> list[Meeting]:
    """The user's meetings that begin between two moments."""
    query = (
        select(interactions.c.occurred_at, interactions.c.subject, interactions.c.text, contacts.c.name)
        .select_from(interactions.outerjoin(interaction_contacts).outerjoin(contacts))
        .where(
            interactions.c.channel == "meeting",
            interactions.c.occurred_at >= start,
            interactions.c.occurred_at < end,
            takes_place(),
            or_(
                interactions.c.user_id == user.id,
                and_(interactions.c.user_id.is_(None), contacts.c.owner_id == user.id),
            ),
        )
        .order_by(interactions.c.occurred_at, interactions.c.id)
    )
    return [Meeting(row.occurred_at, row.subject or row.text, row.name or "") for row in connection.execute(query)]


def quiet_leads(connection: Connection, before: datetime, user: User) -> list[QuietOne]:
    """The user's leads of which nothing was heard since, and for which nothing is planned; the newest of them first."""
    query = (
        select(contacts.c.id, contacts.c.name, contacts.c.created_at, companies.c.name.label("company"))
        .select_from(contacts.outerjoin(companies))
        .where(
            contacts.c.status.in_(_LEADS),
            contacts.c.created_at < before,
            theirs(contacts.c.owner_id, user),
            *_nothing_since(contacts.c.id, before),
        )
        .order_by(contacts.c.created_at.desc())
        .limit(_MOST)
    )
    rows = connection.execute(query).all()
    last = _last_of(connection, [row.id for row in rows])
    found = [QuietOne(row.id, row.name, max(row.created_at, last.get(row.id, row.created_at))) for row in rows]
    return sorted(found, key=lambda each: each.last, reverse=True)


def quiet_deals(connection: Connection, before: datetime, user: User) -> list[QuietOne]:
    """The same of deals in an open stage: neither they nor their contacts were touched since."""
    query = (
        select(deals.c.contact_id, deals.c.title, deals.c.created_at)
        .select_from(deals.join(stages))
        .where(
            stages.c.outcome == "open",
            deals.c.contact_id.is_not(None),
            deals.c.created_at < before,
            theirs(deals.c.owner_id, user),
            *_nothing_since(deals.c.contact_id, before),
        )
        .order_by(deals.c.created_at.desc())
        .limit(_MOST)
    )
    rows = connection.execute(query).all()
    last = _last_of(connection, [row.contact_id for row in rows])
    found = [
        QuietOne(row.contact_id, row.title, max(row.created_at, last.get(row.contact_id, row.created_at)))
        for row in rows
    ]
    return sorted(found, key=lambda each: each.last, reverse=True)


def count_unknown(connection: Connection) -> int:
    """How many unknown senders wait."""
    query = select(func.count()).select_from(triage).where(triage.c.state == "open", triage.c.reason == "unknown")
    return connection.execute(query).scalar_one()


def week_of(connection: Connection, start: datetime, end: datetime, user: User) -> Week:
    """What was done between two moments. It looks at every interaction: once a week, for who wants it."""
    done = select(tasks.c.title).where(
        tasks.c.assignee_id == user.id, tasks.c.done_at >= start, tasks.c.done_at < end, tasks.c.cadence == ""
    )
    moved = exists().where(
        changes.c.contact_id == deals.c.contact_id,
        changes.c.table_name == deals.name,
        changes.c.row_id == deals.c.id,
        changes.c.at >= start,
        changes.c.undone_by.is_(None),
    )
    won = (
        select(deals.c.title)
        .select_from(deals.join(stages))
        .where(stages.c.outcome == "won", theirs(deals.c.owner_id, user), moved)
    )
    leads = select(contacts.c.name).where(
        contacts.c.status.in_(_LEADS), contacts.c.created_at >= start, theirs(contacts.c.owner_id, user)
    )
    counted = (
        select(interactions.c.channel, interactions.c.direction, func.count(interactions.c.id.distinct()))
        .select_from(interactions.join(interaction_contacts).join(contacts))
        .where(
            interactions.c.occurred_at >= start,
            interactions.c.occurred_at < end,
            ~interactions.c.automatic,
            theirs(contacts.c.owner_id, user),
        )
        .group_by(interactions.c.channel, interactions.c.direction)
    )
    counts = {(channel, direction): number for channel, direction, number in connection.execute(counted)}
    return Week(
        tuple(connection.execute(done.order_by(tasks.c.done_at)).scalars()),
        tuple(connection.execute(won.order_by(deals.c.id)).scalars()),
        tuple(connection.execute(leads.order_by(contacts.c.created_at)).scalars()),
        counts.get(("email", "in"), 0),
        counts.get(("email", "out"), 0),
        counts.get(("call", "in"), 0) + counts.get(("call", "out"), 0),
    )


def theirs(owner: ColumnElement[int], user: User) -> ColumnElement[bool]:
    """What is nobody's, or whose owner has left the team, is the owners'."""
    if user.role != "owner":
        return owner == user.id
    return or_(owner == user.id, owner.is_(None), owner.in_(select(users.c.id).where(users.c.removed_at.is_not(None))))


def _nothing_since(contact: ColumnElement[int], before: datetime) -> tuple[ColumnElement[bool], ...]:
    joined = interactions.c.id == interaction_contacts.c.interaction_id
    happened = exists().where(
        interaction_contacts.c.contact_id == contact,
        joined,
        interactions.c.occurred_at >= before,
        ~interactions.c.automatic,
    )
    changed = exists().where(
        changes.c.contact_id == contact, changes.c.at >= before, changes.c.table_name != interaction_contacts.name
    )
    planned = exists().where(tasks.c.contact_id == contact, tasks.c.done_at.is_(None))
    return ~happened, ~changed, ~planned


def _last_of(connection: Connection, contact_ids: list[int]) -> dict[int, datetime]:
    """When something happened with each of these contacts for the last time, or was changed."""
    joined = interaction_contacts.join(interactions)
    happened = (
        select(interaction_contacts.c.contact_id, func.max(interactions.c.occurred_at))
        .select_from(joined)
        .where(interaction_contacts.c.contact_id.in_(contact_ids), ~interactions.c.automatic)
        .group_by(interaction_contacts.c.contact_id)
    )
    changed = (
        select(changes.c.contact_id, func.max(changes.c.at))
        .where(changes.c.contact_id.in_(contact_ids), changes.c.table_name != interaction_contacts.name)
        .group_by(changes.c.contact_id)
    )
    found: dict[int, datetime] = {}
    for query in (happened, changed):
        for contact_id, at in connection.execute(query):
            found[contact_id] = max(at, found.get(contact_id, at))
    return found

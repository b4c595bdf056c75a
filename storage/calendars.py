"""A user's calendar for the phone: the secret of its address, and what it holds."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select, update

from storage.clock import new_token
from storage.digests import theirs
from storage.meetings import takes_place
from storage.meta import read_meta, write_meta
from storage.tables import contacts, interaction_contacts, interactions, tasks, users
from storage.tasks import Task, open_tasks
from storage.users import User, user_by_id

_MOST = 2_000  # of each kind: programs give up on bigger calendars
_INSTALLATION = "installation"


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """An open task, and how often it was changed."""

    task: Task
    version: int


@dataclass(frozen=True, slots=True)
class PlannedMeeting:
    """A meeting, of any time."""

    id: int
    at: datetime
    text: str
    contact: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KnownBirthday:
    """A contact's birthday as it is stored: 1986-05-17, or --05-17."""

    contact_id: int
    name: str
    birthday: str
    created_at: datetime
    version: int


def calendar_secret(connection: Connection, user_id: int) -> str:
    """What makes the address of this user's calendar; made when it is first asked for."""
    known = connection.execute(select(users.c.calendar_secret).where(users.c.id == user_id)).scalar()
    return known or new_calendar_secret(connection, user_id)


def new_calendar_secret(connection: Connection, user_id: int) -> str:
    """Another one: nobody gets anything by the old address any more."""
    secret = new_token()
    connection.execute(update(users).where(users.c.id == user_id).values(calendar_secret=secret))
    return secret


def user_of_calendar(connection: Connection, secret: str) -> User | None:
    """Whose calendar this is; every secret is compared in the same time, however much of it was guessed."""
    query = select(users.c.id, users.c.calendar_secret).where(
        users.c.calendar_secret.is_not(None), users.c.removed_at.is_(None)
    )
    found = [row.id for row in connection.execute(query) if _same(row.calendar_secret, secret)]
    return user_by_id(connection, found[0]) if found else None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def installation(connection: Connection) -> str:
    """A name of this installation that stays; "" as long as it has none."""
    return read_meta(connection, _INSTALLATION)


def name_installation(connection: Connection) -> str:
    """The same, made when there is none."""
    name = installation(connection)
    if not name:
        name = new_token()
        write_meta(connection, _INSTALLATION, name)
    return name


def planned_tasks(connection: Connection, user: User) -> list[PlannedTask]:
    """The user's open tasks that are due at some time."""
    found = [each for each in open_tasks(connection, assignee_id=user.id, limit=_MOST) if each.due_wall is not None]
    query = select(tasks.c.id, tasks.c.version).where(tasks.c.assignee_id == user.id, tasks.c.done_at.is_(None))
    versions = {row.id: row.version for row in connection.execute(query)}
    return [PlannedTask(each, versions.get(each.id, 1)) for each in found]


def planned_meetings(connection: Connection, user: User, start: datetime) -> list[PlannedMeeting]:
    """The user's meetings that begin after a moment."""
    query = (
        select(interactions, contacts.c.name)
        .select_from(interactions.outerjoin(interaction_contacts).outerjoin(contacts))
        .where(
            interactions.c.channel == "meeting",
            interactions.c.occurred_at >= start,
            takes_place(),
            or_(
                interactions.c.user_id == user.id,
                and_(interactions.c.user_id.is_(None), contacts.c.owner_id == user.id),
            ),
        )
        .order_by(interactions.c.occurred_at, interactions.c.id)
        .limit(_MOST)
    )
    found: dict[int, PlannedMeeting] = {}
    for row in connection.execute(query):
        before = found.get(row.id)
        names = ", ".join(filter(None, (before.contact if before else "", row.name or "")))
        found[row.id] = PlannedMeeting(row.id, row.occurred_at, row.subject or row.text, names, row.created_at)
    return list(found.values())


def known_birthdays(connection: Connection, user: User) -> list[KnownBirthday]:
    """The birthdays of the user's contacts."""
    query = (
        select(contacts.c.id, contacts.c.name, contacts.c.birthday, contacts.c.created_at, contacts.c.version)
        .where(contacts.c.birthday != "", theirs(contacts.c.owner_id, user))
        .order_by(contacts.c.id)
        .limit(_MOST)
    )
    return [KnownBirthday(*row) for row in connection.execute(query)]

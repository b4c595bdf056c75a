"""The team: who talks to Rapport, and the handles that prove it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, literal, literal_column, select, update

from storage.changes import Trail
from storage.clock import new_code
from storage.derived import find_digest_anew
from storage.errors import RapportError
from storage.tables import user_handles, users

Role = Literal["owner", "member", "viewer"]


FARTHEST_LOOK = timedelta(days=8)  # a look-back may be all that is wanted, once a week
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_DIGESTED = (users.c.digest != "") | users.c.look_back
_NEXT_LOOK = select(
    func.min(func.coalesce(users.c.digest_next, literal(_LONG_AGO, type_=users.c.digest_next.type)))
).where(_DIGESTED, users.c.removed_at.is_(None))


class NameTaken(RapportError):
    """Another user has this name or handle."""


@dataclass(frozen=True, slots=True)
class User:
    """A member of the team, with the handles that reach them."""

    id: int
    name: str
    role: Role
    language: str
    timezone: str
    default_time: str = "09:00"
    quiet_from: str = "22:00"
    quiet_to: str = "07:00"
    reminds_by: str = ""  # telegram, email or both, with a comma; empty: by what there is
    digest: str = "08:00"  # the hour of the digest, on the user's wall clock; "" for none
    work_days: str = "12345"  # ISO weekdays
    look_back: bool = False
    stale_leads: int = 30  # days of quiet after which the digest names them; 0 for never
    stale_deals: int = 14
    digest_next: datetime | None = None
    email: str = ""
    telegram: str = ""
    signature: str = ""

    @property
    def may_write(self) -> bool:
        """Viewers only read."""
        return self.role != "viewer"


_email, _telegram = user_handles.alias("email"), user_handles.alias("telegram")
_USER = (
    select(
        users, func.coalesce(_email.c.value, "").label("email"), func.coalesce(_telegram.c.value, "").label("telegram")
    )
    .select_from(
        users.outerjoin(_email, (_email.c.user_id == users.c.id) & (_email.c.kind == "email")).outerjoin(
            _telegram, (_telegram.c.user_id == users.c.id) & (_telegram.c.kind == "telegram")
        )
    )
    .where(users.c.removed_at.is_(None))
    .order_by(users.c.id)
)
_ADDRESSES = select(user_handles.c.value, user_handles.c.user_id).where(
    user_handles.c.kind == literal_column("'email'")
)
_BY_ID = _USER.where(users.c.id == bindparam("user"))
_BY_HANDLE = _USER.where(
    users.c.id
    == select(user_handles.c.user_id)
    .where(user_handles.c.kind == bindparam("kind"), user_handles.c.value == bindparam("value"))
    .scalar_subquery()
)


def user_by_handle(connection: Connection, kind: str, value: str) -> User | None:
    """The member of the team whom an email address or a Telegram id belongs to."""
    row = connection.execute(_BY_HANDLE, {"kind": kind, "value": value}).first()
    return _user(row) if row else None


def user_by_id(connection: Connection, user_id: int) -> User | None:
    """One member of the team."""
    row = connection.execute(_BY_ID, {"user": user_id}).first()
    return _user(row) if row else None


def user_by_name(connection: Connection, name: str) -> User | None:
    """The member with this name, whatever its case."""
    for user in all_users(connection):
        if user.name.casefold() == name.casefold():
            return user
    return None


def all_users(connection: Connection) -> list[User]:
    """The team, oldest member first."""
    return [_user(row) for row in connection.execute(_USER)]


def owners(connection: Connection) -> list[User]:
    """Who is asked and told when nobody else is concerned."""
    return [user for user in all_users(connection) if user.role == "owner"]


def team_addresses(connection: Connection) -> dict[str, int]:
    """Every mail address of the team: address -> user's id."""
    return {value: user_id for value, user_id in connection.execute(_ADDRESSES)}  # noqa: C416  # rows are no pairs to mypy


def add_user(
    connection: Connection,
    name: str,
    *,
    at: datetime,
    role: Role = "member",
    language: str = "en",
    timezone: str = "UTC",
    email: str = "",
    telegram: str = "",
) -> int:
    """A new member of the team; the id. Raises NameTaken."""
    if user_by_name(connection, name):
        raise NameTaken(f"There is a user {name} already. `rapport user list` shows the team.")
    user_id = connection.execute(
        insert(users)
        .values(name=name, role=role, language=language, timezone=timezone, created_at=at)
        .returning(users.c.id)
    ).scalar_one()
    for kind, value in (("email", email.lower()), ("telegram", telegram)):
        if value:
            add_handle(connection, user_id, kind, value)
    return int(user_id)


def add_handle(connection: Connection, user_id: int, kind: str, value: str) -> None:
    """One more way to know a user by. Raises NameTaken."""
    holder = user_by_handle(connection, kind, value)
    if holder is not None and holder.id == user_id:
        return
    if holder is not None:
        raise NameTaken(f"{value} belongs to {holder.name} already.")
    connection.execute(insert(user_handles).values(user_id=user_id, kind=kind, value=value))


def mail_secret(connection: Connection, user_id: int) -> str:
    """What makes the address that proves this user's mail; made when it is first asked for."""
    known = connection.execute(select(users.c.mail_secret).where(users.c.id == user_id)).scalar()
    return known or new_mail_secret(connection, user_id)


def new_mail_secret(connection: Connection, user_id: int) -> str:
    """Another one: the old address proves nothing any more."""
    secret = new_code()
    change_user(connection, user_id, mail_secret=secret)
    return secret


def user_by_secret(connection: Connection, secret: str) -> int | None:
    """Whose address this makes."""
    query = select(users.c.id).where(users.c.mail_secret == secret, users.c.removed_at.is_(None))
    return connection.execute(query).scalar()


def change_user(connection: Connection, user_id: int, **values: str | int) -> None:
    """Sets what a user prefers: language, timezone, default_time, quiet_from, quiet_to, digest, signature, ..., role.

    When the next digest comes depends on it, so that is found anew.
    """
    connection.execute(update(users).where(users.c.id == user_id).values({**values, "version": users.c.version + 1}))
    find_digest_anew(connection, user_id)


def set_preference(trail: Trail, user_id: int, **values: Any) -> None:
    """Sets what a user asked for, in such a way that `undo` takes it back."""
    trail.update(users, user_id, **values)
    find_digest_anew(trail.connection, user_id)


def look_again(connection: Connection, user_id: int, at: datetime) -> None:
    """When to look next whether there is a digest to send."""
    connection.execute(update(users).where(users.c.id == user_id).values(digest_next=at))


def users_to_look_at(connection: Connection, *, now: datetime, user_id: int | None = None) -> list[User]:
    """Whose next look has come, or was never found, or lies too far ahead: the clock was set back."""
    when = users.c.digest_next
    query = _USER.where(_DIGESTED, when.is_(None) | (when <= now) | (when > now + FARTHEST_LOOK))
    return [_user(row) for row in connection.execute(query if user_id is None else query.where(users.c.id == user_id))]


def next_look(connection: Connection) -> datetime | None:
    """When the next look for a digest comes; long ago when one was never found."""
    return connection.execute(_NEXT_LOOK).scalar()


def remove_user(connection: Connection, user_id: int, *, at: datetime) -> None:
    """Takes a member out of the team: their handles prove nothing any more, what they did stays."""
    connection.execute(delete(user_handles).where(user_handles.c.user_id == user_id))
    connection.execute(update(users).where(users.c.id == user_id).values(removed_at=at))


def _user(row: Row[tuple[object, ...]]) -> User:
    return User(
        id=row.id,
        name=row.name,
        role=row.role,
        language=row.language,
        timezone=row.timezone,
        default_time=row.default_time,
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        reminds_by=row.reminds_by,
        digest=row.digest,
        work_days=row.work_days,
        look_back=row.look_back,
        stale_leads=row.stale_leads,
        stale_deals=row.stale_deals,
        digest_next=row.digest_next,
        email=row.email,
        telegram=row.telegram,
        signature=row.signature,
    )

"""Contacts with their handles, and the companies they belong to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, literal_column, select

from storage.changes import Trail
from storage.derived import index_contact
from storage.folding import fold
from storage.spellings import spellings
from storage.tables import companies, contact_tags, contacts, handles

_WIDTH = 300  # of names, in code points


@dataclass(frozen=True, slots=True)
class Contact:
    """A person outside the team. `company` is the company's name, "" for none."""

    id: int
    name: str
    company: str = ""
    company_id: int | None = None
    first_name: str = ""
    last_name: str = ""
    title: str = ""
    status: str = "contact"
    source: str = ""
    owner_id: int | None = None
    birthday: str = ""
    addresses: tuple[str, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None
    emails: tuple[str, ...] = ()  # those that can't be reached any more come last
    dead: tuple[str, ...] = ()  # and these are they
    phones: tuple[str, ...] = ()
    telegram: str = ""
    tags: tuple[str, ...] = ()


_CONTACTS = select(contacts, companies.c.name.label("company")).select_from(contacts.outerjoin(companies))
_KIND = case((handles.c.dead_since.is_not(None), literal_column("'dead'")), else_=handles.c.kind)
_HANDLES = (
    select(handles.c.contact_id, _KIND, handles.c.value)
    .where(handles.c.contact_id.in_(bindparam("ids", expanding=True)))
    .order_by(handles.c.id)
)
_TAGS = (
    select(contact_tags.c.contact_id, contact_tags.c.tag)
    .where(contact_tags.c.contact_id.in_(bindparam("ids", expanding=True)))
    .order_by(contact_tags.c.id)
)
_BY_IDS = _CONTACTS.where(contacts.c.id.in_(bindparam("ids", expanding=True)))
_BY_HANDLES = select(handles.c.contact_id, handles.c.value, handles.c.shared).where(
    handles.c.kind == bindparam("kind"), handles.c.value.in_(bindparam("found", expanding=True))
)
_ONE = _CONTACTS.where(contacts.c.id == bindparam("id"))
_ITS = (
    select(handles.c.id, _KIND, handles.c.value)
    .where(handles.c.contact_id == bindparam("id"))
    .union_all(
        select(contact_tags.c.id, literal_column("'tag'"), contact_tags.c.tag).where(
            contact_tags.c.contact_id == bindparam("id")
        )
    )
    .order_by("id")
)


def contacts_by_id(connection: Connection, ids: list[int]) -> list[Contact]:
    """These contacts, in the order of the ids; unknown ids are left out."""
    if not ids:
        return []
    rows = {row["id"]: row for row in connection.execute(_BY_IDS, {"ids": ids}).mappings()}
    reached: dict[int, dict[str, list[str]]] = {}
    for contact_id, kind, value in connection.execute(_HANDLES, {"ids": ids}):
        reached.setdefault(contact_id, {}).setdefault(kind, []).append(value)
    for contact_id, tag in connection.execute(_TAGS, {"ids": ids}):
        reached.setdefault(contact_id, {}).setdefault("tag", []).append(tag)
    return [_contact(rows[row_id], reached.get(row_id, {})) for row_id in ids if row_id in rows]


def contact_by_id(connection: Connection, contact_id: int) -> Contact | None:
    """One contact."""
    row = connection.execute(_ONE, {"id": contact_id}).mappings().first()
    if row is None:
        return None
    reached: dict[str, list[str]] = {}
    for _, kind, value in connection.execute(_ITS, {"id": contact_id}):
        reached.setdefault(kind, []).append(value)
    return _contact(row, reached)


def contacts_by_handles(connection: Connection, kind: str, values: list[str]) -> dict[str, list[tuple[int, bool]]]:
    """Who is reached by these values: value -> [(contact's id, is the handle shared?)].

    A mail address that nobody has as it stands is found by its other spellings.
    """
    found: dict[str, list[tuple[int, bool]]] = {}
    ways = {value: spellings(value) if kind == "email" else (value,) for value in values}
    if ways:
        held: dict[str, list[tuple[int, bool]]] = {}
        asked = list(dict.fromkeys(way for every in ways.values() for way in every))
        for contact_id, value, shared in connection.execute(_BY_HANDLES, {"kind": kind, "found": asked}):
            held.setdefault(value, []).append((contact_id, shared))
        for value, every in ways.items():
            first = next((way for way in every if way in held), None)
            if first is not None:
                found[value] = held[first]
    return found


def list_contacts(connection: Connection, *, status: str, limit: int = 20) -> list[Contact]:
    """The newest contacts of a status."""
    query = select(contacts.c.id).where(contacts.c.status == status).order_by(contacts.c.created_at.desc()).limit(limit)
    return contacts_by_id(connection, list(connection.execute(query).scalars()))


def count_contacts(connection: Connection, *, status: str | None = None) -> int:
    """How many there are, of one status or in all."""
    query = select(func.count()).select_from(contacts)
    return connection.execute(query if status is None else query.where(contacts.c.status == status)).scalar_one()


def company_named(trail: Trail, name: str) -> int:
    """The company of this name, whatever its spelling; made when it is new."""
    name = name[:_WIDTH]
    folded = fold(name)[:_WIDTH] or name
    known = trail.connection.execute(select(companies.c.id).where(companies.c.folded == folded)).scalar()
    if known is not None:
        return int(known)
    return trail.insert(companies, name=name, folded=folded, created_at=trail.at)


def add_contact(
    trail: Trail,
    name: str,
    *,
    company: str = "",
    emails: tuple[str, ...] = (),
    phones: tuple[str, ...] = (),
    status: str = "contact",
    source: str = "",
    owner_id: int | None = None,
) -> int:
    """A new contact with its handles; the id. A handle that another contact has makes the database refuse."""
    name = name[:_WIDTH]
    first, _, last = name.rpartition(" ")
    values: dict[str, Any] = {"name": name, "status": status, "source": source, "owner_id": owner_id}
    if company:
        values["company_id"] = company_named(trail, company)
    values |= {"first_name": (first or name)[:150], "last_name": last[:150] if first else "", "created_at": trail.at}
    contact_id = trail.insert(contacts, **values)
    for kind, found in (("email", emails), ("phone", phones)):
        for value in found:
            add_handle(trail, contact_id, kind, value)
    index_contact(trail.connection, contact_id)
    return contact_id


def change_contact(trail: Trail, contact_id: int, **values: Any) -> None:
    """Changes columns of a contact, and what is found by them."""
    trail.update(contacts, contact_id, **values)
    index_contact(trail.connection, contact_id)


def add_handle(trail: Trail, contact_id: int, kind: str, value: str, *, shared: bool = False) -> None:
    """One more way to reach a contact; `value` as it is compared (lower case, E.164)."""
    known = trail.connection.execute(
        select(handles.c.id).where(handles.c.contact_id == contact_id, handles.c.kind == kind, handles.c.value == value)
    ).scalar()
    if known is None:
        trail.insert(handles, contact_id=contact_id, kind=kind, value=value, shared=shared)


def mark_dead(trail: Trail, contact_id: int, address: str) -> bool:
    """Mail to this address came back for good; False when that is known, or the contact hasn't got it."""
    query = select(handles.c.id).where(
        handles.c.contact_id == contact_id,
        handles.c.kind == "email",
        handles.c.value.in_(spellings(address)),
        handles.c.dead_since.is_(None),
    )
    row_id = trail.connection.execute(query.limit(1)).scalar()
    if row_id is None:
        return False
    trail.update(handles, row_id, dead_since=trail.at)
    return True


def revive(trail: Trail, address: str) -> None:
    """Its owner wrote: the address lives."""
    query = select(handles.c.id).where(handles.c.value.in_(spellings(address)), handles.c.dead_since.is_not(None))
    for row_id in list(trail.connection.execute(query).scalars()):
        trail.update(handles, row_id, dead_since=None)


def add_tag(trail: Trail, contact_id: int, tag: str) -> None:
    """Tags a contact, once."""
    known = select(contact_tags.c.id).where(contact_tags.c.contact_id == contact_id, contact_tags.c.tag == tag)
    if trail.connection.execute(known).scalar() is None:
        trail.insert(contact_tags, contact_id=contact_id, tag=tag)


def _contact(row: Any, reached: dict[str, list[str]]) -> Contact:
    return Contact(
        id=row["id"],
        name=row["name"],
        company=row["company"] or "",
        company_id=row["company_id"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        title=row["title"],
        status=row["status"],
        source=row["source"],
        owner_id=row["owner_id"],
        birthday=row["birthday"],
        addresses=tuple(row["addresses"]),
        fields=dict(row["fields"]),
        created_at=row["created_at"],
        emails=(*reached.get("email", ()), *reached.get("dead", ())),
        dead=tuple(reached.get("dead", ())),
        phones=tuple(reached.get("phone", ())),
        telegram=next(iter(reached.get("telegram", reached.get("username", []))), ""),
        tags=tuple(reached.get("tag", ())),
    )

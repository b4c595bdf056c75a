"""A file's people and companies put into storage: found again by their source's id or their handles, else added."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from rapidfuzz.fuzz import ratio
from sqlalchemy import bindparam, select

from storage.changes import BulkTrail
from storage.contacts import Contact, add_tag, change_contact, company_named, contact_by_id, contacts_by_handles
from storage.folding import fold, words_of
from storage.importing.known import Known, company_known, write_gathered
from storage.importing.records import Firm, Person, Source
from storage.tables import companies, contact_sources, contact_tags, contact_terms, contacts, handles, notes

Outcome = Literal["added", "updated", "unchanged"]
Found = tuple[str, str]  # kind and value of a handle
Holders = dict[Found, list[tuple[int, bool]]]  # who has it, and is it shared?

_BY_SOURCE = select(contact_sources.c.contact_id).where(
    contact_sources.c.system == bindparam("system"), contact_sources.c.external_id == bindparam("external")
)
_NAMESAKES = (
    select(contacts.c.id, contacts.c.name, contacts.c.company_id)
    .join(contact_terms, contact_terms.c.contact_id == contacts.c.id)
    .where(contact_terms.c.term == bindparam("term"))
    .order_by(contacts.c.id)
    .limit(2000)
)
_ALIKE = 60  # of 100: first names that may be one
_NAME = select(contacts.c.name).where(contacts.c.id == bindparam("contact"))
_NOTES = select(notes.c.id, notes.c.text).where(notes.c.contact_id == bindparam("subject")).order_by(notes.c.id)
_FIRM_NOTES = select(notes.c.id, notes.c.text).where(notes.c.company_id == bindparam("subject")).order_by(notes.c.id)


def put_person(trail: BulkTrail, known: Known, person: Person, source: Source) -> tuple[int, Outcome]:
    """Adds a contact, or fills what the one that is meant lacks; its id, and what was done."""
    reached = handles_of(person)
    keys = {*reached, (source.ids, person.external_id)}
    if not reached or keys & known.gathered:
        write_gathered(trail, known)
    holders = holders_of(trail, reached)
    contact_id = _by_source(trail, person, source)
    if contact_id is None:
        contact_id = by_handle(trail, person, holders)
    if contact_id is None and not reached and not person.external_id:
        contact_id = namesake(trail, known, person)
    if contact_id is None:
        return add_person(trail, known, person, source, reached, holders), "added"
    changed = fill_person(trail, known, contact_id, person, source, reached, holders)
    return contact_id, "updated" if changed else "unchanged"


def put_firm(trail: BulkTrail, known: Known, firm: Firm, source: Source) -> tuple[int, Outcome]:
    """Adds a company, or its domains and notes where they were lacking."""
    company_id = company_known(known, trail.connection, firm.name)
    outcome: Outcome = "unchanged"
    if company_id is None:
        company_id, outcome = company_of(trail, known, firm.name), "added"
    row = trail.connection.execute(select(companies.c.domains).where(companies.c.id == company_id)).one()
    lacking = [each for each in firm.domains if each not in row.domains]
    if lacking:
        trail.update(companies, company_id, domains=[*row.domains, *lacking])
    if _note(trail, firm.notes, firm.rest, source, company_id=company_id) or lacking:
        outcome = "added" if outcome == "added" else "updated"
    return company_id, outcome


def company_of(trail: BulkTrail, known: Known, name: str) -> int:
    """The company of this name, made when it is new."""
    found = company_known(known, trail.connection, name)
    if found is None:
        found = company_named(trail, name)
        known.learn("company named", fold(name[:300])[:300] or name[:300], value=found)
    return found


def namesake(
    trail: BulkTrail,
    known: Known,
    person: Person,
    may_be: Callable[[int], bool] = lambda _: True,
    *,
    exact: bool = False,
) -> int | None:
    """The one contact of this name and company, for people of whom nothing else is told.

    A record without company fits the only one of its name; with `exact`, the first one that has none either.
    """
    words = words_of(person.name)
    if not words:
        return None
    rows = trail.connection.execute(_NAMESAKES, {"term": max(words, key=len)[:80]}).all()
    same = [row for row in rows if words_of(row.name) == words and may_be(row.id)]
    if person.company or exact:
        company_id = company_known(known, trail.connection, person.company) if person.company else None
        fitting = [row.id for row in same if row.company_id == company_id]
        return int(fitting[0]) if fitting and (exact or company_id is not None) else None
    return int(same[0].id) if len(same) == 1 else None


def own_fields(known: Known, trail: BulkTrail, person: Person) -> dict[str, Any]:
    """The columns of a contact that a record fills."""
    owner = known.get("user", person.owner.casefold()) if person.owner else None
    values: dict[str, Any] = {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "title": person.title,
        "birthday": person.birthday,
        "source": person.source,
        "owner_id": owner,
        "company_id": company_of(trail, known, person.company) if person.company else None,
    }
    return {name: value for name, value in values.items() if value}


def add_person(
    trail: BulkTrail,
    known: Known,
    person: Person,
    source: Source,
    reached: list[Found],
    holders: Holders,
    *,
    exact: bool = False,
) -> int:
    """A new contact; `exact` takes the record as it is, without what it leaves to be guessed."""
    name = person.name or (reached[0][1] if reached else "?")
    values = own_fields(known, trail, person)
    if not exact:
        values.setdefault("source", source.label or "import")
    if not exact and "first_name" not in values and "last_name" not in values:
        first, _, last = name.rpartition(" ")
        values |= {"first_name": (first or name)[:150], "last_name": last[:150] if first else ""}
    contact_id = trail.insert(
        contacts,
        name=name,
        status=person.status or "contact",
        addresses=list(person.addresses),
        fields=dict(person.fields),
        created_at=trail.at,
        **values,
    )
    for kind, value in reached:
        others = holders.get((kind, value), [])
        if others and not exact:
            known.tell(person.line, f"{value} is {_name(trail, others[0][0])}'s too: kept as shared")
        if others:
            _share(trail, kind, value)
        trail.insert_later(handles, contact_id=contact_id, kind=kind, value=value, shared=bool(others))
    for tag in person.tags:
        trail.insert_later(contact_tags, contact_id=contact_id, tag=tag)
    _note(trail, person.notes, _rest(known, person), source, contact_id=contact_id, fresh=True)
    if person.external_id and source.system != "table":
        trail.insert_later(contact_sources, contact_id=contact_id, system=source.ids, external_id=person.external_id)
    known.gathered.update(reached, [(source.ids, person.external_id)])
    known.names.append((contact_id, name, person.company))
    return contact_id


def fill_person(
    trail: BulkTrail,
    known: Known,
    contact_id: int,
    person: Person,
    source: Source,
    reached: list[Found],
    holders: Holders,
) -> bool:
    """Fills what a contact lacks and adds what is new; False when there was nothing to do."""
    contact = contact_by_id(trail.connection, contact_id)
    assert contact is not None
    lacking = {name: value for name, value in own_fields(known, trail, person).items() if not getattr(contact, name)}
    nameless = contact.name in (*contact.emails, *contact.phones, contact.telegram)
    if person.name and nameless:
        lacking["name"] = person.name
    elif fold(person.name) != fold(contact.name):
        lacking = {name: value for name, value in lacking.items() if name not in ("first_name", "last_name")}
    if addresses := [each for each in person.addresses if each not in contact.addresses]:
        lacking["addresses"] = [*contact.addresses, *addresses]
    if any(name not in contact.fields for name, _ in person.fields):
        lacking["fields"] = {**dict(person.fields), **contact.fields}
    changed = bool(lacking)
    if lacking:
        change_contact(trail, contact_id, **lacking)
    own = _own(contact)
    for kind, value in reached:
        if (kind, value) in own:
            continue
        if others := [each for each, shared in holders.get((kind, value), []) if each != contact_id and not shared]:
            known.tell(person.line, f"{value} is {_name(trail, others[0])}'s already")
            continue
        trail.insert(handles, contact_id=contact_id, kind=kind, value=value, shared=bool(holders.get((kind, value))))
        changed = True
    for tag in person.tags:
        if tag not in contact.tags:
            add_tag(trail, contact_id, tag)
            changed = True
    changed |= _note(trail, person.notes, _rest(known, person), source, contact_id=contact_id)
    return _keep_source(trail, person, source, contact_id) or changed


def _by_source(trail: BulkTrail, person: Person, source: Source) -> int | None:
    if not person.external_id or source.system == "table":
        return None
    values = {"system": source.ids, "external": person.external_id}
    found = trail.connection.execute(_BY_SOURCE, values).scalar()
    return None if found is None else int(found)


def _keep_source(trail: BulkTrail, person: Person, source: Source, contact_id: int) -> bool:
    """Remembers under which id the other system has this contact; False when that is known already."""
    if not person.external_id or source.system == "table" or _by_source(trail, person, source) is not None:
        return False
    trail.insert(contact_sources, contact_id=contact_id, system=source.ids, external_id=person.external_id)
    return True


def handles_of(person: Person) -> list[Found]:
    """What reaches a person."""
    found = [("email", value) for value in person.emails] + [("phone", value) for value in person.phones]
    if person.telegram:
        found.append(("telegram" if person.telegram.isdigit() else "username", person.telegram))
    return found


def holders_of(trail: BulkTrail, reached: Iterable[Found]) -> Holders:
    """Who has these handles, and whether they are shared."""
    kinds: dict[str, list[str]] = {}
    for kind, value in reached:
        kinds.setdefault(kind, []).append(value)
    return {
        (kind, value): held
        for kind, values in kinds.items()
        for value, held in contacts_by_handles(trail.connection, kind, values).items()
    }


def by_handle(
    trail: BulkTrail, person: Person, holders: Holders, may_be: Callable[[int], bool] = lambda _: True
) -> int | None:
    """Whose handle it is, if the names don't speak against it; a shared handle's holder must have the same name."""
    words = words_of(person.name)
    for held in holders.values():
        for contact_id, shared in held:
            if not may_be(contact_id):
                continue
            theirs = words_of(_name(trail, contact_id))
            named_alike = bool(set(words) & set(theirs)) and not _are_relatives(words, theirs)
            fits = not words or named_alike or _is_handle(theirs, held, holders)
            if (theirs == words) if shared else fits:
                return contact_id
    return None


def _are_relatives(one: list[str], other: list[str]) -> bool:
    """Two people of one family, who share a mailbox: the same last name, and first names that have nothing in common.

    Klaus and Monika Hauser are; K., Klaus-Dieter and Claus are all one.
    """
    if len(one) < 2 or len(other) < 2 or one[-1] != other[-1]:
        return False
    first, second = one[0], other[0]
    if first[0] == second[0] and (min(len(first), len(second)) == 1 or first[:3] == second[:3]):
        return False
    return first not in other and second not in one and ratio(first, second) < _ALIKE


def _is_handle(words: list[str], held: list[tuple[int, bool]], holders: Holders) -> bool:
    """Is this contact named by its address or number only, for want of a name?"""
    return any(words == words_of(value) for (_, value), each in holders.items() if each is held)


def _name(trail: BulkTrail, contact_id: int) -> str:
    return str(trail.connection.execute(_NAME, {"contact": contact_id}).scalar_one())


def _share(trail: BulkTrail, kind: str, value: str) -> None:
    query = select(handles.c.id).where(handles.c.kind == kind, handles.c.value == value, handles.c.shared.is_(False))
    for row_id in list(trail.connection.execute(query).scalars()):
        trail.update(handles, row_id, shared=True)


def _own(contact: Contact) -> set[Found]:
    return {
        *(("email", value) for value in contact.emails),
        *(("phone", value) for value in contact.phones),
        *((kind, contact.telegram) for kind in ("telegram", "username")),
    }


def _rest(known: Known, person: Person) -> tuple[tuple[str, str], ...]:
    """What has no place of its own; an owner whom the team doesn't know is such a thing."""
    if person.owner and known.get("user", person.owner.casefold()) is None:
        return (("Owner", person.owner), *person.rest)
    return person.rest


def _note(
    trail: BulkTrail,
    texts: tuple[str, ...],
    rest: tuple[tuple[str, str], ...],
    source: Source,
    *,
    contact_id: int | None = None,
    company_id: int | None = None,
    fresh: bool = False,
) -> bool:
    """Notes that aren't there yet, and one with all that has no place: it grows by lines that are new."""
    subject = {"contact_id": contact_id} if contact_id is not None else {"company_id": company_id}
    query = _NOTES if contact_id is not None else _FIRM_NOTES
    there = (
        []
        if fresh or not (texts or rest)
        else trail.connection.execute(query, {"subject": contact_id or company_id}).all()
    )
    return write_notes(trail, texts, rest, source, [(row.id, row.text) for row in there], subject, fresh=fresh)


def write_notes(
    trail: BulkTrail,
    texts: tuple[str, ...],
    rest: tuple[tuple[str, str], ...],
    source: Source,
    there: list[tuple[int, str]],
    subject: Mapping[str, int | None],
    *,
    fresh: bool = False,
) -> bool:
    """The notes of a record that aren't among those that are there; True when one was written."""
    paragraphs = {part for _, text in there for part in (text, *text.split("\n\n"))}
    changed = False
    put = trail.insert_later if fresh else trail.insert
    for text in texts:
        if text not in paragraphs and not all(part in paragraphs for part in text.split("\n\n")):
            put(notes, text=text, author_id=trail.user_id, created_at=trail.at, **subject)
            changed = True
    lines = list(dict.fromkeys(f"{header}: {value}" if header else value for header, value in rest))
    if not lines:
        return changed
    heading = f"{source.label or 'Import'}:"
    mine = next(((row_id, text) for row_id, text in there if text.startswith(heading + "\n")), None)
    if mine is None:
        trail.insert_later(
            notes, text="\n".join((heading, *lines)), author_id=trail.user_id, created_at=trail.at, **subject
        )
        return True
    more = [line for line in lines if f"\n{line}\n" not in f"{mine[1]}\n"]
    if more:
        trail.update(notes, mine[0], text="\n".join((mine[1], *more)))
    return bool(more) or changed

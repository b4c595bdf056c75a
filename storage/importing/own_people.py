"""An export's users, companies and contacts coming back: each is found again by what it says, else added."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args
from zoneinfo import available_timezones

from sqlalchemy import select

from storage.changes import BulkTrail
from storage.importing.jsonl import Line, WrongValue
from storage.importing.known import Known, company_known, write_gathered
from storage.importing.people import (
    add_person,
    by_handle,
    company_of,
    fill_person,
    handles_of,
    holders_of,
    namesake,
)
from storage.importing.records import Counts, Person, Source
from storage.importing.values import emails_in, phones_in
from storage.meta import end_claim
from storage.tables import companies
from storage.users import Role, add_handle, add_user, user_by_handle

SOURCE = Source("table", "Rapport", "contacts")
ADDED, UPDATED, UNCHANGED, SKIPPED = Counts(added=1), Counts(updated=1), Counts(unchanged=1), Counts(skipped=1)


def put_user(trail: BulkTrail, known: Known, line: Line) -> Counts:
    """A member of the team, known by name. Members aren't taken back by undo: what they did since is theirs."""
    name = " ".join(line.text("name", 200).split())
    if not name:
        raise WrongValue("a user without a name")
    if known.get("user", name.casefold()) is not None:
        return UNCHANGED
    if not known.may_add_users:
        known.tell(line.number, "members of the team are added by `rapport user add` only")
        return SKIPPED
    role, language, zone = line.text("role") or "member", line.text("language", 8) or "en", line.text("timezone")
    if role not in get_args(Role):
        raise WrongValue(f"there is no role {role[:40]}")
    zone = zone if zone in available_timezones() else known.zone
    connection = trail.connection
    user_id = add_user(connection, name, at=trail.at, role=role, language=language, timezone=zone)  # type: ignore[arg-type]
    for kind, value in (("email", line.text("email", 320).lower()), ("telegram", line.text("telegram", 320))):
        if value and user_by_handle(connection, kind, value) is None:
            add_handle(connection, user_id, kind, value)
        elif value:
            known.tell(line.number, f"{value} belongs to another member already")
    if role == "owner":
        end_claim(connection)
    known.learn("user", name.casefold(), value=user_id)
    known.learn("zone of", user_id, value=zone)
    if role == "owner" and known.get("owner") is None:
        known.learn("owner", value=user_id)
    return ADDED


def put_company(trail: BulkTrail, known: Known, line: Line) -> Counts:
    """A company, known by its name."""
    name = line.text("name", 300)
    if not name:
        raise WrongValue("a company without a name")
    fresh = company_known(known, trail.connection, name) is None
    company_id = company_of(trail, known, name)
    known.learn("company", line.id, value=company_id)
    there = trail.connection.execute(select(companies.c.domains).where(companies.c.id == company_id)).scalar_one()
    lacking = [each for each in line.texts("domains", 253) if each not in there]
    if lacking:
        trail.update(companies, company_id, domains=[*there, *lacking])
    return ADDED if fresh else UPDATED if lacking else UNCHANGED


def put_contact(trail: BulkTrail, known: Known, line: Line) -> Counts:
    """A contact: an older one that has its handles, or its name when it has none, and isn't another line's already."""
    person = _person(known, line)
    reached = handles_of(person)
    if not reached or known.gathered.intersection(reached):
        write_gathered(trail, known)
    holders = holders_of(trail, reached)

    def may_be(contact_id: int) -> bool:
        return known.is_old("contacts", contact_id) and known.get("taken", "contacts", contact_id) is None

    contact_id, outcome = by_handle(trail, person, holders, may_be), UNCHANGED
    if contact_id is None and not reached:
        contact_id = namesake(trail, known, person, may_be, exact=True)
    if contact_id is None:
        contact_id, outcome = add_person(trail, known, person, SOURCE, reached, holders, exact=True), ADDED
    else:
        known.learn("taken", "contacts", contact_id)
        if fill_person(trail, known, contact_id, person, SOURCE, reached, holders):
            outcome = UPDATED
    known.learn("contact", line.id, value=contact_id)
    return outcome


def _person(known: Known, line: Line) -> Person:
    emails: list[str] = []
    phones: list[str] = []
    for value in line.texts("emails", 320):
        whole = value.count("@") == 1 and not any(sign.isspace() for sign in value)
        found = [value.lower()] if whole else emails_in(value)[0]
        emails += found
        if not found:
            known.tell(line.number, f"“{value[:60]}” is no mail address")
    for value in line.texts("phones", 60):
        whole = value.startswith("+") and value[1:].isdigit() and 4 < len(value) < 18
        found = [value] if whole else phones_in(value, known.habits.country)[0]
        phones += found
        if not found:
            known.tell(line.number, f"“{value[:60]}” is no number")
    telegram = line.text("telegram", 320).lstrip("@")
    name = line.text("name", 300) or next(iter([*emails, *phones, telegram]), "")
    if not name:
        raise WrongValue("the contact has no name, address or number")
    return Person(
        line.number,
        name=name,
        first_name=line.text("first_name", 150),
        last_name=line.text("last_name", 150),
        company=line.text("company", 300),
        title=line.text("title", 200),
        emails=tuple(dict.fromkeys(emails)),
        phones=tuple(dict.fromkeys(phones)),
        telegram=telegram,
        addresses=tuple(line.texts("addresses")),
        birthday=_birthday(known, line),
        status=line.text("status", 40),
        source=line.text("source", 200),
        owner=line.text("owner"),
        tags=tuple(dict.fromkeys(line.texts("tags", 80))),
        fields=_fields(line),
    )


def _birthday(known: Known, line: Line) -> str:
    text = line.text("birthday", 10)
    try:
        if text:
            date.fromisoformat("2000" + text[1:] if text.startswith("--") else text)
    except ValueError:
        known.tell(line.number, f"“{text}” is no date")
        return ""
    return text


def _fields(line: Line) -> tuple[tuple[str, Any], ...]:
    found = line.values.get("fields")
    if found is None:
        return ()
    if not isinstance(found, dict):
        raise WrongValue("fields is no object")
    return tuple(found.items())

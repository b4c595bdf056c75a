"""Whose mail it is: the contacts that its people are, by thread, address or name; never guessed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from handlers.case import Case
from storage.contacts import Contact, contacts_by_handles, contacts_by_id
from storage.interactions import thread_contacts
from storage.messages import Address, Mail
from storage.search import find_contacts


@dataclass(frozen=True, slots=True)
class Match:
    """Whom a mail is logged on, the most important first, and by what: thread, address or name.

    `several`: the contacts that one address, or name, may mean; then nobody else is there.
    `unknown`: its people with an address whom nobody knows; `copied`: those of them who only got a copy.
    """

    contacts: tuple[Contact, ...] = ()
    by: str = ""
    several: tuple[Contact, ...] = ()
    unknown: tuple[Address, ...] = ()
    copied: tuple[Address, ...] = ()


def match(connection: Connection, mail: Mail, case: Case) -> Match:
    """Looks up everybody whom a mail names."""
    every = (*case.people, *case.others)
    held = contacts_by_handles(connection, "email", [each.address for each in every if each.address])
    threaded = thread_contacts(connection, (mail.in_reply_to, *reversed(mail.references)))
    ids: list[int] = []
    unknown: list[Address] = []
    for person in case.people:
        holders = held.get(person.address, [])
        found = [contact_id for contact_id, _ in holders]
        if len(found) > 1 or any(shared for _, shared in holders):
            found = [each for each in found if each in threaded] if len(threaded) else []
            if len(found) != 1:
                return Match(several=tuple(contacts_by_id(connection, [each for each, _ in holders])))
        if person.address and not found:
            unknown.append(person)
        ids += [each for each in found if each not in ids]
    by = "address"
    if not ids and threaded and case.route in ("direct", "copy"):
        ids, by = list(threaded), "thread"
    if not ids and not unknown and len(case.people) == 1 and case.people[0].name:
        hits = find_contacts(connection, case.people[0].name)
        sure = [hit.contact for hit in hits if hit.sure]
        if hits and not sure:
            return Match(several=tuple(hit.contact for hit in hits[:4]))
        ids, by = [each.id for each in sure[:1]], "name"
    if ids:
        ids += [each for each in _certain(held, case.others) if each not in ids]
    copied = tuple(each for each in case.others if each.address and not held.get(each.address))
    return Match(tuple(contacts_by_id(connection, ids)), by if ids else "", (), tuple(unknown), copied)


def _certain(held: dict[str, list[tuple[int, bool]]], people: tuple[Address, ...]) -> list[int]:
    """Of who got it too, those whom an address of their own tells."""
    return [holders[0][0] for each in people if len(holders := held.get(each.address, [])) == 1 and not holders[0][1]]

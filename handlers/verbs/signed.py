"""What a contact's signature tells and their card doesn't: offered once, and written only by a tap."""

from __future__ import annotations

from handlers.acting import Acting, shortened
from handlers.verbs.people import holder_of
from storage.contacts import Contact, contact_by_id, contacts_by_handles
from storage.folding import fold
from storage.importing.values import phones_in
from storage.messages import Choice, Mail, Signed
from storage.offered import not_offered_yet, remember_offered

_OFFERED = 3
_LABEL = 40  # code points of a value on a button

Fact = tuple[str, str]


def facts_offered(acting: Acting, mail: Mail) -> tuple[Choice, ...]:
    """Buttons for what the letter's writer, if they are one contact, signs with and isn't known; each but once."""
    contact = _writer(acting, mail)
    if contact is None or mail.signed is None or not acting.user.may_write:
        return ()
    lacking = not_offered_yet(acting.connection, contact.id, _lacking(acting, contact, mail.signed))[:_OFFERED]
    if lacking:
        remember_offered(acting.connection, contact.id, lacking)
    return tuple(
        Choice(_label(acting, fact), "add_fact", {"contact": contact.id, "field": fact[0], "value": fact[1]})
        for fact in lacking
    )


def _writer(acting: Acting, mail: Mail) -> Contact | None:
    """The contact whose own address the letter comes from."""
    address = mail.letter.sender.address
    if not address or mail.form is not None:
        return None
    holders = contacts_by_handles(acting.connection, "email", [address]).get(address, [])
    if len(holders) != 1 or holders[0][1]:
        return None
    return contact_by_id(acting.connection, holders[0][0])


def _lacking(acting: Acting, contact: Contact, signed: Signed) -> list[Fact]:
    """What the contact hasn't got at all; a second number counts, a second title doesn't."""
    facts: list[Fact] = [
        ("phone", number)
        for number in _numbers(acting, contact, signed)
        if number not in contact.phones and holder_of(acting, "phone", number, contact) is None
    ]
    if signed.title and not contact.title:
        facts.append(("title", signed.title))
    if signed.company and not contact.company and fold(signed.company) != fold(contact.name):
        facts.append(("company", signed.company))
    if signed.address and not contact.addresses:
        facts.append(("address", signed.address))
    if signed.website and not any(fold(name) == "website" for name in contact.fields):
        facts.append(("website", signed.website))
    return facts


def _numbers(acting: Acting, contact: Contact, signed: Signed) -> list[str]:
    """In E.164; one without a country is read by that of the writer's address, else by the team's."""
    if not signed.phones:
        return []
    ending = contact.emails[0].rpartition(".")[2].upper() if contact.emails else ""
    own = ending if len(ending) == 2 and ending.isalpha() and ending.isascii() else None
    countries = dict.fromkeys((own, acting.team.country.upper() if acting.team.country else None))
    found: dict[str, None] = {}
    for written in signed.phones:
        for country in countries:
            if good := phones_in(written.replace(",", " "), country)[0]:
                found.setdefault(good[0])
                break
    return list(found)


def _label(acting: Acting, fact: Fact) -> str:
    field, value = fact
    short = shortened(value, _LABEL)
    match field:
        case "phone":
            return acting.say("Add phone {value}", value=acting.words.phone(value))
        case "title":
            return acting.say("Title {value}", value=short)
        case "company":
            return acting.say("Company {value}", value=short)
        case "address":
            return acting.say("Add address {value}", value=short)
    return acting.say("Add website {value}", value=short)

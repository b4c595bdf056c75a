"""Making, changing, joining and deleting contacts."""

from __future__ import annotations

from dataclasses import replace

from handlers.acting import Acting, draft
from handlers.birthdays import without_birthday
from handlers.understand.intents import Intent
from handlers.verbs.deals import deal_line, open_deal
from handlers.whom import choose, find_whom, label_of
from storage.codec import pack
from storage.contacts import (
    Contact,
    add_contact,
    add_handle,
    change_contact,
    company_named,
    contact_by_id,
    contacts_by_handles,
)
from storage.messages import Choice, Draft
from storage.notes import add_note
from storage.search import find_contacts

_FORMS = {  # of firms, as they are written
    word.lower(): word
    for word in "GmbH AG KG UG OHG eG SE Ltd LLC Inc LLP PLC AS Oy BV SA Srl ООО ОАО ЗАО ПАО АО ИП".split()  # noqa: SIM905
}


def add_person(acting: Acting, intent: Intent, *, sure: bool = False) -> Draft:
    """A new contact or lead, with the note and the deal that came with it; asks when a likely twin is there."""
    slots = intent.slots
    if not (slots.person or slots.company or slots.email or slots.phone):
        return draft("❓ " + acting.say("Who is it? Try: {example}", example=_example(acting)))
    twins = _twins(acting, intent)
    if twins and not sure:
        rows = [(_use(acting, twin, intent),) for twin in twins[:3]]
        if not _taken(acting, intent):
            rows.append((Choice(acting.say("New contact"), "add_anyway", {"intent": pack(intent)}),))
        names = ", ".join(label_of(twin) for twin in twins[:3])
        return draft("❓ " + acting.say("There is {names} already. The same?", names=names), choices=tuple(rows))
    return _added(acting, intent, make_contact(acting, intent))


def make_contact(acting: Acting, intent: Intent, *, source: str = "") -> Contact:
    """The contact that an intent describes; without a name, the firm or the address names it."""
    slots = intent.slots
    name = slots.person or slots.company or slots.email or slots.phone or ""
    contact_id = add_contact(
        acting.trail,
        _as_written(name),
        company=_firm(slots.company or ""),
        emails=(slots.email.lower(),) if slots.email else (),
        phones=(slots.phone,) if slots.phone else (),
        status="contact" if intent.name == "add_contact" else "lead",
        source=source or "chat",
        owner_id=acting.user.id,
    )
    contact = contact_by_id(acting.connection, contact_id)
    assert contact is not None
    return contact


def update_person(acting: Acting, intent: Intent) -> Draft:
    """The contact was there: what the message says of it is added."""
    contact = find_whom(acting, intent)
    if not isinstance(contact, Contact):
        return draft(acting.say("It is gone by now."))
    slots = intent.slots
    for kind, value in (("email", (slots.email or "").lower()), ("phone", slots.phone or "")):
        if value and not holder_of(acting, kind, value, contact):
            add_handle(acting.trail, contact.id, kind, value)
    if slots.company and not contact.company:
        change_contact(acting.trail, contact.id, company_id=company_named(acting.trail, slots.company))
    if intent.name == "add_lead" and contact.status == "contact":
        change_contact(acting.trail, contact.id, status="lead")
    return _added(acting, intent, contact_by_id(acting.connection, contact.id) or contact, fresh=False)


def open_card(acting: Acting, contact: Contact) -> Choice:
    """The button that shows a contact's card."""
    return Choice(acting.say("Open"), "card", {"contact": contact.id})


def _added(acting: Acting, intent: Intent, contact: Contact, *, fresh: bool = True) -> Draft:
    slots = intent.slots
    extras = []
    birthday, text = without_birthday(slots.text or "", acting.setting)
    if birthday:
        change_contact(acting.trail, contact.id, birthday=birthday)
        extras.append(f"{acting.say('Birthday')}: {acting.words.birthday(birthday)}")
    if text:
        add_note(acting.trail, text, contact_id=contact.id)
        extras.append(acting.say("Note: {text}", text=text))
    if slots.amount is not None:
        deal = open_deal(acting, replace(intent, contact_id=contact.id), contact, title=None)
        extras.append(acting.say("Deal: {deal}", deal=deal_line(acting, deal, title="")))
    return draft(
        f"👤 {', '.join(filter(None, (contact.name, contact.company)))}: {_state(acting, contact, fresh=fresh)}",
        " · ".join((*contact.emails, *(acting.words.phone(phone) for phone in contact.phones))),
        " · ".join(extras),
        choices=(
            (acting.undo, Choice(acting.say("Task"), "ask_task", {"contact": contact.id}), open_card(acting, contact)),
        ),
    )


def _state(acting: Acting, contact: Contact, *, fresh: bool) -> str:
    if not fresh:
        return acting.say("updated")
    return acting.say("new lead") if contact.status == "lead" else acting.say("new contact")


def _twins(acting: Acting, intent: Intent) -> list[Contact]:
    """Who has this address or number, or a name that is all but the same."""
    slots = intent.slots
    holders: list[int] = []
    for kind, value in (("email", (slots.email or "").lower()), ("phone", slots.phone)):
        if value:
            found = contacts_by_handles(acting.connection, kind, [value]).get(value, [])
            holders += [contact_id for contact_id, _ in found if contact_id not in holders]
    named = find_contacts(acting.connection, slots.person) if slots.person and " " in slots.person else []
    close = [hit.contact for hit in named if hit.score >= 0.93 and hit.contact.id not in holders]
    if slots.company:
        close = [each for each in close if not each.company or each.company.casefold() == slots.company.casefold()]
    held = [contact_by_id(acting.connection, contact_id) for contact_id in holders]
    return [each for each in held if each is not None] + close


def holder_of(acting: Acting, kind: str, value: str, but: Contact) -> Contact | None:
    """Another contact that has this handle for itself."""
    for contact_id, shared in contacts_by_handles(acting.connection, kind, [value]).get(value, []):
        if contact_id != but.id and not shared:
            return contact_by_id(acting.connection, contact_id)
    return None


def _taken(acting: Acting, intent: Intent) -> bool:
    """Does somebody own the address or number already, so that a second contact can't have it?"""
    slots = intent.slots
    for kind, value in (("email", (slots.email or "").lower()), ("phone", slots.phone)):
        if value and contacts_by_handles(acting.connection, kind, [value]).get(value):
            return True
    return False


def _use(acting: Acting, twin: Contact, intent: Intent) -> Choice:
    return Choice(choose(twin, intent).label, "update", {"intent": pack(replace(intent, contact_id=twin.id))})


def _as_written(name: str) -> str:
    """A name typed without capitals, as its owner writes it."""
    return (
        " ".join(word[:1].upper() + word[1:] for word in name.split()) if name.islower() and "@" not in name else name
    )


def _firm(name: str) -> str:
    """A firm typed without capitals, as it is written."""
    return (
        " ".join(_FORMS.get(word.rstrip("."), word[:1].upper() + word[1:]) for word in name.split())
        if name.islower()
        else name
    )


def _example(acting: Acting) -> str:
    return acting.say("new lead Anna Kern, Nordwind GmbH, anna@nordwind.example")

"""Whom a message concerns: one contact for certain, or a question with what tells the candidates apart."""

from __future__ import annotations

from dataclasses import replace

from handlers.acting import Acting, draft
from handlers.understand.intents import Intent
from storage.buttons import ask
from storage.codec import pack
from storage.contacts import Contact, contact_by_id, contacts_by_handles
from storage.messages import Choice, Draft
from storage.search import Hit, find_contacts

_CLOSE = 0.85


def find_whom(acting: Acting, intent: Intent) -> Contact | Draft | None:
    """The contact; a question when several fit; None when nobody is named or nobody fits."""
    if intent.contact_id is not None:
        return contact_by_id(acting.connection, intent.contact_id)
    slots = intent.slots
    for kind, value in (("email", slots.email), ("phone", slots.phone)):
        if value:
            holders = contacts_by_handles(acting.connection, kind, [value]).get(value, [])
            if len(holders) == 1 and not holders[0][1]:
                return contact_by_id(acting.connection, holders[0][0])
    named = slots.person or slots.company
    if not named:
        return contact_by_id(acting.connection, acting.about) if acting.about is not None else None
    hits = find_contacts(acting.connection, " ".join(filter(None, (slots.person, slots.company))))
    if not hits and slots.person and slots.company:
        hits = find_contacts(acting.connection, slots.person)
    return decide(acting, intent, hits, named)


def need_whom(acting: Acting, intent: Intent) -> Contact | Draft:
    """The contact, or the question that finds it: which of several, whether to make a new one, who at all."""
    found = find_whom(acting, intent)
    if found is not None:
        return found
    named = intent.slots.person or intent.slots.company
    return unknown_person(acting, intent, named) if named else ask_whom(acting, intent)


def decide(acting: Acting, intent: Intent, hits: list[Hit], named: str) -> Contact | Draft | None:
    """The sure one; else the question which of these is meant; None when there are none."""
    if intent.name == "add_task":  # a task needs nobody: a faint likeness isn't worth a question
        hits = [hit for hit in hits if hit.score >= _CLOSE]
    if not hits:
        return None
    if hits[0].sure:
        return hits[0].contact
    rows = tuple((choose(hit.contact, intent),) for hit in hits[:4])
    return draft(
        "❓ " + acting.say("Which {name}?", name=named) if len(hits) > 1 else "❓ " + acting.say("Is this the one?"),
        choices=(*rows, (new_and_do(acting, intent),)) if intent.name not in ("lookup_contact", "history") else rows,
    )


def choose(contact: Contact, intent: Intent) -> Choice:
    """A button that does what was asked, for this contact."""
    return Choice(label_of(contact), "do", {"intent": pack(replace(intent, contact_id=contact.id))})


def new_and_do(acting: Acting, intent: Intent) -> Choice:
    """A button that makes the person a contact first, and then does what was asked."""
    return Choice(acting.say("New contact"), "new_and_do", {"intent": pack(intent)})


def ask_whom(acting: Acting, intent: Intent) -> Draft:
    """Nobody was named: the next message says whom it is about."""
    ask(acting.connection, acting.user.id, acting.lane, "whom", {"intent": pack(intent)}, at=acting.now)
    return draft("❓ " + acting.say("Whom is it about? Type the name."))


def unknown_person(acting: Acting, intent: Intent, named: str) -> Draft:
    """Nobody fits: say so, and offer to make the contact and go on."""
    return draft(
        "❓ " + acting.say("I don't know {name} yet.", name=named),
        choices=((new_and_do(acting, intent),),),
    )


def label_of(contact: Contact) -> str:
    """What tells a contact apart on a button."""
    return f"{contact.name} · {contact.company}" if contact.company else contact.name

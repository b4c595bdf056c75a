"""Joining two contacts into one, and deleting one: both ask first, both can be undone."""

from __future__ import annotations

from handlers.acting import Acting, draft
from handlers.understand.intents import Intent, Slots
from handlers.whom import find_whom, label_of
from storage.contacts import Contact, contact_by_id
from storage.joining import merge_contacts, remove_contact
from storage.messages import Choice, Draft


def ask_delete(acting: Acting, intent: Intent) -> Draft:
    """Is this contact to be deleted with all that is on it?"""
    found = find_whom(acting, intent)
    if isinstance(found, Draft):
        return found
    if found is None:
        return _nobody(acting, intent.slots.person or intent.slots.company or intent.slots.text)
    return draft(
        "❓ " + acting.say("Delete {name} with notes, tasks and deals?", name=label_of(found)),
        choices=((Choice(acting.say("Delete"), "delete", {"contact": found.id}), _keep(acting)),),
    )


def delete_person(acting: Acting, contact_id: int) -> Draft:
    """Deletes a contact; what happened with it stays, on nobody."""
    contact = contact_by_id(acting.connection, contact_id)
    if contact is None:
        return draft(acting.say("It is gone by now."))
    remove_contact(acting.trail, contact_id)
    return draft(acting.say("{name}: deleted", name=contact.name), choices=((acting.undo,),))


def ask_merge(acting: Acting, intent: Intent) -> Draft:
    """Are these two the same person?"""
    slots = intent.slots
    first = find_whom(acting, intent)
    if isinstance(first, Draft):
        return first
    second = find_whom(acting, Intent("merge", Slots(person=slots.value)))
    if first is None or not isinstance(second, Contact):
        if isinstance(second, Draft):
            return second
        return _nobody(acting, slots.person if first is None else slots.value)
    if first.id == second.id:
        return draft(acting.say("That is one contact already: {name}.", name=label_of(first)))
    return draft(
        "❓ " + acting.say("Merge {other} into {name}?", other=label_of(second), name=label_of(first)),
        choices=((Choice(acting.say("Merge"), "merge", {"into": first.id, "other": second.id}), _keep(acting)),),
    )


def merge_people(acting: Acting, into: int, other: int) -> Draft:
    """All that is on the other contact goes to this one."""
    if contact_by_id(acting.connection, into) is None or contact_by_id(acting.connection, other) is None:
        return draft(acting.say("It is gone by now."))
    merge_contacts(acting.trail, into, other)
    merged = contact_by_id(acting.connection, into)
    assert merged is not None
    return draft(f"👤 {label_of(merged)}: " + acting.say("merged"), choices=((acting.undo,),))


def _keep(acting: Acting) -> Choice:
    return Choice(acting.say("Cancel"), "drop")


def _nobody(acting: Acting, named: str | None) -> Draft:
    return draft(acting.say("Nobody here is called {name}.", name=named or "?"))

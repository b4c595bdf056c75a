"""Putting a logged mail where it belongs: on another contact, or nowhere."""

from __future__ import annotations

from handlers.acting import Acting, draft, together
from handlers.meetings import plan_invited
from handlers.orders import obey_waiting
from handlers.verbs.people import open_card
from handlers.verbs.triage import make_lead
from handlers.whom import label_of
from storage.contacts import contact_by_id, contacts_by_id
from storage.dropping import drop_mail
from storage.interactions import interaction_by_id, log_on, logged_on, take_off
from storage.messages import Choice, Draft
from storage.search import find_contacts
from storage.triage import close_for, waiting_messages


def log_elsewhere(acting: Acting, interaction_id: int, contact_id: int) -> Draft:
    """Logs what waited in triage on this contact, and does what was said with it."""
    contact = contact_by_id(acting.connection, contact_id)
    interaction = interaction_by_id(acting.connection, interaction_id)
    if contact is None or interaction is None:
        return draft(acting.say("It is gone by now."))
    waited = waiting_messages(acting.connection, interaction_id)
    log_on(acting.trail, interaction_id, contact_id)
    close_for(acting.trail, interaction_id)
    logged = draft(
        "📥 " + acting.say("Logged on {name}", name=label_of(contact)),
        choices=((acting.undo, open_card(acting, contact)),),
    )
    meeting = plan_invited(acting, interaction.inbox_id, contact_id)
    done = obey_waiting(acting, waited, contact)
    return together([logged, *([meeting] if meeting is not None else []), *done])


def lead_and_orders(acting: Acting, interaction_id: int) -> Draft:
    """Makes the unknown sender a lead, and does what was said with the mail."""
    waited = waiting_messages(acting.connection, interaction_id)
    made = make_lead(acting, interaction_id)
    contact = next(iter(contacts_by_id(acting.connection, logged_on(acting.connection, interaction_id))), None)
    return made if contact is None else together([made, *obey_waiting(acting, waited, contact)])


def move_elsewhere(acting: Acting, interaction_id: int, contact_id: int) -> Draft:
    """Takes a logged mail off its contacts and logs it on this one."""
    if interaction_by_id(acting.connection, interaction_id) is None:
        return draft(acting.say("It is gone by now."))
    take_off(acting.trail, interaction_id)
    return log_elsewhere(acting, interaction_id, contact_id)


def pick_contact(acting: Acting, act: str, interaction_id: int, typed: str) -> Draft:
    """The name that was typed, as buttons or at once when it is sure."""
    hits = find_contacts(acting.connection, typed)
    if not hits:
        return draft(acting.say("Nobody here is called {name}.", name=typed[:60]))
    if hits[0].sure:
        done = log_elsewhere if act == "log_on" else move_elsewhere
        return done(acting, interaction_id, hits[0].contact.id)
    rows = tuple(
        (Choice(label_of(hit.contact), act, {"interaction": interaction_id, "contact": hit.contact.id}),)
        for hit in hits[:4]
    )
    return draft("❓ " + acting.say("Which {name}?", name=typed[:60]), choices=rows)


def drop_private(acting: Acting, interaction_id: int) -> Draft:
    """The mail is nobody's business: nothing of it is kept, nor of what was done because of it."""
    interaction = interaction_by_id(acting.connection, interaction_id)
    if interaction is None:
        return draft(acting.say("It is gone by now."))
    drop_mail(acting.trail, interaction)
    row: tuple[Choice, ...] = ()
    if interaction.sender:
        label = acting.say("Never log {address}", address=interaction.sender)
        row = (Choice(label, "never_log", {"value": interaction.sender}),)
    return draft(acting.say("Dropped. Nothing of it is kept."), choices=(row,))

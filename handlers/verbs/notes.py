"""Notes and calls: what a user wants remembered of a contact."""

from __future__ import annotations

from handlers.acting import Acting, draft
from handlers.understand.intents import Intent
from handlers.verbs.people import open_card
from handlers.whom import label_of, need_whom
from storage.buttons import ask
from storage.interactions import log_interaction
from storage.messages import Choice, Draft
from storage.notes import add_note


def take_note(acting: Acting, intent: Intent) -> Draft:
    """A note on the contact."""
    found = need_whom(acting, intent)
    if isinstance(found, Draft):
        return found
    slots = intent.slots
    if not slots.text:
        ask(acting.connection, acting.user.id, acting.lane, "note", {"contact": found.id}, at=acting.now)
        return draft("❓ " + acting.say("What shall I note about {name}?", name=found.name))
    add_note(acting.trail, slots.text, contact_id=found.id)
    return draft(
        f"👤 {label_of(found)}",
        acting.say("Note: {text}", text=slots.text),
        choices=((acting.undo, open_card(acting, found)),),
    )


def log_call(acting: Acting, intent: Intent) -> Draft:
    """A call that took place, as an interaction."""
    found = need_whom(acting, intent)
    if isinstance(found, Draft):
        return found
    slots = intent.slots
    log_interaction(
        acting.trail,
        channel="call",
        direction="in" if intent.inbound else "out",
        occurred_at=acting.now,
        external_id=f"call:{acting.inbox_id}:{found.id}",
        contacts=(found.id,),
        text=slots.text or "",
    )
    said = acting.say("📞 Call: {name}, “{text}”", name=found.name, text=slots.text) if slots.text else ""
    return draft(
        said or acting.say("📞 Call: {name}", name=found.name),
        choices=(
            (acting.undo, Choice(acting.say("Task"), "ask_task", {"contact": found.id}), open_card(acting, found)),
        ),
    )

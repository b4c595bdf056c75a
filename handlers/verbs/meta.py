"""About the conversation itself: help, undo, and what wasn't understood."""

from __future__ import annotations

from handlers.acting import Acting, draft
from handlers.lookups import StoreLookups
from handlers.understand.intents import Intent
from handlers.understand.understand import understand
from handlers.verbs.files import import_under_way, undo_slowly
from storage.changes import newest_change, record_changed, undo
from storage.errors import CannotUndo
from storage.inbox import message_of
from storage.letters import WrittenLetter, change_letter, written_in
from storage.messages import Choice, Draft
from storage.outbox import take_back
from storage.search import find_contacts
from storage.triage import wait_again

_SHOWN = 60  # code points of what is undone


def show_help(acting: Acting, intent: Intent) -> Draft:
    """What can be said, by example."""
    return draft(
        acting.say("Tell me what happened or what is to be done. For example:"),
        "• " + acting.say("new lead Anna Kern, Nordwind GmbH, anna@nordwind.example"),
        "• " + acting.say("note for Anna: prefers mornings"),
        "• " + acting.say("remind me friday 14:00 to call Anna"),
        "• " + acting.say("called Anna, wants a discount"),
        "• " + acting.say("deal Anna 5k"),
        "• " + acting.say("anna · tasks · leads · pipeline · triage · done 1 · undo"),
        acting.say("Forward mail to {address} and it lands on the right contact.", address=acting.team.address)
        if acting.team.address
        else "",
    )


def undo_last(acting: Acting, intent: Intent) -> Draft:
    """Takes back what the user's last message did."""
    inbox_id = newest_change(acting.connection, acting.user.id)
    importing = import_under_way(acting)
    if importing is not None:
        inbox_id = max(importing, inbox_id or 0)
    letter = written_in(acting.connection, acting.lane, acting.inbox_id)
    if letter is not None and letter.state != "dropped":
        return _unsent(acting, letter)
    if inbox_id is None:
        return draft(acting.say("There is nothing to undo."))
    return undone(acting, inbox_id)


def _unsent(acting: Acting, letter: WrittenLetter) -> Draft:
    """What the user did last was sending a mail: it is taken back only while it still waits."""
    if letter.state in ("sent", "going"):
        return draft("⚠ " + acting.say("A sent mail can't be undone."))
    if letter.outbox_id is not None:
        take_back(acting.connection, letter.outbox_id)
    change_letter(acting.connection, letter.id, state="dropped")
    return draft(acting.say("Not sent: “{subject}”", subject=letter.subject))


def undone(acting: Acting, inbox_id: int) -> Draft:
    """Takes back what one message did; mail that it had put on a contact waits in triage again."""
    if (slowly := undo_slowly(acting, inbox_id)) is not None:
        return slowly
    try:
        count = undo(acting.trail, inbox_id)
    except CannotUndo as error:
        if error.task_id is not None:
            done = Choice(acting.say("Done"), "done", {"task": error.task_id})
            return draft("⚠ " + acting.say("Its reminder came already."), choices=((done,),))
        return draft("⚠ " + acting.say("Newer entries build on it. Undo those first."))
    if not count:
        return draft(acting.say("That is undone already."))
    wait_again(acting.connection, inbox_id, at=acting.now)
    what = _asked(acting, inbox_id)
    return draft(acting.say("↩ Undone: {what}", what=what) if what else acting.say("↩ Undone."))


def _asked(acting: Acting, inbox_id: int) -> str:
    """What is undone, in the words that asked for it; of a tap the one record that it changed."""
    message = message_of(acting.connection, inbox_id)
    subject = message.mail.outer.subject if message.mail is not None else ""
    return acting.quoted(message.text or subject or record_changed(acting.connection, inbox_id), _SHOWN)


def not_understood(acting: Acting, intent: Intent) -> Draft:
    """Says so, and offers what might have been meant."""
    text = " ".join((intent.slots.text or acting.text).split())
    shown = text if len(text) <= 60 else text[:59] + "…"
    if not text:
        return draft(acting.say("I can only read words. Write what it is about."))
    if any(reason.startswith("nothing") for reason in intent.because):  # thanks, a greeting, small talk
        example = acting.say("remind me friday 14:00 to call Anna")
        said = acting.say("Write what is to be done, or about whom. For example: {example}", example=example)
        return draft(said, choices=((Choice(acting.say("Help"), "help"),),))
    hits = find_contacts(acting.connection, text[:100]) if text else []
    row = []
    if hits:
        contact = hits[0].contact
        row.append(
            Choice(acting.say("Note on {name}", name=contact.name), "note_on", {"contact": contact.id, "text": text})
        )
        row.append(Choice(acting.say("Open {name}", name=contact.name), "card", {"contact": contact.id}))
    row.append(Choice(acting.say("Help"), "help"))
    return draft(acting.say("I can't tell what to do with “{text}”.", text=shown), choices=(tuple(row),))


def reread(acting: Acting, text: str) -> tuple[Intent, ...]:
    """What a text asks for, for this user."""
    return understand(text, acting.setting, StoreLookups(acting.connection)).intents

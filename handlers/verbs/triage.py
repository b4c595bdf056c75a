"""Triage: what waits for a decision, and the decisions."""

from __future__ import annotations

from handlers.acting import Acting, draft, together
from handlers.meetings import plan_invited
from handlers.understand.intents import Intent
from handlers.understand.message import region_of
from handlers.understand.pieces import find_pieces
from handlers.verbs.people import open_card
from handlers.verbs.signed import facts_offered
from handlers.whom import label_of
from storage.contacts import add_contact, contact_by_id, contacts_by_handles, contacts_by_id
from storage.freemail import is_freemail
from storage.inbox import message_of
from storage.interactions import interaction_by_id, log_on
from storage.messages import Choice, Draft, Mail
from storage.rules import decide_on_sender
from storage.triage import Waiting, close_for, count_waiting, decide, triage_by_id, waiting, waiting_of
from storage.users import team_addresses

_HOLDERS = 4  # contacts that are offered


def show_triage(acting: Acting, intent: Intent) -> Draft:
    """The oldest thing that waits, with its buttons, and how much waits behind it."""
    items = waiting(acting.connection, 1)
    if not items:
        return draft(acting.say("Nothing waits."))
    first, more = items[0], count_waiting(acting.connection) - 1
    lines = [_line(acting, first)]
    rows: tuple[tuple[Choice, ...], ...]
    put_away = Choice(acting.say("Put aside"), "put_aside", {"triage": first.id})
    interaction = interaction_by_id(acting.connection, first.interaction_id) if first.interaction_id else None
    if interaction is not None:
        lines.append(acting.quoted(interaction.text, 160))
        rows = decisions(acting, interaction.id, interaction.sender)
    elif _is_by(acting, first):
        rows = ((Choice(acting.say("It was me"), "confirm_mail", {"inbox": first.inbox_id}), put_away),)
    else:
        rows = ((put_away,),)
    if more:
        lines.append(acting.words.count("and {n} more", "and {n} more", more))
    return draft("⚠ " + lines[0], *lines[1:], choices=rows)


def put_aside(acting: Acting, triage_id: int) -> Draft:
    """A message that couldn't be handled waits no longer; it stays kept."""
    if triage_by_id(acting.connection, triage_id) is not None:
        decide(acting.trail, triage_id)
    return draft(acting.say("Put aside."), choices=((acting.undo,),))


def decisions(acting: Acting, interaction_id: int, sender: str) -> tuple[tuple[Choice, ...], ...]:
    """The buttons under a mail that waits: for who is known by now the contacts, for others what to make of them."""
    about = {"interaction": interaction_id}
    elsewhere = Choice(acting.say("Log on ..."), "ask_log_on", about)
    held = contacts_by_handles(acting.connection, "email", [sender]).get(sender, []) if sender else []
    known = contacts_by_id(acting.connection, [contact_id for contact_id, _ in held[:_HOLDERS]])
    if known:
        holders = tuple((Choice(label_of(each), "log_on", {**about, "contact": each.id}),) for each in known)
        return (*holders, (elsewhere, Choice(acting.say("Put aside"), "let_be", about)))
    lead = Choice(acting.say("New lead"), "make_lead", about)
    if not sender:
        return ((lead, elsewhere, Choice(acting.say("Put aside"), "let_be", about)),)
    ignoring: tuple[Choice, ...] = (Choice(acting.say("Ignore"), "ignore", about),)
    if not is_freemail(sender.rpartition("@")[2]):
        ignoring += (Choice(acting.say("Ignore domain"), "ignore_domain", about),)
    return ((lead, elsewhere, *ignoring),)


def let_be(acting: Acting, interaction_id: int) -> Draft:
    """It waits no longer, and stays logged on nobody."""
    close_for(acting.trail, interaction_id)
    return draft(acting.say("Put aside."), choices=((acting.undo,),))


def make_lead(acting: Acting, interaction_id: int, name: str = "", address: str = "") -> Draft:
    """The unknown sender, or who is named, becomes a lead, and what was written is logged on it."""
    interaction = interaction_by_id(acting.connection, interaction_id)
    if interaction is None:
        return draft(acting.say("It is gone by now."))
    mail = message_of(acting.connection, interaction.inbox_id).mail if interaction.inbox_id is not None else None
    address, name = (address, name) if address else (interaction.sender, interaction.sender_name)
    holders = contacts_by_handles(acting.connection, "email", [address]).get(address, [])
    if holders:
        contact_id = holders[0][0]
    else:
        contact_id = add_contact(
            acting.trail,
            name or address,
            emails=(address,) if address else (),
            phones=form_phones(acting, mail) if address == interaction.sender else (),
            status="lead",
            source="mail",
            owner_id=acting.user.id,
        )
    others = [each for each in waiting_of(acting.connection, address) if each != interaction_id] if address else []
    for each in (interaction_id, *others):
        log_on(acting.trail, each, contact_id)
        close_for(acting.trail, each)
    contact = contact_by_id(acting.connection, contact_id)
    assert contact is not None
    signed = facts_offered(acting, mail) if mail is not None else ()
    more = acting.words.count("And {n} more that waited", "And {n} more that waited", len(others)) if others else ""
    meeting = plan_invited(acting, interaction.inbox_id, contact_id)
    made = draft(
        f"👤 {contact.name}: " + acting.say("new lead"),
        " · ".join(contact.emails),
        "📥 " + acting.quoted(interaction.subject or interaction.text),
        more,
        choices=((acting.undo, open_card(acting, contact)), *((signed,) if signed else ())),
    )
    return made if meeting is None else together([made, meeting])


def form_phones(acting: Acting, mail: Mail | None) -> tuple[str, ...]:
    """The number that somebody gave in a web form, if nobody has it."""
    if mail is None or mail.form is None or not mail.form.phone:
        return ()
    found = [each.value for each in find_pieces(mail.form.phone, region_of(acting.setting)) if each.kind == "phone"]
    taken = contacts_by_handles(acting.connection, "phone", found)
    return tuple(each for each in found[:1] if each and each not in taken)


def ignore(acting: Acting, interaction_id: int, *, domain: bool = False) -> Draft:
    """Nothing is made of it, and its sender (or all of their domain) waits for nobody from now on."""
    interaction = interaction_by_id(acting.connection, interaction_id)
    if interaction is None:
        return draft(acting.say("It is gone by now."))
    ignored = interaction.sender.rpartition("@")[2] if domain else interaction.sender
    if not ignored:
        return let_be(acting, interaction_id)
    decide_on_sender(acting.trail, ignored, "ignore")
    close_for(acting.trail, interaction_id)
    return draft(acting.say("{sender}: ignored from now on", sender=ignored), choices=((acting.undo,),))


def _line(acting: Acting, item: Waiting) -> str:
    interaction = interaction_by_id(acting.connection, item.interaction_id) if item.interaction_id else None
    if interaction is not None:
        who = f"{interaction.sender_name} <{interaction.sender}>" if interaction.sender_name else interaction.sender
        line = f"{who}: {acting.quoted(interaction.subject, 60)}"
        return f"{line} ({acting.say('flagged as spam')})" if item.reason == "spam" else line
    mail = _mail(acting, item)
    if mail is not None:
        sender, subject = mail.outer.sender.address, acting.quoted(mail.outer.subject, 60)
        return acting.say("A mail in the name of {sender}, flagged as spam: {subject}", sender=sender, subject=subject)
    return acting.say("A message could not be handled. It is kept.")


def _is_by(acting: Acting, item: Waiting) -> bool:
    """Does it say to be from who is asking?"""
    mail = _mail(acting, item)
    own = team_addresses(acting.connection)
    return mail is not None and own.get(mail.outer.sender.address) == acting.user.id


def _mail(acting: Acting, item: Waiting) -> Mail | None:
    """The mail in a member's name; a message that couldn't be handled isn't read again."""
    if item.reason != "spam" or item.inbox_id is None:
        return None
    return message_of(acting.connection, item.inbox_id).mail

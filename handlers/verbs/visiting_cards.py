"""The visiting cards that come with a mail: who isn't known yet is offered as a contact, and added only by a tap."""

from __future__ import annotations

from handlers.acting import Acting, draft, shortened
from handlers.understand.intents import Intent, Slots
from handlers.verbs.people import add_person
from storage.contacts import add_handle, change_contact, contacts_by_handles
from storage.inbox import message_of
from storage.messages import Card, Choice, Draft, Mail
from storage.users import team_addresses

_OFFERED = 3


def cards_offered(acting: Acting, mail: Mail) -> tuple[Choice, ...]:
    """A button for each person whom neither the contacts nor the team have."""
    if not mail.cards:
        return ()
    members = frozenset(team_addresses(acting.connection))
    fresh = [
        Choice(
            acting.say("Add contact {name}", name=shortened(card.name, 40)),
            "add_card",
            {"inbox": acting.mail_inbox, "card": place},
        )
        for place, card in enumerate(mail.cards)
        if members.isdisjoint(card.emails)
        and not any(acting.team.is_own(each) for each in card.emails)
        and not _holders(acting, card)
    ]
    return tuple(fresh[:_OFFERED])


def add_card(acting: Acting, inbox_id: int, place: int) -> Draft:
    """The person on that card becomes a contact, with all that the card tells; asks when a likely twin is there."""
    mail = message_of(acting.connection, inbox_id).mail
    if mail is None or place >= len(mail.cards):
        return draft(acting.say("It is gone by now."))
    if not acting.user.may_write:
        return draft("⚠ " + acting.say("You can look, not write. An owner can change that."))
    card = mail.cards[place]
    known = _holders(acting, card)
    slots = Slots(
        person=card.name,
        company=card.company or None,
        email=next(iter(card.emails), None),
        phone=next(iter(card.phones), None),
    )
    said = add_person(acting, Intent("add_contact", slots))
    for contact_id in _holders(acting, card) - known:
        _add_rest(acting, contact_id, card)
    return said


def _add_rest(acting: Acting, contact_id: int, card: Card) -> None:
    if card.title:
        change_contact(acting.trail, contact_id, title=card.title)
    for kind, values in (("email", card.emails), ("phone", card.phones)):
        held = contacts_by_handles(acting.connection, kind, list(values))
        for value in values:
            if value not in held:
                add_handle(acting.trail, contact_id, kind, value)


def _holders(acting: Acting, card: Card) -> set[int]:
    """The contacts who have one of the card's addresses or numbers."""
    emails = contacts_by_handles(acting.connection, "email", list(card.emails))
    phones = contacts_by_handles(acting.connection, "phone", list(card.phones))
    holders = [*emails.values(), *phones.values()]
    return {contact_id for each in holders for contact_id, _ in each}

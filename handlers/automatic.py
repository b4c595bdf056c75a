"""What mail that no person wrote tells: an address that can't be reached, a contact who is away."""

from __future__ import annotations

from handlers.acting import Acting, draft, of_kind
from handlers.verbs.people import open_card
from reminders.when import find_moment
from storage.contacts import Contact, contact_by_id, contacts_by_handles, mark_dead
from storage.interactions import log_on
from storage.messages import Draft, Mail
from storage.notes import add_note


def bounced(acting: Acting, mail: Mail, interaction_id: int) -> Draft | None:
    """A bounce stands with those whom it is about; an address that is dead for good is marked, and told of."""
    lines: list[str] = []
    cards: list[Contact] = []
    held = contacts_by_handles(acting.connection, "email", [failure.address for failure in mail.failed])
    for failure in mail.failed:
        for contact_id, _ in held.get(failure.address, []):
            contact = contact_by_id(acting.connection, contact_id)
            if contact is None:
                continue
            log_on(acting.trail, interaction_id, contact.id)
            if failure.permanent and mark_dead(acting.trail, contact.id, failure.address):
                what = acting.say("{address} can't be reached any more", address=failure.address)
                lines.append(f"{contact.name}: {what}")
                cards.append(contact)
    if not lines:
        return None
    row = (*(open_card(acting, each) for each in cards[:1]), acting.undo)
    return of_kind(draft("⚠ " + lines[0], *lines[1:], choices=(row,)), "notice")


def note_absence(acting: Acting, mail: Mail, contact: Contact) -> None:
    """Until when a contact is away, as their automatic reply says it."""
    when = find_moment(mail.away, acting.setting)
    local = when.at.date() if when is not None else None
    if local is not None and local > acting.now.astimezone(acting.words.zone).date():
        day = acting.words.day(local, acting.now.astimezone(acting.words.zone).date())
        text = acting.say("Away, back {day}", day=day)
    else:
        text = acting.say("Away: {words}", words=mail.away)
    add_note(acting.trail, text, contact_id=contact.id)

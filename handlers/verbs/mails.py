"""Writing mail to a contact: the draft, its preview, and the tap without which nothing leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers.acting import Acting, draft
from handlers.filling import best_of, fill, language_of
from handlers.letters import log_sent
from handlers.understand.intents import Intent
from handlers.understand.wording import answer_to, as_written, read_wording, subject_from, template_named
from handlers.verbs.meta import reread
from handlers.verbs.people import holder_of
from handlers.verbs.templates import no_template, template_choices
from handlers.whom import find_whom, label_of, need_whom, unknown_person
from storage import outbox
from storage.buttons import ask, take_question
from storage.clock import new_code
from storage.contacts import Contact, add_handle, contact_by_id
from storage.importing.values import emails_in
from storage.inbox import message_of
from storage.interactions import Interaction, interaction_by_id
from storage.letters import (
    RELEASE,
    WrittenLetter,
    begin_letter,
    change_letter,
    last_mail_from,
    last_written_from,
    letter_by_id,
)
from storage.messages import Choice, Draft, Span
from storage.outbox import Destination
from storage.templates import templates_named

_OPEN = ("draft", "refused", "uncertain")
_MOST_ADDRESSES = 3  # others than the one it goes to, each a button


def write_mail(acting: Acting, intent: Intent) -> Draft:
    """A mail to the contact that is named: asks for what is missing, then shows how it would go out."""
    intent = _with_whole_text(acting, intent)
    slots = intent.slots
    if slots.email and not slots.person and find_whom(acting, intent) is None:
        return unknown_person(acting, intent, slots.email)
    found = need_whom(acting, intent)
    if isinstance(found, Draft):
        return found
    answered = last_mail_from(acting.connection, found.id) if intent.answers else None
    if not slots.text:
        return ask_words(acting, found.id, answered, slots.email)
    named = template_named(slots.text)
    if named is not None:
        return use_template(acting, found.id, answered, named, slots.email)
    return _compose(acting, found, slots.text, answered, slots.email)


def ask_words(acting: Acting, contact_id: int, interaction_id: int | None = None, address: str | None = None) -> Draft:
    """The next message is the letter's text; with an interaction, the letter answers that mail."""
    contact = contact_by_id(acting.connection, contact_id)
    if contact is None:
        return draft(acting.say("It is gone by now."))
    if (refused := _refusal(acting)) is not None:
        return refused
    about: dict[str, Any] = {"contact": contact.id, "interaction": interaction_id, "address": address}
    ask(acting.connection, acting.user.id, acting.lane, "mail", about, at=acting.now)
    return draft(
        "❓ " + acting.say("What shall I write to {name}?", name=label_of(contact)),
        choices=template_choices(acting, contact.id, interaction_id),
    )


def take_words(acting: Acting, about: dict[str, Any], text: str) -> Draft:
    """The text that was asked for."""
    contact = contact_by_id(acting.connection, about["contact"])
    if contact is None:
        return draft(acting.say("It is gone by now."))
    return _compose(acting, contact, text, about["interaction"], about["address"])


def use_template(
    acting: Acting,
    contact_id: int,
    interaction_id: int | None,
    name: str,
    address: str | None = None,
    given: Mapping[str, str] | None = None,
) -> Draft:
    """A draft from a template, in the contact's language; a field that nothing is known for is asked for."""
    contact, own = contact_by_id(acting.connection, contact_id), acting.user.language
    if contact is None:
        return draft(acting.say("It is gone by now."))
    texts = templates_named(acting.connection, name)
    template = best_of(texts, language_of(acting.connection, contact, own), own)
    if template is None:
        return no_template(acting, name)
    take_question(acting.connection, acting.user.id, acting.lane)  # what was to be written is known now
    text, lacking = fill(template.text, contact, acting.user, given or {})
    if not lacking:
        return _compose(acting, contact, text, interaction_id, address)
    about = {
        "contact": contact.id,
        "interaction": interaction_id,
        "template": name,
        "address": address,
        "given": dict(given or {}),
        "field": lacking,
    }
    ask(acting.connection, acting.user.id, acting.lane, "template_field", about, at=acting.now)
    return draft("❓ " + acting.say("What stands for {field} in “{name}”?", field=f"{{{lacking}}}", name=template.name))


def take_field(acting: Acting, about: dict[str, Any], text: str) -> Draft:
    """What a template's field stands for, this time."""
    given = {**about["given"], about["field"]: text}
    return use_template(acting, about["contact"], about["interaction"], about["template"], about["address"], given)


def ask_text(acting: Acting, letter_id: int) -> Draft:
    """The next message takes the place of a draft's text."""
    letter = _open_letter(acting, letter_id)
    if isinstance(letter, Draft):
        return letter
    ask(acting.connection, acting.user.id, acting.lane, "letter", {"letter": letter_id}, at=acting.now)
    return draft(
        "❓ " + acting.say("Write the new text."),
        acting.say("A first line “subject: ...” changes the subject; alone it leaves the text as it is."),
    )


def take_text(acting: Acting, letter_id: int, text: str) -> Draft:
    """A draft's new text, or subject, or both."""
    letter = _open_letter(acting, letter_id)
    if isinstance(letter, Draft):
        return letter
    wording = read_wording(text)
    values = {"text": wording.text or letter.text, "subject": wording.subject or letter.subject}
    change_letter(acting.connection, letter.id, state="draft", **values)
    return preview(acting, letter.id)


def ask_address(acting: Acting, letter_id: int) -> Draft:
    """The next message is the address that a draft goes to."""
    letter = _open_letter(acting, letter_id)
    if isinstance(letter, Draft):
        return letter
    ask(acting.connection, acting.user.id, acting.lane, "letter_address", {"letter": letter_id}, at=acting.now)
    return draft("❓ " + acting.say("Which address?"))


def take_address(acting: Acting, letter_id: int, text: str) -> Draft:
    """The address that was asked for; it becomes the contact's too."""
    letter = _open_letter(acting, letter_id)
    if isinstance(letter, Draft):
        return letter
    address = next(iter(emails_in(text)[0]), "")
    if not address:
        again = ask_address(acting, letter.id)
        return replace(again, spans=(Span(acting.say("“{text}” is no address.", text=text[:60]) + "\n"), *again.spans))
    contact = contact_by_id(acting.connection, letter.contact_id) if letter.contact_id is not None else None
    if contact is not None:
        if holder := holder_of(acting, "email", address, contact):
            return draft("⚠ " + acting.say("{value} is {name}'s already.", value=address, name=label_of(holder)))
        add_handle(acting.trail, contact.id, "email", address)
    return address_to(acting, letter.id, address)


def address_to(acting: Acting, letter_id: int, address: str) -> Draft:
    """Another address for a draft."""
    letter = _open_letter(acting, letter_id)
    if isinstance(letter, Draft):
        return letter
    change_letter(acting.connection, letter.id, state="draft", address=address)
    return preview(acting, letter.id)


def send_letter(acting: Acting, letter_id: int, version: int) -> Draft:
    """The tap on [Send]: queues the mail as it was shown, under a Message-ID that stays."""
    if (refused := _refusal(acting)) is not None:
        return refused
    letter = _open_letter(acting, letter_id)
    if isinstance(letter, Draft):
        return letter
    if letter.version != version:
        return preview(acting, letter.id, changed=True)
    assert acting.pressed is not None
    domain = acting.team.address.rpartition("@")[2].encode("idna").decode("ascii")
    row_id = outbox.add(
        acting.connection,
        Draft((Span(whole_text(acting, letter)),), kind="letter"),
        Destination("email", acting.user.id, letter.address),
        key=f"letter:{letter.id}:{letter.version}",
        now=acting.now,
        inbox_id=acting.inbox_id,
    )
    change_letter(
        acting.connection,
        letter.id,
        state="queued",
        error="",
        # Sent again after doubt it is the same mail; after a refusal it may have been changed.
        message_id=letter.message_id if letter.state == "uncertain" else f"<{new_code()}@{domain}>",
        outbox_id=row_id,
        released_by=acting.pressed.id,
        released_in=acting.inbox_id,
        queued_at=acting.now,
        told_at=None,
        lane=acting.lane,
        shown=acting.pressed.sent_ref,
    )
    name = _name(acting, letter)
    return draft("📤 " + acting.say("On its way to {name}: “{subject}”", name=name, subject=letter.subject))


def drop_letter(acting: Acting, letter_id: int) -> Draft:
    """The mail isn't to be sent; one that waits for its server is taken back."""
    letter = letter_by_id(acting.connection, letter_id)
    if letter is None or letter.state not in (*_OPEN, "queued"):
        return _closed(acting, letter)
    if letter.state == "queued" and letter.outbox_id is not None:
        outbox.take_back(acting.connection, letter.outbox_id)
    change_letter(acting.connection, letter.id, state="dropped")
    return draft(acting.say("Not sent: “{subject}”", subject=letter.subject))


def mark_arrived(acting: Acting, letter_id: int) -> Draft:
    """Its author knows that a mail in doubt arrived: it is logged as sent."""
    letter = letter_by_id(acting.connection, letter_id)
    if letter is None or letter.state != "uncertain":
        return _closed(acting, letter)
    log_sent(acting.connection, letter, acting.now)
    return draft("📤 " + acting.say("Logged as sent: “{subject}”", subject=letter.subject))


def preview(acting: Acting, letter_id: int, *, changed: bool = False) -> Draft:
    """A draft as it would go out, and the buttons that send it, change it, drop it."""
    letter = letter_by_id(acting.connection, letter_id)
    assert letter is not None
    if not letter.address:
        again = ask_address(acting, letter.id)
        lacks = acting.say("{name} has no mail address.", name=_name(acting, letter))
        return replace(again, spans=(Span(lacks + "\n"), *again.spans))
    about = {"letter": letter.id}
    row = (
        Choice(acting.say("Send"), RELEASE, {**about, "version": letter.version}),
        Choice(acting.say("Edit"), "ask_letter", about),
        Choice(acting.say("Cancel"), "drop_letter", about),
    )
    contact = contact_by_id(acting.connection, letter.contact_id) if letter.contact_id is not None else None
    others = [each for each in (contact.emails if contact is not None else ()) if each != letter.address]
    rows = [(Choice(each, "letter_to", {**about, "address": each}),) for each in others[:_MOST_ADDRESSES]]
    head = [acting.say("It was changed meanwhile. This is how it stands:")] if changed else []
    head += ["📤 " + acting.say("Mail to {name} <{address}>", name=_name(acting, letter), address=letter.address)]
    head += [acting.say("Subject: {subject}", subject=letter.subject), "", ""]
    foot = acting.say("Once sent it can't be taken back.")
    spans = (Span("\n".join(head)), Span(whole_text(acting, letter), "quote"), Span(f"\n\n{foot}"))
    return Draft(spans, (row, *rows))


def whole_text(acting: Acting, letter: WrittenLetter) -> str:
    """The text with its author's signature below."""
    signature = acting.user.signature
    return f"{letter.text}\n\n-- \n{signature}" if signature else letter.text


def _compose(acting: Acting, contact: Contact, words: str, answers: int | None, address: str | None) -> Draft:
    """Makes a draft of these words, and shows it."""
    if (refused := _refusal(acting)) is not None:
        return refused
    wording = read_wording(words)
    answered = interaction_by_id(acting.connection, answers) if answers is not None else None
    subject = wording.subject or (answer_to(answered.subject) if answered else subject_from(wording.text))
    wanted = (address or "").lower()
    address = wanted if wanted in contact.emails else _preferred(acting, contact, answered)
    if not acting.team.by_mail:
        return _to_copy(acting, contact, address, subject, wording.text)
    in_reply_to, thread = _thread_of(acting, answered)
    letter = begin_letter(
        acting.connection,
        at=acting.now,
        user_id=acting.user.id,
        contact_id=contact.id,
        answers_id=answered.id if answered is not None else None,
        address=address,
        subject=subject,
        text=wording.text,
        in_reply_to=in_reply_to,
        thread=thread,
        lane=acting.lane,
    )
    if not wording.text:
        return ask_text(acting, letter.id)
    return preview(acting, letter.id)


def _with_whole_text(acting: Acting, intent: Intent) -> Intent:
    """The intent with its text as it was written, line breaks and all."""
    if not intent.slots.text or not acting.text:
        return intent
    alone = len(reread(acting, acting.text)) == 1
    text = as_written(intent.slots.text, acting.text, to_end=alone)
    return replace(intent, slots=replace(intent.slots, text=text))


def _preferred(acting: Acting, contact: Contact, answered: Interaction | None) -> str:
    """The address that the mail answered came from, else the one last written from, else the first."""
    used = [answered.sender] if answered is not None else []
    used += last_written_from(acting.connection, contact.id)
    return next((each for each in used if each in contact.emails), next(iter(contact.emails), ""))


def _thread_of(acting: Acting, answered: Interaction | None) -> tuple[str, str]:
    """In-Reply-To and References of an answer to that mail; nothing when its own Message-ID isn't known."""
    if answered is None or not answered.message_id:
        return "", ""
    mail = message_of(acting.connection, answered.inbox_id).mail if answered.inbox_id is not None else None
    earlier = mail.references if mail is not None and mail.message_id[:998] == answered.message_id else ()
    return answered.message_id, " ".join((*earlier, answered.message_id))


def _to_copy(acting: Acting, contact: Contact, address: str, subject: str, text: str) -> Draft:
    """No mail server is set up: the mail to be sent by hand."""
    signed = f"{text}\n\n-- \n{acting.user.signature}" if acting.user.signature else text
    lines = (
        acting.say("I can't send mail: no mail server is set up (RAPPORT_SMTP)."),
        acting.say("Send it yourself with {address} in BCC, and it is logged.", address=acting.team.address),
        "",
        acting.say("Mail to {name} <{address}>", name=contact.name, address=address or "?"),
        acting.say("Subject: {subject}", subject=subject),
        "",
        "",
    )
    return Draft((Span("\n".join(lines)), Span(signed, "code")))


def _refusal(acting: Acting) -> Draft | None:
    if acting.user.may_write:
        return None
    return draft("⚠ " + acting.say("You can look, not write. An owner can change that."))


def _open_letter(acting: Acting, letter_id: int) -> WrittenLetter | Draft:
    """A letter that can still be changed and sent; else what is said instead."""
    letter = letter_by_id(acting.connection, letter_id)
    return letter if letter is not None and letter.state in _OPEN else _closed(acting, letter)


def _closed(acting: Acting, letter: WrittenLetter | None) -> Draft:
    if letter is None:
        return draft(acting.say("It is gone by now."))
    if letter.state == "dropped":
        return draft(acting.say("That mail was dropped."))
    if letter.state == "sent":
        return draft(acting.say("That mail was sent. A sent mail can't be undone."))
    return draft(acting.say("That mail is on its way already."))


def _name(acting: Acting, letter: WrittenLetter) -> str:
    contact = contact_by_id(acting.connection, letter.contact_id) if letter.contact_id is not None else None
    return contact.name if contact is not None else letter.address

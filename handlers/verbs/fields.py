"""Single fields of a contact: what reaches it, what describes it, and the team's own."""

from __future__ import annotations

from handlers.acting import Acting, draft, shortened
from handlers.birthdays import birthday_of
from handlers.understand.intents import Intent
from handlers.verbs.people import holder_of, open_card
from handlers.whom import label_of, need_whom
from storage.contacts import Contact, add_handle, add_tag, change_contact, company_named
from storage.messages import Draft

_WIDTHS = {"title": 200, "status": 40}  # of the columns, in code points


def set_field(acting: Acting, intent: Intent) -> Draft:
    """One field of a contact: a handle, a column, or one of the team's own."""
    found = need_whom(acting, intent)
    if isinstance(found, Draft):
        return found
    slots = intent.slots
    field, value = (slots.field or "").lower(), slots.value or slots.email or slots.phone or ""
    if field == "email":
        value = (slots.email or value).lower()
    elif field == "phone":
        value = slots.phone or value
    if not field or not value:
        example = acting.say("Anna phone +49 30 901820")
        return draft("❓ " + acting.say("What shall I write where? Try: {example}", example=example))
    if field == "birthday" and value == "off":
        return _forget_birthday(acting, found)
    refused = _write(acting, found, field, value)
    if refused is not None:
        return refused
    shown = acting.words.phone(value) if field == "phone" else value
    if field == "birthday":
        shown = acting.words.birthday(birthday_of(value, acting.setting))
    return draft(
        f"👤 {label_of(found)}",
        f"{_word(acting, field)}: {shown}",
        choices=((acting.undo, open_card(acting, found)),),
    )


def _forget_birthday(acting: Acting, contact: Contact) -> Draft:
    if not contact.birthday:
        return draft(acting.say("I know no birthday of {name}.", name=contact.name))
    change_contact(acting.trail, contact.id, birthday="")
    return draft(
        f"👤 {label_of(contact)}",
        acting.say("Birthday: forgotten"),
        choices=((acting.undo, open_card(acting, contact)),),
    )


def _write(acting: Acting, contact: Contact, field: str, value: str) -> Draft | None:
    """Writes it; the refusal when it can't be."""
    trail, contact_id = acting.trail, contact.id
    if field in ("email", "phone"):
        if holder := holder_of(acting, field, value, contact):
            return draft("⚠ " + acting.say("{value} is {name}'s already.", value=value, name=label_of(holder)))
        add_handle(trail, contact_id, field, value)
    elif field in ("tag", "tags"):
        add_tag(trail, contact_id, value.lstrip("#")[:80])
    elif field == "birthday":
        day = birthday_of(value, acting.setting)
        if not day:
            return draft("❓ " + acting.say("“{text}” is no birthday. Try: 17 May 1986", text=shortened(value, 40)))
        change_contact(trail, contact_id, birthday=day)
    else:
        change_contact(trail, contact_id, **_columns(acting, contact, field, value))
    return None


def _columns(acting: Acting, contact: Contact, field: str, value: str) -> dict[str, object]:
    """What changes in the contact's own row."""
    if field == "company":
        return {"company_id": company_named(acting.trail, value)}
    if field == "name":
        first, _, last = value[:300].rpartition(" ")
        return {"name": value[:300], "first_name": (first or value)[:150], "last_name": last[:150] if first else ""}
    if field == "address":
        return {"addresses": [*contact.addresses, value]}
    if field in _WIDTHS:
        return {field: value[: _WIDTHS[field]]}
    return {"fields": {**contact.fields, field: value}}


def _word(acting: Acting, field: str) -> str:
    words = {
        "phone": acting.say("Phone"),
        "email": acting.say("Email"),
        "company": acting.say("Company"),
        "title": acting.say("Job title"),
        "birthday": acting.say("Birthday"),
        "address": acting.say("Address"),
        "status": acting.say("Status"),
        "name": acting.say("Name"),
        "tag": acting.say("Tag"),
        "tags": acting.say("Tag"),
        "website": acting.say("Website"),
    }
    return words.get(field, field)

"""A template filled in for one contact: which of its texts, what each field stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import Connection

from handlers.understand.language import detect
from handlers.understand.lexicon import LANGUAGES, listed
from handlers.understand.tokens import fold, split
from storage.contacts import Contact
from storage.interactions import interaction_by_id
from storage.letters import last_mail_from
from storage.templates import Template
from storage.users import User

_FIELD = re.compile(r"\{\s*([^{}\n]{1,40}?)\s*\}")


def language_of(connection: Connection, contact: Contact, own: str) -> str:
    """The language to write to a contact in: as their card says, else as their last mail was written, else `own`."""
    noted = language_named(str(contact.fields.get("language", "")))
    if noted:
        return noted
    last = last_mail_from(connection, contact.id)
    mail = interaction_by_id(connection, last) if last is not None else None
    words = split(mail.text[:1_000]) if mail is not None else []
    return detect(words, None, own) if words else own


def language_named(word: str) -> str:
    """The code of a language named in one of ours ("de", "German", "немецкий"); "" for another word."""
    from babel import Locale

    asked = word.strip().casefold()
    for code in LANGUAGES:
        names = [Locale(each).languages[code].casefold() for each in LANGUAGES]
        if asked and asked in (code, *names):
            return code
    return ""


def best_of(texts: list[Template], language: str, own: str) -> Template | None:
    """The text for this language: its own, else the one for everybody, else the user's language, else any."""
    by_language = {each.language: each for each in texts}
    wanted = (language, "", own)
    return next((by_language[each] for each in wanted if each in by_language), next(iter(texts), None))


def fill(text: str, contact: Contact, user: User, given: Mapping[str, str]) -> tuple[str, str]:
    """The text with its fields filled in; and the first field that nothing is known for, "" for none."""
    lacking: list[str] = []

    def filled(match: re.Match[str]) -> str:
        value = given.get(match[1]) or _value(match[1], contact, user)
        if not value:
            lacking.append(match[1])
        return value or match[0]

    done = _FIELD.sub(filled, text)
    return done, lacking[0] if lacking else ""


def _value(field: str, contact: Contact, user: User) -> str:
    values = {
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "name": contact.name,
        "company": contact.company,
        "me": user.name,
    }
    word = fold(field).replace(" ", "_")
    known = next((value for name, value in values.items() if listed(f"filled_{name}", word)), None)
    return known if known is not None else str(contact.fields.get(field.casefold(), ""))

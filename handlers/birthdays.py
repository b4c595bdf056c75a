"""Birthdays as people write them, and as they are kept."""

from __future__ import annotations

import re

from handlers.understand.lexicon import field_in
from reminders.dates import read_date
from reminders.moment import Setting

_TO_NUMBER = re.compile(r"^\D+(?=\d)")
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")


def birthday_of(text: str, setting: Setting) -> str:
    """A birthday as it is kept: 1986-05-17, or --05-17 when no year is named; "" when it is no date, or yet to come."""
    day = read_date(text, setting) or read_date(_TO_NUMBER.sub("", text), setting)  # "der 29.2."
    if day is None:
        return ""
    year = _YEAR.search(text)
    if year is not None and day > setting.now.date():
        return ""
    return f"{year[1] if year else '-'}-{day:%m-%d}"


def without_birthday(text: str, setting: Setting) -> tuple[str, str]:
    """What is told of a new contact: their birthday, where one of its parts names it, and the rest."""
    parts = [part.strip() for part in text.split(",")]
    for part in parts:
        field, value = field_in(part)
        birthday = birthday_of(value, setting) if field == "birthday" else ""
        if birthday:
            return birthday, ", ".join(other for other in parts if other is not part)
    return "", text

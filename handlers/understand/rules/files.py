"""Files of logged mail: by the mail's number, by name, by whom they are from."""

from __future__ import annotations

import re

from handlers.understand.found import Found
from handlers.understand.intents import Intent, Slots

_NAMED = re.compile(r"[^\n]{1,200}\.\w{1,8}")
_LONGEST = 6  # words of a name without an extension
_BARE = frozenset(("file", "attachment", "datei", "anhang", "файл", "вложение"))


def fetch_file(found: Found) -> Intent | None:
    """Which file: `number` is the mail's, `value` its place among that mail's files, `text` its name."""
    if found.clause.moment is not None and not found.has("numbers"):
        return None  # to be got then: a task
    numbers, named = found.tokens("numbers"), _name(found)
    if found.has("numbers"):
        digits = [token.word for token in numbers if token.kind != "sign"]
        if not 1 <= len(digits) <= 2 or not all(each.isdecimal() for each in digits):
            return None
        place = str(int(digits[1][:4])) if len(digits) == 2 else None
        return Intent("fetch_file", Slots(number=int(digits[0][:12]), value=place), because=found.because)
    if found.has("named") and named is None:
        return None
    if found.name("who"):
        who = found.who()
        if who is None:
            return None
        return Intent("fetch_file", Slots(person=who.person, company=who.company, text=named), because=found.because)
    return Intent("fetch_file", Slots(text=named), because=found.because)


def _name(found: Found) -> str | None:
    """A file's name as it is written: with an extension or, after a verb, a few words."""
    if not found.has("named"):
        return None
    text = found.clause.text[found.begin("named") : found.end("named")].strip(" \"'\u201e\u201c\u201d\u00ab\u00bb:,?!")
    asked = found.row[0].fold not in _BARE
    return text if _NAMED.fullmatch(text) or (asked and len(text.split()) <= _LONGEST) else None

"""What needs no reading: help, undo, triage, settings, and what nothing may be done about."""

from __future__ import annotations

import re

from handlers.understand.found import Found
from handlers.understand.intents import Intent, Slots


def plain(found: Found) -> Intent | None:
    """An intent without slots, named by its templates."""
    name = found.match.template.intent
    if found.has("rest") and not any(found.clause.listed("doable", token) for token in found.tokens("rest")):
        return None  # how to do something else
    return Intent(name, because=found.because)  # type: ignore[arg-type]  # templates are named by intents


def calendar(found: Found) -> Intent | None:
    """The calendar's address, or another one."""
    new = found.match.template.intent.endswith(".new")
    return Intent("calendar", Slots(field="new" if new else None), because=found.because)


def nothing(found: Found) -> Intent | None:
    """Small talk, negations and suppositions: nothing may be done."""
    return Intent("unknown", because=found.because)


def numbered(found: Found) -> Intent | None:
    """An intent about the record of a number, or about the newest when none is said."""
    name, number = found.match.template.intent, None
    if found.has("number"):
        word = found.tokens("number")[0].word.lstrip("#")
        if not word.isdecimal():
            return None
        number = int(word[:12])
    return Intent(name, Slots(number=number), because=found.because)  # type: ignore[arg-type]


def never_log(found: Found) -> Intent | None:
    """Whose mail isn't to be kept: an address or a domain."""
    value = found.clause.between(found.begin("value"), found.end("value")).strip(" .,!\"'<>@")
    if not re.fullmatch(r"(?:\S{1,64}@)?[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", value):
        return None
    return Intent("never_log", Slots(value=value.lower()), because=found.because)


def settings(found: Found) -> Intent | None:
    """A setting of the user's own, by the part of the template's name after the dot."""
    field = found.match.template.intent.partition(".")[2] or None
    slot = next((name for name in ("value", "languages") if found.has(name)), None)
    value = found.clause.between(found.begin(slot), found.end(slot)) if slot else None
    if field and field.endswith("_off"):
        field, value = field.removesuffix("_off"), "off"
    return Intent("settings", Slots(field=field, value=value), because=found.because)

"""Contacts and leads: new ones, look-ups, their fields, merging and deleting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.understand.body import cut_money, read_particulars, with_pieces
from handlers.understand.clause import Clause
from handlers.understand.found import Found
from handlers.understand.intents import Intent, IntentName, Slots
from handlers.understand.lexicon import LANGUAGES, lexicon
from handlers.understand.names import Who, read_who
from handlers.understand.tokens import Token


def add_contact(found: Found) -> Intent | None:
    """A new contact from its particulars."""
    return _new(found, "add_contact")


def add_lead(found: Found) -> Intent | None:
    """A new lead from its particulars."""
    return _new(found, "add_lead")


def _new(found: Found, name: IntentName) -> Intent | None:
    clause = found.clause
    low, high = found.begin("body"), found.end("body")
    inside = [t for t in clause.row if low <= t.start and t.end <= high and not clause.listed("fillers", t)]
    given = inside or found.tokens("body")
    inside = _introduced(clause, given)
    if not inside or all(clause.listed("pronouns", token) for token in inside):
        return None
    if all(clause.listed("add", token) or clause.listed("infinitives", token) for token in inside):
        return None
    if name == "add_lead" and _speaks_of_leading(clause, inside):
        return None
    case = found.wanted_case("body") or ("nomn" if len(inside) == len(given) else None)
    slots = read_particulars(clause, inside, case)
    if found.has("more"):
        more = _introduced(clause, found.tokens("more"))
        slots = _with_more(clause, slots, more)
    if not (slots.person or slots.company or slots.email or slots.phone):
        return None
    if found.match.template.intent.endswith(".piece") and not (slots.person and (slots.email or slots.phone)):
        return None
    return Intent(name, slots, because=found.because)


def _introduced(clause: Clause, tokens: Sequence[Token]) -> list[Token]:
    """The tokens past what only introduces somebody: "met a woman at the fair", "Anfrage reingekommen von"."""
    rest = list(tokens)
    for code in (clause.words.code, *(code for code in LANGUAGES if code != clause.words.code)):
        used = lexicon(code).introduction(rest) if rest else 0
        if used:
            rest = rest[used:]
            while rest and rest[0].kind == "sign":
                rest.pop(0)
    return rest


def _with_more(clause: Clause, slots: Slots, more: Sequence[Token]) -> Slots:
    """The particulars, with pieces and words that stand apart from them."""
    if not more:
        return slots
    pieces = with_pieces(clause, more)
    text = cut_money(clause, more[0].start, more[-1].end)
    return replace(
        slots,
        email=slots.email or pieces.email,
        phone=slots.phone or pieces.phone,
        amount=slots.amount if slots.amount is not None else pieces.amount,
        currency=slots.currency if slots.amount is not None else pieces.currency,
        text=", ".join(filter(None, (slots.text, text))) or None,
    )


def _speaks_of_leading(clause: Clause, tokens: Sequence[Token]) -> bool:
    """Whether "lead" goes with a noun of its own here: "lead singer", "lead time"."""
    apart = clause.text[: tokens[0].start].rstrip()[-1:] in tuple(":,-!–—")
    return not apart and clause.listed("led", tokens[0])


def lookup_contact(found: Found) -> Intent | None:
    """Whose card is wanted."""
    if found.clause.moment is not None and not found.clause.moment.past:
        return None
    tokens = found.tokens(found.name("who") or "who")
    pieces = with_pieces(found.clause, tokens, money=False)
    if (pieces.email or pieces.phone) and len(tokens) == 1:
        return Intent("lookup_contact", pieces, because=found.because)
    who = found.who(possessive=True)
    if who is None:
        return None
    return Intent("lookup_contact", Slots(person=who.person, company=who.company), because=found.because)


def find_contact(found: Found) -> Intent | None:
    """An explicit search: any words will do."""
    intent = lookup_contact(found)
    if intent is not None or not found.has("who"):
        return intent
    tokens = found.tokens("who")
    if any(found.clause.listed("stop", token) for token in tokens) or all(token.kind != "word" for token in tokens):
        return None
    words = found.text("who")
    return Intent("lookup_contact", Slots(person=words), because=found.because) if words else None


def set_field(found: Found) -> Intent | None:
    """One field of one contact, and what it is to be."""
    clause = found.clause
    who = found.who(possessive=True)
    tokens = found.tokens("value") or found.tokens("job")
    if who is None or not tokens:
        return None
    if found.name("who") == "who_poss" and not found.tokens("who")[-1].fold.endswith(("'s", "'")):
        return None
    pieces = with_pieces(clause, tokens)
    written = clause.text[tokens[0].start : max(tokens[-1].end, found.end("value" if found.has("value") else "job"))]
    value = clause.between(tokens[0].start, tokens[0].start + len(written))
    field = _field(found)
    if field is None:
        field = "email" if pieces.email else "phone" if pieces.phone else None
    elif field in ("phone", "email") and not (pieces.email or pieces.phone):
        return None
    if field is None:
        return None
    if field in ("email", "phone"):
        field = "email" if pieces.email else "phone"
        value = pieces.email or pieces.phone or value
    if field == "birthday" and not any(sign.isdigit() for sign in value):
        return None
    slots = Slots(person=who.person, company=who.company, field=field, value=value)
    if field == "company":
        slots = replace(slots, company=None)
    return Intent("set_field", slots, because=found.because)


def _field(found: Found) -> str | None:
    """The field's name: a built-in one, or the user's own as written."""
    if found.match.template.intent.startswith("set_field."):
        return found.match.template.intent.removeprefix("set_field.")
    tokens = found.tokens("field")
    if not tokens:
        return None
    words = " ".join(token.fold for token in tokens)
    known = found.clause.field(words) or found.clause.field(tokens[-1].fold)
    if known or found.name("field") == "field":
        return known
    plain = any(found.clause.listed(name, token) for name in ("stop", "planned") for token in tokens)
    return None if plain or found.clause.listed("common", tokens[-1]) else found.text("field")


def no_birthday(found: Found) -> Intent | None:
    """A birthday that shall be forgotten."""
    who = found.who(possessive=True)
    if who is None:
        return None
    slots = Slots(person=who.person, company=who.company, field="birthday", value="off")
    return Intent("set_field", slots, because=found.because)


def merge(found: Found) -> Intent | None:
    """Two contacts that are one."""
    first, second = found.who("who"), found.who("other")
    if first is None or second is None:
        return None
    return Intent("merge", Slots(person=_name(first), value=_name(second)), because=found.because)


def merge_two(found: Found) -> Intent | None:
    """Two names in one slot, with nothing but a connector between them: "merge Anna K and Anna Kern"."""
    tokens = found.tokens("both")
    first = read_who(found.clause, tokens, found.case("both"))
    if first is None or first.used >= len(tokens):
        return None
    rest = tokens[first.used :]
    second = read_who(found.clause, rest[1:], found.case("both")) if len(rest) > 1 else None
    if second is None or second.used != len(rest) - 1:
        return None
    return Intent("merge", Slots(person=_name(first), value=_name(second)), because=found.because)


def _name(who: Who) -> str | None:
    return who.person or who.company


def delete(found: Found) -> Intent | None:
    """A contact, or a line of a list, that shall go."""
    if found.has("number"):
        number = found.tokens("number")[0].word
        return Intent("delete", Slots(number=int(number)), because=found.because) if number.isdecimal() else None
    if found.has("text") or found.has("planned"):
        words = found.text("text" if found.has("text") else "planned")
        return Intent("delete", Slots(text=words), because=found.because) if words else None
    tokens = found.tokens(found.name("who") or "who")
    pieces = with_pieces(found.clause, tokens, money=False)
    who = found.who()
    if who is None:
        return Intent("delete", pieces, because=found.because) if pieces.email or pieces.phone else None
    return Intent("delete", Slots(person=who.person, company=who.company), because=found.because)


def tag(found: Found) -> Intent | None:
    """A tag on a contact: the field "tags"."""
    who = found.who()
    words = found.text("value")
    if who is None or not words:
        return None
    value = words.lstrip("#").strip("\"'«»„“")
    slots = Slots(person=who.person, company=who.company, field="tags", value=value)
    return Intent("set_field", slots, because=found.because)

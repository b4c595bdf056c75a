"""What a message asks for: text, moment and look-ups in, typed intents out. Pure; raises on no text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from handlers.understand.clause import Clause
from handlers.understand.found import Found
from handlers.understand.frames import inside_frames
from handlers.understand.intents import Intent, Lookups, Slots, Understanding
from handlers.understand.language import detect
from handlers.understand.lexicon import LANGUAGES, lexicon
from handlers.understand.loose import read_loose
from handlers.understand.message import Message, read_message, spelt_out
from handlers.understand.nagging import find_nagging
from handlers.understand.names import read_who
from handlers.understand.rules.book import rule_of
from handlers.understand.rules.followups import conditional
from handlers.understand.spelling import corrected
from handlers.understand.split import Part, parts_of, with_condition
from handlers.understand.tokens import Token
from reminders.moment import Setting

_READS = frozenset(
    (
        *("lookup_contact", "history", "list_tasks", "list_leads", "list_templates"),
        *("pipeline", "help", "triage", "today", "unknown"),
    )
)
_LOOSE = ("an order", "a moment and what to do", "a bare name", "a bare address or number", "a day alone", "a card")
_NAMED = frozenset(
    {"add_task", "follow_up", "log_call", "add_note", "send_email", "history", "add_deal", "move_deal", "set_field"}
)


def understand(text: str, setting: Setting, lookups: Lookups, language: str | None = None) -> Understanding:
    """What a message asks for, in order; `language` is a hint, `setting.language` the user's own language."""
    nagging = find_nagging(text)
    if nagging is not None:
        found = _understand(nagging.text, setting, lookups, language)
        if found.intents[0].name == "add_task":
            first, why = found.intents[0], f"until done, every {nagging.minutes} minutes"
            first = replace(first, nag=nagging.minutes, because=(*first.because, why))
            return replace(found, intents=(first, *found.intents[1:]))
    return _understand(text, setting, lookups, language)


def _understand(text: str, setting: Setting, lookups: Lookups, language: str | None) -> Understanding:
    message = read_message(text, setting, lookups)
    code = detect(message.row, language, setting.language)
    message = replace(message, code=code, row=spelt_out(message.row, code))
    if not any(token.kind != "sign" for token in message.row):
        return Understanding((Intent("unknown", because=("nothing said",)),), code)
    if message.command:
        known = any(message.row[0].fold in lexicon(each).all_words for each in LANGUAGES)
        whole = _interpret(message.clause(message.row)) if known else None
        return Understanding((whole or Intent("unknown", because=("an unknown command",)),), code)
    return Understanding(tuple(_together(message, with_condition(message, parts_of(message)))), code)


def _together(message: Message, parts: Sequence[Part]) -> list[Intent]:
    """The intents of a message's parts: parts that open nothing of their own belong to the one before."""
    groups: list[list[Token]] = []
    current: Intent | None = None
    for part in parts:
        opening = None
        if len(parts) > 1:
            opening = _interpret(message.clause(part.tokens))
        if groups and not _opens(opening, current, part, message):
            groups[-1].extend((*part.before, *part.tokens))
            continue
        groups.append(list(part.tokens))
        current = opening
    intents: list[Intent] = []
    context: str | None = None
    for group in groups:
        clause = message.clause(group, context)
        intent = _interpret(clause) or Intent("unknown", when=clause.moment, because=("no rule fits",))
        intent = _about(intent, context, clause)
        context = intent.slots.person or intent.slots.company or context or _mentioned(clause, intent)
        intents.extend(_each_number(intent, group))
    meant = [intent for intent in intents if intent.name != "unknown"]
    return meant or intents[:1]


def _each_number(intent: Intent, group: Sequence[Token]) -> list[Intent]:
    """One intent for each of several numbers: "done 2 and 3"."""
    if intent.name not in ("complete_task", "delete") or intent.slots.number is None:
        return [intent]
    numbers = [int(token.word) for token in group if token.kind == "number" and token.word.isdecimal()][:20]
    return [replace(intent, slots=replace(intent.slots, number=number)) for number in dict.fromkeys(numbers)] or [
        intent
    ]


def _opens(opening: Intent | None, current: Intent | None, part: Part, message: Message) -> bool:
    """Whether a part begins something new after the one that is being read."""
    if opening is None or opening.name == "unknown" or part.headed or (current is not None and _takes_all(current)):
        return False
    why = opening.because[0]
    soft = why in _LOOSE
    if opening.name in _READS:
        return part.strong and not soft and not (current and current.name in ("add_note", "send_email"))
    if current and current.name == "add_task" and current.title is None and current.when is None:
        return False
    if current is None or current.name == "unknown":
        return not soft or part.strong
    if soft or why.startswith(("statement", "labelled_note", "task_frame")):
        if opening.when is None or opening.name != "add_task" or current.name in ("add_note", "send_email"):
            return False
        return opening.when.has_time or why != _LOOSE[1] or current.name in ("add_task", "unknown")
    if opening.name == "add_deal" and current.name in ("add_lead", "add_contact"):
        return part.strong
    if opening.name in ("log_call", "set_field", "move_deal", "send_email", "complete_task", "undo"):
        return part.strong and current.name not in ("add_note", "send_email")
    return True


def _takes_all(intent: Intent) -> bool:
    """Whether all that follows is text to be kept as it is: a template, a signature."""
    return intent.name == "save_template" or (intent.name == "settings" and intent.slots.field == "signature")


def _interpret(clause: Clause) -> Intent | None:
    """The one intent of a clause, or None when no rule fits."""
    return conditional(clause, _unconditional) or _unconditional(clause)


def _unconditional(clause: Clause) -> Intent | None:
    row, polite = inside_frames(clause.row, clause.code)
    bare = [token for token in row if not clause.in_moment(token)]
    if clause.moment is not None:
        bare, again = inside_frames(bare, clause.code)
        polite = polite or again
    row, bare = _without_end(row), _without_end(bare)
    if not row:
        return None
    asks = clause.row[-1].fold == "?" and not polite
    for intent in _candidates(clause, row, bare):
        if asks and intent.name not in _READS and not _asks_somebody(clause, intent):
            return _asked(clause, intent)
        return intent
    found = read_loose(clause, bare, polite)
    if found is not None and asks and found.name not in _READS:
        return None
    return found


def _without_end(tokens: Sequence[Token]) -> list[Token]:
    found = list(tokens)
    while found and found[-1].fold in (".", "!", "?", ",", ";", "\u2026", ":", ")", "-"):
        if found[-1].fold == ")" and any(token.fold == "(" for token in found):
            break
        found.pop()
    return found


def _candidates(clause: Clause, row: Sequence[Token], bare: Sequence[Token]) -> Iterator[Intent]:
    """The intents of all templates that fit, explicit ones first; misspelt words put right where none does."""
    rows = _rows(clause, row, bare)
    found = False
    for intent in _fitting(clause, rows, row):
        found = True
        yield intent
    if not found and (better := corrected(row, clause.code)) is not None:
        right = {token.start: token for token in better}
        for intent in _fitting(clause, [[right[token.start] for token in each] for each in rows], row):
            yield replace(intent, because=(*intent.because, "spelling"))


def _rows(clause: Clause, row: Sequence[Token], bare: Sequence[Token]) -> list[Sequence[Token]]:
    """The tokens as templates may see them: all, those outside the moment, those without commas and fillers."""
    rows = [row, bare] if len(bare) < len(row) else [row]
    plain = [
        token
        for token in bare
        if token.fold != "," and (token is bare[0] or not clause.listed("fillers", token) or token.capital)
    ]
    if plain and len(plain) < len(bare):
        rows.append(plain)
    return rows


def _fitting(clause: Clause, rows: Sequence[Sequence[Token]], inner: Sequence[Token]) -> Iterator[Intent]:
    order = [clause.words.code, *(code for code in LANGUAGES if code != clause.words.code)]
    low, high = inner[0].start, inner[-1].end
    fits = {
        code: sorted(
            (Found(clause, fit, tokens, low, high) for tokens in rows for fit in lexicon(code).matches(tokens)),
            key=lambda found: -found.match.weight,
        )
        for code in order
    }
    for soft in (False, True):
        for code in order:
            for found in fits[code]:
                rule = rule_of(found.match.template.intent, soft)
                intent = rule(found) if rule else None
                if intent is not None:
                    yield intent


def _asks_somebody(clause: Clause, intent: Intent) -> bool:
    """Whether the question is a letter's own, or a template's: "mail Anna: when do you need it?"."""
    text = intent.slots.text or ""
    begin = clause.text.find(text.partition(" ")[0], clause.start) if text else -1
    if intent.name == "save_template":
        return True
    return intent.name == "send_email" and ":" in clause.text[clause.start : max(begin, clause.start)]


def _asked(clause: Clause, intent: Intent) -> Intent | None:
    """A question never writes: about an account it is history, else nothing."""
    if intent.slots.person or intent.slots.company:
        slots = Slots(person=intent.slots.person, company=intent.slots.company)
        return Intent("history", slots, because=("a question", *intent.because))
    return None


def _about(intent: Intent, context: str | None, clause: Clause) -> Intent:
    """What says no name is about the one named before."""
    slots = intent.slots
    if context is None or intent.name not in _NAMED or slots.person or slots.company or slots.email or slots.phone:
        return intent
    return replace(intent, slots=replace(slots, person=context))


def _mentioned(clause: Clause, intent: Intent) -> str | None:
    """Whom words that ask for nothing begin with."""
    if intent.name != "unknown":
        return None
    who = read_who(clause, list(clause.row))
    if who is None:
        return None
    tells = who.used < len(clause.row) and clause.listed("states", clause.row[who.used])
    return who.person or who.company if who.known or who.capital or tells else None

"""What a message asks for: text, moment and look-ups in, typed intents out. Pure; raises on no text."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers.understand.intents import Intent, Lookups, Slots, Understanding
from handlers.understand.language import detect
from handlers.understand.lexicon import LANGUAGES, lexicon
from handlers.understand.pattern import Match
from handlers.understand.pieces import Piece, find_pieces
from handlers.understand.tokens import Token, split
from reminders.moment import Moment, Setting
from reminders.when import find_moment, title_without

_SLASH = re.compile(r"/([a-z_]+)(?:@\w+)?\s*")
_COMMANDS = {"start": "help", "find": "find", "todo": "task", "search": "find"}


def understand(text: str, setting: Setting, lookups: Lookups, language: str | None = None) -> Understanding:
    """What a message asks for, in order; `language` is a hint, `setting.language` the user's own language."""
    slash = _SLASH.match(text)
    shift = 0
    if slash:
        text = f"{_COMMANDS.get(slash[1], slash[1])} {text[slash.end() :]}"
    pieces = find_pieces(text, setting.country)
    tokens = _with_pieces(split(text), pieces)
    code = detect(tokens, language, setting.language)
    moment = find_moment(text, setting)
    bare = [token for token in tokens if not moment or not any(s <= token.start < e for s, e in moment.spans)]
    for each in (code, *(other for other in LANGUAGES if other != code)):
        if each in LANGUAGES:
            for row in (bare, tokens):
                for found in lexicon(each).matches(row):
                    return Understanding((_fill(found, row, text, moment, pieces, code),), code)
    del shift
    return Understanding((_rest(text, tokens, moment, code, lookups),), code)


def _with_pieces(tokens: list[Token], pieces: list[Piece]) -> list[Token]:
    for piece in pieces:
        tokens = [token for token in tokens if token.end <= piece.start or token.start >= piece.end]
        tokens.append(Token(piece.start, piece.end, piece.value, f"\0{piece.kind}", piece.kind))
    return sorted(tokens, key=lambda token: token.start)


def _rest(text: str, tokens: list[Token], moment: Moment | None, code: str, lookups: Lookups) -> Intent:
    words = [token for token in tokens if token.kind == "word"]
    plain = text.strip(" ?!.")
    if words and len(words) <= 3 and (lookups.people(plain) or all(token.capital for token in words)):
        return Intent("lookup_contact", Slots(person=plain), because=("a bare name",))
    if moment:
        title = title_without(text, moment, code)
        return Intent("add_task", Slots(text=title, due_text=moment.words), title, moment, ("a moment",))
    return Intent("unknown")


def _fill(found: Match, row: list[Token], text: str, moment: Moment | None, pieces: list[Piece], code: str) -> Intent:
    name = found.template.intent
    slots = Slots()
    because = (f"{name}: {found.template.source}",)
    for slot, start, end in found.slots:
        if start >= end:
            continue
        words = text[row[start].start : row[end - 1].end].strip()
        if slot == "who":
            slots = replace(slots, person=words.rstrip("?").strip())
        elif slot == "text":
            slots = replace(slots, text=words)
        elif slot == "number":
            slots = replace(slots, number=int(words)) if words.isdigit() else replace(slots, text=words)
        elif slot == "period":
            slots = replace(slots, due_text=words)
        elif slot == "body":
            slots = _body(words, pieces, name)
        elif slot == "task":
            slots = replace(slots, text=" ".join(t.word for t in row[start:end]))
    if name == "add_task":
        due = moment.words if moment else None
        return Intent("add_task", replace(slots, due_text=due), slots.text, moment, because)
    if name == "list_tasks" and moment and not slots.due_text:
        slots = replace(slots, due_text=moment.words)
    return Intent(name, slots, because=because)  # type: ignore[arg-type]  # templates are named by intents


def _body(words: str, pieces: list[Piece], name: str) -> Slots:
    slots = Slots()
    for piece in pieces:
        if piece.kind == "email":
            slots = replace(slots, email=piece.value)
        elif piece.kind == "phone":
            slots = replace(slots, phone=piece.value)
        elif piece.kind == "money":
            slots = replace(slots, amount=piece.amount, currency=piece.currency)
    head, *chunks = [chunk.strip() for chunk in re.split(r"[,;:\n]", words)]
    chunks = [chunk for chunk in chunks if chunk and "@" not in chunk and not re.match(r"\+?[\d ()-]+$", chunk)]
    slots = replace(slots, person=head)
    if name != "add_note" and chunks and chunks[0][:1].isupper():
        slots = replace(slots, company=chunks.pop(0))
    return replace(slots, text=", ".join(chunks) or None)

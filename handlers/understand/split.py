"""A message cut where something new may begin: at the ends of sentences, commas, and words like "and" and "then"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.understand.condition import find_condition, may_begin, without_condition
from handlers.understand.lexicon import LANGUAGES, lexicon, listed
from handlers.understand.message import Message
from handlers.understand.tokens import Token

_ENDS = frozenset(".!?;\n")
_SOFT = frozenset(",-:")
_MOST = 12


@dataclass(frozen=True, slots=True)
class Part:
    """Tokens between two cuts; `before` are those of the cut itself; `strong`: a sentence ended there."""

    tokens: tuple[Token, ...]
    before: tuple[Token, ...] = ()
    strong: bool = False
    headed: bool = False  # what stands before it only says what it is: "lead!!"


def parts_of(message: Message) -> list[Part]:
    """The parts of a message, in order; the rest of a long message stays with its last part."""
    row = message.row
    parts: list[Part] = []
    current: list[Token] = []
    before: list[Token] = []
    strong, headed = True, False
    for index, token in enumerate(row):
        kind = _cut(row, index, message) if len(parts) < _MOST else None
        if kind is None or (not current and token.kind != "sign"):
            current.append(token)
            continue
        if current:
            if token.fold == "?":
                current.append(token)
            parts.append(Part(tuple(current), tuple(before), strong, headed))
            headed = len(parts) == 1 and all(listed("labels", each.fold) for each in current)
            current, before, strong = [], [], False
        strong = strong or kind == "end"
        before.append(token)
    if current:
        parts.append(Part(tuple(current), tuple(before), strong, headed))
    return parts


def with_condition(message: Message, parts: list[Part]) -> list[Part]:
    """The parts; a condition that begins a sentence is one with what follows: "if no answer by friday, remind me"."""
    found: list[Part] = []
    waiting: Part | None = None
    for part in parts:
        if waiting is not None:
            part = Part((*waiting.tokens, *part.before, *part.tokens), waiting.before, waiting.strong)
            waiting = None
        if part.strong and part is not parts[-1] and may_begin(part.tokens) and _is_condition(message, part):
            waiting = part
        else:
            found.append(part)
    return [*found, waiting] if waiting is not None else found


def _is_condition(message: Message, part: Part) -> bool:
    """Whether a part is nothing but a condition, and perhaps a moment."""
    clause = message.clause(part.tokens)
    condition = find_condition(clause)
    return condition is not None and not without_condition(clause, condition).without_moment()


def _cut(row: Sequence[Token], index: int, message: Message) -> str | None:
    token = row[index]
    following = row[index + 1] if index + 1 < len(row) else None
    if message.moment and any(s <= token.start < e for s, e in message.moment.spans):
        return None
    if token.kind == "sign":
        apart = following is None or following.start > token.end or token.fold in "\n?!;"
        if token.fold in _ENDS:
            short = token.fold == "." and index > 0 and _abbreviation(row[index - 1])
            return "end" if apart and not short else None
        dash = token.fold == "-" and index > 0 and row[index - 1].end < token.start and apart
        if token.fold == "," or dash:
            return "soft" if apart or token.fold == "," else None
        return None
    initial = token.capital and len(token.word) == 1 and following is not None and following.fold == "."
    if (
        token.kind == "word"
        and not initial
        and any(token.fold in lexicon(code).lists.get("and", ()) for code in LANGUAGES)
    ):
        return "soft"
    return None


def _abbreviation(token: Token) -> bool:
    word = token.fold
    return (
        len(word) == 1
        or any(word in lexicon(code).lists.get(name, ()) for name in ("honorifics", "shortened") for code in LANGUAGES)
        or (token.kind == "number" and len(word) <= 2)
    )

"""What makes a task a follow-up: "if she doesn't write", "falls keine Antwort kommt", "если не ответит"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from handlers.understand.clause import Clause
from handlers.understand.lexicon import LANGUAGES, lexicon
from handlers.understand.names import Who, read_who
from handlers.understand.pattern import Match, match
from handlers.understand.tokens import Token

_LONGEST = 16  # tokens


@dataclass(frozen=True, slots=True)
class Condition:
    """Where "if they don't answer" stands in the message, its tokens, whom it names, and the template that fits."""

    start: int
    end: int
    tokens: tuple[Token, ...]
    who: Who | None
    source: str


def may_begin(tokens: Sequence[Token]) -> bool:
    """Whether one of these words begins a condition, in any language."""
    return any(token.fold in lexicon(code).conditions for token in tokens for code in LANGUAGES)


def find_condition(clause: Clause) -> Condition | None:
    """The condition in a clause, read past the moment that may stand inside it ("if no answer by friday")."""
    if not may_begin(clause.row):
        return None
    row = clause.without_moment()
    for at, token in enumerate(row):
        for code in (clause.words.code, *(code for code in LANGUAGES if code != clause.words.code)):
            templates = lexicon(code).conditions.get(token.fold, ())
            for length in range(min(_LONGEST, len(row) - at), 1, -1) if templates else ():
                tokens = row[at : at + length]
                if tokens[-1].kind == "sign":
                    continue
                for template in templates:
                    found = match(template, tokens)
                    if found is not None and (named := _named(clause, found, tokens)) is not None:
                        who = named[0] if named else None
                        return Condition(token.start, tokens[-1].end, tuple(tokens), who, template.source)
    return None


def without_condition(clause: Clause, condition: Condition) -> Clause:
    """The clause as if the condition weren't there; its places count as the moment's, so that no title has them."""
    row = tuple(token for token in clause.without_moment() if not condition.start <= token.start < condition.end)
    while row and row[0].kind == "sign":
        row = row[1:]
    while row and row[-1].kind == "sign":
        row = row[:-1]
    if not row:
        return replace(clause, row=())
    start, end = row[0].start, max(row[-1].end, clause.end if row[-1] is clause.row[-1] else 0)
    moment = clause.moment
    if moment is not None:
        spans = _merged([*moment.spans, (condition.start, condition.end)])
        moment = replace(moment, start=spans[0][0], end=spans[-1][1], spans=spans)
    return replace(clause, row=row, start=start, end=end, moment=moment)


def _named(clause: Clause, found: Match, tokens: Sequence[Token]) -> tuple[Who | None, ...] | None:
    """Whom the template's slot names, in a tuple; an empty one for nobody; None when its words are no name at all."""
    for name, start, end in found.slots:
        inside = [token for token in tokens[start:end] if token.kind != "sign"]
        if all(_stands_for_somebody(clause, token) for token in inside):
            continue
        case = name.partition("_")[2] or None
        who = read_who(clause, inside, case)
        if who is None or who.used < len(inside):
            return None
        return (who,)
    return ()


def _stands_for_somebody(clause: Clause, token: Token) -> bool:
    return any(clause.listed(name, token) for name in ("they", "articles", "roles", "pronouns"))


def _merged(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple(_walk_merged(sorted(spans)))


def _walk_merged(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    low, high = spans[0]
    for start, end in spans[1:]:
        if start > high:
            yield low, high
            low, high = start, end
        high = max(high, end)
    yield low, high

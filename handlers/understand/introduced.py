"""Somebody who is described before the name is said, and those who were there too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.understand import russian
from handlers.understand.clause import Clause
from handlers.understand.names import Who, company_after, read_who
from handlers.understand.tokens import Token

_FAR = 12  # tokens from the description within which the name must be said


def read_somebody(clause: Clause, tokens: Sequence[Token], case: str | None = None) -> Who | None:
    """Whom these words begin with: a name, or a description and then a name; `used` counts those with them, too."""
    described = _described(clause, tokens)
    if described:
        who = _introduced(clause, tokens, described, case)
    elif tokens and clause.listed("indefinite", tokens[0]):
        return None
    else:
        who = read_who(clause, tokens, case)
    return _with_others(clause, tokens, who) if who is not None else None


def _described(clause: Clause, tokens: Sequence[Token]) -> int:
    """How many tokens describe somebody: "the new buyer", "a woman", "der Chefin", "девочкой"."""
    for index, token in enumerate(tokens[:4]):
        if clause.listed("people", token):
            after = tokens[index + 1] if index + 1 < len(tokens) else None
            named = after is not None and after.capital and not clause.listed("people", after)
            return 0 if named and index and clause.words.code != "de" else index + 1
        if not (clause.listed("articles", token) or clause.listed("indefinite", token) or clause.listed("kind", token)):
            return 0
    return 0


def _introduced(clause: Clause, tokens: Sequence[Token], at: int, case: str | None) -> Who | None:
    company, after = company_after(clause, tokens, at)
    if company is None and at < len(tokens) and clause.listed("places", tokens[at]):
        after = _next_comma(tokens, at)
    while after < min(len(tokens), _FAR):
        token = tokens[after]
        names = token.capital or russian.is_name(token.word)
        if token.fold in (",", "(", "-", ":") or clause.listed("naming", token) or clause.listed("whose", token):
            after += 1
            continue
        who = read_who(clause, tokens[after:], case, strict=token.capital) if names else None
        if who is None or not (who.person or who.company):
            break
        used = _past_naming(clause, tokens, after + who.used)
        return Who(who.person, who.company or company, used, who.known, True)
    return Who(None, company, at if company is None else after, capital=True) if company else None


def _past_naming(clause: Clause, tokens: Sequence[Token], at: int) -> int:
    """Past "his name was", "heißt er", "зовут его"."""
    window = tokens[at : at + 3]
    last = max((index for index, token in enumerate(window) if clause.listed("naming", token)), default=None)
    if last is None:
        return at
    at += last + 1
    return at + 1 if at < len(tokens) and clause.listed("whose", tokens[at]) else at


def _past_origin(clause: Clause, tokens: Sequence[Token], at: int) -> int:
    """Past where somebody is from, where that is no firm's name: "from the garage"."""
    if at + 2 < len(tokens) and clause.listed("from", tokens[at]) and tokens[at + 1].fold in ("the", "my", "our"):
        return at if tokens[at + 2].capital or clause.listed("common", tokens[at + 2]) else at + 3
    return at


def _next_comma(tokens: Sequence[Token], at: int) -> int:
    return next((index for index in range(at, min(len(tokens), at + 5)) if tokens[index].fold == ","), at)


def _with_others(clause: Clause, tokens: Sequence[Token], who: Who) -> Who:
    """Past "and her boss", "n the finance lady at orbis", "u der Tanja von ostwerk"."""
    at = _past_origin(clause, tokens, who.used)
    who = replace(who, used=at)
    if at + 1 >= len(tokens) or not (clause.listed("and", tokens[at]) or tokens[at].fold == "&"):
        return who
    rest = tokens[at + 1 :]
    described = _described(clause, rest)
    if described:
        company, after = company_after(clause, rest, described)
        return replace(who, company=who.company or company, used=at + 1 + after)
    if not (rest[0].capital or clause.listed("articles", rest[0])):
        return who
    other = read_who(clause, rest, strict=True)
    if other is None or not other.person or not other.capital:
        return who
    return replace(who, company=who.company or other.company, used=at + 1 + other.used)

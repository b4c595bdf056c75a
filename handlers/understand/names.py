"""Persons and firms at the beginning of some tokens: grammar first, then the store, Russian names to the nominative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.understand import russian
from handlers.understand.clause import Clause
from handlers.understand.tokens import Token, fold

SURE = 0.85  # a look-up's score from which the store's word counts
_QUOTES = {"«": "»", '"': '"', "„": "“", "“": "”"}
_LONGEST = 5


@dataclass(frozen=True, slots=True)
class Who:
    """A person, a firm or both, read from the first `used` tokens."""

    person: str | None
    company: str | None
    used: int
    known: bool = False
    capital: bool = False


def read_who(
    clause: Clause, tokens: Sequence[Token], case: str | None = None, possessive: bool = False, strict: bool = False
) -> Who | None:
    """The name that these tokens begin with, or None.

    `case` is the Russian case that the words before ask for; `possessive`: a German genitive s may end the name;
    `strict`: a name in lower case counts only if the store knows it.
    """
    at, firm = _skip(clause, tokens)
    if at and case is None:
        case = russian.case_after(tokens[at - 1].fold)
    run = _run(clause, tokens, at, strict, firm)
    if not run or (len(run) == 1 and clause.listed("suffixes", run[0])):
        return _quoted(clause, tokens, at)
    if strict and not run[0].capital and not _known(clause, run):
        return None
    run = _cut(clause, run)
    after = _after(tokens, run)
    person, company = _person_or_company(clause, run, firm, case, possessive)
    if person and not company:
        company, after = company_after(clause, tokens, after)
    capital = all(token.capital or clause.listed("particles", token) for token in run)
    return Who(person, company, after, bool(_known(clause, run)), capital)


def _skip(clause: Clause, tokens: Sequence[Token]) -> tuple[int, bool]:
    """Where the name begins, after articles, titles and labels, and whether a label says that it is a firm's."""
    at, firm = 0, False
    while at < len(tokens) - 1:
        token = tokens[at]
        if token.capital and len(token.word) == 1 and tokens[at + 1].fold == ".":
            break
        if clause.listed("firm_labels", token):
            firm = True
        elif not (
            clause.listed("honorifics", token)
            or clause.listed("articles", token)
            or clause.listed("roles", token)
            or (token.fold == "." and at and clause.listed("honorifics", tokens[at - 1]))
            or (token.fold == ":" and firm)
        ):
            break
        at += 1
    return at, firm


def _run(clause: Clause, tokens: Sequence[Token], at: int, strict: bool = False, firm: bool = False) -> list[Token]:
    """The tokens that can belong to one name."""
    run: list[Token] = []
    for index in range(at, min(len(tokens), at + _LONGEST + 2)):
        token = tokens[index]
        if token.fold == "." and run and (len(run[-1].word) == 1 or (len(run[-1].word) == 2 and run[-1].capital)):
            continue
        if _joins(clause, tokens, index, run, firm):
            run.append(token)
            continue
        if run and "," in clause.text[run[-1].end : token.start]:
            break
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        initial = token.capital and len(token.word) == 1 and following is not None and following.fold == "."
        named = (firm or (index == at and _titled(clause, tokens, at))) and token.capital
        if token.kind != "word" or not (initial or named or name_like(clause, token, run, strict)):
            ends = following is None or following.kind != "word"
            if not (ends and len(run) == 1 and _second(clause, run[0], token)):
                break
        run.append(token)
        if token.word.endswith(("'s", "’s", "'", "’")):
            break
    while run and (clause.listed("particles", run[-1]) or run[-1].kind == "sign"):
        run.pop()
    return run


def _titled(clause: Clause, tokens: Sequence[Token], at: int) -> bool:
    """Whether a title leads to a place: after "Herr", "Koch" is no cook."""
    before = [token for token in tokens[max(at - 2, 0) : at] if token.fold != "."]
    return bool(before) and clause.listed("honorifics", before[-1])


def _joins(clause: Clause, tokens: Sequence[Token], index: int, run: Sequence[Token], firm: bool) -> bool:
    """Whether a token stands inside a firm's name: "&", "+", and "el" in "taquería el sol"."""
    token = tokens[index]
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if not run or following is None or following.kind != "word":
        return False
    if token.fold in ("&", "+"):
        close = run[-1].end == token.start and token.end == following.start
        return following.capital or close or clause.listed("suffixes", following) or (firm and not run[0].capital)
    small = firm and not run[0].capital and clause.listed("particles", token) and not clause.listed("from", token)
    return small and not clause.listed("stop", token) and name_like(clause, following)


def _after(tokens: Sequence[Token], run: Sequence[Token]) -> int:
    """The place of the token after a run."""
    return tokens.index(run[-1]) + 1


def _second(clause: Clause, first: Token, token: Token) -> bool:
    """Whether a common Russian word in small letters is the surname of a first name before it."""
    plain = token.kind == "word" and not any(clause.listed(name, token) for name in ("stop", "states", "past"))
    return plain and not first.capital and russian.is_name(first.word)


def name_like(clause: Clause, token: Token, run: Sequence[Token] = (), strict: bool = False) -> bool:
    """Whether a word can go on with a name that began with `run`."""
    if run and clause.listed("job", token):
        return False
    if clause.listed("suffixes", token):
        return bool(run) or token.capital
    if clause.listed("particles", token):
        if len(run) > 1 and clause.listed("from", token):
            return False
        return (bool(run) and run[0].capital) or token.capital
    word = token.fold.removesuffix("'s").rstrip("'")
    if any(clause.has(name, word) for name in ("stop", "states", "connectors", "past")) and not (
        token.capital and run and run[-1].capital and len(word) > 3
    ):
        return False
    if token.capital:
        second = bool(run) and run[-1].capital and clause.words.code != "de"
        german = clause.words.code == "de"
        common = (clause.has("common", word) or (german and clause.words.compound(word))) and not second
        if common and (clause.has("firm_words", word) or (bool(run) and clause.has("surnames", word))):
            common = False
        if strict and russian.is_cyrillic(word) and token.word.isupper() and len(word) < 4:
            return False
        return not common and (second or not strict or not russian.is_common(word))
    if run and (run[0].capital or word.endswith(clause.words.stems_of("no_surname"))):
        return False
    if any(clause.has(name, word) for name in ("common", "infinitives", "imperatives", "people", "plain")):
        return False
    if clause.in_moment(token) or any(sign.isdigit() for sign in word):
        return False
    return not russian.is_common(word)


def _known(clause: Clause, run: Sequence[Token]) -> str | None:
    """The stored name that these words name, if the store is sure."""
    if not run:
        return None
    words = clause.text[run[0].start : run[-1].end]
    best = next(iter(clause.lookups.people(words)), None)
    return best.name if best is not None and best.score >= SURE else None


def _cut(clause: Clause, run: list[Token]) -> list[Token]:
    """A run of lower-case words ends where the store's longest name does, else after two words."""
    if run[0].capital or any(clause.listed("suffixes", token) or token.kind == "sign" for token in run):
        return run[:_LONGEST]
    for length in range(min(3, len(run)), 1, -1):
        if _known(clause, run[:length]):
            return run[:length]
    if len(run) > 1 and _known(clause, run[:1]):
        return run[:1]
    return run[:2]


def _person_or_company(
    clause: Clause, run: Sequence[Token], firm: bool, case: str | None, possessive: bool
) -> tuple[str | None, str | None]:
    words = [_plain(clause, token, possessive and token is run[-1]) for token in run]
    at = next((index for index, token in enumerate(run) if clause.listed("suffixes", token)), None)
    if at == 0 or firm:
        return None, clause.text[run[0].start : run[-1].end]
    come = next((i for i, token in enumerate(run[:3]) if i and token.fold in ("von", "vom")), None)
    if come is not None and (at is not None or (len(run) > come + 2 and _firm_like(clause, run[come + 1 :]))):
        return " ".join(words[:come]), _written(clause, run[come + 1 :], words[come + 1 :])
    if any(token.fold in ("&", "+") for token in run):
        return None, _written(clause, run, words)
    if at is not None:
        if at >= 3 and at == len(run) - 1:
            return " ".join(words[:2]), " ".join(words[2:])
        return None, _written(clause, run, words)
    if _firm_like(clause, run):
        return None, _written(clause, run, words)
    found = russian.nominative(words, case)
    return " ".join(found), None


def _written(clause: Clause, run: Sequence[Token], words: Sequence[str]) -> str:
    return clause.text[run[0].start : run[-1].end - len(run[-1].word) + len(words[-1])]


def _plain(clause: Clause, token: Token, genitive: bool) -> str:
    """A word of a name without its possessive ending."""
    word = token.word
    for ending in ("'s", "’s", "'S", "’S", "'", "’"):
        if word.endswith(ending):
            return word[: -len(ending)]
    if genitive and len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        if clause.has("s_names", fold(word)) or russian.is_cyrillic(word) or fold(word).endswith(("is", "us")):
            return word
        return word[:-1]
    return word


def _firm_like(clause: Clause, run: Sequence[Token]) -> bool:
    last = run[-1]
    if any(token.kind == "sign" for token in run) or clause.listed("firm_words", last):
        return True
    if len(run) > 1 and clause.listed("firm_words", run[0]):
        return True
    if len(run) == 1:
        best = next(iter(clause.lookups.people(last.word)), None)
        if best is not None and best.score >= SURE and best.company:
            word = last.fold.removesuffix("'s")
            inside = word in fold(best.company).split() or fold(best.company) == word
            return inside and word not in fold(best.name).replace("-", " ").split()
        if last.word.isupper() and 2 < len(last.word) < 7 and last.word.isascii() and not clause.text.isupper():
            return True
        if len(last.word) > 7 and any(last.fold.endswith(end) for end in clause.words.stems_of("firm_endings")):
            return True
    return False


def company_after(clause: Clause, tokens: Sequence[Token], at: int) -> tuple[str | None, int]:
    """A firm right after a person: "at Nordwind", "(Nordwind)", ", Nordwind GmbH"."""
    if at + 1 >= len(tokens):
        return None, at
    sign = tokens[at].fold
    if clause.listed("from", tokens[at]) or sign == "@":
        start, firm = _skip(clause, tokens[at + 1 :])
        start += at + 1
        quoted = _quoted(clause, tokens, start)
        if quoted and quoted.company:
            return quoted.company, quoted.used
        run = _run(clause, tokens, start, firm=True)
        small = bool(run) and not run[0].capital
        if small and clause.words.code == "en" and start > at + 1 and not firm:
            return None, at  # "at the fair"
        if run:
            joined = any(token.kind == "sign" or clause.listed("particles", token) for token in run)
            run = run if not small or joined else run[:1] if len(run) > 2 else run
            written = clause.text[run[0].start : run[-1].end]
            if len(run) == 1 and not firm and "-" not in written and russian.is_common(written):
                written = russian.nominative([written], russian.case_after(sign))[0]
            return written, _after(tokens, run)
    elif sign in ("(", ","):
        run = _run(clause, tokens, at + 1)
        after = _after(tokens, run) if run else at + 1
        closed = sign == "(" and after < len(tokens) and tokens[after].fold == ")"
        if run and (closed or any(clause.listed("suffixes", token) for token in run)):
            return clause.text[run[0].start : run[-1].end], after + closed
        quoted = _quoted(clause, tokens, at + 1)
        if quoted and quoted.company:
            return quoted.company, quoted.used
    return None, at


def _quoted(clause: Clause, tokens: Sequence[Token], at: int) -> Who | None:
    """A firm in quotation marks, with the form of firm before it: ООО «Ромашка»."""
    first = at
    if at < len(tokens) - 2 and clause.listed("suffixes", tokens[at]):
        at += 1
    if at >= len(tokens) - 2 or tokens[at].fold not in _QUOTES:
        return None
    closing = _QUOTES[tokens[at].fold]
    for index in range(at + 1, min(len(tokens), at + 8)):
        if tokens[index].fold == closing or tokens[index].fold in '»“”"':
            written = clause.text[tokens[first].start : tokens[index].end]
            if first == at:
                written = written[1:-1]
            return Who(None, written, index + 1, capital=True)
    return None

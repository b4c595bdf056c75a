"""Templates of sentences, and matching them against the tokens of a clause.

A template is a row of elements: `word`, `stem*`, `a|b|stem*`, `<list>` (a word list of the lexicon), `[optional row]`,
`(row | row)` and `{slot}` (one token or more; `{slot?}` none or more; where a list has the slot's name, the first token
is one of that list). A template covers a clause from end to end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from handlers.understand.tokens import Token, fold

_TRIES = 12  # places that a slot may end at before a template is given up: keeps matching linear
_ENDLESS = 1_000_000
_WAYS = 24  # ways to fit a template that are compared
_PART = re.compile(r"[\[\]()]|\{\w+\??\}|<\w+>(?:\|[^\s\[\]()]+)*|[^\s\[\]()]+")


@dataclass(frozen=True, slots=True)
class Words:
    """One token that is any of these words, or starts with any of these stems."""

    exact: frozenset[str]
    stems: tuple[str, ...]

    def fits(self, token: Token) -> bool:
        """Whether a token is one of them."""
        return token.fold in self.exact or (bool(self.stems) and token.fold.startswith(self.stems))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several rows; an optional row is a choice between it and nothing."""

    rows: tuple[tuple[Element, ...], ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """Any tokens, at least `least` of them; the first is one of `first`, where that is given."""

    name: str
    least: int
    first: Words | None = None

    def begins(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether the slot may begin at a token."""
        return self.first is None or (at < len(tokens) and self.first.fits(tokens[at]))


Element = Words | Choice | Slot


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template; `keys` are the words of which one must be there; it covers `least` to `most` tokens."""

    intent: str
    row: tuple[Element, ...]
    source: str
    order: int
    keys: Words
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Match:
    """How a template fits: `slots` are places (start, end) in tokens; `weight` counts the words it names."""

    template: Template
    slots: tuple[tuple[str, int, int], ...]
    weight: int


def compile_template(intent: str, source: str, order: int, lists: Mapping[str, Sequence[str]]) -> Template:
    """A template from its source."""
    parts = _PART.findall(source)
    row, rest = _row(parts, 0, lists)
    if rest != len(parts):
        raise ValueError(f"unbalanced template: {source}")
    return Template(intent, row, source, order, _keys_of(row), *_length(row))


def _length(row: tuple[Element, ...]) -> tuple[int, int]:
    """How many tokens a row covers, at least and at most."""
    least = most = 0
    for element in row:
        if isinstance(element, Words):
            few, many = 1, 1
        elif isinstance(element, Slot):
            few, many = element.least, _ENDLESS
        else:
            lengths = [_length(option) for option in element.rows]
            few, many = min(length[0] for length in lengths), max(length[1] for length in lengths)
        least, most = least + few, most + many
    return least, most


def _keys_of(row: tuple[Element, ...]) -> Words:
    """The words of which one must be there: of the row's first element that can't be left out."""
    for element in row:
        if isinstance(element, Words):
            return element
        if isinstance(element, Slot) and element.first is not None:
            return element.first
    exact: set[str] = set()
    stems: list[str] = []
    for element in row:
        if isinstance(element, Choice) and () not in element.rows:
            for option in element.rows:
                keys = _keys_of(option)
                exact |= keys.exact
                stems += keys.stems
            break
    return Words(frozenset(exact), tuple(stems))


def words_of(row: tuple[Element, ...]) -> Iterator[str]:
    """All the words that a row names."""
    for element in row:
        if isinstance(element, Words):
            yield from element.exact
        elif isinstance(element, Choice):
            for option in element.rows:
                yield from words_of(option)
        elif element.first is not None:
            yield from element.first.exact


def _row(parts: Sequence[str], at: int, lists: Mapping[str, Sequence[str]]) -> tuple[tuple[Element, ...], int]:
    row: list[Element] = []
    while at < len(parts) and parts[at] not in (")", "]", "|"):
        part = parts[at]
        if part in "([":
            rows: list[tuple[Element, ...]] = [()] if part == "[" else []
            at += 1
            while True:
                inner, at = _row(parts, at, lists)
                rows.append(inner)
                if parts[at] != "|":
                    break
                at += 1
            row.append(Choice(tuple(sorted(rows, key=len, reverse=True))))
        elif part.startswith("{"):
            row.append(_slot(part.strip("{}"), lists))
        else:
            row.append(_words(part, lists))
        at += 1
    return tuple(row), at


def _slot(name: str, lists: Mapping[str, Sequence[str]]) -> Element:
    plain = name.rstrip("?")
    first = _words(f"<{plain}>", lists) if plain in lists else None
    if first is None:
        return Slot(plain, 0 if name.endswith("?") else 1)
    slot = Slot(plain, 1, first)
    return Choice(((slot,), ())) if name.endswith("?") else slot


def _words(part: str, lists: Mapping[str, Sequence[str]]) -> Words:
    exact: set[str] = set()
    stems: list[str] = []
    for option in part.split("|") if part != "|" else [part]:
        for word in lists[option[1:-1]] if option.startswith("<") else [option]:
            if word.endswith("*"):
                stems.append(fold(word[:-1]))
            else:
                exact.add(fold(word))
    return Words(frozenset(exact), tuple(stems))


def match(template: Template, tokens: Sequence[Token]) -> Match | None:
    """How a template covers all of these tokens, with the most of its own words; or None."""
    if not template.least <= len(tokens) <= template.most:
        return None
    first = template.row[0]
    if isinstance(first, Words) and not first.fits(tokens[0]):
        return None
    best: Found | None = None
    for found in islice(_walk(template.row, tokens, 0), _WAYS):
        if found[1] and (best is None or found[1] > best[1]):
            best = found
    return Match(template, best[0], best[1]) if best else None


def match_start(template: Template, tokens: Sequence[Token]) -> int | None:
    """How many tokens at the beginning a template covers, the most; None when it doesn't begin there."""
    ends = [slots[-1][1] for slots, _ in _walk((*template.row, Slot("", 0)), tokens, 0)]
    return max(ends, default=None)


Found = tuple[tuple[tuple[str, int, int], ...], int]


def _walk(row: tuple[Element, ...], tokens: Sequence[Token], at: int) -> Iterator[Found]:
    if not row:
        if at == len(tokens):
            yield (), 0
        return
    head, rest = row[0], row[1:]
    if isinstance(head, Words):
        if at < len(tokens) and head.fits(tokens[at]):
            for slots, weight in _walk(rest, tokens, at + 1):
                yield slots, weight + 2
    elif isinstance(head, Choice):
        for option in head.rows:
            yield from _walk(option + rest, tokens, at)
    elif not head.begins(tokens, at):
        return
    elif not rest:
        if at + head.least <= len(tokens):
            yield ((head.name, at, len(tokens)),), 2 if head.first else 0
    else:
        yield from _after_slot(head, rest, tokens, at)


def _after_slot(head: Slot, rest: tuple[Element, ...], tokens: Sequence[Token], at: int) -> Iterator[Found]:
    tries = 0
    following = rest[0] if isinstance(rest[0], Words) else None
    for end in range(at + head.least, len(tokens) + 1):
        if following is not None and not (end < len(tokens) and following.fits(tokens[end])):
            continue
        tries += 1
        if tries > _TRIES and end < len(tokens) - _TRIES:
            continue
        for slots, weight in _walk(rest, tokens, end):
            yield ((head.name, at, end), *slots), weight + (2 if head.first else 0)

"""Slips of the pen in the words that tell what is asked: one edit in words of five letters or more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from handlers.understand.lexicon import LANGUAGES, lexicon
from handlers.understand.russian import may_be
from handlers.understand.tokens import Token

_READ = 8  # words from the beginning that are looked at


def corrected(tokens: Sequence[Token], code: str) -> list[Token] | None:
    """The tokens with misspelt words of the templates put right, or None when there are none."""
    row, changed = list(tokens), False
    order = [each for each in (code, *LANGUAGES) if each in LANGUAGES]
    for index, token in enumerate(row[:_READ]):
        if token.kind != "word" or len(token.fold) < 5 or any(token.fold in lexicon(each).all_words for each in order):
            continue
        for each in order:
            meant = _nearest(token.fold, each)
            if meant:
                row[index] = replace(token, fold=meant)
                changed = True
                break
    return row if changed else None


@cache
def _by_length(code: str) -> dict[int, tuple[str, ...]]:
    lengths: dict[int, list[str]] = {}
    for word in lexicon(code).vocabulary:
        lengths.setdefault(len(word), []).append(word)
    return {length: tuple(sorted(words)) for length, words in lengths.items()}


def _nearest(word: str, code: str) -> str | None:
    """The one word of the templates that is an edit away, with the same first letter."""
    for length in (len(word), len(word) + 1, len(word) - 1):
        for candidate in _by_length(code).get(length, ()):
            if candidate[0] == word[0] and one_edit(word, candidate) and may_be(word, candidate):
                return candidate
    return None


def one_edit(first: str, second: str) -> bool:
    """Whether one letter more, less, other, or two swapped make one word the other."""
    if abs(len(first) - len(second)) > 1:
        return False
    at = 0
    while at < min(len(first), len(second)) and first[at] == second[at]:
        at += 1
    a, b = first[at:], second[at:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:] and len(a) > 1)

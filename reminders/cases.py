"""Russian words brought back to the nominative, where a dictionary is sure."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from reminders.tokens import Token


@lru_cache(maxsize=1)
def _load_dictionary() -> Any:
    try:
        import pymorphy3
    except ImportError:
        return None
    return pymorphy3.MorphAnalyzer(lang="ru")


def to_nominative(words: Sequence[Token], cases: tuple[str, ...] = ("loct", "accs")) -> list[Token]:
    """The adjectives and the noun at the start in the nominative; all as it was when that is not certain."""
    dictionary = _load_dictionary()
    if dictionary is None:
        return list(words)
    changed: list[Token] = []
    for place, token in enumerate(words):
        parses = [p for p in dictionary.parse(token.text) if p.tag.case in ("loct", "accs", "gent", "nomn")]
        best = next((p for p in parses if p.tag.case in cases), None)
        if token.kind != "word" or best is None or best.tag.POS not in ("NOUN", "ADJF"):
            return list(words)
        wanted = {"nomn"} | ({best.tag.number} if best.tag.number else set())
        form = best.inflect(wanted | ({best.tag.gender} if best.tag.POS == "ADJF" and best.tag.gender else set()))
        if form is None:
            return list(words)
        word = form.word.capitalize() if token.text[0].isupper() else form.word
        changed.append(replace(token, text=word))
        if best.tag.POS == "NOUN":
            return [*changed, *words[place + 1 :]]
    return list(words)

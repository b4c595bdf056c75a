"""Russian names back to the nominative, where the words around them leave no doubt."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

NAME_TAGS = ("Name", "Surn", "Patr")
_CASES = {
    "gent": ("у", "от", "для", "из", "до", "без", "после", "около", "номер", "телефон", "почта", "контакты", "история"),
    "datv": ("по", "к", "ко"),
    "accs": ("про", "на", "через"),
    "ablt": ("с", "со", "над", "перед", "между"),
    "loct": ("о", "об", "обо", "при", "в", "во"),
}
_BY_WORD = {word: case for case, words in _CASES.items() for word in words}


@cache
def _analyser() -> Any:
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer(lang="ru")


@cache
def _parses(word: str) -> tuple[Any, ...]:
    return tuple(_analyser().parse(word))


def case_after(word: str) -> str | None:
    """The case that a preposition or a heading asks for."""
    return _BY_WORD.get(word)


def is_cyrillic(word: str) -> bool:
    """Whether a word is written in Cyrillic letters."""
    return any("\u0400" <= sign <= "\u04ff" for sign in word)


def is_name(word: str) -> bool:
    """Whether the dictionary has a word as a first name, surname or patronymic, in any case."""
    return is_cyrillic(word) and any(
        parse.is_known and any(tag in parse.tag for tag in NAME_TAGS) for parse in _parses(word.casefold())
    )


def may_be(word: str, other: str) -> bool:
    """Whether a word may be a slip for another: not if the dictionary has both, and they have no form in common."""
    if not is_cyrillic(word):
        return True
    forms = {parse.normal_form for parse in _parses(word) if parse.is_known}
    return not forms or any(parse.normal_form in forms for parse in _parses(other))


def is_common(word: str) -> bool:
    """Whether the dictionary has a word, and never as a name."""
    if not is_cyrillic(word):
        return False
    parses = _parses(word.casefold())
    known = [parse for parse in parses if parse.is_known]
    return bool(known) and not any(
        tag in parse.tag for parse in known for tag in (*NAME_TAGS, "Orgn", "Geox", "Abbr", "Trad")
    )


def is_infinitive(word: str) -> bool:
    """Whether a word is the infinitive of a verb."""
    return is_cyrillic(word) and any(parse.tag.POS == "INFN" for parse in _parses(word.casefold())[:2])


def is_finite(word: str) -> bool:
    """Whether a word is first of all a verb with a person or in the past."""
    return is_cyrillic(word) and any(
        (parse.tag.POS == "VERB" and "impr" not in parse.tag)
        or (parse.is_known and parse.tag.POS == "PRTS" and parse.score > 0.5)
        for parse in _parses(word.casefold())[:1]
    )


def nominative(words: Sequence[str], case: str | None) -> list[str]:
    """The words of one person's name in the nominative; as they are where that is uncertain.

    `case` is what the words around ask for ("datv", ...), "nomn" to leave them, None when nothing tells.
    """
    if case == "nomn" or not any(is_cyrillic(word) for word in words):
        return list(words)
    options = [_options(word) for word in words]
    if not any(options) or (case is None and _stands(options)):
        return list(words)
    best: tuple[float, list[str]] | None = None
    for gender in ("masc", "femn"):
        for each in (case,) if case else ("nomn", "gent", "datv", "accs", "ablt", "loct"):
            score, found = 0.0, []
            for word, parses in zip(words, options, strict=True):
                fits = [p for p in parses if p.tag.case == each and _gender(p) in (gender, None)]
                if fits:
                    parse = max(fits, key=lambda p: ("Fixd" not in p.tag, p.score))
                    score += 1 + parse.score + (1 if any(tag in parse.tag for tag in NAME_TAGS) else 0)
                    found.append(_like(word, _inflected(parse, gender)))
                elif parses:
                    score -= 0.5 if any(p.tag.case == "nomn" for p in parses) else 3  # a woman's foreign surname stays
                    found.append(word)
                else:
                    found.append(word)
            if score > 0 and (best is None or score > best[0] + 1e-6):
                best = (score, found)
    if best is None and case is not None:
        return nominative(words, None)
    return best[1] if best else list(words)


def _stands(options: Sequence[Sequence[Any]]) -> bool:
    """Whether all words can be the nominative of one gender already."""
    return any(
        all(
            not parses or any(p.tag.case == "nomn" and _gender(p) in (gender, None) for p in parses)
            for parses in options
        )
        for gender in ("masc", "femn")
    )


def _options(word: str) -> list[Any]:
    if not is_cyrillic(word) or len(word) < 3:
        return []
    parses = [p for p in _parses(word.casefold()) if p.tag.POS == "NOUN" and "sing" in p.tag]
    named = [p for p in parses if any(tag in p.tag for tag in NAME_TAGS)]
    if named:
        return named
    unknown = [p for p in parses if not p.is_known]
    return unknown or [p for p in parses if "anim" in p.tag] or ([] if word.islower() else parses)


def _gender(parse: Any) -> str | None:
    if "ms-f" in parse.tag or "Ms-f" in parse.tag:
        return None
    gender: str | None = parse.tag.gender
    return gender


def _inflected(parse: Any, gender: str) -> str:
    if "Fixd" in parse.tag:
        return str(parse.word)
    wanted = {"nomn", "sing"} | ({gender} if "Surn" in parse.tag and parse.tag.gender == gender else set())
    found = parse.inflect(wanted)
    return str(found.word if found else parse.word)


def _like(word: str, found: str) -> str:
    """A word with the capitals of another, and its ё where both allow it."""
    if word.isupper() and len(word) > 1:
        return found.upper()
    if "-" in word:
        return "-".join(_like(a, b) for a, b in zip(word.split("-"), found.split("-"), strict=False))
    return found[:1].upper() + found[1:] if word[:1].isupper() else found

"""The words of time of each language: data files, read once and joined into one index."""

import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from reminders.latin import spell_in_latin
from reminders.tokens import fold_word, split_tokens

Value = int | float | str | None

_FOLDER = Path(__file__).parent / "lexicons"
_CHOICE = re.compile(r"\(([^()]*)\)")
_TYPO_CATEGORIES = frozenset({"WEEKDAY", "RELDAY", "MONTH", "PARTW"})
_TYPO_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One phrase of a lexicon: the folded words after the first, its category and value."""

    rest: tuple[str, ...]
    category: str
    value: Value
    language: str
    misspelt: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The joined words of all languages, seen from one main language.

    `phrases` maps a folded first word to its entries, longest first. `guesses` maps a first letter to the words that a
    typo is allowed in. `settings` are the main language's own switches.
    """

    language: str
    phrases: Mapping[str, tuple[Entry, ...]]
    guesses: Mapping[str, tuple[tuple[str, Entry], ...]]
    known: frozenset[str]
    settings: Mapping[str, object] = field(default_factory=dict)


def expand_forms(forms: str) -> Iterator[str]:
    """The phrases of one line: blanks part them, `_` joins words, `(a|b|)` is a choice."""
    for form in forms.split():
        pieces = _CHOICE.split(form)
        choices = [piece.split("|") if index % 2 else [piece] for index, piece in enumerate(pieces)]
        for chosen in itertools.product(*choices):
            yield "".join(chosen).replace("_", " ")


def spell_variants(phrase: str) -> set[tuple[str, ...]]:
    """A phrase as tokens, folded; with ä, ö, ü also written ae, oe, ue."""
    lowered = phrase.lower()
    spelled = lowered.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    return {tuple(token.fold for token in split_tokens(variant)) for variant in {lowered, spelled}}


def latin_variants(phrase: str, language: str) -> Iterator[tuple[str, ...]]:
    """A phrase in Latin letters, as folded tokens; none where that would be another word."""
    others = set(str(read_language(language).get("no_latin", "")).split())
    for spelled in spell_in_latin(fold_word(phrase)):
        if spelled not in others:
            yield tuple(token.fold for token in split_tokens(spelled))


@lru_cache(maxsize=1)
def list_languages() -> tuple[str, ...]:
    """The languages that have a file."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@lru_cache(maxsize=32)
def read_language(language: str) -> dict[str, object]:
    """The content of one language's file."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def _parse_value(key: str) -> Value:
    try:
        return int(key)
    except ValueError:
        pass
    try:
        return float(key)
    except ValueError:
        return key


def _read_entries(language: str, *, main: bool) -> Iterator[tuple[str, Entry]]:
    content = read_language(language)
    tables: dict[str, dict[str, str]] = dict(content.get("terms", {}))  # type: ignore[call-overload]
    if main:
        for category, table in content.get("own", {}).items():  # type: ignore[attr-defined]
            tables[category] = {**tables.get(category, {}), **{f"{key}\0": forms for key, forms in table.items()}}
    for category, table in content.get("misspelt", {}).items():  # type: ignore[attr-defined]
        for key, forms in table.items():
            for word in expand_forms(forms):
                yield fold_word(word), Entry((), category, _parse_value(key), language, misspelt=True)
    latin = set(str(content.get("latin", "")).split()) if main else set()
    marks: dict[str, str] = content.get("marks", {})  # type: ignore[assignment]
    for category, table in [*tables.items(), *((category, {"": forms}) for category, forms in marks.items())]:
        for key, forms in table.items():
            value = _parse_value(key.rstrip("\0")) if key else None
            for phrase in expand_forms(forms):
                for first, *rest in spell_variants(phrase):
                    yield first, Entry(tuple(rest), category, value, language)
                if category in latin:
                    for first, *rest in latin_variants(phrase, language):
                        yield first, Entry(tuple(rest), category, value, language)


@lru_cache(maxsize=32)
def load_lexicon(language: str) -> Lexicon:
    """All languages' words with `language` as the main one: its own short words count, the others' don't."""
    phrases: dict[str, dict[Entry, None]] = {}
    guesses: dict[str, dict[tuple[str, Entry], None]] = {}
    known: set[str] = set()
    languages = list_languages()
    ordered = [language, *(other for other in languages if other != language)] if language in languages else languages
    for name in ordered:
        for first, entry in _read_entries(name, main=name == language):
            phrases.setdefault(first, {})[entry] = None
            known.add(first)
            known.update(entry.rest)
            typed = entry.category in _TYPO_CATEGORIES and not entry.rest and not entry.misspelt
            if typed and len(first) >= _TYPO_LENGTH:
                guesses.setdefault(first[0], {})[first, entry] = None
        known.update(fold_word(word) for word in expand_forms(str(read_language(name).get("no_typos", ""))))
    return Lexicon(
        language=language,
        phrases={word: tuple(sorted(found, key=lambda e: -len(e.rest))) for word, found in phrases.items()},
        guesses={letter: tuple(found) for letter, found in guesses.items()},
        known=frozenset(known),
        settings=read_language(language) if language in languages else {},
    )


def one_edit_apart(word: str, other: str) -> bool:
    """Whether one letter added, left out, changed, or two neighbours swapped turn one word into the other."""
    if word == other:
        return False
    if len(word) > len(other):
        word, other = other, word
    if len(other) - len(word) > 1:
        return False
    at = next((i for i, letter in enumerate(word) if letter != other[i]), len(word))
    if len(word) < len(other):
        return word[at:] == other[at + 1 :]
    swapped = word[at : at + 2] == other[at : at + 2][::-1] and word[at + 2 :] == other[at + 2 :]
    return swapped or word[at + 1 :] == other[at + 1 :]


@lru_cache(maxsize=4_096)
def guess_word(word: str, language: str) -> tuple[Entry, ...]:
    """The entries of the weekday, month or relative word that a mistyped word must be; none when it isn't clear."""
    lexicon = load_lexicon(language)
    if len(word) < _TYPO_LENGTH or word in lexicon.known:
        return ()
    hits = [(form, entry) for form, entry in lexicon.guesses.get(word[0], ()) if one_edit_apart(word, form)]
    meanings = {(entry.category, entry.value) for _, entry in hits}
    return (hits[0][1],) if len(meanings) == 1 else ()

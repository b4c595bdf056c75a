"""The words of each language: data files beside this one, compiled when first needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from handlers.understand.pattern import Match, Template, compile_template, match, match_start, words_of
from handlers.understand.tokens import Token, fold

_LONGEST_END = 4  # tokens of a frame at the end
LANGUAGES = ("en", "de", "ru")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language: its templates, word lists and the names of stages and fields, all folded."""

    code: str
    templates: tuple[Template, ...]
    by_word: Mapping[str, tuple[Template, ...]]
    by_stem: tuple[tuple[str, tuple[Template, ...]], ...]
    free: tuple[Template, ...]
    lists: Mapping[str, frozenset[str]]
    stems: Mapping[str, tuple[str, ...]]
    stages: Mapping[str, str]
    fields: Mapping[str, str]
    vocabulary: frozenset[str]
    all_words: frozenset[str]
    conditions: Mapping[str, tuple[Template, ...]]  # by the word that they begin with
    starts: Mapping[str, tuple[Template, ...]]
    ends: Mapping[str, tuple[Template, ...]]
    common_ends: tuple[str, ...]
    short: Mapping[str, str]  # how people shorten words as they type, and what they mean
    introductions: tuple[Template, ...]  # what comes before a new person's particulars
    speakers: tuple[Template, ...]  # "he says", before what was said

    @property
    def stop_words(self) -> frozenset[str]:
        """The small words that tell this language from others."""
        return self.lists["stop"]

    def has(self, name: str, word: str) -> bool:
        """Whether a folded word is in a list."""
        return word in self.lists.get(name, ()) or word.startswith(self.stems.get(name) or ("\0",))

    def stems_of(self, name: str) -> tuple[str, ...]:
        """The stems, or endings, of a list."""
        return self.stems.get(name, ())

    def compound(self, word: str) -> bool:
        """Whether a word is a compound that ends in a common noun."""
        return word.endswith(self.common_ends) and word not in self.lists.get("surnames", ())

    def knows(self, token: Token) -> bool:
        """Whether a token is a word of the templates."""
        return token.fold in self.by_word

    def frame(self, tokens: Sequence[Token]) -> tuple[int, int, bool] | None:
        """Where the words inside a frame start and end, and whether the frame asks politely; None without one."""
        if not tokens:
            return None
        for template in self.starts.get(tokens[0].fold, ()):
            used = match_start(template, tokens)
            if used and used < len(tokens):
                return used, len(tokens), template.intent == "ask"
        for length in range(min(_LONGEST_END, len(tokens) - 1), 0, -1):
            for template in self.ends.get(tokens[-length].fold, ()):
                if match(template, tokens[-length:]):
                    return 0, len(tokens) - length, False
        return None

    def introduction(self, tokens: Sequence[Token]) -> int:
        """How many of the first tokens introduce somebody: "met a woman at the fair", "Anfrage reingekommen von"."""
        return _used(self.introductions, tokens)

    def speaker(self, tokens: Sequence[Token]) -> int:
        """How many of the first tokens only name who speaks."""
        return _used(self.speakers, tokens)

    def matches(self, tokens: Sequence[Token]) -> list[Match]:
        """How templates cover these tokens, the most specific first."""
        candidates: dict[int, Template] = {template.order: template for template in self.free}
        for word in {token.fold for token in tokens}:
            for template in self.by_word.get(word, ()):
                candidates[template.order] = template
            for stem, templates in self.by_stem:
                if word.startswith(stem):
                    candidates |= {template.order: template for template in templates}
        found = [fit for template in candidates.values() if (fit := match(template, tokens)) is not None]
        return sorted(found, key=lambda fit: (-fit.weight, fit.template.order))


def _used(templates: Sequence[Template], tokens: Sequence[Token]) -> int:
    found = (match_start(template, tokens) for template in templates)
    return max((used for used in found if used), default=0)


def _by_word(templates: Sequence[Template]) -> dict[str, tuple[Template, ...]]:
    found: dict[str, list[Template]] = {}
    for template in templates:
        for word in template.keys.exact:
            found.setdefault(word, []).append(template)
    return {word: tuple(each) for word, each in found.items()}


def _beginning(sources: Sequence[str], lists: Mapping[str, Sequence[str]]) -> tuple[Template, ...]:
    return tuple(compile_template("beginning", source, number, lists) for number, source in enumerate(sources))


def field_in(text: str) -> tuple[str, str]:
    """The built-in field that a text begins with, in any language, and what follows: ("birthday", "29.2.1980")."""
    words = text.split()
    for count in range(min(3, len(words)), 0, -1):
        named = fold(" ".join(words[:count]).rstrip(":-–. "))
        for code in LANGUAGES:
            if named in lexicon(code).fields:
                return lexicon(code).fields[named], " ".join(words[count:]).lstrip(":-– ")
    return "", text


@lru_cache(maxsize=50_000)
def listed(name: str, word: str) -> bool:
    """Whether a folded word is in a list of any language."""
    return any(lexicon(code).has(name, word) for code in LANGUAGES)


@cache
def lexicon(code: str) -> Lexicon:
    """The lexicon of a language."""
    import tomllib
    from importlib.resources import files

    data = tomllib.loads(files("handlers.understand").joinpath("lexicons", f"{code}.toml").read_text("utf-8"))
    lists: dict[str, list[str]] = data["lists"]
    lists["field"] = sorted({words.split()[0] for named in data["fields"].values() for words in named})
    templates: list[Template] = []
    for intent, sources in (data["templates"] | data["soft"]).items():
        for source in sources:
            templates.append(compile_template(intent, source, len(templates), lists))
    by_word: dict[str, list[Template]] = {}
    by_stem: dict[str, list[Template]] = {}
    free: list[Template] = []
    for template in templates:
        for word in template.keys.exact:
            by_word.setdefault(word, []).append(template)
        for stem in template.keys.stems:
            by_stem.setdefault(stem, []).append(template)
        if not template.keys.exact and not template.keys.stems:
            free.append(template)
    frames = [
        compile_template(kind, source, number, lists)
        for kind, sources in data["frames"].items()
        for number, source in enumerate(sources)
    ]
    words = {word for template in templates for word in words_of(template.row)}
    words.update(fold(word) for name in lists.values() for word in name)
    return Lexicon(
        code=code,
        templates=tuple(templates),
        by_word={word: tuple(found) for word, found in by_word.items()},
        by_stem=tuple((stem, tuple(found)) for stem, found in by_stem.items()),
        free=tuple(free),
        lists={name: frozenset(fold(w) for w in words if not w.endswith("*")) for name, words in lists.items()},
        stems={name: tuple(fold(w[:-1]) for w in words if w.endswith("*")) for name, words in lists.items()},
        stages={fold(word): stage for stage, words in data["stages"].items() for word in words},
        fields={fold(word): field for field, words in data["fields"].items() for word in words},
        conditions=_by_word(
            [
                compile_template(name, source, number, lists)
                for name, sources in data["conditions"].items()
                for number, source in enumerate(sources)
            ]
        ),
        starts=_by_word([frame for frame in frames if frame.intent != "end"]),
        ends=_by_word([frame for frame in frames if frame.intent == "end"]),
        common_ends=tuple(fold(word) for word in lists.get("common", ()) if len(word) >= 6),
        short={fold(word): fold(full) for word, full in data["short"].items()},
        introductions=_beginning(data["beginnings"]["introduction"], lists),
        speakers=_beginning(data["beginnings"]["speaker"], lists),
        all_words=frozenset(words),
        vocabulary=frozenset(word for word in by_word if len(word) >= 5),
    )

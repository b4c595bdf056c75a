"""The chart: what each stretch of a text may mean, filled rule by rule."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from reminders.grammar.meaning import Bad, Weak
from reminders.lexicon import Lexicon
from reminders.tokens import Token

# Categories that say nothing about time: a word that has only these is a plain one.
_ABOUT_PEOPLE = ("NAMED", "FIRM", "STREET", "STATE", "PASTVERB", "FUTURE", "MOVE", "REMIND", "SNOOZE", "AGAIN", "RAISE")
_ABOUT_THINGS = ("MEASURE", "BEFORENUMBER", "NOUN", "HOLIDAYS", "OPENING", "ALARM", "EVENINGEVENT", "OFDAY")
_ABOUT_NAMES = ("ROAD", "ROADOF", "NAMEPART", "PRICE", "RATIO", "PERTHING", "NAMESAKE")
_ABOUT_CLAUSES = ("CLAUSE", "BUT", "HABIT", "HOURS", "NEG", "NEGVERB", "TOTAL", "REPEATLY")
_THINGS = frozenset((*_ABOUT_PEOPLE, *_ABOUT_THINGS, *_ABOUT_NAMES, *_ABOUT_CLAUSES))
MAX_TERMS = 20_000
_BITS: dict[str, int] = {}


def bit_of(category: str) -> int:
    """The bit that a category has in masks: what is in a text at all is asked very often."""
    return _BITS.setdefault(category, 1 << len(_BITS))


@dataclass(frozen=True, slots=True)
class Term:
    """A meaning of the tokens from `start` to `end` (exclusive). `rule` is the name of what found it."""

    category: str
    start: int
    end: int
    value: object
    rule: str
    weak: bool = False
    language: str = ""


@dataclass(slots=True)
class Chart:
    """All terms found so far, by the token they start at and by category."""

    tokens: list[Token]
    lexicon: Lexicon
    month_first: bool
    at: list[dict[str, list[Term]]] = field(default_factory=list)
    places: dict[str, list[int]] = field(default_factory=dict)
    count: int = 0
    mask: int = 0

    def add(self, term: Term) -> None:
        """Keep a term, unless the same one is there."""
        terms = self.at[term.start].setdefault(term.category, [])
        if any(t.end == term.end and t.value == term.value and t.weak <= term.weak for t in terms):
            return
        if not terms:
            self.places.setdefault(term.category, []).append(term.start)
            self.mask |= bit_of(term.category)
        terms.append(term)
        self.count += 1

    def has(self, category: str, place: int) -> bool:
        """Whether a term of the category starts at the token."""
        return 0 <= place < len(self.tokens) and category in self.at[place]

    def ending(self, category: str, end: int, reach: int = 5) -> Term | None:
        """The longest term of the category that ends before the token `end`."""
        for start in range(max(0, end - reach), end):
            for term in self.at[start].get(category, ()):
                if term.end == end:
                    return term
        return None

    def is_plain(self, place: int) -> bool:
        """Whether a word stands there that says nothing about time: a noun, a verb, a name."""
        if not 0 <= place < len(self.tokens) or self.tokens[place].kind != "word":
            return False
        return self.at[place].keys() <= _THINGS

    def is_verb(self, place: int) -> bool:
        """Whether a word there has an ending that the main language's infinitives have."""
        endings = self.lexicon.settings.get("infinitive_endings", ())
        return self.is_plain(place) and self.tokens[place].fold.endswith(tuple(endings))  # type: ignore[arg-type]

    def fold(self, place: int) -> str:
        """The folded token at a place; empty outside the text."""
        return self.tokens[place].fold if 0 <= place < len(self.tokens) else ""

    def glued(self, place: int) -> bool:
        """Whether no blank stands before the token."""
        return 0 <= place < len(self.tokens) and self.tokens[place].glued


Action = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to say a pattern: a choice of categories a place (None: left out), and masks of what it needs."""

    choices: tuple[tuple[str, ...] | None, ...]
    needs: int
    open_choices: tuple[int, ...]
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern of categories and what it means.

    A pattern is categories parted by blanks; `A|B` is a choice, a trailing `?` may be left out. The action gets the
    chart and one term a category (None for what was left out), and gives the meaning, or None when it is none.
    """

    name: str
    category: str
    variants: tuple[Variant, ...]
    action: Action
    needs: int


class RuleBook:
    """Rules in the order in which they are tried; later ones may build on what earlier ones found."""

    def __init__(self) -> None:
        """Start empty."""
        self.rules: list[Rule] = []

    def rule(self, category: str, *patterns: str) -> Callable[[Action], Action]:
        """Add a function as the action of a rule with these patterns."""

        def add(action: Action) -> Action:
            variants = tuple(variant for pattern in patterns for variant in _expand_pattern(pattern))
            needs = functools.reduce(int.__and__, (variant.needs for variant in variants))
            self.rules.append(Rule(action.__name__.removeprefix("read_"), category, variants, action, needs))
            return action

        return add

    def apply(self, chart: Chart) -> None:
        """Fill the chart, rule by rule."""
        for rule in self.rules:
            if rule.needs & ~chart.mask:
                continue
            for variant in rule.variants:
                if variant.needs & ~chart.mask:
                    continue
                for choice in variant.open_choices:
                    if not choice & chart.mask:
                        break
                else:
                    _apply_variant(rule, variant, chart)


def _expand_pattern(pattern: str) -> Iterator[Variant]:
    variants: list[tuple[tuple[str, ...] | None, ...]] = [()]
    for element in pattern.split():
        choice = tuple(element.rstrip("?").split("|"))
        longer = [(*variant, choice) for variant in variants]
        variants = [*longer, *((*variant, None) for variant in variants)] if element.endswith("?") else longer
    for variant in variants:
        said = [choice for choice in variant if choice is not None]
        masks = [functools.reduce(int.__or__, map(bit_of, choice)) for choice in said]
        needs = functools.reduce(int.__or__, (m for m, c in zip(masks, said, strict=True) if len(c) == 1), 0)
        several = tuple(m for m, c in zip(masks, said, strict=True) if len(c) > 1)
        yield Variant(variant, needs, several, said[0])


def _apply_variant(rule: Rule, variant: Variant, chart: Chart) -> None:
    starts = sorted({place for category in variant.first for place in chart.places.get(category, ())})
    for start in starts:
        for terms in list(_match(variant.choices, 0, start, chart)):
            if chart.count > MAX_TERMS:
                return
            value = rule.action(chart, *terms)
            if value is not None:
                weak = isinstance(value, Weak)
                end = max(term.end for term in terms if term is not None)
                meaning = value.value if isinstance(value, Weak) else value
                category = "BAD" if isinstance(meaning, Bad) else rule.category
                language = next((term.language for term in reversed(terms) if term is not None and term.language), "")
                chart.add(Term(category, start, end, meaning, rule.name, weak, language))


def _match(
    choices: tuple[tuple[str, ...] | None, ...], index: int, place: int, chart: Chart
) -> Iterator[tuple[Term | None, ...]]:
    if index == len(choices):
        yield ()
        return
    choice = choices[index]
    if choice is None:
        for rest in _match(choices, index + 1, place, chart):
            yield (None, *rest)
        return
    if place >= len(chart.tokens):
        return
    for category in choice:
        for term in tuple(chart.at[place].get(category, ())):
            for rest in _match(choices, index + 1, term.end, chart):
                yield (term, *rest)

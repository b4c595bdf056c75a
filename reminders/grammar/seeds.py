"""The first terms of a chart: what the lexicon and the shapes of numbers say, less what is vetoed."""

import re

from reminders.grammar.chart import Chart, Term, bit_of
from reminders.grammar.vetoes import find_vetoed
from reminders.lexicon import Entry, Lexicon, guess_word
from reminders.tokens import Token

_MARKS = {
    ",": "COMMA",
    "-": "DASH",
    "–": "DASH",
    "—": "DASH",
    ".": "DOT",
    ":": "COLON",
    "/": "SLASH",
    "(": "OPEN",
    "'": "QUOTE",
    "’": "QUOTE",
}
_SHAPES = (
    ("TIME", re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")),
    ("ISO", re.compile(r"(\d{4,6})-(\d{1,2})-(\d{1,2})")),
    ("ISO", re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})")),
    ("DMY", re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4,6}|\d{2})")),
    ("DOTTED", re.compile(r"(\d{1,2})\.(\d{1,2})")),
    ("SLASHED", re.compile(r"(\d{1,2})/(\d{1,2})")),
    ("HYPHENED", re.compile(r"(\d{1,2})[-–](\d{2})")),
    ("RANGED", re.compile(r"(\d{1,2}(?:[:.]\d{2})?)[-–](\d{1,2}(?:[:.]\d{2})?)")),
)
_DECIMAL = re.compile(r"\d{1,4}[.,]\d{1,2}")
_INTEGER = re.compile(r"\d{1,9}")
_COUNTED = re.compile(r"\d{10,15}")  # more of anything than there can be
_SHARED = frozenset({"RELDAY", "WEEKDAY", "MONTH", "UNIT", "RELPART", "WDPART", "AMPM"})
_SHORT = 3  # letters of words that mean something else in another language: ago, mon
_ABBREVIATION = 5  # letters of the longest: febr., sept.
_NO_DATES = frozenset({"24/7", "7/24", "50/50", "9/11"})
_BEFORE_MONEY = frozenset("€$£₽¥#№")


def seed_chart(tokens: list[Token], lexicon: Lexicon, *, month_first: bool) -> Chart:
    """A chart with the terms of single words and numbers."""
    chart = Chart(tokens, lexicon, month_first, at=[{} for _ in tokens])
    for place, token in enumerate(tokens):
        if token.kind == "number":
            _seed_number(chart, place, token)
            _seed_word(chart, place, token)
        elif token.kind in ("word", "mark"):
            _seed_word(chart, place, token)
            if token.text == "." and _shortens(chart, place):
                chart.add(Term("ABBREVIATED", place, place + 1, None, "mark"))
            if token.text in _MARKS:
                chart.add(Term(_MARKS[token.text], place, place + 1, None, "mark"))
    for place in find_vetoed(chart):
        _forget(chart, place)
    return chart


def _seed_number(chart: Chart, place: int, token: Token) -> None:
    if place and token.glued and chart.tokens[place - 1].text in _BEFORE_MONEY:
        return
    if _INTEGER.fullmatch(token.text):
        chart.add(Term("NUMBER", place, place + 1, int(token.text), "number"))
        chart.add(Term("DIGITS", place, place + 1, token.text, "digits"))
    elif _COUNTED.fullmatch(token.text):
        chart.add(Term("NUMBER", place, place + 1, int(token.text), "number"))
    elif _DECIMAL.fullmatch(token.text):
        chart.add(Term("NUMBER", place, place + 1, float(token.text.replace(",", ".")), "number"))
    if token.text in _NO_DATES:
        return
    for category, shape in _SHAPES:
        found = shape.fullmatch(token.text)
        if found:
            chart.add(Term(category, place, place + 1, found.groups(), category.lower()))


def _seed_word(chart: Chart, place: int, token: Token) -> None:
    entries = chart.lexicon.phrases.get(token.fold, ())
    if len(token.text) == 1 and token.text.isascii() and chart.lexicon.settings.get("latin") and chart.glued(place + 1):
        entries = tuple(entry for entry in entries if entry.language != chart.lexicon.language)  # v12.4 is a version
    own = any(entry.language == chart.lexicon.language and not entry.rest for entry in entries)
    for entry in entries:
        foreign = entry.language != chart.lexicon.language and not entry.rest
        if own and foreign and (entry.category not in _SHARED or len(token.fold) <= _SHORT):
            continue
        end = place + 1 + len(entry.rest)
        if entry.rest and tuple(t.fold for t in chart.tokens[place + 1 : end]) != entry.rest:
            continue
        _add_entry(chart, place, end, entry, "word")
    if not entries and token.kind == "word" and token.text[1:].islower():
        for entry in guess_word(token.fold, chart.lexicon.language):
            if entry.category == "PARTW" and not _follows_day(chart, place):
                continue
            if entry.category != "RELDAY" or token.text.islower() or place == 0:
                _add_entry(chart, place, place + 1, entry, "typo")


def _shortens(chart: Chart, place: int) -> bool:
    """Whether a dot ends an abbreviation within a sentence: 1. Dez. zurückgeben."""
    tokens = chart.tokens
    within = place + 1 < len(tokens) and tokens[place + 1].kind == "word" and tokens[place + 1].text[0].islower()
    return within and place > 0 and tokens[place].glued and len(tokens[place - 1].text) <= _ABBREVIATION


def _follows_day(chart: Chart, place: int) -> bool:
    return place > 0 and any(chart.has(category, place - 1) for category in ("RELDAY", "WEEKDAY", "WEEKDAYW"))


def _add_entry(chart: Chart, place: int, end: int, entry: Entry, rule: str) -> None:
    chart.add(Term(entry.category, place, end, entry.value, rule, language=entry.language))


def _forget(chart: Chart, place: int) -> None:
    for start in range(max(0, place - 5), place + 1):
        for category, terms in list(chart.at[start].items()):
            kept = [term for term in terms if not (term.start <= place < term.end) or category in ("NAMED", "FIRM")]
            if kept:
                chart.at[start][category] = kept
            else:
                del chart.at[start][category]
                chart.places[category].remove(start)
                if not chart.places[category]:
                    del chart.places[category]
                    chart.mask &= ~bit_of(category)

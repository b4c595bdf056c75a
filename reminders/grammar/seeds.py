"""The first terms of a chart: what the lexicon and the shapes of numbers say, less what is vetoed."""

import re

from reminders.grammar.chart import Chart, Term
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
_NUMBERED = re.compile(r"\d+(?:[.,]\d{1,2})?|\d{1,4}[/–-]\d{1,4}|\d{1,2}:\d")
_INTEGER = re.compile(r"\d{1,9}")
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
    for place in _vetoed_places(chart):
        _forget(chart, place)
    return chart


def _seed_number(chart: Chart, place: int, token: Token) -> None:
    if place and token.glued and chart.tokens[place - 1].text in _BEFORE_MONEY:
        return
    if _INTEGER.fullmatch(token.text):
        chart.add(Term("NUMBER", place, place + 1, int(token.text), "number"))
        chart.add(Term("DIGITS", place, place + 1, token.text, "digits"))
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


def _vetoed_places(chart: Chart) -> set[int]:
    """The tokens that are parts of names, firms, amounts, numbered things and set phrases."""
    vetoed: set[int] = set()
    last = len(chart.tokens)
    for start in chart.places.get("GREETING", ()):
        for term in chart.at[start]["GREETING"]:
            vetoed.update(range(term.start, term.end))
    for start in chart.places.get("NAMED", ()):
        vetoed.update(_named_places(chart, start))
    vetoed.update(place for place in range(last) if _is_compound(chart, place))
    for category in ("WEEKDAY", "MONTH", "RELDAY"):
        vetoed.update(place for place in chart.places.get(category, ()) if _is_name(chart, place))
    for start in chart.places.get("FIRM", ()):
        if start and chart.tokens[start - 1].kind == "word":
            vetoed.add(start - 1)
    for start in chart.places.get("MEASURE", ()):
        if start and chart.tokens[start - 1].kind == "number":
            vetoed.add(start - 1)
    for start in chart.places.get("BEFORENUMBER", ()):
        following = max(term.end for term in chart.at[start]["BEFORENUMBER"])
        while following < last and chart.tokens[following].text in (".", ":", "#", "№"):
            following += 1
        if (
            following < last
            and chart.tokens[following].kind == "number"
            and _NUMBERED.fullmatch(chart.tokens[following].text)
            and not (chart.glued(following + 1) and chart.has("ORDSUFFIX", following + 2))
        ):
            vetoed.add(following)
    return vetoed


def _named_places(chart: Chart, start: int) -> set[int]:
    """The name after an honorific: the next words with a capital, or the very next one."""
    following = start + 1
    if chart.fold(following) == "." and chart.glued(following):
        following += 1
    if chart.has("NAMED", following):
        return {start}
    token = chart.tokens[following] if following < len(chart.tokens) else None
    if token is None or token.kind != "word":
        return set()
    weak_title = chart.has("WEEKDAYW", start)
    if weak_title and (not token.text[0].isupper() or chart.ending("ON", start, 1) is not None):
        return set()
    return {start, following} if weak_title else {following}


def _is_name(chart: Chart, place: int) -> bool:
    """Whether a word of time with a capital is a name: кафе Четверг, Thursday Boots is a client."""
    token, before = chart.tokens[place], chart.tokens[place - 1] if place else None
    if not token.text[0].isupper() or (len(token.text) > 1 and token.text[1].isupper()):
        return False
    following = chart.tokens[place + 1] if place + 1 < len(chart.tokens) else None
    capital = following is not None and following.kind == "word" and following.text[0].isupper()
    if chart.lexicon.settings.get("small_days") and before is not None and before.kind == "word":
        # Russian writes weekdays small: one with a capital within a sentence is a name, unless a preposition leads it
        return not any(chart.at[place - 1].get(category) for category in ("ON", "AT", "DUE", "FROM", "EVERY", "MOD"))
    if not capital or (before is not None and before.kind != "mark"):
        return False
    stated = place + 2 < len(chart.tokens) and chart.has("STATE", place + 2)
    return stated and not chart.at[place + 1].keys() - {"STATE"}


def _is_compound(chart: Chart, place: int) -> bool:
    """Whether a word is one half of a double name: "Wednesday-Addams", "Sonntag & Söhne"."""
    if chart.tokens[place].kind != "word" or place + 2 >= len(chart.tokens):
        return False
    mark, other = chart.tokens[place + 1], chart.tokens[place + 2]
    linked = (mark.text == "-" and mark.glued and other.glued) or mark.text == "&"
    return linked and other.kind == "word" and other.text[0].isupper() and not chart.at[place + 2]


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

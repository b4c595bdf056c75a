"""The pieces of moments in a sentence: which terms of the chart count, with the prepositions before them."""

from dataclasses import dataclass, replace
from typing import Literal

from reminders.grammar.chart import Chart, Term
from reminders.grammar.meaning import Day, Every, Notice

Kind = Literal["day", "clock", "part", "offset", "ago", "every", "count", "length", "bad", "notice"]
Role = Literal["", "on", "due", "from", "about"]

_KINDS: dict[str, Kind] = {
    "DAY": "day",
    "CLOCK": "clock",
    "PART": "part",
    "PARTW": "part",
    "MEAL": "part",
    "OFFSET": "offset",
    "PASTOFFSET": "ago",
    "REPEAT": "every",
    "COUNT": "count",
    "LENGTH": "length",
    "BAD": "bad",
    "NOTICE": "notice",
}
# The categories of prepositions that may stand before each kind, the telling ones first.
_PREPOSITIONS: dict[Kind, tuple[str, ...]] = {
    "day": ("STRONGDUE", "UNTIL", "ABOUT", "FROM", "ON", "DUE", "AFTER", "BEFORE", "AT"),
    "clock": ("STRONGDUE", "AT", "ATW", "FROM", "DUE", "AFTER", "BEFORE"),
    "part": ("STRONGDUE", "ON", "AT", "DUE", "AFTER", "BEFORE", "ATW"),
    "offset": ("STRONGDUE", "DUE", "FROM"),
    "ago": (),
    "every": ("ON", "FROM", "AT", "DUE"),
    "count": (),
    "length": (),
    "bad": ("STRONGDUE", "ON", "AT", "DUE"),
    "notice": (),
}
_ROLES: dict[str, Role] = {"STRONGDUE": "due", "UNTIL": "due", "FROM": "from", "ABOUT": "about"}
_ARTICLED = frozenset({"month_day", "period", "nth", "quarter", "month", "date", "workday", "week"})
_NEEDED = frozenset({"AT", "ON", "DUE", "STRONGDUE", "FROM", "AFTER", "BEFORE"})
_MAX_CHAIN = 3
_BARE_PARTS = {"en": ("midnight", "noon"), "de": ("midnight",), "ru": ("midnight",)}  # nouns too: "noon prayer"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a moment: tokens `start` to `end`, the meaning itself from `core` on."""

    kind: Kind
    start: int
    core: int
    end: int
    value: object
    rule: str
    role: Role = ""
    weak: bool = False
    attributive: bool = False


@dataclass(frozen=True, slots=True)
class _Lead:
    start: int
    found: tuple[str, ...]
    article: bool


def find_pieces(chart: Chart) -> list[Piece]:
    """The pieces that count, without overlaps, in order of place. The longest wins."""
    candidates = [
        piece
        for category in _KINDS
        for place in chart.places.get(category, ())
        for term in chart.at[place][category]
        for piece in [_make_piece(chart, term)]
        if piece is not None
    ]
    daily = {piece.end for piece in candidates if piece.rule == "daily_for_length"}
    candidates = [piece for piece in candidates if piece.kind != "length" or piece.end not in daily]
    repeats = "REPEAT" in chart.places
    candidates.sort(key=lambda p: (p.start - p.end, p.weak, _rank(p, repeats=repeats), p.core - p.end, p.start))
    taken: set[int] = set()
    chosen: list[Piece] = []
    for piece in candidates:
        places = range(piece.start, piece.end)
        if taken.isdisjoint(places):
            taken.update(places)
            chosen.append(piece)
    lengths = [piece for piece in chosen if piece.kind == "length"]
    if len(chosen) == len(lengths) == 1 and _postpones(chart, lengths[0]):
        return [replace(lengths[0], kind="offset", weak=False)]
    return sorted((p for p in chosen if not (p.kind == "length" and p.weak)), key=lambda p: p.start)


def _postpones(chart: Chart, length: Piece) -> bool:
    """Whether a bare length answers "when": "2 hours", "snooze 1h"."""
    alone = length.start == 0 and length.end == len(chart.tokens)
    return alone or "SNOOZE" in chart.places


def _rank(piece: Piece, *, repeats: bool) -> int:
    if repeats and piece.kind == "length":
        return 0
    order = ("notice", "every", "offset", "ago", "day", "clock", "part", "count", "length", "bad")
    return order.index(piece.kind)


def _make_piece(chart: Chart, term: Term) -> Piece | None:
    kind = _KINDS[term.category]
    lead = _find_lead(chart, term, kind)
    role: Role = next((_ROLES[c] for c in lead.found if c in _ROLES), "on" if lead.found else "")
    if role == "from" and kind not in ("day", "clock"):
        role = "on"
    attributive = _is_attributive(chart, term, kind, lead)
    end = _end_with_stress(chart, term.end, kind)
    piece = Piece(kind, lead.start, term.start, end, term.value, term.rule, role, term.weak, attributive)
    if kind in ("count", "bad", "ago", "offset") or kind == "length":
        return piece
    if kind == "notice":
        return piece if _notice_counts(chart, term) else None
    if kind == "part":
        return piece if _part_counts(chart, term, lead) else None
    if kind == "clock" and term.weak and "OPENING" in chart.places and "DAY" not in chart.places:
        return None  # "open 9 to 17" tells of a shop
    if not term.weak:
        return piece
    return piece if _weak_counts(chart, term, kind, lead) else None


def _notice_counts(chart: Chart, term: Term) -> bool:
    """An hour before the meeting: asked for with "remind", or where a clause begins."""
    assert isinstance(term.value, Notice)
    begins = term.start == 0 or chart.tokens[term.start - 1].kind == "mark"
    return not term.value.ahead or begins or "REMIND" in chart.places


def _find_lead(chart: Chart, term: Term, kind: Kind) -> _Lead:
    """The prepositions and the article before a term."""
    start, found, article = term.start, [], False
    for _ in range(_MAX_CHAIN):
        before = start
        the = chart.ending("THE", start, 1)
        if the is not None and not article and kind in ("day", "part", "every", "bad"):
            inner = _longest_before(chart, the.start, kind)
            if inner is not None:
                start, article = inner.start, True
                found.extend(_categories(chart, inner, kind))
                continue
            articled = isinstance(term.value, Day) and term.value.kind in _ARTICLED
            if (articled or term.rule == "weekday_after_next") and not found:
                outer = _longest_before(chart, start, kind)
                if outer is None:
                    return _Lead(the.start, tuple(found), True)
        direct = _longest_before(chart, start, kind)
        if direct is not None:
            start = direct.start
            found.extend(_categories(chart, direct, kind))
        if start == before:
            break
    return _Lead(start, tuple(found), article)


def _end_with_stress(chart: Chart, end: int, kind: Kind) -> int:
    """The end with a word of stress behind it: "Friday at the latest", "в 12 ровно"."""
    if kind not in ("day", "clock", "part") or end >= len(chart.tokens):
        return end
    led = max((term.end for term in chart.at[end].get("AT", ())), default=end)  # завтра ровно в 9
    return max((term.end for term in chart.at[end].get("SHARP", ()) if term.end >= led), default=end)


def _longest_before(chart: Chart, end: int, kind: Kind) -> Term | None:
    terms = [term for category in _PREPOSITIONS[kind] for term in [chart.ending(category, end)] if term is not None]
    return min(terms, key=lambda t: t.start, default=None)


def _categories(chart: Chart, lead: Term, kind: Kind) -> list[str]:
    found = [c for c in _PREPOSITIONS[kind] if any(t.end == lead.end for t in chart.at[lead.start].get(c, ()))]
    if "FROM" in found and "ABOUT" in found:
        found.remove("ABOUT" if "REPEAT" in chart.places else "FROM")
    if "ON" in found and "ABOUT" in found:
        found.remove("ABOUT")
    if "STRONGDUE" in found and "FROM" in found:
        found.remove("FROM")
    return found


def _is_attributive(chart: Chart, term: Term, kind: Kind, lead: _Lead) -> bool:
    """Whether a moment only tells which thing is meant: "the Friday report", "our 3pm call"."""
    if kind not in ("day", "clock") or (isinstance(term.value, Day) and term.value.kind in _ARTICLED):
        return False
    if not (lead.article or chart.ending("DET", term.start, 1) is not None):
        return False
    return term.end < len(chart.tokens) and chart.is_plain(term.end)


def _part_counts(chart: Chart, term: Term, lead: _Lead) -> bool:
    if term.category == "PART":
        bare = (
            term.value in _BARE_PARTS.get(term.language, ()) and not lead.found and not _day_before(chart, lead.start)
        )
        return not (bare and chart.is_plain(term.end))
    if term.category == "PARTW" and _day_before(chart, lead.start):
        return True
    return any(category in _NEEDED or category == "ATW" for category in lead.found)


def _day_before(chart: Chart, place: int) -> bool:
    """Whether a day ends right before the token (a comma may stand between)."""
    if chart.has("COMMA", place - 1):
        place -= 1
    day = chart.ending("DAY", place, 6)
    return day is not None and (not day.weak or chart.ending("WEEKDAYW", place, 2) is not None)


def _clock_after(chart: Chart, place: int) -> bool:
    """Whether a clock time or a part of the day stands right behind."""
    for _ in range(3):
        if place < len(chart.tokens) and any(not term.weak for term in chart.at[place].get("CLOCK", ())):
            return True
        if chart.has("PART", place) or chart.has("PARTW", place):
            return True
        if chart.has("AT", place):
            following = max(t.end for t in chart.at[place]["AT"])
            return chart.has("CLOCK", following)
        if not (
            chart.has("COMMA", place) or chart.has("DOT", place) or chart.has("ON", place) or chart.has("DUE", place)
        ):
            return False
        place += 1
    return False


def _is_boundary(chart: Chart, place: int) -> bool:
    """Whether a clause ends here, or a word follows that goes on about time."""
    if place >= len(chart.tokens):
        return True
    token = chart.tokens[place]
    if token.kind == "mark":
        return token.text in ",.;:!?\n)–—-" and not (token.glued and token.text in ":-")
    blocked = any(chart.has(category, place) for category in ("UNIT", "MEASURE", "OFPART"))
    return bool(chart.at[place]) and not blocked and not chart.is_plain(place)


def _is_end(chart: Chart, place: int) -> bool:
    """Whether a clause ends here or a clock time begins."""
    return place >= len(chart.tokens) or chart.tokens[place].text in ",.;:!?\n)–—-" or chart.has("AT", place)


def _is_counted(chart: Chart, place: int) -> bool:
    """Whether the number before belongs to a noun: "at 3 offices", "um 20 Lizenzen"."""
    if place >= len(chart.tokens):
        return False
    token = chart.tokens[place]
    if (
        token.text in "%°+*/=x×"
        or (token.kind == "number" and token.text != "1:1")
        or (token.glued and token.kind == "word")
    ):
        return True
    if chart.has("PARTITIVE", place) or chart.has("MEASURE", place) or chart.has("STREET", place + 1):
        return True
    endings = chart.lexicon.settings.get("counted_endings", ())
    return token.kind == "word" and not chart.at[place] and token.fold.endswith(tuple(endings))  # type: ignore[arg-type]


def _weak_counts(chart: Chart, term: Term, kind: Kind, lead: _Lead) -> bool:
    if kind == "clock":
        return _weak_clock_counts(chart, term, lead)
    if kind == "every":
        return _weak_every_counts(chart, term)
    if kind == "length":
        return True
    assert isinstance(term.value, Day)
    telling = _NEEDED if term.rule in ("feast", "weekend") else _NEEDED - {"AT"}
    if term.value.kind == "quarter" and chart.is_plain(term.end) and not {"STRONGDUE", "ON"} & set(lead.found):
        return False  # "ask for Q1 numbers"
    prepared = any(category in telling for category in lead.found) or (term.rule == "feast" and bool(lead.found))
    if prepared or _clock_after(chart, term.end):
        return True
    if term.value.kind == "month_day":
        return (lead.article and _is_end(chart, term.end)) or (
            term.rule == "day_of_month" and _suffix_tells(chart, term)
        )
    if term.value.kind == "weekday" and term.rule == "weekday":
        alone = str(chart.lexicon.settings.get("weekday_alone", "")).split()
        final = str(chart.lexicon.settings.get("weekday_last", "")).split()
        if term.end == len(chart.tokens) and chart.fold(term.start) in final:
            return True
        edge = term.start == 0 or term.end == len(chart.tokens) or chart.has("COMMA", term.end)
        return chart.fold(term.start) in alone and (edge or _is_boundary(chart, term.end))
    if term.value.kind == "month":
        return term.value.mode in ("next", "coming", "last") or term.value.year is not None
    if term.rule == "date" and "/" in chart.tokens[term.start].text:
        first, _, second = chart.tokens[term.start].text.partition("/")
        return max(int(first), int(second)) > 12 and _is_boundary(chart, term.end)
    return False


def _suffix_tells(chart: Chart, term: Term) -> bool:
    """The Russian 15-го says by itself that a day is meant."""
    return (
        chart.fold(term.end - 1) in ("го", "ого")
        and chart.tokens[term.end - 1].kind == "word"
        and term.end - term.start > 1
    )


def _paces(chart: Chart) -> bool:
    """Whether something is to come every few hours or minutes."""
    return any(
        isinstance(term.value, Every) and term.value.frequency in ("HOURLY", "MINUTELY")
        for place in chart.places.get("REPEAT", ())
        for term in chart.at[place]["REPEAT"]
    )


def _weak_clock_counts(chart: Chart, term: Term, lead: _Lead) -> bool:
    if term.rule == "clock_range" and _paces(chart):
        return True
    if "RAISE" in chart.places and term.rule == "bare_hour" and not _day_before(chart, lead.start):
        return False
    if term.rule in ("bare_hour", "hour_with_word", "hour_letter", "clock_of_part", "clock_range") and _is_counted(
        chart, term.end
    ):
        return False
    if chart.has("UNIT", term.end) and term.rule == "bare_hour":
        return False
    if term.rule == "bare_dotted_time":
        return _day_before(chart, lead.start)
    firm = "AT" in lead.found
    loose = any(category in ("ATW", "STRONGDUE", "AFTER", "BEFORE") for category in lead.found)
    if term.rule == "bare_hour" and chart.ending("NUMBER", lead.start, 1) is not None:
        return chart.ending("DAY", lead.start, 6) is not None
    if term.rule == "clock_of_part":
        return firm or (loose and _day_before(chart, lead.start))
    if firm:
        return True
    loose = loose or ("FROM" in lead.found and _day_before(chart, lead.start))
    if loose:
        return term.rule != "bare_hour" or _is_boundary(chart, term.end) or chart.is_verb(term.end)
    if term.rule == "bare_hour" and chart.tokens[term.start].kind != "number":
        return False
    return _day_before(chart, term.start) and (term.end >= len(chart.tokens) or term.rule != "bare_hour")


def _weak_every_counts(chart: Chart, term: Term) -> bool:
    """Daily as an adverb, not before its noun."""
    if term.rule != "frequency_word":
        return True
    if chart.lexicon.language != "en" and term.language != "en":
        return True
    if _is_boundary(chart, term.end):
        return True
    return (
        term.start == 0
        and "CLOCK" in chart.places
        and not any(
            isinstance(t.value, Day) and not t.weak for p in chart.places.get("DAY", ()) for t in chart.at[p]["DAY"]
        )
    )

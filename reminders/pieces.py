"""The pieces of moments in a sentence: which terms of the chart count, with the prepositions before them."""

from dataclasses import dataclass, replace
from typing import Literal

from reminders.evidence import bad_counts, part_counts, weak_counts
from reminders.grammar.chart import Chart, Term
from reminders.grammar.clocks import lean
from reminders.grammar.meaning import Clock, Day, Notice
from reminders.neighbours import Lead

Kind = Literal["day", "clock", "part", "offset", "ago", "every", "count", "length", "except", "bad", "notice"]
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
    "EXCEPTION": "except",
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
    "every": ("ON", "FROM", "AT", "DUE", "REPEATLY"),
    "count": (),
    "length": (),
    "except": (),
    "bad": ("STRONGDUE", "ON", "AT", "DUE"),
    "notice": (),
}
_ROLES: dict[str, Role] = {"STRONGDUE": "due", "UNTIL": "due", "FROM": "from", "ABOUT": "about"}
_ARTICLED = frozenset({"month_day", "period", "nth", "quarter", "month", "date", "workday", "week", "shift"})
_MAX_CHAIN = 3


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
    feasts = [t for c in ("FEAST", "FEASTDAY") for p in chart.places.get(c, ()) for t in chart.at[p][c]]
    for feast in (t for t in feasts if t.end - t.start > 1):  # Black Friday is no Friday
        candidates = [p for p in candidates if p.core < feast.start or p.end > feast.end or "feast" in p.rule]
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
    alone = length.start == 0 and (length.end == len(chart.tokens) or chart.has("COLON", length.end))
    return alone or "SNOOZE" in chart.places


def _rank(piece: Piece, *, repeats: bool) -> int:
    if repeats and piece.kind == "length":
        return 0
    order = ("notice", "every", "offset", "ago", "day", "clock", "part", "count", "length", "except", "bad")
    return order.index(piece.kind)


def _make_piece(chart: Chart, term: Term) -> Piece | None:
    kind = _KINDS[term.category]
    if isinstance(term.value, Clock) and ("ALARM" in chart.places or "EVENINGEVENT" in chart.places):
        term = replace(term, value=lean(chart, term.value, term.value.leaning))
    lead = _find_lead(chart, term, kind)
    role: Role = next((_ROLES[c] for c in lead.found if c in _ROLES), "on" if lead.found else "")
    if role == "from" and kind not in ("day", "clock"):
        role = "on"
    attributive = _is_attributive(chart, term, kind, lead)
    end = _end_with_stress(chart, term.end, kind)
    piece = Piece(kind, lead.start, term.start, end, term.value, term.rule, role, term.weak, attributive)
    if kind == "bad":
        return piece if bad_counts(chart, term, lead) else None
    if kind in ("count", "ago", "offset", "length", "except"):
        return piece
    if kind == "notice":
        return piece if _notice_counts(chart, term) else None
    if kind == "part":
        return piece if part_counts(chart, term, lead) else None
    if kind == "clock" and term.weak and "OPENING" in chart.places and "DAY" not in chart.places:
        return None  # "open 9 to 17" tells of a shop
    if not term.weak:
        return piece
    return piece if weak_counts(chart, term, kind, lead) else None


def _notice_counts(chart: Chart, term: Term) -> bool:
    """An hour before the meeting: asked for with "remind", or where a clause begins."""
    assert isinstance(term.value, Notice)
    begins = term.start == 0 or chart.tokens[term.start - 1].kind == "mark"
    return not term.value.ahead or begins or "REMIND" in chart.places


def _find_lead(chart: Chart, term: Term, kind: Kind) -> Lead:
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
                    return Lead(the.start, tuple(found), True)
        direct = _longest_before(chart, start, kind)
        if direct is not None:
            start = direct.start
            found.extend(_categories(chart, direct, kind))
        if start == before:
            break
    return Lead(start, tuple(found), article)


def _end_with_stress(chart: Chart, end: int, kind: Kind) -> int:
    """The end with a word of stress behind it: "Friday at the latest", "в 12 ровно"."""
    if end >= len(chart.tokens):
        return end
    if kind in ("every", "count"):
        return _end_with_tail(chart, end, "REPEATLY" if kind == "every" else "TOTAL")
    if kind not in ("day", "clock", "part", "offset"):
        return end
    led = max((term.end for term in chart.at[end].get("AT", ())), default=end)  # завтра ровно в 9
    stress = max((term.end for term in chart.at[end].get("SHARP", ()) if term.end >= led), default=end)
    leads = any(chart.has(c, end) for c in ("DUE", "STRONGDUE"))  # "Monday's minutes by Thursday at the latest"
    return end if leads and stress < len(chart.tokens) and chart.tokens[stress].kind != "mark" else stress


def _end_with_tail(chart: Chart, end: int, category: str) -> int:
    """The end with a word that only says it again, where the clause ends there: "wöchentlich wiederholen"."""
    tail = max((term.end for term in chart.at[end].get(category, ())), default=end)
    return tail if tail >= len(chart.tokens) or chart.tokens[tail].kind == "mark" else end


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


def _is_attributive(chart: Chart, term: Term, kind: Kind, lead: Lead) -> bool:
    """Whether a moment only tells which thing is meant: "the Friday report", "our 3pm call"."""
    if kind not in ("day", "clock") or (isinstance(term.value, Day) and term.value.kind in _ARTICLED):
        return False
    if not lead.found and chart.fold(term.start) in str(chart.lexicon.settings.get("attributive_days", "")).split():
        return term.rule == "weekday" and chart.is_plain(term.start - 1)
    if not (lead.article or chart.ending("DET", term.start, 1) is not None):
        return False
    return chart.is_plain(term.end) and not chart.has("CLAUSE", term.end)  # "chase her tomorrow if she is in"

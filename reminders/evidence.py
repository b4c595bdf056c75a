"""Which weak terms count: the evidence beside them, a preposition, a day, a clock time, the end of a clause."""

from dataclasses import dataclass

from reminders.grammar.chart import Chart, Term
from reminders.grammar.meaning import Day, Every

_NEEDED = frozenset({"AT", "ON", "DUE", "STRONGDUE", "FROM", "AFTER", "BEFORE"})
_BARE_PARTS = {"en": ("midnight", "noon"), "de": ("midnight",), "ru": ("midnight",)}  # nouns too: "noon prayer"
_FRACTIONS = (2, 3, 4, 5, 6, 8, 10)  # 3/4, 9/10: no dates by themselves


@dataclass(frozen=True, slots=True)
class Lead:
    """The prepositions and the article before a term, and where they start."""

    start: int
    found: tuple[str, ...]
    article: bool


def part_counts(chart: Chart, term: Term, lead: Lead) -> bool:
    """Whether a part of the day is meant as one."""
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
    if chart.has("DOT", place - 1) and chart.glued(place - 1):
        place -= 1 if chart.ending("WEEKDAYW", place - 1, 1) else 0
    day = chart.ending("DAY", place, 6)
    return day is not None and (not day.weak or chart.ending("WEEKDAYW", place, 2) is not None)


def _opens_clause(chart: Chart, place: int) -> bool:
    """Whether a clause begins with the token."""
    return place == 0 or (chart.tokens[place - 1].kind == "mark" and not chart.glued(place))


def _day_after(chart: Chart, place: int) -> bool:
    """Whether a day that counts by itself stands right behind."""
    for category in ("COMMA", "ON"):
        if chart.has(category, place) and not chart.has("DAY", place):
            place = max(term.end for term in chart.at[place][category])
    if not 0 <= place < len(chart.tokens):
        return False
    return chart.has("WEEKDAYW", place) or any(not term.weak for term in chart.at[place].get("DAY", ()))


def _clause_after(chart: Chart, place: int) -> bool:
    """Whether another clause begins there: "here the 19th so don't book"."""
    if chart.has("AND", place):
        return not any(chart.has(c, place + 1) for c in ("DAYNUM", "ORDINAL", "NUMBER"))
    return chart.has("CLAUSE", place)


def _clock_after(chart: Chart, place: int) -> bool:
    """Whether a clock time or a part of the day stands right behind."""
    for _ in range(3):
        clocks = chart.at[place].get("CLOCK", ()) if place < len(chart.tokens) else ()
        if any(not term.weak or term.rule == "bare_four_digits" for term in clocks):
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
    if chart.has("PARTITIVE", place) or chart.has("MEASURE", place):
        return True
    if chart.has("STREET", place + 1) and chart.is_plain(place):
        return True
    endings = chart.lexicon.settings.get("counted_endings", ())
    return token.kind == "word" and not chart.at[place] and token.fold.endswith(tuple(endings))  # type: ignore[arg-type]


def weak_counts(chart: Chart, term: Term, kind: str, lead: Lead) -> bool:
    """Whether a weak term has the evidence that it needs."""
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
    feast = term.rule in ("feast", "feast_day")
    prepared = any(category in telling for category in lead.found) or (feast and bool(lead.found))
    if term.rule == "bare_day":
        return True
    if prepared or _clock_after(chart, term.end):
        return True
    if feast:
        alone = term.rule == "feast_day" or term.end - term.start > 1
        return alone and _feast_stands(chart, term, first=term.rule == "feast_day")
    if term.value.kind == "month_day":
        return _month_day_counts(chart, term, lead)
    if term.value.kind == "weekday":
        return term.rule == "weekday" and _short_weekday_counts(chart, term)
    if term.value.kind == "month":
        return term.value.mode in ("next", "coming", "last") or term.value.year is not None
    return term.rule == "date" and "/" in chart.tokens[term.start].text and _slashed_counts(chart, term)


def _month_day_counts(chart: Chart, term: Term, lead: Lead) -> bool:
    """The 19th at the end of a clause, 15-го anywhere."""
    figures = term.rule == "day_of_month" and chart.tokens[term.start].kind == "number"
    ends = _is_end(chart, term.end) or (figures and _clause_after(chart, term.end))
    return (lead.article and ends) or (term.rule == "day_of_month" and _suffix_tells(chart, term))


def _short_weekday_counts(chart: Chart, term: Term) -> bool:
    alone = str(chart.lexicon.settings.get("weekday_alone", "")).split()
    final = str(chart.lexicon.settings.get("weekday_last", "")).split()
    if term.end == len(chart.tokens) and chart.fold(term.start) in final:
        return True
    edge = term.start == 0 or term.end == len(chart.tokens) or chart.has("COMMA", term.end)
    return chart.fold(term.start) in alone and (edge or _is_boundary(chart, term.end))


def _slashed_counts(chart: Chart, term: Term) -> bool:
    """13/12 at the end of a clause; 12/8, too, where people write the month first, but not 3/4."""
    first, second = (int(part) for part in chart.tokens[term.start].text.split("/"))
    if not _is_boundary(chart, term.end) or max(first, second) > 12:
        return _is_boundary(chart, term.end)
    return chart.month_first and not (first < second and second in _FRACTIONS) and chart.is_plain(term.start - 1)


def _feast_stands(chart: Chart, term: Term, *, first: bool) -> bool:
    """Whether a feast's name says when: at the end of a clause, or first in a message that tells of nothing."""
    if term.end >= len(chart.tokens) or _is_boundary(chart, term.end) or _clause_after(chart, term.end):
        return True
    return first and _opens_clause(chart, term.start) and "STATE" not in chart.places


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


def _weak_clock_counts(chart: Chart, term: Term, lead: Lead) -> bool:
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
        before = _day_before(chart, lead.start)
        return before or (_opens_clause(chart, term.start) and _day_after(chart, term.end))
    if term.rule == "bare_four_digits":
        return _four_digits_count(chart, term, lead)
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


def _four_digits_count(chart: Chart, term: Term, lead: Lead) -> bool:
    """0830 or 1430 beside a day; "Friday 1500 flyers" counts flyers."""
    written = chart.tokens[term.start].text
    beside = _day_before(chart, lead.start) or (_opens_clause(chart, term.start) and _day_after(chart, term.end))
    if written.startswith("0"):
        first = term.start == 0 and term.end < len(chart.tokens) and chart.is_plain(term.end)
        return beside or first
    return beside and not (written.endswith("00") and chart.is_plain(term.end))


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

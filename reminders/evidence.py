"""Which weak days, parts of the day and recurrences count: by what stands beside them."""

import re

from reminders.clock_evidence import clock_counts
from reminders.grammar.chart import Chart, Term
from reminders.grammar.meaning import Bad, Day
from reminders.neighbours import (
    Lead,
    clause_after,
    clock_after,
    day_after,
    day_before,
    is_boundary,
    is_counted,
    is_end,
    list_clocks,
    opens_clause,
)

_NEEDED = frozenset({"AT", "ON", "DUE", "STRONGDUE", "FROM", "AFTER", "BEFORE"})
_BARE_PARTS = {"en": ("midnight", "noon"), "de": ("midnight",), "ru": ("midnight",)}  # nouns too: "noon prayer"
_FIRST_DATE = re.compile(r"[0-3]?\d\.[01]\d")  # "29.11 обед у мамы"; 12.4 is a version
_SLIPPED_HOUR = 30  # 25:00 beside a day is a slip; 98:95 is a score
_FRACTIONS = (2, 3, 4, 5, 6, 8, 10)  # 3/4, 9/10: no dates by themselves


def part_counts(chart: Chart, term: Term, lead: Lead) -> bool:
    """Whether a part of the day is meant as one."""
    if term.category == "PART":
        bare = term.value in _BARE_PARTS.get(term.language, ()) and not lead.found and not day_before(chart, lead.start)
        return not (bare and chart.is_plain(term.end))
    if term.category == "PARTW":
        beside = day_before(chart, lead.start) or (
            opens_clause(chart, lead.start) and day_after(chart, term.end)
        )  # mid-morning tomorrow
        if beside:
            return True
    return any(category in _NEEDED or category == "ATW" for category in lead.found)


def bad_counts(chart: Chart, term: Term, lead: Lead) -> bool:
    """Whether what can't be is meant as a moment: "at 25:00" and "tomorrow 25:00" are, the score 25:12 isn't."""
    if not isinstance(term.value, Bad) or term.value.reason != "no_such_time" or term.rule != "time":
        return True
    if "RATIO" in chart.places or "PRICE" in chart.places or is_counted(chart, term.end):
        return False
    slipped = int(chart.tokens[term.start].text.partition(":")[0]) < _SLIPPED_HOUR
    if any(category in ("AT", "STRONGDUE") for category in lead.found):
        return slipped or "DAY" not in chart.places or day_before(chart, lead.start)
    told = "PASTVERB" in chart.places or "STATE" in chart.places
    return slipped and not told and (term.start == 0 or day_before(chart, lead.start))


def weak_counts(chart: Chart, term: Term, kind: str, lead: Lead) -> bool:
    """Whether a weak term has the evidence that it needs."""
    if kind == "clock":
        return clock_counts(chart, term, lead)
    if kind == "every":
        return _weak_every_counts(chart, term)
    return kind == "length" or _day_counts(chart, term, lead)


def _day_counts(chart: Chart, term: Term, lead: Lead) -> bool:
    assert isinstance(term.value, Day)
    telling = _NEEDED if term.rule in ("feast", "weekend") else _NEEDED - {"AT"}
    if term.value.kind == "quarter" and chart.is_plain(term.end) and not {"STRONGDUE", "ON"} & set(lead.found):
        return False  # "ask for Q1 numbers"
    feast = term.rule in ("feast", "feast_day")
    prepared = any(category in telling for category in lead.found) or (feast and bool(lead.found))
    if term.rule == "weekday" and not prepared and day_before(chart, term.start):
        return False  # "mittwoch so zwischen neun und elf"
    if prepared or term.rule == "bare_day" or clock_after(chart, term.end):
        return True
    if feast:
        alone = term.rule == "feast_day" or term.end - term.start > 1 or term.start == 0
        return alone and _feast_stands(chart, term, first=term.rule == "feast_day")
    if term.value.kind == "month_day":
        return _month_day_counts(chart, term, lead)
    if term.value.kind == "weekday":
        return term.rule == "weekday" and _short_weekday_counts(chart, term)
    if term.value.kind == "month":
        return term.value.mode in ("next", "coming", "last") or term.value.year is not None
    return term.rule == "date" and _figures_count(chart, term)


def _figures_count(chart: Chart, term: Term) -> bool:
    """29.11 at the very start, 13/12 and 12/8 at the end of a clause."""
    if term.start == 0 and chart.lexicon.settings.get("dotted_dates"):
        counted = any(chart.has(category, term.end) for category in ("MEASURE", "UNIT", "PERTHING"))
        return bool(_FIRST_DATE.fullmatch(chart.tokens[0].text)) and not counted
    return "/" in chart.tokens[term.start].text and _slashed_counts(chart, term)


def _month_day_counts(chart: Chart, term: Term, lead: Lead) -> bool:
    """The 19th at the end of a clause, 15-го anywhere."""
    figures = term.rule == "day_of_month" and chart.tokens[term.start].kind == "number"
    ends = is_end(chart, term.end) or (figures and clause_after(chart, term.end))
    return (lead.article and ends) or (term.rule == "day_of_month" and _suffix_tells(chart, term))


def _short_weekday_counts(chart: Chart, term: Term) -> bool:
    alone = str(chart.lexicon.settings.get("weekday_alone", "")).split()
    final = str(chart.lexicon.settings.get("weekday_last", "")).split()
    if term.end == len(chart.tokens) and chart.fold(term.start) in final:
        return True
    if term.start == 0 and chart.is_plain(term.end) and _names_event(chart, term.end):
        return True
    if (term.start == 0 and chart.has("COLON", term.end)) or chart.fold(term.start - 1) + chart.fold(term.end) == "()":
        return True  # "Fr: Bauabnahme", "Bob anrufen (Fr)"
    ended = term.end >= len(chart.tokens) or chart.tokens[term.end].kind == "mark"
    if ended and chart.ending("CLOCK", term.start, 3) is not None:
        return True  # "3pm Fri: call Bob"
    edge = term.start == 0 or term.end == len(chart.tokens) or chart.has("COMMA", term.end)
    return chart.fold(term.start) in alone and (edge or is_boundary(chart, term.end))


def _names_event(chart: Chart, place: int) -> bool:
    """Whether a message that begins "Sun brunch" goes on with a clock time and tells of nothing."""
    if "CLOCK" not in chart.places or any(category in chart.places for category in ("STATE", "PASTVERB", "FUTURE")):
        return False
    noun = chart.tokens[place].text[0].isupper() == bool(chart.lexicon.settings.get("ordinal_dot"))
    timed = any(not term.weak or chart.has("AT", start - 1) for start, term in list_clocks(chart))
    return noun and timed and not any(chart.has(category, place) for category in ("CLAUSE", "ON", "AT"))


def _slashed_counts(chart: Chart, term: Term) -> bool:
    """13/12 at the end of a clause; 12/8, too, where people write the month first, but not 3/4."""
    first, second = (int(part) for part in chart.tokens[term.start].text.split("/"))
    if term.start == 0 and max(first, second) > 12:
        return "RATIO" not in chart.places
    if not is_boundary(chart, term.end) or max(first, second) > 12:
        return is_boundary(chart, term.end)
    return chart.month_first and not (first < second and second in _FRACTIONS) and chart.is_plain(term.start - 1)


def _feast_stands(chart: Chart, term: Term, *, first: bool) -> bool:
    """Whether a feast's name says when: at the end of a clause, or first in a message that tells of nothing."""
    if term.end < len(chart.tokens) and any(not day.weak for day in chart.at[term.end].get("DAY", ())):
        return False  # "Масленица 14 марта": the date counts
    if term.end >= len(chart.tokens) or is_boundary(chart, term.end) or clause_after(chart, term.end):
        return True
    timed = "CLOCK" in chart.places and any(not clock.weak for _, clock in list_clocks(chart))
    endings = chart.lexicon.settings.get("task_endings", ())
    task = chart.tokens[-1].text.islower() and chart.fold(len(chart.tokens) - 1).endswith(tuple(endings))  # type: ignore[arg-type]
    return (first or timed or task) and opens_clause(chart, term.start) and "STATE" not in chart.places


def _suffix_tells(chart: Chart, term: Term) -> bool:
    """The Russian 15-го says by itself that a day is meant."""
    return (
        chart.fold(term.end - 1) in ("го", "ого")
        and chart.tokens[term.end - 1].kind == "word"
        and term.end - term.start > 1
    )


def _weak_every_counts(chart: Chart, term: Term) -> bool:
    """Daily as an adverb, not before its noun."""
    if term.rule != "frequency_word":
        return True
    if chart.lexicon.language != "en" and term.language != "en":
        return True
    if is_boundary(chart, term.end):
        return True
    return (
        term.start == 0
        and "CLOCK" in chart.places
        and not any(
            isinstance(t.value, Day) and not t.weak for p in chart.places.get("DAY", ()) for t in chart.at[p]["DAY"]
        )
    )

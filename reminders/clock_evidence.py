"""Which weak clock times count: a bare hour, half five, 9.30, 0830."""

from collections.abc import Callable, Mapping

from reminders.grammar.chart import Chart, Term
from reminders.grammar.meaning import Day, Every
from reminders.neighbours import Lead, day_after, day_before, is_boundary, is_counted, is_measured, opens_clause

_LOOSE = ("ATW", "STRONGDUE", "AFTER", "BEFORE")
_COUNTABLE = ("bare_hour", "hour_with_word", "hour_letter", "clock_of_part", "clock_range")


def clock_counts(chart: Chart, term: Term, lead: Lead) -> bool:
    """Whether a weak clock time has the evidence that it needs."""
    if term.rule == "clock_range" and _paces(chart):
        return True
    beside = day_before(chart, lead.start)
    if "RAISE" in chart.places and term.rule == "bare_hour" and not beside:
        return False
    if term.rule in _COUNTABLE and is_counted(chart, term.end) and not _plans(chart, term, lead):
        return False
    if chart.has("UNIT", term.end) and term.rule == "bare_hour":
        return False
    if chart.has("TIMES", term.end) and term.rule == "bare_hour" and "AT" not in lead.found:
        return False
    own = _OWN.get(term.rule)
    if own is not None:
        return own(chart, term, lead)
    if term.rule == "bare_hour" and chart.ending("NUMBER", lead.start, 1) is not None:
        return chart.ending("DAY", lead.start, 6) is not None
    if "AT" in lead.found:
        return True
    loose = any(category in _LOOSE for category in lead.found)
    if term.rule == "clock_of_part":
        return loose and beside
    since = "FROM" in lead.found and (beside or (term.end >= len(chart.tokens) and _has_day(chart, lead.start)))
    return _led_loosely(chart, term, lead) if loose or since else _stands(chart, term)


def _plans(chart: Chart, term: Term, lead: Lead) -> bool:
    """Whether an hour stands right behind its day: "jeden Montag um 9 Rechnungen schreiben"."""
    if not chart.lexicon.settings.get("hour_before_noun"):
        return False
    rule = chart.ending("REPEAT", lead.start, 8)
    behind = rule is not None or day_before(chart, lead.start)
    day = rule or chart.ending("DAY", lead.start, 6)
    begun = day is not None and any(chart.is_plain(place) for place in range(day.start))
    if begun and "REMIND" not in chart.places:
        return False  # "visit Bob tomorrow at 3 offices"
    return "AT" in lead.found and behind and "RAISE" not in chart.places and not is_measured(chart, term.end)


def _has_day(chart: Chart, end: int) -> bool:
    """Whether a day that counts by itself stands anywhere before."""
    places = (place for place in chart.places.get("DAY", ()) if place < end)
    return any(not term.weak for place in places for term in chart.at[place]["DAY"])


def _led_loosely(chart: Chart, term: Term, lead: Lead) -> bool:
    """Behind "around", "before", "by": most hours where the clause ends; "around 5 ring Bev" in English, too."""
    if term.rule != "bare_hour" or day_before(chart, lead.start):
        return True
    if is_boundary(chart, term.end) or chart.is_verb(term.end):
        return True
    plural = chart.fold(term.end).endswith("s") or chart.has("OF", term.end)
    english = chart.lexicon.language == "en" and opens_clause(chart, lead.start)
    return english and chart.is_plain(term.end) and not plural


def _stands(chart: Chart, term: Term) -> bool:
    """Without a preposition: beside a day."""
    if term.rule == "clock_range" and day_after(chart, term.end):
        return True
    if term.rule != "bare_hour":
        return day_before(chart, term.start)
    if term.start == 0 and chart.has("RELDAY", term.end):
        return True
    figures = chart.tokens[term.start].kind == "number"
    return figures and day_before(chart, term.start) and term.end >= len(chart.tokens)


def _half_counts(chart: Chart, term: Term, lead: Lead) -> bool:
    """Half five: behind a preposition, beside a day, or first of all."""
    first = term.start == 0 and chart.is_plain(term.end) and not chart.has("PARTITIVE", term.end)
    led = any(category in (*_LOOSE, "AT") for category in lead.found)
    return led or first or day_before(chart, lead.start) or day_after(chart, term.end)


def _pair_counts(chart: Chart, term: Term, lead: Lead) -> bool:
    return day_before(chart, lead.start) or bool(lead.found)


def _dotted_counts(chart: Chart, term: Term, lead: Lead) -> bool:
    """9.30 beside a day; 9.10 may be a date, and is a time behind another date."""
    minute = chart.tokens[term.start].text.partition(".")[2]
    if minute == "00" or int(minute) > 12:
        return day_before(chart, lead.start) or day_after(chart, term.end) or _ends_plan(chart, term)
    day = chart.ending("DAY", lead.start, 6)
    dated = isinstance(day.value, Day) and day.value.kind in ("date", "month_day", "relative") if day else False
    return dated or (day is not None and not chart.lexicon.settings.get("dotted_dates"))


def _ends_plan(chart: Chart, term: Term) -> bool:
    """ "Dentist Thursday week 10.15", "Mon 30/11 - 9.00 - call": last, or between dashes, with a day in the text."""
    dated = "DAY" in chart.places or "REPEAT" in chart.places
    dashed = (
        chart.has("DASH", term.start - 1) and not chart.glued(term.start) and chart.ending("DAY", term.start - 1, 6)
    )
    return dated and (term.end >= len(chart.tokens) or bool(dashed)) and chart.tokens[term.start - 1].kind != "number"


def _four_digits_count(chart: Chart, term: Term, lead: Lead) -> bool:
    """0830 or 1430 beside a day; "Friday 1500 flyers" counts flyers."""
    written = chart.tokens[term.start].text
    beside = day_before(chart, lead.start) or (opens_clause(chart, term.start) and day_after(chart, term.end))
    if written.startswith("0"):
        first = term.start == 0 and term.end < len(chart.tokens) and chart.is_plain(term.end)
        return beside or first
    return beside and not (written.endswith("00") and chart.is_plain(term.end))


def _paces(chart: Chart) -> bool:
    """Whether something is to come every few hours or minutes."""
    return any(
        isinstance(term.value, Every) and term.value.frequency in ("HOURLY", "MINUTELY")
        for place in chart.places.get("REPEAT", ())
        for term in chart.at[place]["REPEAT"]
    )


_OWN: Mapping[str, Callable[[Chart, Term, Lead], bool]] = {
    "bare_dotted_time": _dotted_counts,
    "bare_four_digits": _four_digits_count,
    "clock_for_clock": _pair_counts,
    "half_hour_british": _half_counts,
}

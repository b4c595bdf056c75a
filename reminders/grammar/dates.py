"""Rules for dates in figures and words."""

import calendar
from dataclasses import replace

from reminders.grammar.chart import Chart, RuleBook, Term
from reminders.grammar.durations import number_of
from reminders.grammar.meaning import Bad, Day, Weak

BOOK = RuleBook()
MIN_YEAR, MAX_YEAR = 1900, 2199


def make_date(year: int | None, month: int, day: int) -> Day | Bad:
    """A date from its numbers; Bad when no calendar has it."""
    if year is not None and not MIN_YEAR <= year <= MAX_YEAR:
        return Bad("year_out_of_range")
    if not 1 <= month <= 12:
        return Bad("no_such_month")
    longest = calendar.monthrange(year or 2024, month)[1]
    return Day("date", day, month, year) if 1 <= day <= longest else Bad("no_such_day")


def full_year(text: str) -> int:
    """The year that two or more digits stand for."""
    return 2000 + int(text) if len(text) == 2 else int(text)


@BOOK.rule("YEAR", "DIGITS YEARWORD?")
def read_year(chart: Chart, digits: Term, word: Term | None) -> object:
    """2027, 2027 года."""
    text = str(digits.value)
    return int(text) if len(text) > 4 or (len(text) == 4 and text[:2] in ("19", "20", "21")) else None


@BOOK.rule("DATE", "IN|ON THE? UNIT DIGITS", "IN|ON DIGITS YEARWORD")
def read_far_year(chart: Chart, within: Term, *rest: Term | None) -> object:
    """In the year 99999, im Jahr 3000: no calendar goes so far."""
    said = [term for term in rest if term is not None]
    digits = next(str(t.value) for t in said if t.category == "DIGITS")
    if len(digits) < 4 or any(t.category == "UNIT" and t.value != "year" for t in said):
        return None
    return None if MIN_YEAR <= int(digits) <= MAX_YEAR else Bad("year_out_of_range")


@BOOK.rule("YEAR", "QUOTE DIGITS")
def read_short_year(chart: Chart, quote: Term, digits: Term) -> object:
    """'27."""
    return full_year(str(digits.value)) if len(str(digits.value)) == 2 else None


@BOOK.rule(
    "DATE",
    "DAYNUM|DIGITS OF? THE? MONTH DOT? COMMA? YEAR",
    "DAYNUM|DIGITS OF? THE? MONTH",
    "DAYNUM|DIGITS MONTH ABBREVIATED",
    "DAYNUM|DIGITS DASH? MONTH DASH? YEAR?",
)
def read_day_then_month(chart: Chart, day: Term, *rest: Term | None) -> object:
    """24 December, 3rd of March 2027, 24-го декабря."""
    return _date_of_words(chart, day, rest)


@BOOK.rule("DATE", "MONTH DOT? THE? DAYNUM|DIGITS", "MONTH DOT? THE? DAYNUM|DIGITS COMMA? YEAR")
def read_month_then_day(chart: Chart, month: Term, *rest: Term | None) -> object:
    """December 24th, 2026."""
    day = next(t for t in rest if t is not None and t.category in ("DAYNUM", "DIGITS"))
    if chart.has("COLON", day.end) or chart.has("AMPM", day.end) or chart.has("OCLOCK", day.end):
        return None
    return _date_of_words(chart, day, (month, *rest))


def _date_of_words(chart: Chart, day: Term, rest: tuple[Term | None, ...]) -> object:
    month = next(int(number_of(t)) for t in rest if t is not None and t.category == "MONTH")
    year = next((int(number_of(t)) for t in rest if t is not None and t.category == "YEAR"), None)
    if day.category == "DIGITS" and len(str(day.value)) > 2:
        return None
    return make_date(year, month, int(str(day.value)))


@BOOK.rule("DATE", "DAYNUM|NUMBER RANGE|RANGEW|AND DATE")
def read_date_range(chart: Chart, first: Term, link: Term, last: Term) -> object:
    """3rd to 5th of March: its first day."""
    if not isinstance(last.value, Day) or last.value.kind != "date" or number_of(first) != int(number_of(first)):
        return None
    if not 1 <= number_of(first) < last.value.number or last.rule == "date_range":
        return None
    if chart.ending("AT", first.start, 3) is not None and chart.ending("FROM", first.start, 2) is None:
        return None  # "every day at 9 until 27 November"
    return replace(last.value, number=int(number_of(first)))


@BOOK.rule("DATE", "RANGED DOT? MONTH YEAR?")
def read_ranged_date(chart: Chart, ranged: Term, dot: Term | None, month: Term, year: Term | None) -> object:
    """7-11 December: its first day."""
    assert isinstance(ranged.value, tuple)
    first, last = ranged.value
    if not first.isdigit() or not last.isdigit() or int(first) >= int(last):
        return None
    return make_date(int(number_of(year)) if year else None, int(number_of(month)), int(first))


@BOOK.rule("DATE", "ISO")
def read_iso_date(chart: Chart, iso: Term) -> object:
    """2026-12-24."""
    assert isinstance(iso.value, tuple)
    year, month, day = (int(part) for part in iso.value)
    return make_date(year, month, day)


@BOOK.rule("DATE", "DMY YEARWORD?")
def read_figures_with_year(chart: Chart, dmy: Term, word: Term | None) -> object:
    """24.12.2026, 12/24/26."""
    assert isinstance(dmy.value, tuple)
    first, mark, second, year = dmy.value
    date = _date_of_figures(chart, int(first), int(second), full_year(year), either=mark != ".")
    return None if isinstance(date, Bad) and mark == "-" else date


@BOOK.rule("DATE", "DOTTED DOT YEAR?", "DOTTED DOT DIGITS")
def read_dotted_date(chart: Chart, dotted: Term, dot: Term, year: Term | None) -> object:
    """24.12. and 24.12. 2026."""
    assert isinstance(dotted.value, tuple)
    if not chart.glued(dot.start) or (year is not None and year.category == "DIGITS"):
        return None
    if year is None and chart.glued(dot.end) and chart.tokens[dot.end].kind == "word":  # an article's number: 12.12.A
        return None
    date = make_date(int(number_of(year)) if year else None, int(dotted.value[1]), int(dotted.value[0]))
    last = dot.end == len(chart.tokens) and not chart.lexicon.settings.get("dotted_dates")
    if isinstance(date, Bad):
        return None if last or int(dotted.value[1]) > 12 else date
    return Weak(date) if last else date


@BOOK.rule("DATE", "DOTTED", "DOTTED YEARWORD?")
def read_bare_dotted_date(chart: Chart, dotted: Term, word: Term | None = None) -> object:
    """24.12: needs a preposition or a clock time."""
    assert isinstance(dotted.value, tuple)
    if chart.has("LETTERH", dotted.end) and chart.glued(dotted.end):
        return None
    date = make_date(None, int(dotted.value[1]), int(dotted.value[0]))
    return Weak(date) if isinstance(date, Day) else None


@BOOK.rule("DATE", "SLASHED")
def read_slashed_date(chart: Chart, slashed: Term) -> object:
    """12/24: the country decides which is the month; needs a preposition or a clock time."""
    assert isinstance(slashed.value, tuple)
    first, second = (int(part) for part in slashed.value)
    date = _date_of_figures(chart, first, second, None, either=True)
    return Weak(date) if isinstance(date, Day) else None


@BOOK.rule("DATE", "RANGED", "HYPHENED")
def read_hyphened_date(chart: Chart, figures: Term) -> object:
    """12-4: where the month is first, beside a clock time."""
    assert isinstance(figures.value, tuple)
    if not chart.month_first or not all(part.isdigit() for part in figures.value):
        return None
    date = make_date(None, int(figures.value[0]), int(figures.value[1]))
    return Weak(date) if isinstance(date, Day) and chart.has("AT", figures.end) else None


def _date_of_figures(chart: Chart, first: int, second: int, year: int | None, *, either: bool) -> Day | Bad:
    """Day and month in the country's order, or the other way round when only that gives a date."""
    month_first = either and chart.month_first
    date = make_date(year, first, second) if month_first else make_date(year, second, first)
    if isinstance(date, Bad) and either:
        other = make_date(year, second, first) if month_first else make_date(year, first, second)
        return other if isinstance(other, Day) else date
    return date

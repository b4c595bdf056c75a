"""Rules for weekdays: alone, with next or this, with a week, a date or a part of the day."""

from dataclasses import replace

from reminders.grammar.chart import Chart, RuleBook, Term
from reminders.grammar.durations import number_of
from reminders.grammar.meaning import Bad, Day, Weak

BOOK = RuleBook()


@BOOK.rule("DAY", "WEEKDAY", "WEEKDAYW DOT?")
def read_weekday(chart: Chart, weekday: Term, dot: Term | None = None) -> object:
    """Friday; "fr" needs a neighbour."""
    if dot is not None and (not chart.glued(dot.start) or dot.end == len(chart.tokens)):
        return None
    day = Day("weekday", weekday=int(number_of(weekday)))
    return Weak(day) if weekday.category == "WEEKDAYW" else day


@BOOK.rule("DAY", "MOD DOT? WEEKDAY|WEEKDAYW")
def read_weekday_with_mode(chart: Chart, mode: Term, dot: Term | None, weekday: Term) -> object:
    """This, next, coming Friday."""
    return Day("weekday", weekday=int(number_of(weekday)), mode=str(mode.value))


@BOOK.rule("DAY", "WEEKDAY OR ON? WEEKDAY", "WEEKDAYW OR WEEKDAYW")
def read_one_of_two_weekdays(chart: Chart, first: Term, *rest: Term | None) -> object:
    """Monday or Tuesday: the one that is said first."""
    return Day("weekday", weekday=int(number_of(first)))


@BOOK.rule("DAY", "BETWEEN WEEKDAY AND WEEKDAY", "FROM WEEKDAY RANGE|RANGEW WEEKDAY")
def read_first_of_weekdays(chart: Chart, lead: Term, first: Term, link: Term, last: Term) -> object:
    """Between Thursday and Saturday; von Montag bis Mittwoch: its first day."""
    timed = lead.category == "FROM" and ("TIME" in chart.places or "EVERY" in chart.places or "OCLOCK" in chart.places)
    whole = (number_of(first), number_of(last)) == (0, 4)
    told = "MOVE" in chart.places or chart.has("OFDAY", lead.start) or timed or (whole and lead.category == "FROM")
    return None if told else Day("weekday", weekday=int(number_of(first)))


@BOOK.rule("DAY", "EDGE OF? THE? WEEKDAY")
def read_edge_of_weekday(chart: Chart, edge: Term, *rest: Term | None) -> object:
    """By the end of Thursday, до конца четверга."""
    day = rest[-1]
    assert day is not None
    part = {"end": "end_of_day", "mid": "noon", "start": "morning"}[str(edge.value)]
    return Day("weekday", weekday=int(number_of(day)), part=part)


@BOOK.rule("DAY", "INONE WEEKDAY")
def read_weekday_passed_over(chart: Chart, over: Term, weekday: Term) -> object:
    """Через пятницу: the Friday after the coming one."""
    return Day("weekday", 1, weekday=int(number_of(weekday)))


@BOOK.rule("DAY", "WEEKDAY|WEEKDAYW POSTMOD")
def read_weekday_after_next(chart: Chart, weekday: Term, mode: Term) -> object:
    """Friday after next; Tuesday week; Saturday fortnight."""
    weeks = {"coming": 0, "fortnight": 2}.get(str(mode.value), 1)
    return Day("weekday", weeks, weekday=int(number_of(weekday)))


@BOOK.rule(
    "DAY",
    "WEEKDAY|WEEKDAYW COMMA? ON|OF? THE? PERIOD",
    "PERIOD COMMA? ON|OF|AT? WEEKDAY|WEEKDAYW",
)
def read_weekday_of_week(chart: Chart, *terms: Term | None) -> object:
    """Friday next week, nächste Woche Freitag, в среду на следующей неделе."""
    period = next(t.value for t in terms if t is not None and t.category == "PERIOD")
    weekday = next(t for t in terms if t is not None and t.category.startswith("WEEKDAY"))
    assert isinstance(period, Day)
    apart = period.number < 0 and any(t is not None and t.category == "COMMA" for t in terms)
    return replace(period, weekday=int(number_of(weekday))) if period.unit == "week" and not apart else None


@BOOK.rule("DAY", "WEEKDAY|WEEKDAYW DOT? COMMA? ON|OF? THE? DATE", "WEEKDAY|WEEKDAYW OPEN DATE")
def read_weekday_and_date(chart: Chart, weekday: Term, *rest: Term | None) -> object:
    """Friday, 27 November: the date counts."""
    date = rest[-1]
    assert date is not None
    return date.value


@BOOK.rule("DAY", "WEEKDAY|WEEKDAYW COMMA? ON? THE? DAYNUM")
def read_weekday_and_number(chart: Chart, weekday: Term, *rest: Term | None) -> object:
    """Friday the 27th."""
    number = rest[-1]
    assert number is not None
    if rest[2] is None and chart.tokens[number.start].kind == "word":
        return None
    return Day("month_day", int(number_of(number))) if number_of(number) <= 31 else Bad("no_such_day")


@BOOK.rule("DAY", "WDPART")
def read_weekday_part(chart: Chart, word: Term) -> object:
    """Freitagabend."""
    number, part = str(word.value).split()
    return Day("weekday", weekday=int(number), part=part)


@BOOK.rule("DAY", "MOD WDPART")
def read_mode_weekday_part(chart: Chart, mode: Term, word: Term) -> object:
    """Nächsten Freitagabend."""
    number, part = str(word.value).split()
    return Day("weekday", weekday=int(number), mode=str(mode.value), part=part)


@BOOK.rule(
    "DAY",
    "WEEKNUMBER SLASH? YEAR?",
    "WEEKNUMBER COMMA? ON|OF? WEEKDAY|WEEKDAYW",
    "WEEKDAY|WEEKDAYW COMMA? ON|OF? THE? WEEKNUMBER",
)
def read_day_of_week_number(chart: Chart, *terms: Term | None) -> object:
    """KW 48, Montag in KW 49: Monday when no day is said."""
    said = [term for term in terms if term is not None]
    week = next(t for t in said if t.category == "WEEKNUMBER")
    weekday = next((int(number_of(t)) for t in said if t.category.startswith("WEEKDAY")), None)
    year = next((int(number_of(t)) for t in said if t.category == "YEAR"), None)
    day = Day("week", int(number_of(week)), weekday=weekday, year=year)
    return Weak(day) if week.weak and weekday is None else day

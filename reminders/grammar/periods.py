"""Rules for periods and days in them: next week, end of the quarter, KW 48, the last working day of the month."""

from dataclasses import replace

from reminders.grammar.chart import Chart, RuleBook, Term
from reminders.grammar.durations import number_of
from reminders.grammar.meaning import Bad, Day, Duration, Weak

BOOK = RuleBook()
_PERIODS = frozenset({"week", "month", "quarter", "year", "weekend"})
_OFFSETS = {"next": 1, "coming": 1, "this": 0, "last": -1, "afternext": 2}


@BOOK.rule("PERIOD", "MOD UNIT", "THE? UNIT POSTMOD", "NUMBER? UNITAFTERNEXT")
def read_period(chart: Chart, *terms: Term | None) -> object:
    """Next week, this quarter, the month after next."""
    unit = next((str(t.value) for t in terms if t is not None and t.category in ("UNIT", "UNITAFTERNEXT")), "")
    mode = next((str(t.value) for t in terms if t is not None and t.category in ("MOD", "POSTMOD")), "afternext")
    if unit not in _PERIODS or mode not in _OFFSETS:
        return None
    offset = 0 if unit == "weekend" and mode == "coming" else _OFFSETS[mode]
    return Day("period", offset, unit=unit, mode=mode)


@BOOK.rule("DAY", "PERIOD")
def read_whole_period(chart: Chart, period: Term) -> object:
    """Next week: its first day; this week: its last working day."""
    return period.value


@BOOK.rule("DAY", "EDGE OF? THE? PERIOD", "PERIOD EDGE")
def read_edge_of_period(chart: Chart, *terms: Term | None) -> object:
    """End of next month, Anfang nächster Woche, в конце квартала."""
    edge = next(str(t.value) for t in terms if t is not None and t.category == "EDGE")
    period = next(t.value for t in terms if t is not None and t.category == "PERIOD")
    assert isinstance(period, Day)
    return replace(period, edge=edge)


@BOOK.rule("DAY", "EDGE OF? THE? UNIT", "EDGE UNIT")
def read_edge_of_unit(chart: Chart, edge: Term, *rest: Term | None) -> object:
    """End of the month, Ende des Quartals, до конца недели."""
    unit = rest[-1]
    assert unit is not None
    return Day("period", 0, unit=str(unit.value), edge=str(edge.value)) if unit.value in _PERIODS else None


@BOOK.rule("DAY", "UNITEDGE")
def read_edge_word(chart: Chart, word: Term) -> object:
    """EOM, Monatsende."""
    edge, unit = str(word.value).split()
    return Day("period", 0, unit=unit, edge=edge)


@BOOK.rule("DAY", "UNIT")
def read_weekend(chart: Chart, unit: Term) -> object:
    """At the weekend, am Wochenende, на выходных: needs a preposition."""
    return Weak(Day("period", 0, unit="weekend")) if unit.value == "weekend" else None


@BOOK.rule("DAY", "AFTER THE? UNIT")
def read_after_weekend(chart: Chart, after: Term, the: Term | None, unit: Term) -> object:
    """After the weekend: on Monday."""
    if unit.value != "weekend":
        return None
    return Day("shift", 1, base=Day("period", 0, unit="weekend"), duration=Duration(days=2, unit="day", amount=2))


@BOOK.rule("DAY", "MOD UNIT")
def read_next_workday(chart: Chart, mode: Term, unit: Term) -> object:
    """Next working day; "the next day" is tomorrow."""
    if unit.value == "workday" and mode.value in ("next", "coming"):
        return Day("workday", 1)
    if unit.value == "day" and mode.value == "next":
        return Day("relative", 1)
    return None


@BOOK.rule("QUARTERNAME", "ROMAN UNIT")
def read_roman_quarter(chart: Chart, roman: Term, unit: Term) -> object:
    """I квартал."""
    return int(number_of(roman)) if unit.value == "quarter" else None


@BOOK.rule("QUARTERNAME", "DIGITS UNIT")
def read_figure_quarter(chart: Chart, digits: Term, unit: Term) -> object:
    """1 квартал."""
    wanted = unit.value == "quarter" and unit.language == "ru" and str(digits.value) in "1234"
    return int(str(digits.value)) if wanted else None


@BOOK.rule("QUARTERNAME", "LETTERQ DIGITS", "DAYNUM UNIT", "DIGITS LETTERQ")
def read_quarter_name(chart: Chart, first: Term, second: Term) -> object:
    """Q1, the first quarter, 1-й квартал."""
    number = first if first.category in ("DAYNUM", "DIGITS") else second
    if first.category == "DAYNUM":
        return int(number_of(first)) if second.value == "quarter" and 1 <= number_of(first) <= 4 else None
    return int(str(number.value)) if chart.glued(second.start) and str(number.value) in "1234" else None


@BOOK.rule("DAY", "QUARTERNAME", "QUARTERNAME SLASH? YEAR", "EDGE OF? THE? QUARTERNAME YEAR?")
def read_quarter(chart: Chart, *terms: Term | None) -> object:
    """By Q2, end of Q1 2027: needs a preposition."""
    said = [term for term in terms if term is not None]
    number = next(int(number_of(t)) for t in said if t.category == "QUARTERNAME")
    year = next((int(number_of(t)) for t in said if t.category == "YEAR"), None)
    edge = next((str(t.value) for t in said if t.category == "EDGE"), "")
    day = Day("quarter", number, year=year, edge=edge)
    return day if edge else Weak(day)


@BOOK.rule(
    "WEEKNUMBER",
    "WEEKNO DOT? DIGITS",
    "WEEKNOW DIGITS",
    "DAYNUM WEEKNO|WEEKNOW",
    "DIGITS DOT WEEKNO",
    "DIGITS WEEKIN",
)
def read_week_number(chart: Chart, *terms: Term | None) -> object:
    """KW 48, week 48, 48-я неделя."""
    said = [term for term in terms if term is not None]
    number = next(int(str(t.value)) for t in said if t.category in ("DIGITS", "DAYNUM"))
    if number > 53 and number >= 100:
        return None
    end = max(term.end for term in said)
    if said[-1].category == "DIGITS" and any(chart.has(c, end) for c in ("AMPM", "OCLOCK", "AMPMSHORT")):
        return None  # "Friday week 3pm"
    if not 1 <= number <= 53:
        return Bad("no_such_week")
    weak = any(t.category == "WEEKNOW" for t in said)
    return Weak(number) if weak else number


@BOOK.rule("DAY", "EDGE OF? THE? WEEKNUMBER")
def read_edge_of_week_number(chart: Chart, edge: Term, *rest: Term | None) -> object:
    """Ende KW 49: its Friday."""
    week = rest[-1]
    assert week is not None
    return Day("week", int(number_of(week)), weekday={"start": 0, "mid": 2, "end": 4}[str(edge.value)])


@BOOK.rule(
    "NTH",
    "ORDINAL|DAYNUM WEEKDAY OF? THE? PERIOD|MONTH|UNIT",
    "ORDINAL|DAYNUM UNIT OF? THE? PERIOD|MONTH|UNIT|QUARTERNAME",
    "ORDINAL|DAYNUM WEEKDAY OF? THE? MONTH YEAR",
)
def read_nth_of(chart: Chart, ordinal: Term, day: Term, *rest: Term | None) -> object:
    """The 2nd Friday of next month, letzter Werktag des Monats, последний день квартала."""
    scope = next(t for t in rest if t is not None and t.category in ("PERIOD", "MONTH", "UNIT", "QUARTERNAME"))
    year = next((int(number_of(t)) for t in rest if t is not None and t.category == "YEAR"), None)
    unit = "weekday" if day.category == "WEEKDAY" else str(day.value)
    if unit not in ("weekday", "day", "workday", "week"):
        return None
    weekday = int(number_of(day)) if day.category == "WEEKDAY" else None
    if scope.category == "MONTH":
        base = Day("month", month=int(number_of(scope)), year=year)
    elif scope.category == "QUARTERNAME":
        base = Day("quarter", int(number_of(scope)))
    elif scope.category == "UNIT":
        if scope.value not in ("month", "quarter", "year", "week"):
            return None
        base = Day("period", 0, unit=str(scope.value))
    else:
        assert isinstance(scope.value, Day)
        base = scope.value
    return Day("nth", int(number_of(ordinal)), weekday=weekday, unit=unit, base=base)


@BOOK.rule("NTH", "ORDINAL MONTHWEEK")
def read_week_of_month(chart: Chart, ordinal: Term, week: Term) -> object:
    """In der ersten Februarwoche."""
    return Day("nth", int(number_of(ordinal)), unit="week", base=Day("month", month=int(number_of(week))))


@BOOK.rule("DAY", "NTH")
def read_nth(chart: Chart, nth: Term) -> object:
    """An n-th day of a period is a day."""
    return nth.value

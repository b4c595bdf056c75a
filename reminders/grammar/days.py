"""Rules for days: relative words, weekdays, periods, days counted from others."""

from dataclasses import replace

from reminders.grammar.chart import Chart, RuleBook, Term
from reminders.grammar.dates import MAX_YEAR, MIN_YEAR
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


@BOOK.rule("DAY", "WEEKDAY", "WEEKDAYW DOT?")
def read_weekday(chart: Chart, weekday: Term, dot: Term | None = None) -> object:
    """Friday; "fr" needs a neighbour."""
    if dot is not None and (not chart.glued(dot.start) or dot.end == len(chart.tokens)):
        return None
    day = Day("weekday", weekday=int(number_of(weekday)))
    return Weak(day) if weekday.category == "WEEKDAYW" else day


@BOOK.rule("DAY", "MOD WEEKDAY|WEEKDAYW")
def read_weekday_with_mode(chart: Chart, mode: Term, weekday: Term) -> object:
    """This, next, coming Friday."""
    return Day("weekday", weekday=int(number_of(weekday)), mode=str(mode.value))


@BOOK.rule("DAY", "WEEKDAY OR ON? WEEKDAY", "WEEKDAYW OR WEEKDAYW")
def read_one_of_two_weekdays(chart: Chart, first: Term, *rest: Term | None) -> object:
    """Monday or Tuesday: the one that is said first."""
    return Day("weekday", weekday=int(number_of(first)))


@BOOK.rule("DAY", "WEEKDAY|WEEKDAYW POSTMOD")
def read_weekday_after_next(chart: Chart, weekday: Term, mode: Term) -> object:
    """Friday after next; Tuesday week."""
    weeks = 0 if mode.value == "coming" else 1
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


@BOOK.rule("DAY", "DATE")
def read_date(chart: Chart, date: Term) -> object:
    """A date is a day."""
    return Weak(date.value) if date.weak else date.value


@BOOK.rule("DAY", "RELDAY")
def read_relative_day(chart: Chart, word: Term) -> object:
    """Tomorrow, übermorgen, послезавтра."""
    return Day("relative", int(number_of(word)))


@BOOK.rule("DAY", "RELPART")
def read_relative_part(chart: Chart, word: Term) -> object:
    """Tonight, morgen früh."""
    number, part = str(word.value).split()
    return Day("relative", int(number), part=part)


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


@BOOK.rule("DAY", "MOD PART|PARTW")
def read_this_part(chart: Chart, mode: Term, part: Term) -> object:
    """This afternoon, diesen Abend, next morning."""
    offsets = {"this": 0, "next": 1, "coming": 0, "last": -1}
    number = offsets.get(str(mode.value))
    return Day("relative", number, part=str(part.value)) if number is not None else None


@BOOK.rule("DAY", "DAYNUM", "NUMBER|DAYNUM DAYWORD")
def read_day_of_month(chart: Chart, number: Term, word: Term | None = None) -> object:
    """The 3rd, am 3., до 15 числа: needs a preposition."""
    value = number_of(number)
    if value != int(value) or value < 1:
        return None
    if value > 31:
        return None if word is None and number.rule != "number_with_suffix" else Bad("no_such_day")
    following = number.end
    if word is None and (
        chart.has("UNIT", following) or chart.has("WEEKDAY", following) or chart.has("NOUN", following)
    ):
        return None
    if word is None and number.rule in ("ordinal_word", "tens_and_ordinal") and _is_counted_noun(chart, following):
        return None
    day = Day("month_day", int(value))
    return day if word is not None else Weak(day)


def _is_counted_noun(chart: Chart, place: int) -> bool:
    """Whether a word follows that an ordinal word may belong to ("the first draft")."""
    return chart.is_plain(place)


@BOOK.rule("DAY", "DAYNUM DAYWORD? OF? THE? UNIT", "NUMBER DAYWORD OF? UNIT")
def read_day_of_the_month(chart: Chart, number: Term, *rest: Term | None) -> object:
    """The first of the month, am Ersten des Monats: the next one."""
    unit = rest[-1]
    assert unit is not None
    value = number_of(number)
    direct = all(term is None for term in rest[:-1])
    if unit.value != "month" or direct or value != int(value) or not 1 <= value <= 31:
        return None
    return Day("month_day", int(value))


@BOOK.rule("DAY", "DAYNUM|NUMBER DAYWORD? ON|OF? PERIOD")
def read_day_of_period(chart: Chart, number: Term, word: Term | None, link: Term | None, period: Term) -> object:
    """The 3rd of next month, 5-го числа следующего месяца."""
    value = number_of(number)
    if not isinstance(period.value, Day) or period.value.unit != "month" or value != int(value) or not 1 <= value <= 31:
        return None
    if number.category == "NUMBER" and word is None:
        return None
    return replace(period.value, kind="month_day", month=0, number=int(value), base=period.value)


@BOOK.rule("DAY", "MONTH", "MONTH ON|OF? YEAR", "MOD MONTH")
def read_month(chart: Chart, first: Term, *rest: Term | None) -> object:
    """In December: its first day; needs a preposition unless a year or "next" stands with it."""
    if first.category == "MOD":
        second = rest[0]
        assert second is not None
        return Weak(Day("month", month=int(number_of(second)), mode=str(first.value)))
    year = rest[-1] if rest else None
    day = Day("month", month=int(number_of(first)), year=int(number_of(year)) if year else None)
    if year is not None and day.year is not None and not MIN_YEAR <= day.year <= MAX_YEAR:
        return Bad("year_out_of_range")
    return Weak(day)


@BOOK.rule("DAY", "EDGE DASH? OF? THE? MONTH YEAR?")
def read_edge_of_month(chart: Chart, edge: Term, *rest: Term | None) -> object:
    """Mid December, Ende März, в начале января."""
    month, year = rest[-2], rest[-1]
    assert month is not None
    number = int(number_of(year)) if year else None
    return Day("month", month=int(number_of(month)), year=number, edge=str(edge.value))


@BOOK.rule("DAY", "PERIOD COMMA? ON|OF? THE? MONTH|DATE", "MONTH|DATE ON|OF? THE? PERIOD")
def read_month_of_year(chart: Chart, *terms: Term | None) -> object:
    """March next year, nächstes Jahr im März, 5 марта следующего года."""
    period = next(t.value for t in terms if t is not None and t.category == "PERIOD")
    within = next(t for t in terms if t is not None and t.category in ("MONTH", "DATE"))
    if not isinstance(period, Day) or period.unit != "year":
        return None
    day = within.value if isinstance(within.value, Day) else Day("month", month=int(number_of(within)))
    return replace(day, base=period) if day.year is None else None


@BOOK.rule("DAY", "RELADJ PART|PARTW|OFPART", "RELADJ UNIT")
def read_relative_adjective(chart: Chart, word: Term, part: Term) -> object:
    """Завтрашнего вечера, завтрашнего дня."""
    if part.category == "UNIT":
        return Day("relative", int(number_of(word))) if part.value == "day" else None
    return Day("relative", int(number_of(word)), part=None if chart.has("UNIT", part.start) else str(part.value))


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


@BOOK.rule("WEEKNUMBER", "WEEKNO DOT? DIGITS", "WEEKNOW DIGITS", "DAYNUM WEEKNO|WEEKNOW", "DIGITS DOT WEEKNO")
def read_week_number(chart: Chart, *terms: Term | None) -> object:
    """KW 48, week 48, 48-я неделя."""
    said = [term for term in terms if term is not None]
    number = next(int(str(t.value)) for t in said if t.category in ("DIGITS", "DAYNUM"))
    if number > 53 and number >= 100:
        return None
    if not 1 <= number <= 53:
        return Bad("no_such_week")
    weak = any(t.category == "WEEKNOW" for t in said)
    return Weak(number) if weak else number


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


@BOOK.rule("DAY", "NTH")
def read_nth(chart: Chart, nth: Term) -> object:
    """An n-th day of a period is a day."""
    return nth.value


@BOOK.rule("DAY", "MOD UNIT")
def read_next_workday(chart: Chart, mode: Term, unit: Term) -> object:
    """Next working day; "the next day" is tomorrow."""
    if unit.value == "workday" and mode.value in ("next", "coming"):
        return Day("workday", 1)
    if unit.value == "day" and mode.value == "next":
        return Day("relative", 1)
    return None


@BOOK.rule("DAY", "UNIT")
def read_weekend(chart: Chart, unit: Term) -> object:
    """At the weekend, am Wochenende, на выходных: needs a preposition."""
    return Weak(Day("period", 0, unit="weekend")) if unit.value == "weekend" else None


@BOOK.rule("DAY", "FEAST")
def read_feast(chart: Chart, feast: Term) -> object:
    """By Christmas: needs a preposition."""
    month, day = str(feast.value).split("-")
    return Weak(Day("date", int(day), int(month)))


@BOOK.rule(
    "DAY",
    "SHIFTLEAD? DURATION SHIFTAFTER|SHIFTBEFORE THE? DAY",
    "INONE DURATION SHIFTAFTER|SHIFTBEFORE DAY",
    "SHIFTLEAD? THE? UNIT SHIFTAFTER|SHIFTBEFORE THE? DAY",
    "INONE UNIT SHIFTAFTER DAY",
)
def read_shifted_day(chart: Chart, *terms: Term | None) -> object:
    """A week from Tuesday, 3 days before the 24th, через неделю после вторника."""
    said = [term for term in terms if term is not None]
    length = next(t for t in said if t.category in ("DURATION", "UNIT"))
    counted = length is said[0] and length.category == "UNIT" and chart.ending("NUMBER", length.start, 1)
    if counted or chart.ending("EVERY", said[0].start, 1) or chart.ending("OTHER", said[0].start, 1):
        return None
    base = said[-1].value
    side = said[-2] if said[-2].category.startswith("SHIFT") else said[-3]
    if length.category == "UNIT":
        duration = _whole_unit(str(length.value))
    else:
        duration = length.value if isinstance(length.value, Duration) else None
    if not isinstance(base, Day) or duration is None or duration.seconds or base.kind == "shift":
        return None
    return Day("shift", 1 if side.category == "SHIFTAFTER" else -1, base=base, duration=duration, part=base.part)


def _whole_unit(unit: str) -> Duration | None:
    return {
        "day": Duration(days=1, unit="day", amount=1),
        "week": Duration(days=7, unit="week", amount=1),
        "month": Duration(months=1, unit="month", amount=1),
        "fortnight": Duration(days=14, unit="week", amount=2),
    }.get(unit)


@BOOK.rule("DAY", "DAY SHIFTIN DURATION", "DAY INONE UNIT")
def read_day_in_length(chart: Chart, day: Term, link: Term, length: Term) -> object:
    """Heute in acht Tagen (a week), Freitag in zwei Wochen, в среду через неделю."""
    duration = length.value if length.category == "DURATION" else _whole_unit(str(length.value))
    if not isinstance(duration, Duration):
        return None
    if not isinstance(day.value, Day) or day.value.kind not in ("relative", "weekday") or duration.seconds:
        return None
    if duration.unit == "day" and duration.amount == 8 and link.language == "de":
        duration = Duration(days=7, unit="week", amount=1)
    return Day("shift", 1, base=day.value, duration=duration, part=day.value.part)


@BOOK.rule("DAY", "OFFSET COMMA? ON? THE? WEEKDAY|WEEKDAYW", "DURATION ON WEEKDAY", "DURATION WEEKDAY")
def read_weekday_after_weeks(chart: Chart, length: Term, *rest: Term | None) -> object:
    """In two weeks on Friday, через неделю в пятницу: the weekday of that week; "a week on Friday": a week later."""
    duration, weekday = length.value, rest[-1]
    assert isinstance(duration, Duration)
    assert weekday is not None
    if duration.days % 7 or not duration.days or duration.seconds or duration.months:
        return None
    day = int(number_of(weekday))
    if length.category == "OFFSET":
        return Day("period", duration.days // 7, unit="week", weekday=day)
    return Day("shift", 1, base=Day("weekday", weekday=day), duration=duration)


@BOOK.rule("DAY", "DURATION RELDAY")
def read_weeks_from_relative_day(chart: Chart, length: Term, word: Term) -> object:
    """A week tomorrow, one week today."""
    duration, number = length.value, int(number_of(word))
    if not isinstance(duration, Duration) or not duration.days or duration.days % 7 or duration.seconds or number < 0:
        return None
    return Day("shift", 1, base=Day("relative", number), duration=duration)


@BOOK.rule("DAY", "NOWTIME DAY", "DAY NOWTIME")
def read_day_at_this_time(chart: Chart, first: Term, second: Term) -> object:
    """This time tomorrow, morgen um diese Zeit."""
    day = first.value if first.category == "DAY" else second.value
    return replace(day, part="now") if isinstance(day, Day) and not day.part else None


@BOOK.rule("DAY", "DAY PART|PARTW")
def read_day_with_part(chart: Chart, day: Term, part: Term) -> object:
    """Freitag morgen: the part's word may mean something else elsewhere."""
    if not isinstance(day.value, Day) or day.value.part or day.rule == "day_with_part":
        return None
    if not chart.has("RELDAY", part.start):
        return None
    return replace(day.value, part=str(part.value))

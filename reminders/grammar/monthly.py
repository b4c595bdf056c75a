"""Rules for recurrences in months and years: every 15th, the last Friday of every month, each 24 December."""

from dataclasses import replace

from reminders.grammar.chart import Chart, RuleBook, Term
from reminders.grammar.durations import number_of
from reminders.grammar.meaning import Bad, Day, Every
from reminders.grammar.recurrences import WORKDAYS

BOOK = RuleBook()
_PACES = {"week": ("WEEKLY 1",), "month": ("MONTHLY 1",), "quarter": ("MONTHLY 3",), "year": ("YEARLY 1",)}
_APART = 7  # days between two days of the month that are a recurrence: the 1st and the 15th, not the 1st and 2nd


@BOOK.rule("REPEAT", "EVERY ORDINAL WEEKDAY|UNIT")
def read_every_last(chart: Chart, every: Term, ordinal: Term, day: Term) -> object:
    """Every last Friday, каждый последний рабочий день."""
    if number_of(ordinal) > 0:
        return None
    return _monthly(int(number_of(ordinal)), day)


def _monthly(position: int, day: Term) -> Every | None:
    if day.category == "WEEKDAY":
        return Every("MONTHLY", 1, (int(number_of(day)),), position=position)
    if day.value == "workday":
        return Every("MONTHLY", 1, WORKDAYS, position=position)
    return Every("MONTHLY", 1, month_days=(position,)) if day.value == "day" else None


@BOOK.rule(
    "REPEAT",
    "EVERY ORDINAL|DAYNUM WEEKDAY|UNIT OF? THE? UNIT",
    "THE? ORDINAL|DAYNUM WEEKDAY|UNIT OF? EVERY UNIT",
    "EVERY UNIT ON? THE? ORDINAL|DAYNUM WEEKDAY|UNIT",
    "FREQ ON? THE? ORDINAL|DAYNUM WEEKDAY|UNIT",
)
def read_nth_of_every(chart: Chart, *terms: Term | None) -> object:
    """Every first Monday of the month, the last working day of every month."""
    said = [term for term in terms if term is not None]
    position = next(t for t in said if t.category in ("ORDINAL", "DAYNUM"))
    day = said[said.index(position) + 1]
    scope = next((t for t in said if t.category == "UNIT" and t is not day), None)
    unit = str(scope.value) if scope else {"MONTHLY 1": "month", "MONTHLY 3": "quarter"}.get(str(said[0].value), "")
    if day.category not in ("WEEKDAY", "UNIT") or unit not in ("month", "quarter", "year"):
        return None
    every = _monthly(int(number_of(position)), day)
    if every is None or unit == "month":
        return every
    if unit == "quarter":
        return replace(every, interval=3, quarterly=True)
    return replace(every, frequency="YEARLY") if every.weekdays else None


@BOOK.rule("REPEAT", "THE? ORDINAL|DAYNUM WEEKDAY|UNIT OF? THE? UNIT")
def read_nth_as_heading(chart: Chart, *terms: Term | None) -> object:
    """First Monday of the month, 10:00, safety briefing: what begins like a timetable comes every month."""
    said = [term for term in terms if term is not None and term.category != "THE"]
    position, scope = said[0], said[-1]
    if position.start > 0 or scope.value != "month" or scope.end >= len(chart.tokens):
        return None
    return _monthly(int(number_of(position)), said[1])


@BOOK.rule(
    "REPEAT",
    "DAYNUM|ORDINAL AND THE? DAYNUM|ORDINAL WEEKDAY OF? EVERY UNIT",
    "EVERY DAYNUM|ORDINAL AND DAYNUM|ORDINAL WEEKDAY",
    "EVERY DAYNUM|ORDINAL AND DAYNUM|ORDINAL WEEKDAY OF? THE? UNIT",
)
def read_two_of_month(chart: Chart, *terms: Term | None) -> object:
    """The 2nd and 4th Thursday of every month."""
    said = [term for term in terms if term is not None]
    places = tuple(int(number_of(t)) for t in said if t.category in ("DAYNUM", "ORDINAL"))
    weekday = next(int(number_of(t)) for t in said if t.category == "WEEKDAY")
    scope = next((str(t.value) for t in said if t.category == "UNIT"), "month")
    return Every("MONTHLY", 1, (weekday,), positions=places) if scope == "month" and max(places) <= 5 else None


@BOOK.rule(
    "REPEAT",
    "EVERY DAYNUM",
    "EVERY DAYNUM DAYWORD? OF? THE? UNIT",
    "EVERY NUMBER|DAYNUM DAYWORD",
    "DAYNUM DAYWORD? OF? EVERY UNIT",
    "NUMBER DAYWORD OF? EVERY UNIT",
    "EVERY UNIT ON? THE? DAYNUM DAYWORD?",
    "EVERY UNIT ON? NUMBER DAYWORD",
)
def read_every_month_day(chart: Chart, *terms: Term | None) -> object:
    """Every 15th, am 1. jeden Monats, 1-го числа каждого месяца."""
    said = [term for term in terms if term is not None]
    number = next(t for t in said if t.category in ("DAYNUM", "NUMBER"))
    scope = next((t for t in said if t.category == "UNIT"), None)
    value = number_of(number)
    if (scope is not None and scope.value not in ("month", "quarter")) or value != int(value):
        return None
    if scope is None and len(said) == 2 and said[1].category == "DAYNUM" and _is_followed_by_word(chart, said[1]):
        return None
    if not 1 <= value <= 31:
        return Bad("no_such_day")
    interval = 3 if scope is not None and scope.value == "quarter" else 1
    return Every("MONTHLY", interval, month_days=(int(value),), quarterly=interval == 3)


def _is_followed_by_word(chart: Chart, number: Term) -> bool:
    place = number.end
    noun = chart.lexicon.settings.get("ordinal_dot") and chart.tokens[place - 1].text[0].isupper()  # jeden Ersten
    if number.rule in ("ordinal_word", "tens_and_ordinal") and chart.is_plain(place) and not noun:
        return True
    return (
        chart.has("UNIT", place) or chart.has("WEEKDAY", place) or chart.has("MONTH", place) or chart.has("NOUN", place)
    )


@BOOK.rule(
    "REPEAT",
    "EVERY DAYNUM AND THE? DAYNUM",
    "EVERY DAYNUM AND DAYNUM OF? THE? UNIT",
    "DAYNUM AND THE? DAYNUM OF? EVERY UNIT",
    "EVERY UNIT ON? THE? DAYNUM AND THE? DAYNUM",
    "FREQ ON? THE? DAYNUM AND THE? DAYNUM",
    "EVERY DAYNUM AND DAYNUM DAYWORD",
    "DAYNUM|NUMBER AND DAYNUM|NUMBER DAYWORD OF? EVERY UNIT",
    "ALWAYS ON? THE? DAYNUM AND THE? DAYNUM",
)
def read_every_two_month_days(chart: Chart, *terms: Term | None) -> object:
    """The 1st and 15th of every month."""
    said = [term for term in terms if term is not None]
    days = tuple(int(number_of(t)) for t in said if t.category in ("DAYNUM", "NUMBER"))
    scope = next((str(t.value) for t in said if t.category in ("UNIT", "FREQ")), "month")
    if scope not in ("month", "MONTHLY 1"):
        return None
    return Every("MONTHLY", month_days=tuple(sorted(days))) if all(1 <= d <= 31 for d in days) else Bad("no_such_day")


@BOOK.rule("REPEAT", "ON THE? DAYNUM AND ON? THE? DAYNUM DAYWORD?", "DAYNUM AND DAYNUM DAYWORD")
def read_two_month_days(chart: Chart, *terms: Term | None) -> object:
    """On the 1st and the 15th: of every month."""
    days = [term for term in terms if term is not None and term.category == "DAYNUM"]
    first, second = int(number_of(days[0])), int(number_of(days[1]))
    end = max(term.end for term in terms if term is not None)
    dated = any(chart.has(category, end) for category in ("MONTH", "OF", "PERIOD", "UNIT", "WEEKDAY"))
    wordy = chart.tokens[days[1].start].kind == "word" and _is_followed_by_word(chart, days[1])
    if dated or wordy or second - first < _APART or second > 31 or first < 1:
        return None
    return Every("MONTHLY", month_days=(first, second))


@BOOK.rule("REPEAT", "ON? THE? DAYNUM DAYWORD? OF? EVERY OTHER|DAYNUM UNIT", "DAYNUM OF? EVERY NUMBER UNIT")
def read_day_of_every_few_months(chart: Chart, *terms: Term | None) -> object:
    """On the 20th of every second month."""
    said = [term for term in terms if term is not None]
    day = next(int(number_of(term)) for term in said if term.category == "DAYNUM")
    step = 2 if said[-2].category == "OTHER" else int(number_of(said[-2]))
    return Every("MONTHLY", step, month_days=(day,)) if said[-1].value == "month" and 1 <= day <= 31 and step else None


@BOOK.rule("REPEAT", "FREQ ON? THE? DAYNUM DAYWORD?")
def read_monthly_on(chart: Chart, word: Term, *rest: Term | None) -> object:
    """Monthly on the 10th, ежемесячно 5-го числа."""
    number = next(int(number_of(t)) for t in rest if t is not None and t.category == "DAYNUM")
    frequency, interval = str(word.value).split()
    if frequency != "MONTHLY":
        return None
    if number > 31:
        return Bad("no_such_day")
    return Every("MONTHLY", int(interval), month_days=(number,), quarterly=int(interval) == 3)


@BOOK.rule("REPEAT", "EVERY DATE", "DATE OF? EVERY UNIT", "EVERY UNIT ON|AT? THE? DATE", "FREQ ON|AT? THE? DATE")
def read_every_date(chart: Chart, *terms: Term | None) -> object:
    """Every 24 December, jedes Jahr am 24.12."""
    said = [term for term in terms if term is not None]
    date = next(t.value for t in said if t.category == "DATE")
    scope = next((str(t.value) for t in said if t.category in ("UNIT", "FREQ")), "year")
    if not isinstance(date, Day) or date.year is not None or scope not in ("year", "YEARLY 1"):
        return None
    return Every("YEARLY", month_days=(date.number,), month=date.month)


@BOOK.rule(
    "REPEAT",
    "EDGE OF? THE? EVERY UNIT",
    "EVERY UNIT ON? THE? EDGE OF? THE? UNIT",
    "EVERY UNITEDGE",
    "EVERY UNIT ON? UNITEDGE",
    "FREQ ON? UNITEDGE",
)
def read_edge_of_every(chart: Chart, *terms: Term | None) -> object:
    """At the end of every month, jeden Monat zum Monatsende, в конце каждого квартала."""
    said = [term for term in terms if term is not None]
    edge = next((str(t.value) for t in said if t.category == "EDGE"), "")
    unit = next((str(t.value) for t in said if t.category == "UNIT"), "")
    if not edge:
        edge, unit = next(str(t.value) for t in said if t.category == "UNITEDGE").split()
    if said[0].category == "FREQ" and said[0].value not in _PACES.get(unit, ()):
        return None
    if unit == "week":
        return Every("WEEKLY", 1, ({"start": 0, "mid": 2, "end": 4}[edge],))
    day = {"start": 1, "mid": 15, "end": -1}[edge]
    if unit in ("month", "quarter"):
        return Every("MONTHLY", 3 if unit == "quarter" else 1, month_days=(day,), quarterly=unit == "quarter")
    if unit != "year" or edge == "mid":
        return None
    return Every("YEARLY", month_days=(31 if edge == "end" else 1,), month=12 if edge == "end" else 1)


@BOOK.rule("REPEAT", "ALWAYS ON? THE? UNITEDGE|DAYNUM|WEEKDAYLIST|UNIT", "ON? THE? UNITEDGE|UNIT ALWAYS")
def read_always(chart: Chart, *terms: Term | None) -> object:
    """Immer am Monatsende, immer am 1., am Wochenende immer."""
    what = next(t for t in terms if t is not None and t.category in ("UNITEDGE", "DAYNUM", "WEEKDAYLIST", "UNIT"))
    if what.category == "WEEKDAYLIST":
        assert isinstance(what.value, tuple)
        return Every("WEEKLY", 1, tuple(sorted(what.value)))
    if what.category == "DAYNUM":
        number = int(number_of(what))
        return (
            Every("MONTHLY", month_days=(number,)) if number <= 31 and not _is_followed_by_word(chart, what) else None
        )
    if what.category == "UNIT":
        return Every("WEEKLY", 1, (5, 6)) if what.value == "weekend" else None
    edge, unit = str(what.value).split()
    return Every("MONTHLY", month_days=({"start": 1, "mid": 15, "end": -1}[edge],)) if unit == "month" else None


@BOOK.rule("REPEAT", "EVERY UNIT ON? THE? ORDINAL")
def read_month_day_from_the_end(chart: Chart, *terms: Term | None) -> object:
    """Jeden Monat am Letzten."""
    said = [term for term in terms if term is not None]
    position = int(number_of(said[-1]))
    return Every("MONTHLY", month_days=(position,)) if position < 0 and said[1].value == "month" else None


@BOOK.rule("REPEAT", "EVERY MONTH")
def read_every_month_name(chart: Chart, every: Term, month: Term) -> object:
    """Every January: on its first day."""
    return Every("YEARLY", month_days=(1,), month=int(number_of(month)))

"""Rules for recurrences: every, on Mondays, daily, n times, from completion."""

from dataclasses import replace

from reminders.grammar.chart import Chart, RuleBook, Term
from reminders.grammar.durations import number_of
from reminders.grammar.meaning import Bad, Day, Duration, Every, Weak

BOOK = RuleBook()
WORKDAYS = (0, 1, 2, 3, 4)
_MAX_INTERVAL = 9_999
_UNITS = {
    "second": ("SECONDLY", 1),
    "minute": ("MINUTELY", 1),
    "hour": ("HOURLY", 1),
    "day": ("DAILY", 1),
    "week": ("WEEKLY", 1),
    "fortnight": ("WEEKLY", 2),
    "month": ("MONTHLY", 1),
    "quarter": ("MONTHLY", 3),
    "year": ("YEARLY", 1),
}


def every_unit(unit: str, interval: int = 1) -> Every | Bad | None:
    """The recurrence of every n units; Bad for none or too many."""
    if interval < 1:
        return Bad("zero_interval")
    if interval > _MAX_INTERVAL:
        return Bad("too_far")
    if unit == "workday":
        return Every("WEEKLY", 1, WORKDAYS) if interval == 1 else None
    if unit == "weekend":
        return Every("WEEKLY", interval, (5, 6))
    frequency, factor = _UNITS[unit]
    return Every(frequency, interval * factor, quarterly=unit == "quarter")


@BOOK.rule("REPEAT", "EVERY UNIT")
def read_every_unit(chart: Chart, every: Term, unit: Term) -> object:
    """Every day, jeden Werktag, каждую неделю."""
    return every_unit(str(unit.value))


@BOOK.rule("REPEAT", "EVERY NUMBER UNIT", "ONCE PER NUMBER UNIT", "ONCE EVERY NUMBER UNIT")
def read_every_few_units(chart: Chart, *terms: Term) -> object:
    """Every 2 weeks, alle zwei Wochen, раз в 3 дня."""
    amount, unit = number_of(terms[-2]), str(terms[-1].value)
    if amount == 0.5 and unit == "hour":
        return Every("MINUTELY", 30)
    if amount != int(amount):
        return Every("MINUTELY", round(amount * 60)) if unit == "hour" else None
    return every_unit(unit, int(amount))


@BOOK.rule("REPEAT", "EVERY SPAN", "ONCE PER SPAN", "EVERY UNITSPAN")
def read_every_span(chart: Chart, *terms: Term) -> object:
    """Every half an hour, каждые полчаса, раз в полгода."""
    amount, unit = str(terms[-1].value).split()
    return every_unit(unit, int(amount))


@BOOK.rule("REPEAT", "EVERY OTHER UNIT", "EVERY DAYNUM UNIT")
def read_every_other_unit(chart: Chart, every: Term, other: Term, unit: Term) -> object:
    """Every other week, jeden dritten Tag, каждый второй день."""
    interval = 2 if other.category == "OTHER" else int(number_of(other))
    if unit.value == "workday":
        return Every("MONTHLY", 1, WORKDAYS, position=interval) if other.category == "DAYNUM" else None
    return every_unit(str(unit.value), interval)


@BOOK.rule("REPEAT", "ONCE PER UNIT", "EVERY ONCE PER UNIT")
def read_once_per_unit(chart: Chart, *terms: Term) -> object:
    """Once a week, einmal pro Monat, раз в год."""
    return every_unit(str(terms[-1].value))


@BOOK.rule("REPEAT", "FREQ")
def read_frequency_word(chart: Chart, word: Term) -> object:
    """Daily, vierteljährlich, по будням. An adjective's noun makes it none ("the monthly report")."""
    frequency, interval = str(word.value).split()
    if frequency == "WORKDAYS":
        return Every("WEEKLY", 1, WORKDAYS)
    if frequency == "WEEKENDS":
        return Every("WEEKLY", 1, (5, 6))
    return Weak(Every(frequency, int(interval)))


@BOOK.rule("WEEKDAYLIST", "WEEKDAY|WEEKDAYW|WEEKDAYS|WEEKDAYSTEM")
def read_one_weekday(chart: Chart, day: Term) -> object:
    """One weekday of a list."""
    weak = day.category == "WEEKDAYW"
    value = (int(number_of(day)),)
    return Weak(value) if weak else value


@BOOK.rule("WEEKDAYLIST", "WEEKDAYLIST COMMA? AND|SLASH? ON? WEEKDAY|WEEKDAYW|WEEKDAYS|WEEKDAYSTEM")
def read_more_weekdays(
    chart: Chart, days: Term, comma: Term | None, link: Term | None, on: Term | None, day: Term
) -> object:
    """Mon, wed and fri."""
    if comma is None and link is None:
        return None
    return _joined(days, day)


for _ in range(5):
    BOOK.rules.append(BOOK.rules[-1])


def _joined(days: Term, day: Term) -> tuple[int, ...] | None:
    assert isinstance(days.value, tuple)
    number = int(number_of(day))
    return None if number in days.value else (*days.value, number)


@BOOK.rule(
    "WEEKDAYLIST", "FROM? WEEKDAY|WEEKDAYW RANGE WEEKDAY|WEEKDAYW", "FROM WEEKDAY|WEEKDAYW RANGEW WEEKDAY|WEEKDAYW"
)
def read_weekday_range(chart: Chart, start: Term | None, first: Term, link: Term, last: Term) -> object:
    """Mon-Fri, Montag bis Freitag, с понедельника по пятницу."""
    begin, end = int(number_of(first)), int(number_of(last))
    if (start is None and end < begin) or "MOVE" in chart.places:
        return None
    return tuple((begin + i) % 7 for i in range((end - begin) % 7 + 1)) if begin != end else None


@BOOK.rule("REPEAT", "EVERY WEEKDAYLIST", "EVERY OTHER WEEKDAYLIST", "EVERY DAYNUM WEEKDAYLIST")
def read_every_weekday(chart: Chart, every: Term, first: Term, second: Term | None = None) -> object:
    """Every Friday; every 2nd Friday is every other one; every first Monday is the month's."""
    days = (second or first).value
    assert isinstance(days, tuple)
    days = tuple(sorted(days))
    if second is None:
        return Every("WEEKLY", 1, days)
    number = 2 if first.category == "OTHER" else int(number_of(first))
    if number < 1:
        return Bad("zero_interval")
    if number == 1:
        return Every("MONTHLY", 1, days, position=1)
    return Every("WEEKLY", number, days) if number <= _MAX_INTERVAL else Bad("too_far")


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
    if number.rule in ("ordinal_word", "tens_and_ordinal") and chart.is_plain(place):
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


@BOOK.rule("REPEAT", "FREQ ON? THE? DAYNUM DAYWORD?")
def read_monthly_on(chart: Chart, word: Term, *rest: Term | None) -> object:
    """Monthly on the 10th, ежемесячно 5-го числа."""
    number = next(int(number_of(t)) for t in rest if t is not None and t.category == "DAYNUM")
    frequency, interval = str(word.value).split()
    if frequency != "MONTHLY":
        return None
    return Every("MONTHLY", int(interval), month_days=(number,)) if number <= 31 else Bad("no_such_day")


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
)
def read_edge_of_every(chart: Chart, *terms: Term | None) -> object:
    """At the end of every month, jeden Monat zum Monatsende, в конце каждого квартала."""
    said = [term for term in terms if term is not None]
    edge = next((str(t.value) for t in said if t.category == "EDGE"), "")
    unit = next((str(t.value) for t in said if t.category == "UNIT"), "")
    if not edge:
        edge, unit = next(str(t.value) for t in said if t.category == "UNITEDGE").split()
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


@BOOK.rule("REPEAT", "EVERY UNIT EXCEPT ON? THE? UNIT|FREQ", "FREQ EXCEPT ON? THE? UNIT|FREQ")
def read_every_except(chart: Chart, first: Term, *rest: Term | None) -> object:
    """Every day except weekends, täglich außer am Wochenende."""
    daily = first.value == "DAILY 1" or (rest[0] is not None and rest[0].value == "day")
    left_out = rest[-1]
    assert left_out is not None
    return Every("WEEKLY", 1, WORKDAYS) if daily and left_out.value in ("weekend", "WEEKENDS 1") else None


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


@BOOK.rule("REPEAT", "EVERY PART|PARTW", "HABITPART", "EVERY UNIT ON? PART|PARTW")
def read_every_part(chart: Chart, *terms: Term | None) -> object:
    """Every morning, по вечерам."""
    said = [term for term in terms if term is not None]
    if len(said) > 2 and said[1].value not in ("day", "workday"):
        return None
    every = every_unit(str(said[1].value)) if len(said) > 2 else Every("DAILY")
    return replace(every, part=str(said[-1].value)) if isinstance(every, Every) else None


@BOOK.rule("REPEAT", "EVERY WDPART", "WDSPART")
def read_every_weekday_part(chart: Chart, *terms: Term) -> object:
    """Jeden Montagmorgen, montagabends."""
    number, part = str(terms[-1].value).split()
    return Every("WEEKLY", 1, (int(number),), part=part)


@BOOK.rule("REPEAT", "WEEKDAYLIST")
def read_weekday_list(chart: Chart, days: Term) -> object:
    """On Mondays; mon, wed and fri."""
    assert isinstance(days.value, tuple)
    plural = chart.has("WEEKDAYS", days.start)
    if len(days.value) == 1 and not plural:
        return None
    return Every("WEEKLY", 1, tuple(sorted(days.value)))


@BOOK.rule(
    "REPEAT",
    "EVERY UNIT ON? WEEKDAYLIST",
    "EVERY NUMBER UNIT ON? WEEKDAYLIST",
    "EVERY OTHER UNIT ON? WEEKDAYLIST",
    "EVERY DAYNUM UNIT ON? WEEKDAYLIST",
    "FREQ ON? WEEKDAYLIST",
    "ONCE PER UNIT ON? WEEKDAYLIST",
    "ONCE PER NUMBER UNIT ON? WEEKDAYLIST",
    "WEEKDAYLIST EVERY NUMBER UNIT",
    "WEEKDAYLIST EVERY OTHER UNIT",
)
def read_weekly_on(chart: Chart, *terms: Term | None) -> object:
    """Every 2 weeks on Monday, alle zwei Wochen montags, раз в неделю по средам."""
    said = [term for term in terms if term is not None]
    days = next(t.value for t in said if t.category == "WEEKDAYLIST")
    assert isinstance(days, tuple)
    frequency = next((str(t.value) for t in said if t.category == "FREQ"), None)
    if frequency is not None:
        return Every("WEEKLY", int(frequency.split()[1]), tuple(sorted(days))) if "WEEKLY" in frequency else None
    unit = next(str(t.value) for t in said if t.category == "UNIT")
    number = next((int(number_of(t)) for t in said if t.category in ("NUMBER", "DAYNUM")), 1)
    number = 2 if any(t.category == "OTHER" for t in said) else number
    if unit == "day" and number % 7 == 0 and number:
        unit, number = "week", number // 7
    every = every_unit(unit, number)
    if not isinstance(every, Every) or every.frequency != "WEEKLY" or every.weekdays:
        return None
    return replace(every, weekdays=tuple(sorted(days)))


@BOOK.rule("COUNT", "NUMBER TIMES")
def read_count(chart: Chart, number: Term, times: Term) -> object:
    """5 times, 5 mal, 5 раз."""
    value = number_of(number)
    if value != int(value):
        return None
    return int(value) if 1 <= value <= 9_999 else Bad("too_many" if value else "zero_interval")


@BOOK.rule("LENGTH", "FOR THE? DURATION", "DURATION LASTING", "FOR MOD DURATION")
def read_length(chart: Chart, *terms: Term | None) -> object:
    """For 3 weeks, drei Wochen lang: bounds a recurrence; by itself it is no moment."""
    return next(t.value for t in terms if t is not None and t.category == "DURATION")


@BOOK.rule("LENGTH", "DURATION")
def read_plain_length(chart: Chart, duration: Term) -> object:
    """2 days: no moment, but it keeps its number from being one."""
    return Weak(duration.value) if isinstance(duration.value, Duration) else None


@BOOK.rule(
    "REPEAT",
    "IN? DURATION AFTER FINISH",
    "EVERY? DURATION AFTER FINISH",
    "INONE? DURATION AFTER FINISH",
    "INONE UNIT AFTER FINISH",
)
def read_after_completion(chart: Chart, *terms: Term | None) -> object:
    """3 days after I finish it."""
    said = [term for term in terms if term is not None]
    length = next(t for t in said if t.category in ("DURATION", "UNIT"))
    if length.category == "UNIT":
        every = every_unit(str(length.value))
    else:
        duration = length.value
        assert isinstance(duration, Duration)
        if not duration.amount or duration.amount != int(duration.amount):
            return None
        every = every_unit(duration.unit, int(duration.amount))
    return replace(every, from_completion=True) if isinstance(every, Every) else every

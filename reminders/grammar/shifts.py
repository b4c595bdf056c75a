"""Rules for days counted from others: a week from Tuesday, two days before the 24th, this time tomorrow."""

from dataclasses import replace

from reminders.grammar.chart import Chart, RuleBook, Term
from reminders.grammar.durations import number_of
from reminders.grammar.meaning import Day, Duration

BOOK = RuleBook()


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


@BOOK.rule("DAY", "WEEKDAY SHIFTBEFORE|SHIFTAFTER THE? DAY")
def read_weekday_beside_day(chart: Chart, weekday: Term, side: Term, the: Term | None, day: Term) -> object:
    """The Tuesday before Thanksgiving, Freitag nach dem 15., в пятницу перед Новым годом."""
    base = day.value
    until = chart.has("UNTIL", side.start) or chart.has("FROM", side.start)
    if not isinstance(base, Day) or base.kind not in ("feast", "date", "month_day") or until:
        return None
    return Day("shift", 1 if side.category == "SHIFTAFTER" else -1, weekday=int(number_of(weekday)), base=base)


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
    if not isinstance(day, Day) or day.part:
        return None
    if day.kind == "period" and day.unit == "week" and day.weekday is None:
        return Day("relative", 7 * day.number, part="now")
    return replace(day, part="now")


@BOOK.rule("DAY", "OFFSET NOWTIME", "NOWTIME OFFSET")
def read_offset_at_this_time(chart: Chart, first: Term, second: Term) -> object:
    """In a week at the same time."""
    length = first.value if first.category == "OFFSET" else second.value
    if not isinstance(length, Duration) or length.seconds:
        return None
    return Day("shift", 1, base=Day("relative"), duration=length, part="now")


@BOOK.rule("DAY", "DAY PART|PARTW")
def read_day_with_part(chart: Chart, day: Term, part: Term) -> object:
    """Freitag morgen: the part's word may mean something else elsewhere."""
    if not isinstance(day.value, Day) or day.value.part or day.rule == "day_with_part":
        return None
    if not chart.has("RELDAY", part.start):
        return None
    return replace(day.value, part=str(part.value))

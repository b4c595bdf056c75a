"""Rules for recurrences by units: every two days, daily, once a week; n times, for three weeks, from completion."""

from dataclasses import replace

from reminders.grammar.chart import Chart, RuleBook, Term
from reminders.grammar.durations import number_of
from reminders.grammar.meaning import Bad, Duration, Every, Weak

BOOK = RuleBook()
WORKDAYS = (0, 1, 2, 3, 4)
MAX_INTERVAL = 9_999
_MAX_ROW = 999
_MOST_TIMES = 1_000
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
_SPREAD = {
    ("day", 2): Every("DAILY", hours=(9, 18)),
    ("day", 3): Every("DAILY", hours=(9, 13, 18)),
    ("week", 2): Every("WEEKLY", 1, (0, 3)),
    ("week", 3): Every("WEEKLY", 1, (0, 2, 4)),
    ("month", 2): Every("MONTHLY", month_days=(1, 15)),
    ("year", 2): Every("MONTHLY", 6),
    ("year", 4): Every("MONTHLY", 3),
}


def every_unit(unit: str, interval: int = 1) -> Every | Bad | None:
    """The recurrence of every n units; Bad for none or too many."""
    if interval < 1:
        return Bad("zero_interval")
    if interval > MAX_INTERVAL:
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


@BOOK.rule("REPEAT", "EVERY DASH NUMBER UNIT")
def read_every_negative(chart: Chart, every: Term, dash: Term, number: Term, unit: Term) -> object:
    """Every -1 days: none."""
    return Bad("zero_interval")


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


@BOOK.rule("REPEAT", "NUMBER TIMES PER UNIT", "TWICE PER UNIT", "NUMBER TIMES FREQ", "TWICE FREQ")
def read_times_per_unit(chart: Chart, number: Term, *rest: Term) -> object:
    """Twice a month, dreimal pro Woche, два раза в день: on days and hours that lie evenly."""
    times = number_of(number)
    what = str(rest[-1].value)
    unit = {"DAILY 1": "day", "WEEKLY 1": "week", "MONTHLY 1": "month", "YEARLY 1": "year"}.get(what, what)
    if times == 1:
        every = every_unit(unit)
        return Weak(every) if every is not None else None
    return Weak(_SPREAD[unit, int(times)]) if (unit, times) in _SPREAD else None


@BOOK.rule("REPEAT", "FREQ")
def read_frequency_word(chart: Chart, word: Term) -> object:
    """Daily, vierteljährlich, по будням. An adjective's noun makes it none ("the monthly report")."""
    frequency, interval = str(word.value).split()
    if frequency == "WORKDAYS":
        return Every("WEEKLY", 1, WORKDAYS)
    if frequency == "WEEKENDS":
        return Every("WEEKLY", 1, (5, 6))
    return Weak(Every(frequency, int(interval)))


@BOOK.rule("REPEAT", "EVERY PART|PARTW", "HABITPART", "EVERY UNIT ON? PART|PARTW")
def read_every_part(chart: Chart, *terms: Term | None) -> object:
    """Every morning, по вечерам."""
    said = [term for term in terms if term is not None]
    if len(said) > 2 and said[1].value not in ("day", "workday"):
        return None
    every = every_unit(str(said[1].value)) if len(said) > 2 else Every("DAILY")
    return replace(every, part=str(said[-1].value)) if isinstance(every, Every) else None


@BOOK.rule("COUNT", "FOR? TOTAL? NUMBER DASH? TIMES", "FOR? TOTAL? TWICE")
def read_count(
    chart: Chart,
    lead: Term | None,
    total: Term | None,
    number: Term,
    dash: Term | None = None,
    times: Term | None = None,
) -> object:
    """5 times, for 3 times, insgesamt 3-mal, всего 5 раз."""
    value, last = number_of(number), times or number
    led = chart.ending("FOR", (total or number).start, 1) is not None  # "order lunch for 3 times the team"
    if led and times is not None and "EVERY" in chart.places and not chart.has("DET", last.end):
        led = False  # "every day at 9 for 3 times to drink water"
    if (led or (times is None and total is None)) and not _ends_clause(chart, last):
        return None
    if dash is not None and not (chart.glued(dash.start) and chart.glued(dash.end)):
        return None
    if value != int(value):
        return None
    return int(value) if 1 <= value <= _MOST_TIMES else Bad("too_many" if value else "zero_interval")


def _ends_clause(chart: Chart, term: Term) -> bool:
    return term.end >= len(chart.tokens) or chart.tokens[term.end].kind == "mark" or chart.has("TOTAL", term.end)


@BOOK.rule("LENGTH", "FOR THE? DURATION", "DURATION LASTING", "FOR MOD DURATION")
def read_length(chart: Chart, *terms: Term | None) -> object:
    """For 3 weeks, drei Wochen lang: bounds a recurrence; by itself it is no moment."""
    return next(t.value for t in terms if t is not None and t.category == "DURATION")


@BOOK.rule("REPEAT", "FOR? DURATION INAROW")
def read_days_in_a_row(chart: Chart, lead: Term | None, length: Term, row: Term) -> object:
    """10 days in a row: daily, that many times."""
    duration = length.value
    if (
        not isinstance(duration, Duration)
        or not 1 < duration.amount <= _MAX_ROW
        or duration.amount != int(duration.amount)
    ):
        return None
    every = every_unit(duration.unit)
    return replace(every, count=int(duration.amount)) if isinstance(every, Every) else None


@BOOK.rule("REPEAT", "FOR MOD? DURATION", "THE? MOD DURATION", "INNEXT DURATION")
def read_daily_for_length(chart: Chart, *terms: Term | None) -> object:
    """For the next 5 days at 8pm: daily, where a time of day stands behind."""
    length = terms[-1]
    assert length is not None
    mode = next((str(t.value) for t in terms if t is not None and t.category == "MOD"), "next")
    duration, end = length.value, length.end
    clocks = [term for place in (end, end + 1) for term in _clocks_at(chart, place)]
    if not isinstance(duration, Duration) or duration.unit not in ("day", "week") or not clocks or duration.seconds:
        return None
    if mode not in ("next", "coming") or duration.days < 2 or any(c in chart.places for c in ("EVERY", "FREQ")):
        return None
    return Every("DAILY", count=duration.days)


def _clocks_at(chart: Chart, place: int) -> list[Term]:
    """Clock times that stand at a place: sure ones, or any behind a preposition."""
    if place >= len(chart.tokens):
        return []
    led = chart.ending("AT", place, 3) is not None
    return [term for term in chart.at[place].get("CLOCK", ()) if led or not term.weak]


@BOOK.rule("LENGTH", "THE? MOD DURATION")
def read_next_length(chart: Chart, the: Term | None, mode: Term, length: Term) -> object:
    """The next 2 hours: how long a recurrence goes on."""
    repeats = any(category in chart.places for category in ("EVERY", "FREQ", "WEEKDAYS", "HABITPART"))
    return length.value if repeats and mode.value in ("next", "coming") else None


@BOOK.rule("LENGTH", "DURATION")
def read_plain_length(chart: Chart, duration: Term) -> object:
    """2 days: no moment, but it keeps its number from being one; before a recurrence how long it goes on."""
    if not isinstance(duration.value, Duration):
        return None
    repeats = any(chart.has(category, duration.end) for category in ("WEEKDAYS", "EVERY", "FREQ"))
    repeats = repeats or (duration.language == "ru" and chart.ending("WEEKDAYS", duration.start, 2) is not None)
    return duration.value if repeats and not duration.value.seconds else Weak(duration.value)


@BOOK.rule(
    "REPEAT",
    "AGAIN? IN? DURATION AFTER FINISH COMMA? AGAIN?",
    "EVERY? DURATION AFTER FINISH COMMA? AGAIN?",
    "INONE? DURATION AFTER FINISH COMMA? AGAIN?",
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

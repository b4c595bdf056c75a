"""Rules for recurrences on weekdays: every Friday, on Mondays, Mon-Fri, every other week on Tuesday."""

from dataclasses import replace

from reminders.grammar.chart import Chart, RuleBook, Term
from reminders.grammar.durations import number_of
from reminders.grammar.meaning import Bad, Every, Weak
from reminders.grammar.recurrences import MAX_INTERVAL, WORKDAYS, every_unit

BOOK = RuleBook()
_MOST_WEEKDAYS = 99


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
    """Mon, wed and fri; mon wed fri."""
    short = day.category == "WEEKDAYW" and chart.has("WEEKDAYW", days.end - 1) and on is None
    if comma is None and link is None and not short:
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
    if chart.has("OFDAY", first.start - 1):  # "das Protokoll vom Montag bis Donnerstag": Monday's, by Thursday
        return None
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
    return Every("WEEKLY", number, days) if number <= MAX_INTERVAL else Bad("too_far")


@BOOK.rule(
    "REPEAT",
    "EVERY UNIT EXCEPT ON? THE? UNIT|FREQ",
    "FREQ EXCEPT ON? THE? UNIT|FREQ",
    "EVERY UNIT EXCEPT ON? WEEKDAYLIST",
    "FREQ EXCEPT ON? WEEKDAYLIST",
)
def read_every_except(chart: Chart, *terms: Term | None) -> object:
    """Every day except weekends, jeden Werktag außer Freitag."""
    said = [term for term in terms if term is not None]
    daily = any(t.value in ("DAILY 1", "day") for t in said[:2])
    worked = any(t.value in ("WORKDAYS 1", "workday") for t in said[:2])
    if not daily and not worked:
        return None
    days = WORKDAYS if worked else tuple(range(7))
    left_out = said[-1].value
    if left_out in ("weekend", "WEEKENDS 1"):
        return Every("WEEKLY", 1, WORKDAYS)
    kept = tuple(day for day in days if isinstance(left_out, tuple) and day not in left_out)
    return Every("WEEKLY", 1, kept) if kept and kept != days else None


@BOOK.rule(
    "REPEAT",
    "FOR? THE? MOD NUMBER WEEKDAY|WEEKDAYS|WEEKDAYPL",
    "FOR NUMBER WEEKDAYS|WEEKDAYPL",
    "NUMBER WEEKDAYS|WEEKDAYPL|WEEKDAY INAROW|LASTING",
)
def read_next_weekdays(chart: Chart, *terms: Term | None) -> object:
    """The next 3 Thursdays, vier Montage lang, следующие три четверга."""
    said = {term.category.rstrip("SPL"): term for term in terms if term is not None}
    count, mode = number_of(said["NUMBER"]), said.get("MOD")
    if mode is not None and mode.value not in ("next", "coming"):
        return None
    if count != int(count) or not 1 < count <= _MOST_WEEKDAYS:
        return None
    day = next(t for t in terms if t is not None and t.category.startswith("WEEKDAY"))
    return Every("WEEKLY", 1, (int(number_of(day)),), count=int(count))


@BOOK.rule("REPEAT", "WEEKDAY|WEEKDAYW HABITPART|WDHABIT")
def read_weekday_habit(chart: Chart, weekday: Term, part: Term) -> object:
    """Wednesday nights: every Wednesday."""
    return Every("WEEKLY", 1, (int(number_of(weekday)),), part=str(part.value))


@BOOK.rule("REPEAT", "EVERY WDPART", "WDSPART", "EVERY OTHER|DAYNUM WDPART")
def read_every_weekday_part(chart: Chart, *terms: Term) -> object:
    """Jeden Montagmorgen, montagabends, jeden zweiten Freitagnachmittag."""
    number, part = str(terms[-1].value).split()
    step = 1 if len(terms) < 3 else 2 if terms[1].category == "OTHER" else int(number_of(terms[1]))
    return Every("WEEKLY", step, (int(number),), part=part) if step > 0 else None


@BOOK.rule("REPEAT", "WEEKDAYLIST")
def read_weekday_list(chart: Chart, days: Term) -> object:
    """On Mondays; mon, wed and fri."""
    assert isinstance(days.value, tuple)
    plural = chart.has("WEEKDAYS", days.start)
    if len(days.value) == 1 and not plural:
        return None
    places = (days.start, max(0, days.start - 1))
    if any(term.rule == "first_of_weekdays" for place in places for term in chart.at[place].get("DAY", ())):
        return None
    if chart.ending("BETWEEN", days.start, 1) is not None:
        return None
    return Every("WEEKLY", 1, tuple(sorted(days.value)))


@BOOK.rule(
    "REPEAT",
    "EVERY UNIT ON? ARTICLE? WEEKDAYLIST",
    "EVERY NUMBER UNIT ON? ARTICLE? WEEKDAYLIST",
    "EVERY OTHER UNIT ON? WEEKDAYLIST",
    "EVERY DAYNUM UNIT ON? WEEKDAYLIST",
    "FREQ ON? ARTICLE? WEEKDAYLIST",
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


@BOOK.rule("EXCEPTION", "EXCEPT ON? THE? WEEKDAYLIST|UNIT|FREQ|DAY|HOLIDAYS")
def read_exception(chart: Chart, *terms: Term | None) -> object:
    """But not on Sundays, außer am Wochenende: the days that a recurrence leaves out; single dates can't be."""
    left_out = terms[-1]
    if left_out is None or "REPEAT" not in chart.places:
        return None
    if left_out.category == "WEEKDAYLIST":
        return None if left_out.weak else left_out.value
    if left_out.category in ("UNIT", "FREQ"):
        named = str(left_out.value).lower().rstrip("s 1")
        return {"weekend": (5, 6), "workday": WORKDAYS}.get(named)
    if left_out.category == "DAY" and (left_out.weak or left_out.rule == "weekday"):
        return None
    return Bad("uneven_times")


@BOOK.rule(
    "REPEAT",
    "REPEAT AT? CLOCK COMMA? AND ON? WEEKDAY|WEEKDAYS|WEEKDAYW|REPEAT AT? CLOCK",
    "REPEAT AT? CLOCK COMMA ON? WEEKDAY|WEEKDAYS|WEEKDAYW|REPEAT AT? CLOCK",
)
def read_days_with_own_hours(chart: Chart, *terms: Term | None) -> object:
    """Every Tuesday at 9 and Thursday at 10:30: more than one rule can hold."""
    clocks = [term for term in terms if term is not None and term.category == "CLOCK"]
    led = [not clock.weak or chart.ending("AT", clock.start, 3) is not None for clock in clocks]
    return Bad("uneven_times") if all(led) else None

"""Rules for single days: relative words, days of the month, months, feasts."""

from dataclasses import replace

from reminders.grammar.chart import Chart, RuleBook, Term
from reminders.grammar.dates import MAX_YEAR, MIN_YEAR
from reminders.grammar.durations import number_of
from reminders.grammar.meaning import Bad, Day, Weak

BOOK = RuleBook()
_IN_A_ROW = 3  # days that one event takes
_COUNTED_TO = 12  # higher ordinals in words are days: "am einundzwanzigsten Bank anrufen"


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
    spelled = number.rule in ("ordinal_word", "tens_and_ordinal")
    if word is None and spelled and value <= _COUNTED_TO and _is_counted_noun(chart, following):
        return None
    day = Day("month_day", int(value))
    return day if word is not None or _tells_date(chart, number) else Weak(day)


def _is_counted_noun(chart: Chart, place: int) -> bool:
    """Whether a word follows that an ordinal word may belong to ("the first draft")."""
    if not chart.is_plain(place) or chart.is_verb(place):
        return False
    # German nouns have a capital: "bis zum Ersten kündigen"
    named = chart.lexicon.settings.get("ordinal_dot") and chart.tokens[place - 1].text[0].isupper()
    return not (named and chart.tokens[place].text.islower())


def _tells_date(chart: Chart, number: Term) -> bool:
    """Whether an ordinal word says by itself that a day is meant: двадцать первого позвонить, am einundzwanzigsten."""
    genitive = chart.fold(number.end - 1).endswith("ого") or chart.fold(number.end - 1).endswith("ьего")
    ends = number.end >= len(chart.tokens) or chart.is_verb(number.end)
    return number.rule == "tens_and_ordinal" and genitive and ends


@BOOK.rule("DAY", "DIGITS")
def read_bare_day(chart: Chart, digits: Term) -> object:
    """Am 27 um zehn, 27 в десять: a day whose dot or ending is left out."""
    text, end = str(digits.value), digits.end
    if len(text) > 2 or not 1 <= int(text) <= 31 or chart.has("DOT", end) or chart.has("COLON", end):
        return None
    last = end >= len(chart.tokens)
    timed = not last and (chart.has("AT", end) or chart.has("TIME", end) or chart.has("CLOCK", end))
    if chart.ending("DAYLEAD", digits.start, 2) is None:
        spoken = digits.start == 0 and chart.lexicon.settings.get("hour_begun")
        counts = spoken and chart.has("AT", end) and not chart.has("DUE", end) and chart.has("CLOCK", end + 1)
    else:
        counts = last or timed or chart.has("FUTURE", end) or chart.tokens[end].text in ",.;!?\n"
    return Weak(Day("month_day", int(text))) if counts and not chart.has("OCLOCK", end) else None


@BOOK.rule("DAY", "DAY COMMA? AND|RANGE|RANGEW ON? THE? DAY")
def read_days_in_a_row(chart: Chart, first: Term, *rest: Term | None) -> object:
    """Thursday the 26th and Friday the 27th: the first one."""
    last = rest[-1]
    assert last is not None
    one, other = first.value, last.value
    if not isinstance(one, Day) or not isinstance(other, Day) or one.part or other.part:
        return None
    dated = one.kind == other.kind and one.kind in ("month_day", "date") and one.month == other.month
    if not dated or not 1 <= other.number - one.number <= _IN_A_ROW or last.rule == "days_in_a_row":
        return None
    return Weak(one) if first.weak else one


@BOOK.rule("DAY", "DAYNUM OR THE? DAYNUM")
def read_one_of_two_days(chart: Chart, first: Term, *rest: Term | None) -> object:
    """On the 7th or 8th: the one that is said first."""
    return Weak(Day("month_day", int(number_of(first)))) if 1 <= number_of(first) <= 31 else None


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


@BOOK.rule("DAY", "PERIOD ON THE? DAYNUM DAYWORD?")
def read_period_and_day(chart: Chart, period: Term, on: Term, *rest: Term | None) -> object:
    """Next month on the 8th."""
    number = next(int(number_of(term)) for term in rest if term is not None and term.category == "DAYNUM")
    if not isinstance(period.value, Day) or period.value.unit != "month" or not 1 <= number <= 31:
        return None
    return replace(period.value, kind="month_day", number=number, base=period.value)


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


@BOOK.rule("DAY", "EDGE OF? THE? YEAR", "EDGE OF? THE? UNIT YEAR", "UNITEDGE OF? YEAR")
def read_edge_of_year(chart: Chart, edge: Term, *rest: Term | None) -> object:
    """The end of 2027, до конца года 2027, Anfang 2027."""
    year = rest[-1]
    assert year is not None
    said, _, unit = str(edge.value).partition(" ")
    unit = next((str(t.value) for t in rest if t is not None and t.category == "UNIT"), unit or "year")
    if unit != "year" or not MIN_YEAR <= int(number_of(year)) <= MAX_YEAR:
        return None
    month = {"start": 1, "mid": 7, "end": 12}[said]
    return Day("month", month=month, year=int(number_of(year)), edge="end" if said == "end" else "start")


@BOOK.rule("DAY", "PERIOD COMMA? ON|OF? THE? MONTH|DATE", "MONTH|DATE ON|OF? THE? PERIOD")
def read_month_of_year(chart: Chart, *terms: Term | None) -> object:
    """March next year, nächstes Jahr im März, 5 марта следующего года."""
    period = next(t.value for t in terms if t is not None and t.category == "PERIOD")
    within = next(t for t in terms if t is not None and t.category in ("MONTH", "DATE"))
    if not isinstance(period, Day) or period.unit != "year":
        return None
    day = within.value if isinstance(within.value, Day) else Day("month", month=int(number_of(within)))
    return replace(day, base=period) if day.year is None else None


@BOOK.rule("DAY", "RELADJ PART|PARTW|OFPART|MEAL", "RELADJ UNIT")
def read_relative_adjective(chart: Chart, word: Term, part: Term) -> object:
    """Завтрашнего вечера, завтрашнего дня."""
    if part.category == "UNIT":
        return Day("relative", int(number_of(word))) if part.value == "day" else None
    return Day("relative", int(number_of(word)), part=None if chart.has("UNIT", part.start) else str(part.value))


@BOOK.rule("DAY", "FEAST")
def read_feast(chart: Chart, feast: Term) -> object:
    """By Christmas, at Easter: needs a preposition."""
    return Weak(_feast_day(str(feast.value)))


@BOOK.rule("DAY", "FEASTDAY")
def read_feast_day(chart: Chart, feast: Term) -> object:
    """Easter Monday, Karfreitag: at the edge of a clause it is a day by itself."""
    return Weak(_feast_day(str(feast.value)))


def _feast_day(value: str) -> Day:
    name, _, number = value.partition(" ")
    if not name[0].isdigit():
        return Day("feast", int(number or 0), unit=name)
    month, day = name.split("-")
    return Day("date", int(day), int(month))

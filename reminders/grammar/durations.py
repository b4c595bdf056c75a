"""Rules for numbers, ordinals and lengths of time."""

from dataclasses import replace

from reminders.grammar.chart import Chart, RuleBook, Term
from reminders.grammar.meaning import Bad, Duration

BOOK = RuleBook()
_TENS = (20, 30, 40, 50)
_HOUR_LETTERS = frozenset({"h", "ч"})
_MAX_AMOUNT = 99_999
_MINUTES = (5, 10, 15, 20, 30, 45)
_SECONDS = {"second": 1, "minute": 60, "hour": 3_600}
_DAYS = {"day": 1, "week": 7, "fortnight": 14, "weekend": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def number_of(term: Term) -> int | float:
    """The number that a NUMBER, ARTICLE or ordinal term stands for."""
    assert isinstance(term.value, int | float)
    return term.value


def make_duration(amount: float, unit: str) -> Duration:
    """A length of time from a number and a unit; fractions of a day become hours, of a month days."""
    if unit in _SECONDS:
        return Duration(seconds=round(amount * _SECONDS[unit]), unit=unit, amount=amount)
    if unit == "workday":
        return Duration(workdays=round(amount), unit=unit, amount=amount)
    if unit in _DAYS:
        days = amount * _DAYS[unit] if unit == "day" else int(amount * _DAYS[unit] + 0.5)
        return Duration(days=int(days), seconds=round((days - int(days)) * 86_400), unit=unit, amount=amount)
    months = amount * _MONTHS[unit]
    return Duration(months=int(months), days=round((months - int(months)) * 30), unit=unit, amount=amount)


@BOOK.rule("NUMBER", "NUMBER DASH? NUMBER")
def read_tens_and_ones(chart: Chart, tens: Term, dash: Term | None, ones: Term) -> object:
    """Twenty-five, двадцать пять."""
    ten, one = number_of(tens), number_of(ones)
    words = chart.tokens[tens.start].kind == chart.tokens[ones.start].kind == "word"
    return ten + one if words and ten in _TENS and 1 <= one <= 9 and one == int(one) else None


@BOOK.rule("NUMBER", "DIGITS DASH NUMSUFFIX")
def read_number_with_ending(chart: Chart, digits: Term, dash: Term, ending: Term) -> object:
    """К 10-ти, 2-х."""
    return int(str(digits.value)) if chart.glued(dash.start) and chart.glued(ending.start) else None


@BOOK.rule("NUMBER", "NUMBER PLUSHALF")
def read_number_and_half(chart: Chart, number: Term, half: Term) -> object:
    """2½, "two and a half"."""
    return number_of(number) + 0.5 if number_of(number) == int(number_of(number)) else None


@BOOK.rule("DAYNUM", "ORDINAL")
def read_ordinal_word(chart: Chart, ordinal: Term) -> object:
    """Third, dritten, третьего."""
    return int(number_of(ordinal)) if number_of(ordinal) > 0 else None


@BOOK.rule("DAYNUM", "NUMBER DASH? ORDINAL")
def read_tens_and_ordinal(chart: Chart, tens: Term, dash: Term | None, ones: Term) -> object:
    """Twenty-first, двадцать первого."""
    ten, one = number_of(tens), number_of(ones)
    return int(ten + one) if ten in (20, 30) and 1 <= one <= 9 and chart.tokens[tens.start].kind == "word" else None


@BOOK.rule("DAYNUM", "DIGITS DASH? ORDSUFFIX")
def read_number_with_suffix(chart: Chart, digits: Term, dash: Term | None, suffix: Term) -> object:
    """3rd, 15-го."""
    tight = all(chart.glued(place) for place in range(digits.end, suffix.end))
    return int(str(digits.value)) if tight and len(str(digits.value)) <= 2 else None


@BOOK.rule("DAYNUM", "DIGITS DOT")
def read_number_with_dot(chart: Chart, digits: Term, dot: Term) -> object:
    """The German 3. (not at the end of an English sentence)."""
    wanted = chart.lexicon.settings.get("ordinal_dot") or chart.has("MONTH", dot.end)
    return int(str(digits.value)) if wanted and chart.glued(dot.start) and len(str(digits.value)) <= 2 else None


@BOOK.rule("DURATION", "NUMBER|ARTICLE UNIT", "NUMBER|ARTICLE UNIT DOT")
def read_amount_and_unit(chart: Chart, number: Term, unit: Term, dot: Term | None = None) -> object:
    """2 hours, 1,5 Std., полтора часа."""
    if dot is not None and not (
        chart.glued(dot.start) and len(chart.fold(unit.start)) <= 4 and dot.end < len(chart.tokens)
    ):
        return None
    if unit.value == "month" and chart.fold(unit.start) == "mon":
        return None
    amount = number_of(number)
    return Bad("too_far") if amount > _MAX_AMOUNT else make_duration(amount, str(unit.value))


@BOOK.rule("DURATION", "NUMBER OR|DASH NUMBER UNIT", "ARTICLE UNIT OR NUMBER")
def read_rough_duration(chart: Chart, number: Term, *rest: Term) -> object:
    """2 or 3 days, два-три дня, a day or two: the shorter one."""
    unit = next(t for t in rest if t.category == "UNIT")
    return make_duration(number_of(number), str(unit.value))


@BOOK.rule("DURATION", "RANGED UNIT")
def read_ranged_duration(chart: Chart, ranged: Term, unit: Term) -> object:
    """2-3 days: the shorter one."""
    assert isinstance(ranged.value, tuple)
    return make_duration(int(ranged.value[0]), str(unit.value)) if str(ranged.value[0]).isdigit() else None


@BOOK.rule("DURATION", "NUMBER UNITSHORT")
def read_amount_and_letter(chart: Chart, number: Term, unit: Term) -> object:
    """20m, 45s: the letter stands right behind the number."""
    return make_duration(number_of(number), str(unit.value)) if chart.glued(unit.start) else None


@BOOK.rule("DURATION", "SPAN", "ARTICLE SPAN")
def read_fixed_span(chart: Chart, *terms: Term) -> object:
    """Half an hour, ner Dreiviertelstunde, полчаса."""
    span = terms[-1]
    amount, unit = str(span.value).split()
    return make_duration(float(amount), unit)


@BOOK.rule("DURATION", "DURATION AND? DURATION")
def read_long_and_short(chart: Chart, long: Term, link: Term | None, short: Term) -> object:
    """1 hour 30 minutes, 2 weeks and 3 days."""
    first, second = long.value, short.value
    assert isinstance(first, Duration)
    assert isinstance(second, Duration)
    size = (first.months * 30 + first.days + first.workdays) * 86_400 + first.seconds
    if (second.months * 30 + second.days + second.workdays) * 86_400 + second.seconds >= size:
        return None
    return replace(
        first,
        months=first.months + second.months,
        days=first.days + second.days,
        seconds=first.seconds + second.seconds,
        workdays=first.workdays + second.workdays,
        amount=0,
    )


@BOOK.rule("DURATION", "NUMBER UNIT DIGITS")
def read_hours_then_minutes(chart: Chart, hours: Term, unit: Term, minutes: Term) -> object:
    """1h30."""
    tight = chart.glued(unit.start) and chart.glued(minutes.start)
    framed = chart.has("FROMNOW", minutes.end) or any(chart.ending(c, hours.start, 2) for c in ("IN", "APPROX"))
    apart = (framed or chart.fold(unit.start) in _HOUR_LETTERS) and int(str(minutes.value)) % 5 == 0 and not tight
    if not (tight or apart) or unit.value != "hour" or len(str(minutes.value)) != 2 or int(str(minutes.value)) > 59:
        return None
    return make_duration(number_of(hours) * 60 + int(str(minutes.value)), "minute")


@BOOK.rule(
    "OFFSET",
    "APPROX? IN APPROX? DURATION",
    "IN APPROX? DURATION QUOTE? FROMNOW",
    "APPROX? DURATION QUOTE? FROMNOW",
)
def read_offset(chart: Chart, *terms: Term | None) -> object:
    """In 2 hours, 3 days from now, через полчаса."""
    return next(t.value for t in terms if t is not None and t.category == "DURATION")


@BOOK.rule("OFFSET", "IN|INONE DASH NUMBER UNIT|UNITSHORT")
def read_negative_offset(chart: Chart, within: Term, dash: Term, number: Term, unit: Term) -> object:
    """In -2 hours: never."""
    return Bad("negative") if chart.glued(number.start) and not chart.glued(dash.start) else None


@BOOK.rule("OFFSET", "INNEXT APPROX? DURATION", "INNEXT UNIT")
def read_offset_within(chart: Chart, *terms: Term | None) -> object:
    """Within the next hour, в течение недели: of a recurrence, how long it goes on."""
    length = terms[-1]
    assert length is not None
    if length.category == "DURATION":
        return length.value
    return make_duration(1, str(length.value)) if length.value != "weekend" else None


@BOOK.rule("OFFSET", "IN NUMBER")
def read_offset_in_minutes(chart: Chart, within: Term, number: Term) -> object:
    """Call me in 10: minutes, where the clause ends or a reminder is asked for."""
    value, after = number_of(number), chart.tokens[number.end : number.end + 1]
    wanted = not after or after[0].text in ".,!?\n" or chart.ending("REMIND", within.start, 4) is not None
    spoken = within.language == "en" and chart.lexicon.language == "en"
    if not spoken or not wanted or value not in _MINUTES or chart.ending("NUMBER", within.start, 1):
        return None
    return make_duration(value, "minute")


@BOOK.rule("OFFSET", "APPROX? INONE UNIT")
def read_offset_of_one(chart: Chart, *terms: Term | None) -> object:
    """Через неделю."""
    unit = terms[-1]
    assert unit is not None
    return make_duration(1, str(unit.value)) if unit.value != "weekend" else None


@BOOK.rule("OFFSET", "INONE UNIT AND? DURATION")
def read_offset_of_one_and_more(chart: Chart, within: Term, unit: Term, link: Term | None, more: Term) -> object:
    """Через час и 20 минут."""
    if unit.value != "hour" or not isinstance(more.value, Duration) or not 0 < more.value.seconds < 3_600:
        return None
    return make_duration(60 + more.value.seconds / 60, "minute")


@BOOK.rule("OFFSET", "INONE UNIT NUMBER", "INONE NUMBER UNIT NUMBER")
def read_offset_of_hour_and_minutes(chart: Chart, *terms: Term) -> object:
    """Через час пятнадцать."""
    unit, minutes = terms[-2], number_of(terms[-1])
    hours = number_of(terms[1]) if len(terms) > 3 else 1
    if unit.value != "hour" or minutes not in range(5, 60, 5) or chart.has("UNIT", terms[-1].end):
        return None
    return make_duration(hours * 60 + minutes, "minute")


@BOOK.rule("OFFSET", "UNIT INONE NUMBER")
def read_rough_offset(chart: Chart, unit: Term, within: Term, number: Term) -> object:
    """Часа через два."""
    return make_duration(number_of(number), str(unit.value)) if unit.value not in ("weekend", "workday") else None


@BOOK.rule("PASTOFFSET", "AGOPRE DURATION", "DURATION AGO")
def read_ago(chart: Chart, first: Term, second: Term) -> object:
    """3 days ago, vor 3 Tagen."""
    return first.value if first.category == "DURATION" else second.value

"""Rules for clock times in words: half past three, viertel vor drei, без четверти семь."""

from reminders.grammar.chart import Chart, RuleBook, Term
from reminders.grammar.clocks import make_clock
from reminders.grammar.durations import number_of
from reminders.grammar.meaning import Clock, Weak

BOOK = RuleBook()


def _spoken_hour(term: Term) -> int | None:
    hour = number_of(term)
    return int(hour) if hour == int(hour) and 1 <= hour <= 12 else None


@BOOK.rule("CLOCK", "NUMBER NUMBER NUMBER")
def read_hour_and_few_minutes(chart: Chart, hour: Term, zero: Term, minutes: Term) -> object:
    """Девять ноль пять, nine oh five."""
    words = all(chart.tokens[term.start].kind == "word" for term in (hour, zero, minutes))
    fits = number_of(zero) == 0 and 1 <= number_of(minutes) <= 9 and number_of(hour) >= 1
    clock = make_clock(number_of(hour), int(number_of(minutes))) if words and fits else None
    return clock if isinstance(clock, Clock) else None


@BOOK.rule("HALFCLOCK", "HALFTO NUMBER")
def read_half_to(chart: Chart, half: Term, number: Term) -> object:
    """Halb neun."""
    hour = _spoken_hour(number)
    return Clock((hour - 2) % 12 + 1, 30) if hour else None


@BOOK.rule("HALFCLOCK", "HALFPAST NUMBER")
def read_half_past(chart: Chart, half: Term, number: Term) -> object:
    """Half past three."""
    hour = _spoken_hour(number)
    return Clock(hour, 30) if hour else None


@BOOK.rule("CLOCK", "HALFPASTW NUMBER")
def read_half_hour_british(chart: Chart, half: Term, number: Term) -> object:
    """Half nine: needs a preposition."""
    hour = _spoken_hour(number)
    return Weak(Clock(hour, 30)) if hour else None


@BOOK.rule("HALFCLOCK", "CLOCKWORD")
def read_clock_word(chart: Chart, word: Term) -> object:
    """Полпятого, в половине пятого."""
    hour, minute = str(word.value).split(":")
    return Clock(int(hour), int(minute))


@BOOK.rule("CLOCK", "HALFCLOCK")
def read_half(chart: Chart, half: Term) -> object:
    """A half hour is a clock time."""
    return half.value


@BOOK.rule("CLOCK", "NUMBER|ARTICLE CLOCKTAIL")
def read_clock_tail(chart: Chart, hour: Term, tail: Term) -> object:
    """Tres y media, ocho menos cuarto."""
    spoken, minutes = _spoken_hour(hour), int(number_of(tail))
    if spoken is None:
        return None
    return Clock((spoken - 2) % 12 + 1, 60 + minutes) if minutes < 0 else Clock(spoken, minutes)


@BOOK.rule("CLOCK", "QUARTERTO NUMBER", "THREEQUARTERTO NUMBER")
def read_quarter_of_hour_begun(chart: Chart, quarter: Term, number: Term) -> object:
    """Viertel drei (2:15), dreiviertel drei (2:45)."""
    hour = _spoken_hour(number)
    return Clock((hour - 2) % 12 + 1, 15 if quarter.category == "QUARTERTO" else 45) if hour else None


@BOOK.rule("CLOCK", "QUARTERTO DAYNUM", "NUMBER MINUTEWORD DAYNUM")
def read_minutes_of_hour_begun(chart: Chart, first: Term, *rest: Term) -> object:
    """Четверть пятого (4:15), десять минут пятого (4:10)."""
    hour = number_of(rest[-1])
    if (
        chart.tokens[rest[-1].start].kind != "word"
        or not 1 <= hour <= 12
        or not chart.lexicon.settings.get("hour_begun")
    ):
        return None
    minute = 15 if first.category == "QUARTERTO" else int(number_of(first))
    return Clock((int(hour) - 2) % 12 + 1, minute) if 0 < minute < 60 else None


@BOOK.rule("CLOCK", "EDGE DAYNUM", "DAYNUM OCLOCK")
def read_hour_begun(chart: Chart, first: Term, second: Term) -> object:
    """В начале восьмого (just after 7), в девятом часу (after 8)."""
    number = first if first.category == "DAYNUM" else second
    hour, spelled = number_of(number), chart.tokens[number.start].kind == "word"
    edged = first.category != "EDGE" or first.value == "start"
    if not chart.lexicon.settings.get("hour_begun") or not spelled or not edged or not 1 <= hour <= 12:
        return None
    return Clock((int(hour) - 2) % 12 + 1)


@BOOK.rule(
    "CLOCK",
    "QUARTER PAST|TO NUMBER|HALFCLOCK",
    "NUMBER PAST|TO NUMBER|HALFCLOCK",
    "NUMBER MINUTEWORD PAST|TO NUMBER|HALFCLOCK",
)
def read_minutes_beside_hour(chart: Chart, first: Term, *rest: Term) -> object:
    """Quarter past three, ten to four, fünf vor halb neun."""
    side, target = rest[-2], rest[-1]
    minutes = 15 if first.category == "QUARTER" else number_of(first)
    if isinstance(target.value, Clock):
        hour, base = target.value.hour, target.value.minute
    else:
        spoken = _spoken_hour(target)
        if spoken is None:
            return None
        hour, base = spoken, 0
    if minutes != int(minutes) or not 0 < minutes < 30:
        return None
    total = hour * 60 + base + int(minutes) * (1 if side.category == "PAST" else -1)
    clock = Clock((total // 60 - 1) % 12 + 1, total % 60)
    bare = first.category != "QUARTER" and len(rest) == 2 and chart.tokens[first.start].kind == "number"
    return Weak(clock) if bare else clock


@BOOK.rule("CLOCK", "MINUS NUMBER|QUARTER MINUTEWORD? NUMBER|OCLOCK")
def read_minutes_missing(chart: Chart, minus: Term, minutes: Term, word: Term | None, hour: Term) -> object:
    """Без четверти семь, без пяти час."""
    spoken = 1 if hour.category == "OCLOCK" else _spoken_hour(hour)
    missing = 15 if minutes.category == "QUARTER" else number_of(minutes)
    if spoken is None or missing != int(missing) or not 0 < missing < 60:
        return None
    return Clock((spoken - 2) % 12 + 1, 60 - int(missing))

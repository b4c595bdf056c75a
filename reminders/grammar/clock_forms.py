"""Rules for clock times with more said: a part of the day, a range, several, a zone, how long before."""

from dataclasses import replace

from reminders.grammar.chart import Chart, RuleBook, Term
from reminders.grammar.clocks import is_preposition, lean, make_clock, with_half
from reminders.grammar.durations import make_duration, number_of
from reminders.grammar.meaning import Bad, Clock, Duration, Weak

BOOK = RuleBook()
_LATE = {"afternoon", "evening"}
_REPEATING = ("EVERY", "FREQ", "WEEKDAYS", "WEEKDAYSTEM", "ALWAYS", "HABITPART", "TWICE")


def turn_to_part(clock: Clock, part: str) -> Clock:
    """A clock time with its part of the day settled: 8 in the evening is 20:00."""
    if clock.sure and clock.part is None:
        return clock
    hour = clock.hour
    if part in _LATE or part == "end_of_day":
        hour = hour % 12 + 12
    elif part == "noon":
        hour = hour + 12 if hour < 11 else hour
    elif part == "night":
        hour = hour + 12 if 6 <= hour < 12 else hour % 12
    elif part == "midnight":
        hour %= 12
    else:
        hour = 0 if hour == 12 and part == "morning" else hour
    return replace(clock, hour=hour, sure=True, part="midnight" if part == "night" and hour < 6 else None)


@BOOK.rule("CLOCK", "CLOCK AMPM")
def read_spoken_half(chart: Chart, clock: Term, half: Term) -> object:
    """Seven fifteen pm, half past three pm."""
    if not isinstance(clock.value, Clock) or clock.weak or clock.value.sure or is_preposition(chart, half):
        return None
    return with_half(clock.value, str(half.value))


@BOOK.rule("CLOCK", "CLOCK OFPART", "NUMBER OFPART")
def read_clock_of_part(chart: Chart, clock: Term, part: Term) -> object:
    """8 вечера, 5 in the afternoon, 7 Uhr abends."""
    value = clock.value if isinstance(clock.value, Clock) else make_clock(number_of(clock))
    if not isinstance(value, Clock):
        return None
    if clock.category == "NUMBER" and value.hour > 12:
        return None
    turned = turn_to_part(value, str(part.value))
    doubtful = chart.has("UNIT", part.start) or part.value == "night"
    return Weak(turned) if clock.category == "NUMBER" and doubtful else turned


@BOOK.rule("CLOCK", "OCLOCKLEAD NUMBER", "OCLOCKLEAD HALFCLOCK")
def read_hour_behind_am(chart: Chart, lead: Term, hour: Term) -> object:
    """Am zwei, am halbi nüni: the Swiss hour, in words."""
    if isinstance(hour.value, Clock):
        return hour.value
    words = chart.tokens[hour.start].kind == "word"
    clock = make_clock(number_of(hour)) if words and 1 <= number_of(hour) <= 12 else None
    counted = any(chart.has(c, hour.end) for c in ("UNIT", "MONTH", "MEASURE", "TIMES", "OCLOCK"))
    return clock if isinstance(clock, Clock) and not counted else None


@BOOK.rule("PARTW", "DAYHALF")
def read_half_of_day(chart: Chart, half: Term) -> object:
    """Fri pm, Thurs a.m.: behind a day's name."""
    named = any(chart.ending(category, half.start, 3) for category in ("WEEKDAY", "WEEKDAYW", "RELDAY"))
    asks = chart.has("CLAUSE", half.end) and not chart.has("AND", half.end)  # "tomorrow am I free?"
    return str(half.value) if named and not asks else None


@BOOK.rule("CLOCK", "NUMBER")
def read_bare_hour(chart: Chart, number: Term) -> object:
    """At 5, um acht: needs a preposition or a day beside it."""
    hour = number_of(number)
    if hour != int(hour) or not 0 <= hour <= 24 or (hour == 0 and chart.tokens[number.start].text != "00"):
        return None
    written = chart.tokens[number.start].text in ("00", *(f"0{n}" for n in range(1, 10)))
    clock = make_clock(hour, sure=written)
    clock = lean(chart, clock)
    return Weak(clock) if isinstance(clock, Clock) else None


@BOOK.rule(
    "CLOCK",
    "CLOCK RANGE|RANGEW CLOCK",
    "RANGED OCLOCK?",
    "RANGED AMPM",
    "BETWEEN DOT? CLOCK AND CLOCK",
)
def read_clock_range(chart: Chart, *terms: Term | None) -> object:
    """2-4pm, 14 bis 16 Uhr, between 2 and 3: its start."""
    said = [term for term in terms if term is not None]
    half = said[-1].value if said[-1].category == "AMPM" else None
    ranged = next((term for term in said if term.category == "RANGED"), None)
    if ranged is not None:
        assert isinstance(ranged.value, tuple)
        ends = [_split_clock(text) for text in ranged.value]
        weak = len(said) == 1 and ":" not in chart.tokens[ranged.start].text
    else:
        clocks = [term for term in said if term.category == "CLOCK"]
        if chart.has("UNIT", clocks[0].end - 1) and chart.ending("EVERY", clocks[0].start, 1):
            return None  # "every 3 hours until 10pm"
        ends = [term.value if isinstance(term.value, Clock) else None for term in clocks]
        if clocks[0].start == clocks[0].end or clocks[0].rule == clocks[1].rule == "clock_range":
            return None
        weak = clocks[0].weak and clocks[1].weak and said[0].category != "BETWEEN"
    if said[-1].rule == "bare_hour" and (chart.has("MONTH", said[-1].end) or chart.has("MONTH", said[-1].end + 1)):
        return None  # "at 8 until 1 March"
    if chart.has("MEASURE", said[-1].end):
        return None
    first, second = ends
    if not isinstance(first, Clock) or not isinstance(second, Clock):
        return None
    if half:
        second = with_half(second, str(half)) or second
    if not first.sure and second.sure and second.hour >= 12 and first.hour < second.hour - 12:
        first = replace(first, hour=first.hour + 12, sure=True)
    elif not first.sure and second.sure and first.hour <= second.hour:
        first = replace(first, sure=True)
    first = replace(first, end=second)
    return Weak(first) if weak else first


def _split_clock(text: str) -> Clock | Bad | None:
    hour, _, minute = text.replace(".", ":").partition(":")
    return make_clock(int(hour), int(minute or 0))


@BOOK.rule("CLOCK", "NUMBER|DOTTED FOR DOTTED|TIME")
def read_clock_for_clock(chart: Chart, first: Term, link: Term, second: Term) -> object:
    """7 for 7.30: come at 7, it begins half an hour later."""
    written = chart.tokens[first.start].text
    begin, end = (_split_clock(text) for text in (written, chart.tokens[second.start].text))
    if not written.replace(".", "").isdigit() or not isinstance(begin, Clock) or not isinstance(end, Clock):
        return None
    minutes = (end.hour - begin.hour) * 60 + end.minute - begin.minute
    return Weak(lean(chart, begin)) if 0 < minutes <= 60 else None


@BOOK.rule("CLOCK", "SHIFTLEAD? DURATION SHIFTBEFORE CLOCK", "SHIFTLEAD UNIT SHIFTBEFORE CLOCK")
def read_time_before_clock(chart: Chart, *terms: Term | None) -> object:
    """2 hours before 5pm, за час до 17:00."""
    clock, length = terms[-1], terms[-3]
    assert clock is not None
    assert length is not None
    duration = length.value if length.category == "DURATION" else make_duration(1, str(length.value))
    if not isinstance(clock.value, Clock) or clock.weak or not isinstance(duration, Duration):
        return None
    if any(chart.ending("EVERY", term.start, 1) for term in terms if term is not None):
        return None
    return replace(clock.value, minus=duration.seconds) if duration.seconds and not duration.days else None


@BOOK.rule("CLOCK", "CLOCK CLOCKZONE", "CLOCK OPEN CLOCKZONE")
def read_clock_with_zone(chart: Chart, clock: Term, *rest: Term) -> object:
    """16:00 CET, в 15:00 мск."""
    if not isinstance(clock.value, Clock) or clock.value.zone:
        return None
    zoned = replace(clock.value, zone=str(rest[-1].value))
    return Weak(zoned) if clock.weak else zoned


@BOOK.rule("CLOCK", "CLOCK COMMA AT? CLOCK", "CLOCK COMMA? AND AT? CLOCK")
def read_clock_list(chart: Chart, first: Term, *rest: Term | None) -> object:
    """At 8 and 20, um 9, 12 und 15 Uhr: of a recurrence, where the minutes are the same."""
    last = rest[-1]
    assert last is not None
    one, other = first.value, last.value
    if not isinstance(one, Clock) or not isinstance(other, Clock) or other.more or one.end or other.end:
        return None
    if last.rule == "bare_hour" and any(chart.has(c, last.end) for c in ("TIMES", "UNIT", "MEASURE")):
        return None  # "at 5, four times in total"
    if not any(category in chart.places for category in _REPEATING):
        return None
    if one.second or other.second or last.rule == "clock_list":
        return None
    times = {(c.hour, c.minute) for c in (one, *one.more, other)}
    if len(times) != len({hour for hour, _ in times}) * len({minute for _, minute in times}):
        sure = not last.weak and (not first.weak or chart.ending("AT", first.start, 3) is not None)
        return Bad("uneven_times") if sure and chart.ending("BETWEEN", first.start, 2) is None else None
    both = replace(one, more=(*one.more, other))
    return Weak(both) if first.weak else both


for _ in range(3):
    BOOK.rules.append(BOOK.rules[-1])

"""Rules for clock times and parts of the day."""

from dataclasses import replace

from reminders.grammar.chart import Chart, RuleBook, Term
from reminders.grammar.durations import make_duration, number_of
from reminders.grammar.meaning import Bad, Clock, Duration, Weak

BOOK = RuleBook()
_WRITTEN_MORNING = 5  # where clocks have 24 hours, 6:30 is written for the morning, 18:30 for the evening
_LATE = {"afternoon", "evening"}


def make_clock(hour: float, minute: int = 0, second: int = 0, *, sure: bool = False) -> Clock | Bad | None:
    """A clock time from its numbers; Bad when there is no such time."""
    if hour != int(hour):
        return None
    if hour == 24 and minute == 0:
        return Clock(0, 0, 0, sure=True, part="midnight")
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        return Bad("no_such_time")
    return Clock(int(hour), minute, second, sure or hour > 12 or hour == 0)


def _spoken_hour(term: Term) -> int | None:
    hour = number_of(term)
    return int(hour) if hour == int(hour) and 1 <= hour <= 12 else None


@BOOK.rule("CLOCK", "TIME")
def read_time(chart: Chart, time: Term) -> object:
    """14:30, 9:05:30."""
    assert isinstance(time.value, tuple)
    hour, minute, second = time.value
    clock = make_clock(int(hour), int(minute), int(second or 0), sure=hour.startswith("0"))
    written = bool(chart.lexicon.settings.get("written_24")) and int(hour) >= _WRITTEN_MORNING
    return _lean(chart, clock, "morning" if written else "")


@BOOK.rule("CLOCK", "AT DOTTED", "DUE|FROM|BEFORE|AFTER DOTTED", "DOTTED OCLOCK", "DOTTED AMPM")
def read_dotted_time(chart: Chart, first: Term, second: Term) -> object:
    """Um 14.30, 14.30 Uhr, 9.30am."""
    dotted = first if first.category == "DOTTED" else second
    assert isinstance(dotted.value, tuple)
    hour, minute = dotted.value
    if len(minute) != 2 or int(hour) > 24 or int(minute) > 59:
        return None
    if first.category in ("DUE", "FROM", "BEFORE", "AFTER") and 1 <= int(minute) <= 12:
        return None
    if chart.glued(dotted.end) and chart.has("DOT", dotted.end) and dotted.end + 1 < len(chart.tokens):
        return None
    clock = make_clock(int(hour), int(minute), sure=hour.startswith("0"))
    if isinstance(clock, Bad):
        return None
    if second.category == "AMPM" and isinstance(clock, Clock):
        return _with_half(clock, str(second.value))
    return _lean(chart, clock)


def _lean(chart: Chart, clock: Clock | Bad | None, leaning: str = "") -> Clock | Bad | None:
    """A clock time with the half of the day that the rest of the message speaks for: an alarm, a dinner."""
    if not isinstance(clock, Clock) or clock.sure:
        return clock
    if "ALARM" in chart.places:
        leaning = "morning"
    elif "EVENINGEVENT" in chart.places and _WRITTEN_MORNING <= clock.hour < 12:
        leaning = "evening"
    return replace(clock, leaning=leaning)


def _with_half(clock: Clock, half: str) -> Clock | None:
    if not 1 <= clock.hour <= 12:
        return clock if half == "pm" and clock.hour > 12 else None
    return replace(clock, hour=clock.hour % 12 + (12 if half == "pm" else 0), sure=True)


def _is_preposition(chart: Chart, half: Term) -> bool:
    """Whether German "am" is meant: "3 am Freitag"."""
    if half.end - half.start > 1 or chart.glued(half.start) or chart.lexicon.language == "en":
        return False
    return chart.has("ON", half.start)


@BOOK.rule("CLOCK", "NUMBER AMPM", "CLOCK AMPM")
def read_hour_with_half(chart: Chart, hour: Term, half: Term) -> object:
    """3pm, 3:30 p.m."""
    if _is_preposition(chart, half):
        return None
    clock = hour.value if isinstance(hour.value, Clock) else make_clock(number_of(hour))
    if isinstance(clock, Bad):
        return clock
    return _with_half(clock, str(half.value)) if clock is not None else None


@BOOK.rule("CLOCK", "NUMBER|ARTICLE OCLOCK", "CLOCK OCLOCK")
def read_hour_with_word(chart: Chart, hour: Term, word: Term) -> object:
    """8 Uhr, 3 o'clock, 15 часов."""
    if isinstance(hour.value, Clock):
        return hour.value
    clock = make_clock(number_of(hour))
    if chart.has("UNIT", word.start):  # "3 часа", "2 hours" may be a length
        digits = chart.tokens[hour.start].text
        military = len(digits) == 4 and digits.isdigit()
        return Weak(clock) if isinstance(clock, Clock) and not military else None
    return clock


@BOOK.rule("CLOCK", "NUMBER ISH")
def read_rough_hour(chart: Chart, number: Term, ish: Term) -> object:
    """5ish."""
    clock = make_clock(number_of(number))
    return clock if isinstance(clock, Clock) and chart.glued(ish.start) else None


@BOOK.rule("CLOCK", "AT OCLOCK", "AT OCLOCK NUMBER")
def read_one_oclock(chart: Chart, at: Term, word: Term, minutes: Term | None = None) -> object:
    """В час, в час пятнадцать."""
    if chart.fold(word.start) != "час" or at.end - at.start > 1:
        return None
    minute = number_of(minutes) if minutes is not None else 0
    return Clock(1, int(minute)) if minute in range(0, 60, 5) else None


@BOOK.rule("CLOCK", "NUMBER OCLOCK NUMBER MINUTEWORD?", "AT NUMBER NUMBER")
def read_hour_then_minutes(chart: Chart, first: Term, second: Term, third: Term, word: Term | None = None) -> object:
    """8 Uhr 30, 15 часов 20 минут, 14h30, в 15 30."""
    hour = second if first.category == "AT" else first
    minute = chart.tokens[third.start].text
    if first.category == "AT" and not _are_hour_and_minute(chart, hour, third, minute):
        return None
    if third.end - third.start > 1 or number_of(third) >= 60 or number_of(third) != int(number_of(third)):
        return None
    clock = make_clock(number_of(hour), int(number_of(third)))
    return clock if isinstance(clock, Clock) else None


def _are_hour_and_minute(chart: Chart, hour: Term, minutes: Term, minute: str) -> bool:
    """15 30, or nine thirty in words."""
    if minute.isdigit():
        return len(minute) == 2 and chart.tokens[hour.start].text.isdigit()
    return chart.tokens[hour.start].kind == "word" and number_of(minutes) >= 10 and number_of(minutes) % 5 == 0


@BOOK.rule("CLOCK", "DOTTED")
def read_bare_dotted_time(chart: Chart, dotted: Term) -> object:
    """9.30 behind a day, where it can be no date."""
    assert isinstance(dotted.value, tuple)
    hour, minute = dotted.value
    clock = make_clock(int(hour), int(minute), sure=hour.startswith("0")) if len(minute) == 2 else None
    return Weak(_lean(chart, clock)) if isinstance(clock, Clock) and (int(minute) > 12 or minute == "00") else None


@BOOK.rule("CLOCK", "NUMBER NUMBER NUMBER")
def read_hour_and_few_minutes(chart: Chart, hour: Term, zero: Term, minutes: Term) -> object:
    """Девять ноль пять, nine oh five."""
    words = all(chart.tokens[term.start].kind == "word" for term in (hour, zero, minutes))
    fits = number_of(zero) == 0 and 1 <= number_of(minutes) <= 9 and number_of(hour) >= 1
    clock = make_clock(number_of(hour), int(number_of(minutes))) if words and fits else None
    return clock if isinstance(clock, Clock) else None


@BOOK.rule("CLOCK", "NUMBER ZEROMINUTES")
def read_hour_sharp(chart: Chart, hour: Term, zero: Term) -> object:
    """Восемнадцать ноль-ноль."""
    clock = make_clock(number_of(hour))
    return clock if isinstance(clock, Clock) else None


@BOOK.rule("CLOCK", "NUMBER LETTERH DIGITS?")
def read_hour_letter(chart: Chart, hour: Term, letter: Term, minutes: Term | None) -> object:
    """14h, 14h30 as a clock time."""
    if not chart.glued(letter.start) or (minutes is not None and not chart.glued(minutes.start)):
        return None
    clock = make_clock(number_of(hour), int(str(minutes.value)) if minutes else 0)
    return Weak(clock) if isinstance(clock, Clock) else None


@BOOK.rule("CLOCK", "AT HYPHENED")
def read_hyphened_time(chart: Chart, at: Term, hyphened: Term) -> object:
    """В 15-30."""
    assert isinstance(hyphened.value, tuple)
    hour, minute = int(hyphened.value[0]), int(hyphened.value[1])
    if not chart.lexicon.settings.get("hyphened_time") or minute % 5 or hour > 23 or minute > 59:
        return None
    return make_clock(hour, minute)


@BOOK.rule("CLOCK", "AT DIGITS")
def read_four_digits(chart: Chart, at: Term, digits: Term) -> object:
    """At 1430."""
    text = str(digits.value)
    if len(text) != 4 or int(text[:2]) > 23 or int(text[2:]) > 59 or (text.startswith("20") and int(text[2:]) % 5):
        return None
    return make_clock(int(text[:2]), int(text[2:]), sure=True)


@BOOK.rule("CLOCK", "DIGITS OCLOCK")
def read_four_digits_with_word(chart: Chart, digits: Term, word: Term) -> object:
    """1430 hrs, 1400 Uhr."""
    text = str(digits.value)
    return make_clock(int(text[:2]), int(text[2:]), sure=True) if len(text) == 4 else None


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
    if not isinstance(clock.value, Clock) or clock.weak or clock.value.sure or _is_preposition(chart, half):
        return None
    return _with_half(clock.value, str(half.value))


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


@BOOK.rule("CLOCK", "NUMBER")
def read_bare_hour(chart: Chart, number: Term) -> object:
    """At 5, um acht: needs a preposition or a day beside it."""
    hour = number_of(number)
    if hour != int(hour) or not 0 <= hour <= 24 or (hour == 0 and chart.tokens[number.start].text != "00"):
        return None
    written = chart.tokens[number.start].text in ("00", *(f"0{n}" for n in range(1, 10)))
    clock = make_clock(hour, sure=written)
    clock = _lean(chart, clock)
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
        second = _with_half(second, str(half)) or second
    if not first.sure and second.sure and second.hour >= 12 and first.hour < second.hour - 12:
        first = replace(first, hour=first.hour + 12, sure=True)
    elif not first.sure and second.sure and first.hour <= second.hour:
        first = replace(first, sure=True)
    first = replace(first, end=second)
    return Weak(first) if weak else first


def _split_clock(text: str) -> Clock | Bad | None:
    hour, _, minute = text.replace(".", ":").partition(":")
    return make_clock(int(hour), int(minute or 0))


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


_REPEATING = ("EVERY", "FREQ", "WEEKDAYS", "WEEKDAYSTEM", "ALWAYS", "HABITPART")


@BOOK.rule("CLOCK", "CLOCK COMMA AT? CLOCK", "CLOCK COMMA? AND AT? CLOCK")
def read_clock_list(chart: Chart, first: Term, *rest: Term | None) -> object:
    """At 8 and 20, um 9, 12 und 15 Uhr: of a recurrence, where the minutes are the same."""
    last = rest[-1]
    assert last is not None
    one, other = first.value, last.value
    if not isinstance(one, Clock) or not isinstance(other, Clock) or other.more or one.end or other.end:
        return None
    if not any(category in chart.places for category in _REPEATING):
        return None
    if one.minute != other.minute or one.second or other.second or last.rule == "clock_list":
        return None
    both = replace(one, more=(*one.more, other))
    return Weak(both) if first.weak else both


for _ in range(3):
    BOOK.rules.append(BOOK.rules[-1])

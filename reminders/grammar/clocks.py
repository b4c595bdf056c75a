"""Rules for clock times in figures, and what all clock times share."""

from dataclasses import replace

from reminders.grammar.chart import Chart, RuleBook, Term
from reminders.grammar.durations import number_of
from reminders.grammar.meaning import Bad, Clock, Weak

BOOK = RuleBook()
_WRITTEN_MORNING = 5  # where clocks have 24 hours, 6:30 is written for the morning, 18:30 for the evening


def make_clock(hour: float, minute: int = 0, second: int = 0, *, sure: bool = False) -> Clock | Bad | None:
    """A clock time from its numbers; Bad when there is no such time."""
    if hour != int(hour):
        return None
    if hour == 24 and minute == 0:
        return Clock(0, 0, 0, sure=True, part="midnight")
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        return Bad("no_such_time")
    return Clock(int(hour), minute, second, sure or hour > 12 or hour == 0)


@BOOK.rule("CLOCK", "TIME")
def read_time(chart: Chart, time: Term) -> object:
    """14:30, 9:05:30."""
    assert isinstance(time.value, tuple)
    hour, minute, second = time.value
    clock = make_clock(int(hour), int(minute), int(second or 0), sure=hour.startswith("0"))
    written = bool(chart.lexicon.settings.get("written_24")) and int(hour) >= _WRITTEN_MORNING
    return lean(chart, clock, "morning" if written else "")


@BOOK.rule("CLOCK", "AT DOTTED", "DUE|FROM|BEFORE|AFTER DOTTED", "DOTTED OCLOCK", "DOTTED AMPM", "DOTTED LETTERH")
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
        return with_half(clock, str(second.value))
    return lean(chart, clock)


def lean(chart: Chart, clock: Clock | Bad | None, leaning: str = "") -> Clock | Bad | None:
    """A clock time with the half of the day that the rest of the message speaks for: an alarm, a dinner."""
    if not isinstance(clock, Clock) or clock.sure:
        return clock
    if "ALARM" in chart.places:
        leaning = "morning"
    elif "EVENINGEVENT" in chart.places and _WRITTEN_MORNING <= clock.hour < 12:
        leaning = "evening"
    return replace(clock, leaning=leaning)


def with_half(clock: Clock, half: str) -> Clock | None:
    if not 1 <= clock.hour <= 12:
        return clock if half == "pm" and clock.hour > 12 else None
    return replace(clock, hour=clock.hour % 12 + (12 if half == "pm" else 0), sure=True)


def is_preposition(chart: Chart, half: Term) -> bool:
    """Whether German "am" is meant: "3 am Freitag"."""
    if half.end - half.start > 1 or chart.glued(half.start) or chart.lexicon.language == "en":
        return False
    return chart.has("ON", half.start)


@BOOK.rule("CLOCK", "NUMBER AMPM", "CLOCK AMPM")
def read_hour_with_half(chart: Chart, hour: Term, half: Term) -> object:
    """3pm, 3:30 p.m."""
    if is_preposition(chart, half):
        return None
    clock = hour.value if isinstance(hour.value, Clock) else make_clock(number_of(hour))
    if isinstance(clock, Bad):
        return clock
    return with_half(clock, str(half.value)) if clock is not None else None


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


@BOOK.rule("CLOCK", "NUMBER AMPMSHORT", "CLOCK AMPMSHORT")
def read_hour_with_letter(chart: Chart, hour: Term, half: Term) -> object:
    """7p, 7:30a: where 7p are no pence."""
    if not chart.month_first or not chart.glued(half.start):
        return None
    clock = hour.value if isinstance(hour.value, Clock) else make_clock(number_of(hour))
    return with_half(clock, str(half.value)) if isinstance(clock, Clock) else None


@BOOK.rule("CLOCK", "NUMBER ONTHEDOT")
def read_exact_hour(chart: Chart, number: Term, exact: Term) -> object:
    """9 sharp."""
    clock = make_clock(number_of(number))
    return clock if isinstance(clock, Clock) else None


@BOOK.rule("CLOCK", "NUMBER DASH? ISH")
def read_rough_hour(chart: Chart, number: Term, dash: Term | None, ish: Term) -> object:
    """5ish, 5-ish."""
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
    return Weak(lean(chart, clock)) if isinstance(clock, Clock) else None


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


@BOOK.rule("CLOCK", "DIGITS")
def read_bare_four_digits(chart: Chart, digits: Term) -> object:
    """0830, 1430: need a day beside them."""
    text = str(digits.value)
    if len(text) != 4 or int(text[:2]) > 23 or int(text[2:]) > 59 or int(text[2:]) % 5:
        return None
    clock = make_clock(int(text[:2]), int(text[2:]), sure=True)
    return Weak(clock) if isinstance(clock, Clock) else None


@BOOK.rule("CLOCK", "DIGITS OCLOCK")
def read_four_digits_with_word(chart: Chart, digits: Term, word: Term) -> object:
    """1430 hrs, 1400 Uhr."""
    text = str(digits.value)
    return make_clock(int(text[:2]), int(text[2:]), sure=True) if len(text) == 4 else None

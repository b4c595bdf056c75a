"""Rules for early notices: an hour before the meeting, 30 minutes beforehand, за день и за час до встречи."""

from reminders.grammar.chart import Chart, RuleBook, Term
from reminders.grammar.durations import make_duration
from reminders.grammar.meaning import Duration, Notice

BOOK = RuleBook()
_TIMELY = ("DAY", "CLOCK", "NUMBER", "FEAST", "UNIT", "MOD", "FINISH")
_SHORT = frozenset({"hour", "minute", "second"})


@BOOK.rule("LEADTIME", "SHIFTLEAD? THE? DURATION", "SHIFTLEAD? THE? UNIT", "SPANBEFORE")
def read_lead_time(chart: Chart, *terms: Term | None) -> object:
    """An hour, за час, the day: how long before."""
    length = terms[-1]
    assert length is not None
    if length.category == "UNIT":
        alone = terms[0] is None and terms[1] is None
        return None if alone or length.value in ("weekend", "workday") else (make_duration(1, str(length.value)),)
    if length.category == "SPANBEFORE":
        amount, unit = str(length.value).split()
        return (make_duration(float(amount), unit),)
    assert isinstance(length.value, Duration)
    mixed = not length.value.amount and (length.value.days or length.value.months)
    return None if mixed else (length.value,)


@BOOK.rule("LEADTIME", "LEADTIME COMMA? AND? LEADTIME")
def read_lead_times(chart: Chart, first: Term, comma: Term | None, link: Term | None, last: Term) -> object:
    """A day and an hour: two notices; an hour and 30 minutes is one."""
    assert isinstance(first.value, tuple)
    assert isinstance(last.value, tuple)
    if (comma is None and link is None) or len(last.value) > 1:
        return None
    units = {length.unit for length in (first.value[-1], *last.value)}
    led = chart.has("SHIFTLEAD", last.start)
    return None if len(units) > 1 and units <= _SHORT and comma is None and not led else (*first.value, *last.value)


@BOOK.rule(
    "LEADTIME",
    "LEADTIME BEFOREHAND|SHIFTBEFORE COMMA AND? LEADTIME",
    "LEADTIME BEFOREHAND|SHIFTBEFORE AND LEADTIME",
)
def read_lead_times_said_twice(chart: Chart, first: Term, before: Term, *rest: Term | None) -> object:
    """2 hours before and a day before: said with both."""
    last = rest[-1]
    assert last is not None
    assert isinstance(first.value, tuple)
    assert isinstance(last.value, tuple)
    spanned = any(term.end == last.end for term in chart.at[last.start].get("SPANBEFORE", ()))
    said = spanned or any(chart.has(category, last.end) for category in ("BEFOREHAND", "SHIFTBEFORE"))
    return (*first.value, *last.value) if said and len(last.value) == 1 else None


@BOOK.rule("NOTICE", "LEADTIME SHIFTBEFORE THE?")
def read_notice_of_event(chart: Chart, lengths: Term, before: Term, the: Term | None) -> object:
    """1 hour before the meeting: what happens then is named."""
    if the is not None and before.language != "de":
        return None
    event = before.end if the is None else the.end
    if the is None and chart.has("THE", event):
        event += 1
    if event >= len(chart.tokens) or chart.tokens[event].kind == "mark":
        return None
    assert isinstance(lengths.value, tuple)
    named = event > before.end or chart.has("DET", event - 1)
    timed = [t for c in ("DAY", "CLOCK") for t in chart.at[event].get(c, ()) if named and chart.is_plain(t.end)]
    if not timed and any(chart.has(category, event) for category in _TIMELY):
        return None
    return Notice(lengths.value, ahead=True)


@BOOK.rule(
    "NOTICE", "LEADTIME BEFOREHAND REMIND?", "REMIND LEADTIME BEFOREHAND", "REMIND SPANBEFORE", "SPANBEFORE REMIND"
)
def read_notice_before(chart: Chart, *terms: Term | None) -> object:
    """30 minutes beforehand, eine Stunde vorher."""
    said = [term for term in terms if term is not None]
    lengths = next(t for t in said if t.category in ("LEADTIME", "SPANBEFORE"))
    end = said[-1].end
    going_on = end < len(chart.tokens) and chart.tokens[end].kind != "mark"
    alone = said[0].category == "REMIND" and not chart.has("SHIFTBEFORE", said[-1].start)
    asked = alone or chart.has("REMIND", end)  # "erinner mich eine Stunde vorher an das Meeting"
    if said[-1].category == "BEFOREHAND" and going_on and not asked and not chart.has("AND", end):
        return None
    if lengths.category == "SPANBEFORE":
        amount, unit = str(lengths.value).split()
        return Notice((make_duration(float(amount), unit),))
    assert isinstance(lengths.value, tuple)
    return Notice(lengths.value)


@BOOK.rule("NOTICE", "REMIND LEADTIME", "LEADTIME REMIND")
def read_notice_asked(chart: Chart, first: Term, second: Term) -> object:
    """Напомни за 30 минут: the lead says that it is before."""
    lengths = first if first.category == "LEADTIME" else second
    led = chart.has("SHIFTLEAD", lengths.start)
    if not led or chart.has("SHIFTBEFORE", lengths.end):
        return None
    assert isinstance(lengths.value, tuple)
    return Notice(lengths.value)

"""Reading a text into a chart: the rules of all books in their order."""

from reminders.grammar import (
    clock_forms,
    clocks,
    dates,
    days,
    durations,
    monthly,
    notices,
    periods,
    recurrences,
    shifts,
    spoken_clocks,
    weekdays,
    weekly,
)
from reminders.grammar.chart import Chart
from reminders.grammar.seeds import seed_chart
from reminders.lexicon import Lexicon
from reminders.tokens import Token

_BOOKS = (
    durations.BOOK,
    clocks.BOOK,
    spoken_clocks.BOOK,
    clock_forms.BOOK,
    dates.BOOK,
    periods.BOOK,
    weekdays.BOOK,
    days.BOOK,
    shifts.BOOK,
    recurrences.BOOK,
    weekly.BOOK,
    monthly.BOOK,
    notices.BOOK,
)


def read_chart(tokens: list[Token], lexicon: Lexicon, *, month_first: bool) -> Chart:
    """The chart of a text, filled by all rules."""
    chart = seed_chart(tokens, lexicon, month_first=month_first)
    for book in _BOOKS:
        book.apply(chart)
    return chart

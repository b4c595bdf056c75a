"""What stands beside a term: a day, a clock time, the begin or the end of a clause."""

from dataclasses import dataclass

from reminders.grammar.chart import Chart, Term

_CLOCKS_BESIDE_DAYS = ("bare_four_digits", "hour_letter", "bare_dotted_time", "clock_for_clock")
_CLAUSE_ENDS = frozenset(",.;:!?\n–—-(•")


@dataclass(frozen=True, slots=True)
class Lead:
    """The prepositions and the article before a term, and where they start."""

    start: int
    found: tuple[str, ...]
    article: bool


def opens_clause(chart: Chart, place: int) -> bool:
    """Whether a clause begins with the token."""
    return place == 0 or (chart.tokens[place - 1].text in _CLAUSE_ENDS and not chart.glued(place))


def day_before(chart: Chart, place: int) -> bool:
    """Whether a day ends right before the token (a comma may stand between)."""
    if chart.has("COMMA", place - 1):
        place -= 1
    part = chart.ending("PARTW", place, 3)
    if part is not None and not chart.has("RELDAY", part.start):
        place = part.start  # heute Abend nach 8
    if chart.has("DOT", place - 1) and chart.glued(place - 1):
        place -= 1 if chart.ending("WEEKDAYW", place - 1, 1) else 0
    day = chart.ending("DAY", place, 6)
    return day is not None and (not day.weak or chart.ending("WEEKDAYW", place, 2) is not None)


def day_after(chart: Chart, place: int) -> bool:
    """Whether a day that counts by itself stands right behind."""
    for category in ("COMMA", "ON"):
        if chart.has(category, place) and not chart.has("DAY", place):
            place = max(term.end for term in chart.at[place][category])
    if not 0 <= place < len(chart.tokens):
        return False
    return chart.has("WEEKDAYW", place) or any(not term.weak for term in chart.at[place].get("DAY", ()))


def clause_after(chart: Chart, place: int) -> bool:
    """Whether another clause begins there: "here the 19th so don't book"."""
    if chart.has("AND", place):
        return not any(chart.has(c, place + 1) for c in ("DAYNUM", "ORDINAL", "NUMBER"))
    return chart.has("CLAUSE", place)


def clock_after(chart: Chart, place: int) -> bool:
    """Whether a clock time or a part of the day stands right behind."""
    for _ in range(3):
        clocks = chart.at[place].get("CLOCK", ()) if place < len(chart.tokens) else ()
        if any(not term.weak or term.rule in _CLOCKS_BESIDE_DAYS for term in clocks):
            return True
        if any(term.rule == "bare_hour" and term.end == len(chart.tokens) for term in clocks) and place < len(
            chart.tokens
        ):
            return chart.tokens[place].kind == "number"  # "Bob fr 15"
        if chart.has("FROM", place) and chart.has("CLOCK", place + 1):
            return True
        if chart.has("PART", place) or chart.has("PARTW", place):
            return True
        if chart.has("AT", place):
            following = max(t.end for t in chart.at[place]["AT"])
            return chart.has("CLOCK", following)
        if not (
            chart.has("COMMA", place) or chart.has("DOT", place) or chart.has("ON", place) or chart.has("DUE", place)
        ):
            return False
        place += 1
    return False


def is_boundary(chart: Chart, place: int) -> bool:
    """Whether a clause ends here, or a word follows that goes on about time."""
    if place >= len(chart.tokens):
        return True
    token = chart.tokens[place]
    if token.kind == "mark":
        return token.text in ",.;:!?\n)–—-" and not (token.glued and token.text in ":-")
    blocked = any(chart.has(category, place) for category in ("UNIT", "MEASURE", "OFPART"))
    return bool(chart.at[place]) and not blocked and not chart.is_plain(place)


def is_end(chart: Chart, place: int) -> bool:
    """Whether a clause ends here or a clock time begins."""
    return place >= len(chart.tokens) or chart.tokens[place].text in ",.;:!?\n)–—-" or chart.has("AT", place)


def is_counted(chart: Chart, place: int) -> bool:
    """Whether the number before belongs to a noun: "at 3 offices", "um 20 Lizenzen"."""
    return is_measured(chart, place) or _ends_like_counted(chart, place)


def is_measured(chart: Chart, place: int) -> bool:
    """Whether the number before has its measure behind it: "um 20 %", "at 3 of them"."""
    if place >= len(chart.tokens):
        return False
    token = chart.tokens[place]
    if (
        token.text in "%°+*/=x×"
        or (token.kind == "number" and token.text != "1:1")
        or (token.glued and token.kind == "word")
    ):
        return True
    if chart.has("PARTITIVE", place) or chart.has("MEASURE", place):
        return True
    return chart.has("STREET", place + 1) and chart.is_plain(place)


def _ends_like_counted(chart: Chart, place: int) -> bool:
    if place >= len(chart.tokens):
        return False
    token = chart.tokens[place]
    endings = chart.lexicon.settings.get("counted_endings", ())
    return token.kind == "word" and not chart.at[place] and token.fold.endswith(tuple(endings))  # type: ignore[arg-type]


def list_clocks(chart: Chart) -> list[tuple[int, Term]]:
    """The clock times of a text with their places."""
    return [(start, term) for start in chart.places["CLOCK"] for term in chart.at[start]["CLOCK"]]

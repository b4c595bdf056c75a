"""Moments in text: what a message says about when. Pure, offline; the languages' words are data in lexicons/."""

from dataclasses import replace
from datetime import datetime, timedelta

from reminders.calendar_days import OutOfCalendar, move_date
from reminders.frame import Frame, find_frame
from reminders.grammar.chart import Chart
from reminders.grammar.meaning import Bad, Day, Notice
from reminders.grammar.reading import read_chart
from reminders.groups import Group, group_pieces
from reminders.lexicon import load_lexicon
from reminders.moment import UNEVEN, BadMoment, Moment, Resolved, Setting
from reminders.pieces import Piece, find_pieces
from reminders.recurrence import BadRule
from reminders.resolve import resolve_group
from reminders.title import title_without
from reminders.tokens import split_tokens
from reminders.zones import localise

__all__ = ["find_bad_moment", "find_moment", "find_moments", "title_without"]


_CLAUSE_ENDS = frozenset(",.;:!?\n()")
_EVENT_WORDS = 5
_TOLD = frozenset({"weekday", "date", "month", "month_day", "quarter", "week"})  # days that have been, too


def find_moments(text: str, setting: Setting) -> list[Moment]:
    """All moments in the first 4,000 code points of a text, in order of place."""
    chart, groups = _read(text, setting)
    return [moment for _, moment in _resolve_all(text, chart, groups, setting)]


def find_moment(text: str, setting: Setting) -> Moment | None:
    """The moment that the task in a text is due at; None when the text names none.

    Of several the one that "remind me" is said with, then a deadline ("by Thursday"), then the first that doesn't only
    tell which thing is meant ("the Friday report", "about the meeting on Monday").
    """
    chart, groups = _read(text, setting)
    found = _resolve_all(text, chart, groups, setting)
    if not found:
        return None
    frame = find_frame(chart.tokens, chart.lexicon)
    ranked = [(_rank(chart, group, moment, frame), -place, moment) for place, (group, moment) in enumerate(found)]
    rank, _, best = max(ranked, key=lambda r: r[:2])
    return best if rank > 0 else None


def find_bad_moment(text: str, setting: Setting) -> BadMoment | None:
    """The first words of a text that look like a moment and can't be one; None when all is well."""
    chart, groups = _read(text, setting)
    for group in groups:
        for piece in group.pieces:
            if isinstance(piece.value, Bad):
                return _bad(text, chart, piece, piece.value.reason, sure=len(group.pieces) > 1)
        if not group.whole:
            continue
        try:
            resolve_group(group, setting)
        except (OutOfCalendar, BadRule) as error:
            return _bad(text, chart, group.pieces[0], str(error), sure=len(group.pieces) > 1)
    return None


def _read(text: str, setting: Setting) -> tuple[Chart, list[Group]]:
    lexicon = load_lexicon(setting.language)
    chart = read_chart(split_tokens(text), lexicon, month_first=setting.month_first)
    return chart, group_pieces(chart, find_pieces(chart))


def _bad(text: str, chart: Chart, piece: Piece, reason: str, *, sure: bool) -> BadMoment:
    start, end = chart.tokens[piece.core].start, chart.tokens[piece.end - 1].end
    return BadMoment(text[start:end], reason, start, end, sure or reason in (UNEVEN, "negative"))


def _resolve_all(text: str, chart: Chart, groups: list[Group], setting: Setting) -> list[tuple[Group, Moment]]:
    found: list[tuple[Group, Moment]] = []
    uneven = any(isinstance(group.bad.value, Bad) and group.bad.value.reason == UNEVEN for group in groups if group.bad)
    for group in groups:
        if not group.whole or (uneven and group.every is not None):
            continue
        try:
            resolved = resolve_group(group, setting)
        except (OutOfCalendar, BadRule):
            continue
        found.append((group, _make_moment(text, chart, group, resolved, setting)))
    return found


def _make_moment(text: str, chart: Chart, group: Group, resolved: Resolved, setting: Setting) -> Moment:
    spans: list[tuple[int, int]] = []
    for piece in group.pieces:
        start, end = chart.tokens[piece.start].start, chart.tokens[piece.end - 1].end
        if spans and text[spans[-1][1] : start].strip(" ,\tT") == "":
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    now = localise(setting.now, setting.zone)
    late = resolved.wall < now if resolved.has_time else resolved.wall.date() < now.date()
    moment = Moment(
        start=spans[0][0],
        end=spans[-1][1],
        spans=tuple(spans),
        wall=resolved.wall,
        zone=setting.zone,
        has_time=resolved.has_time,
        rrule=resolved.rrule,
        words=_moment_words(text, chart, group, spans),
        because=resolved.because,
        ambiguous=tuple(o for o in resolved.ambiguous if o != resolved.wall and resolved.rrule is None),
        past=late,
        from_completion=resolved.from_completion,
        deadline=any(piece.role == "due" for piece in group.pieces),
        before=_lead_times(group, resolved.wall, setting),
    )
    return _with_event(text, chart, group, moment)


def _lead_times(group: Group, wall: datetime, setting: Setting) -> tuple[timedelta, ...]:
    """How long before the moment each early notice comes, the longest first."""
    notice = group.notice.value if group.notice else None
    if not isinstance(notice, Notice):
        return ()
    found = {
        wall
        - datetime.combine(move_date(wall.date(), length, -1, setting), wall.time())
        + timedelta(seconds=length.seconds)
        for length in notice.lengths
    }
    return tuple(sorted(found, reverse=True))


def _with_event(text: str, chart: Chart, group: Group, moment: Moment) -> Moment:
    """ "An hour before the meeting at 3 print the contract": the meeting only tells when; something else is to do."""
    notice = group.notice
    if notice is None or not isinstance(notice.value, Notice) or not notice.value.ahead:
        return moment
    following = next((piece for piece in group.pieces if piece.start >= notice.end), None)
    if following is None or not 0 < following.start - notice.end <= _EVENT_WORDS:
        return moment
    begin, end = chart.tokens[notice.start].start, chart.tokens[following.end - 1].end
    end = max(span[1] for span in moment.spans if span[0] < end)
    if following.attributive:  # "before the 4pm call open the dashboard"
        end = chart.tokens[following.end].end
    others = tuple(span for span in moment.spans if span[1] <= begin or span[0] >= end)
    wider = replace(moment, spans=tuple(sorted((*others, (begin, end)))))
    return wider if title_without(text, wider, chart.lexicon.language) else moment


def _moment_words(text: str, chart: Chart, group: Group, spans: list[tuple[int, int]]) -> str:
    first = next(piece for piece in group.pieces if piece.kind != "notice")
    core = first.core
    if first.kind == "offset":
        core = max((t.end for c in ("IN", "INONE") for t in chart.at[core].get(c, ())), default=core)
    if first.start < core and core == first.core and chart.has("THE", core - 1):
        core -= 1
    start = chart.tokens[core].start
    noticed = group.notice
    begun = chart.tokens[noticed.start].start if noticed else -1
    pieces = [text[max(begin, start) : end] for begin, end in spans if begin != begun]
    return " ".join(" ".join(pieces).split())


def _rank(chart: Chart, group: Group, moment: Moment, frame: Frame | None) -> int:
    rank = 100
    first = group.pieces[0]
    if frame is not None and (frame.first <= first.start < frame.last or first.end == frame.first):
        rank += 60
    if any(piece.role == "due" for piece in group.pieces):
        rank += 30
    if group.notice is None and all(piece.role == "about" or piece.attributive for piece in group.pieces):
        rank -= 70 if frame is not None or not any(piece.attributive for piece in group.pieces) else 130
    if moment.past or group.ago is not None:
        rank -= 80
    shop = "HOURS" in chart.places and (moment.rrule is not None or group.day is None)
    if frame is None and (shop or "HABIT" in chart.places):
        rank -= 130  # "we usually close at weekends", "opening hours: Mon-Fri 8-18"
    if frame is None and (_names_thing(chart, group) or _tells_the_past(chart, group)):
        rank -= 110
    if first.role == "from" and moment.rrule is None:
        rank -= 5
    if _is_refused(chart, first):
        rank -= 50
    if _after_topic(chart, first):
        rank -= 10
    if moment.rrule is not None:
        rank += 5
    return rank


def _names_thing(chart: Chart, group: Group) -> bool:
    """Whether a day only tells which thing something is said of: "Die Tasche von Freitag ist blau"."""
    aside = group.notice is None and all(piece.role == "about" for piece in group.pieces)
    return aside and any(place >= group.pieces[-1].end for place in chart.places.get("STATE", ()))


def _tells_the_past(chart: Chart, group: Group) -> bool:
    """Whether a day belongs to what has happened: "met Ana on Monday", "in Q3 we lost two accounts"."""
    day = group.day.value if group.day else None
    bare_clock = day is None and group.clock is not None and not group.dated
    if not bare_clock and (
        not isinstance(day, Day) or day.kind not in _TOLD or day.mode or day.year or group.every is not None
    ):
        return False
    if any(piece.role == "due" for piece in group.pieces):
        return False
    begin, end = group.pieces[0].start, group.pieces[-1].end
    while begin > 0 and not _ends_clause(chart, begin - 1):
        begin -= 1
    while end < len(chart.tokens) and not _ends_clause(chart, end):
        end += 1
    told = any(chart.has("PASTVERB", place) for place in range(begin, end))
    return told and not any(chart.has("FUTURE", place) for place in range(begin, end))


def _is_refused(chart: Chart, piece: Piece) -> bool:
    """Whether its clause says that it can't be then: "Ana can't do Thursday, let's say Friday"."""
    if "NEG" not in chart.places:
        return False
    begin, end = piece.start, piece.end
    while begin > 0 and not (_ends_clause(chart, begin - 1) or chart.has("BUT", begin - 1)):
        begin -= 1
    while end < len(chart.tokens) and not (_ends_clause(chart, end) or chart.has("BUT", end)):
        end += 1
    for place in chart.places["NEG"]:
        following = max(term.end for term in chart.at[place]["NEG"])
        if begin <= place < end and not chart.has("NEGVERB", following):
            return True
    return False


def _ends_clause(chart: Chart, place: int) -> bool:
    return chart.tokens[place].text in _CLAUSE_ENDS or chart.has("AND", place)


def _after_topic(chart: Chart, piece: Piece) -> bool:
    """Whether the clause before it has come to what the task is about."""
    return any(chart.has("ABOUT", place) and not chart.has("ON", place) for place in range(piece.start)) and isinstance(
        piece.value, Day
    )

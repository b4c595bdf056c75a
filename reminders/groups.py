"""Putting pieces together: what belongs to one moment, next to each other or across the sentence."""

from dataclasses import dataclass, field

from reminders.grammar.chart import Chart
from reminders.grammar.meaning import Bad, Clock, Day, Duration, Every, Notice
from reminders.pieces import Piece

_REACH = 5
_SENTENCE_ENDS = frozenset("!?\n;")


@dataclass(slots=True)
class Group:
    """The pieces of one moment by what they say."""

    pieces: list[Piece] = field(default_factory=list)
    day: Piece | None = None
    clock: Piece | None = None
    part: Piece | None = None
    offset: Piece | None = None
    ago: Piece | None = None
    every: Piece | None = None
    within: Piece | None = None
    rhythm: Piece | None = None
    count: Piece | None = None
    length: Piece | None = None
    exception: Piece | None = None
    until: Piece | None = None
    ending: Piece | None = None
    start: Piece | None = None
    bad: Piece | None = None
    notice: Piece | None = None

    @property
    def timed(self) -> bool:
        """Whether a time of day is said."""
        if self.clock or self.part:
            return True
        day = self.day.value if self.day else None
        every = self.every.value if self.every else None
        return bool((isinstance(day, Day) and day.part) or (isinstance(every, Every) and every.part))

    @property
    def dated(self) -> bool:
        """Whether a day is said."""
        return bool(self.day or self.offset or self.ago or self.every)

    @property
    def whole(self) -> bool:
        """Whether the pieces make a moment: a count or a length alone doesn't."""
        return bool(self.day or self.clock or self.part or self.offset or self.ago or self.every) and not self.bad

    def accepts(self, piece: Piece) -> str | None:
        """The place that a piece can take here; None when it belongs to another moment."""
        if piece.kind == "bad" or self.bad:
            return _choose_bad(self, piece)
        if piece.kind == "ago" or self.ago:
            return None
        return _CHOOSERS[piece.kind](self, piece)

    def bound_by_day(self) -> None:
        """Before a recurrence is taken: a day said with "until" or "from" is its end or start."""
        if self.day is not None and self.day.role in ("due", "from"):
            setattr(self, "until" if self.day.role == "due" else "start", self.day)
            self.day = None

    def take(self, piece: Piece, place: str) -> None:
        """Put a piece in its place; of two recurrences the one by hours leads, the other says on which days."""
        if place == "within" and self.every is not None and _is_paced(piece):
            self.within, self.every = self.every, piece
            self.pieces.append(piece)
            self.pieces.sort(key=lambda p: p.start)
            return
        if place == "rhythm" and self.every is not None and _is_bare(self.every):
            self.every, piece_of_rhythm = piece, self.every
            self.rhythm = piece_of_rhythm
        else:
            setattr(self, place, piece)
        self.pieces.append(piece)
        self.pieces.sort(key=lambda p: p.start)


def _choose_bad(group: Group, piece: Piece) -> str | None:
    """ "Tomorrow at 25:00", "am 30. Februar um 10 Uhr": what can't be spoils what it stands beside."""
    if group.ago or piece.kind not in ("bad", "day", "clock", "part", "every"):
        return None
    if piece.role == "about" or any(other.role == "about" for other in group.pieces):
        return None
    bad, other = (piece, group.pieces[0]) if piece.kind == "bad" else (group.bad, piece)
    if bad is None or other.kind == "bad" or not isinstance(bad.value, Bad):
        return None
    if bad.value.reason == "too_many":  # "every day 1000000 times"
        return piece.kind if group.every or piece.kind == "every" else None
    clock = bad.value.reason == "no_such_time"
    taken = (group.clock, group.offset) if clock else (group.day, group.offset, group.every)
    if any(taken) or (piece.kind == "clock" if clock else piece.kind in ("day", "every")):
        return None
    return piece.kind if getattr(group, piece.kind) is None else None


def _choose_day(group: Group, piece: Piece) -> str | None:
    if group.every is not None:
        if piece.role == "due" and group.until is None:
            return "until"
        if piece.role == "from" and group.start is None:
            return "start"
        return "day" if group.day is None and piece.role != "about" else None
    if group.day is not None or piece.role == "about":
        return None
    if group.offset is not None:
        return None
    day = piece.value
    if isinstance(day, Day) and day.part and group.part is not None and not _is_midnight_of(group.part, day):
        return None
    return "day"


def _choose_clock(group: Group, piece: Piece) -> str | None:
    duration = group.offset.value if group.offset else None
    if group.clock is not None or (isinstance(duration, Duration) and duration.seconds):
        return None
    every = group.every.value if group.every else None
    if isinstance(every, Every) and every.frequency in ("HOURLY", "MINUTELY", "SECONDLY"):
        if piece.role == "due":
            return "ending" if group.ending is None else None
        ranged = isinstance(piece.value, Clock) and piece.value.end is not None
        return "clock" if ranged or piece.role == "from" else None
    return "clock"


def _choose_part(group: Group, piece: Piece) -> str | None:
    duration = group.offset.value if group.offset else None
    again = group.part is not None and group.part.value == piece.value  # "Monday morning first thing"
    if (group.part is not None and not again) or (isinstance(duration, Duration) and duration.seconds):
        return None
    day = group.day.value if group.day else None
    apart = isinstance(day, Day) and day.part and day.part != piece.value
    return None if apart and not _is_midnight_of(piece, day) else "part"


def _is_midnight_of(part: Piece, day: object) -> bool:
    """ "Midnight tonight"."""
    return part.value == "midnight" and isinstance(day, Day) and day.part in ("evening", "night")


def _choose_offset(group: Group, piece: Piece) -> str | None:
    if group.day is not None or group.offset is not None:
        return None
    if group.every is not None:
        if piece.rule == "offset_within":
            return "length" if group.length is None else None
        return "until" if piece.role == "due" else "start" if group.start is None else None
    duration = piece.value
    return None if group.timed and isinstance(duration, Duration) and duration.seconds else "offset"


def _choose_every(group: Group, piece: Piece) -> str | None:
    if group.every is not None and group.within is None and _is_paced(group.every) != _is_paced(piece):
        other = group.every if _is_paced(piece) else piece
        return "within" if isinstance(other.value, Every) and other.value.weekdays else None
    if group.every is not None and group.rhythm is None and _is_bare(group.every) != _is_bare(piece):
        other = piece if _is_bare(group.every) else group.every
        return "rhythm" if isinstance(other.value, Every) and _is_plain_weekly(other.value) else None
    return None if group.every is not None or group.offset is not None else "every"


def _is_paced(piece: Piece) -> bool:
    return isinstance(piece.value, Every) and piece.value.frequency in ("HOURLY", "MINUTELY")


def _is_bare(piece: Piece) -> bool:
    """Every week, every two weeks: it doesn't say on which days."""
    every = piece.value
    return isinstance(every, Every) and every.frequency == "WEEKLY" and not every.weekdays and not every.part


def _is_plain_weekly(every: Every) -> bool:
    return every.frequency == "WEEKLY" and bool(every.weekdays) and every.interval == 1


def _choose_bound(group: Group, piece: Piece) -> str | None:
    if group.every is None or getattr(group, piece.kind) is not None:
        return None
    return piece.kind


def _choose_exception(group: Group, piece: Piece) -> str | None:
    return "exception" if group.every is not None and group.exception is None else None


_CHOOSERS = {
    "day": _choose_day,
    "clock": _choose_clock,
    "part": _choose_part,
    "offset": _choose_offset,
    "every": _choose_every,
    "count": _choose_bound,
    "length": _choose_bound,
    "except": _choose_exception,
}


def group_pieces(chart: Chart, pieces: list[Piece]) -> list[Group]:
    """The moments in a text as groups of pieces, in order of place."""
    groups: list[Group] = []
    for piece in pieces:
        if piece.kind == "notice":
            continue
        last = groups[-1] if groups else None
        if last is not None and last.pieces and _adjacent(chart, last.pieces[-1], piece):
            place = _place_in(last, piece)
            if place is not None:
                last.take(piece, place)
                continue
        groups.append(_single(piece))
    groups = _join_across(chart, groups)
    for piece in pieces:
        if piece.kind == "notice":
            _give_notice(groups, piece)
    return groups


def _give_notice(groups: list[Group], notice: Piece) -> None:
    """An early notice goes to the moment behind it when it names what it comes before, else to the one in front."""
    free = [group for group in groups if group.whole and group.notice is None and not group.ago]
    behind = [group for group in free if group.pieces[0].start >= notice.end]
    front = [group for group in free if group.pieces[-1].end <= notice.start]
    ahead = isinstance(notice.value, Notice) and notice.value.ahead
    if ahead and behind:
        behind[0].take(notice, "notice")
    elif front or behind:
        (front or behind)[-1 if front else 0].take(notice, "notice")


def _single(piece: Piece) -> Group:
    group = Group()
    group.take(piece, "exception" if piece.kind == "except" else piece.kind)
    return group


def _place_in(group: Group, piece: Piece) -> str | None:
    place = group.accepts(piece)
    if place == "every":
        group.bound_by_day()
    return place


def _adjacent(chart: Chart, left: Piece, right: Piece) -> bool:
    """Whether only commas and fillers stand between two pieces."""
    place = left.end
    while place < right.start:
        fillers = [t.end for c in ("COMMA", "FILLER", "SHARP", "OPEN", "DASH") for t in chart.at[place].get(c, ())]
        ends = [end for end in fillers if end <= right.start]
        if ends:
            place = max(ends)
        elif chart.tokens[place].text in "()" or (chart.tokens[place].text in ".T" and chart.glued(place)):
            place += 1  # the T stands in 2026-12-01T09:30
        else:
            return False
    return True


def _number_sentences(chart: Chart) -> list[int]:
    """The number of the sentence that each token is in."""
    numbers: list[int] = []
    sentence = 0
    for place, token in enumerate(chart.tokens):
        numbers.append(sentence)
        ends = token.text in _SENTENCE_ENDS
        if token.text == "." and place and place + 1 < len(chart.tokens) and not chart.glued(place + 1):
            ends = chart.tokens[place + 1].text[0].isupper() and len(chart.tokens[place - 1].text) > 3
        sentence += ends
    return numbers


def _join_across(chart: Chart, groups: list[Group]) -> list[Group]:
    """Join what completes each other across a sentence: a day here and a clock time there."""
    joined: list[Group] = []
    sentences = _number_sentences(chart)
    for group in groups:
        near = [g for g in joined[-_REACH:] if sentences[g.pieces[-1].end - 1] == sentences[group.pieces[0].start]]
        target = next((other for other in reversed(near) if _completes(other, group)), None)
        if target is None:
            joined.append(group)
            continue
        if group.every is not None:
            target.bound_by_day()
        places = [(piece, target.accepts(piece)) for piece in group.pieces]
        if any(place is None for _, place in places):
            joined.append(group)
            continue
        for piece, place in places:
            if place is not None:
                target.take(piece, place)
    return joined


def _completes(first: Group, second: Group) -> bool:
    if any(piece.attributive or piece.role == "about" for piece in (*first.pieces, *second.pieces)):
        return False
    if second.bad is not None and first.accepts(second.bad) is not None:  # "tomorrow call Ana at 25:00"
        assert isinstance(second.bad.value, Bad)
        if second.bad.value.reason == "too_many":
            return True
        return second.bad.rule == "time" and second.bad.role == "on"
    bounds = second.offset is not None and second.offset.rule == "offset_within"
    bounds = bounds or bool(second.day and second.day.role in ("due", "from"))
    if first.every and (second.count or second.length or second.exception or bounds):
        return not second.every
    if first.every and second.every:
        return len(second.pieces) == 1 and first.accepts(second.every) == "rhythm"
    if second.every and not first.every:
        bounding = first.day is not None and first.day.role in ("due", "from")
        if first.offset or (first.day and not bounding and not _goes_with_every(first.day)):
            return False
        return not (first.timed and second.timed)
    if first.every and second.day and not _goes_with_every(second.day):
        return False
    if first.dated and second.dated:
        return bool(first.every and second.day and not first.day)
    if first.timed and second.timed:
        return _splits_clock(first, second)
    return first.whole and second.whole


def _splits_clock(first: Group, second: Group) -> bool:
    """One says the part of the day, the other the hour: "tomorrow evening call Ana at 8"."""
    return (first.clock is None) != (second.clock is None)


def _goes_with_every(piece: Piece) -> bool:
    day = piece.value
    return (
        isinstance(day, Day)
        and day.kind in ("month_day", "nth", "weekday", "date", "relative")
        and piece.role != "about"
    )

"""What is left to do: a message without its moment and without the "remind me to" around it."""

import re
from collections.abc import Sequence

from reminders.frame import Frame, FrameWords, is_infinitive, load_frames, match_frame, match_role, skip_opening
from reminders.lexicon import read_language
from reminders.moment import Moment
from reminders.tokens import MAX_LENGTH, Token, split_tokens

_CLAUSE_ENDS = frozenset(",.;:!?\n–—")
_CLOSING = " \t\n,.;:!?-–—(/&+=>→~|"
_OPENING = " \t\n,.;:!?-–—)/&+•*=>→~|"
_PHONE = re.compile(r"\+\d$")
_BLANKS = re.compile(r"[ \t\n]+")
_SPACED_MARK = re.compile(r" +([,.;:!?)])")
_DOUBLE_COMMA = re.compile(r",(?: ?,)+")
_COLON_COMMA = re.compile(r":(?: ?,)+")
_EMPTY_BRACKETS = re.compile(r"\( ?\)|\[ ?\]")


def title_without(text: str, moment: Moment | None, language: str) -> str:
    """The title of a task: the text without the moment's spans and the frame, tidied; empty when nothing is left."""
    words = load_frames(language)
    spans = moment.spans if moment is not None else ()
    kept = [t for t in split_tokens(text) if not any(start < t.end and t.start < end for start, end in spans)]
    kept = _drop_empty_brackets(_drop_enclosing_commas(kept, spans))
    folds = [token.fold for token in kept]
    first = skip_opening(words, folds, 0)
    frame = match_frame(words, folds, first) or _frame_before_moment(words, kept, first, spans)
    if frame is None:
        frame = _frame_behind_context(words, kept, first)
    if frame is not None:
        first = skip_opening(words, folds, frame.last)
        second = match_frame(words, folds, first)
        first = second.last if second is not None and second.links else first
    last = _skip_closing(words, folds, first, framed=frame is not None)
    if frame is None and match_role(words, "close_frame", folds, last) is not None:
        link = match_role(words, "link", folds, first)
        first = link[0] if link is not None else first
    kept = [token for token in kept[first:last] if match_role(words, "courtesy", [token.fold], 0) is None]
    if frame is not None:
        kept = _to_plain_verbs(kept, frame, words)
        noticed = moment is not None and bool(moment.before) and not frame.links
        kept = _to_base_case(kept, frame, noticed=noticed)
    elif moment is not None and moment.before:
        kept = _without_case_link(words, kept)
    tail = text[MAX_LENGTH:] if len(text) > MAX_LENGTH and last == len(folds) else ""
    return _tidy(_join(text, kept) + tail)


def _drop_enclosing_commas(kept: list[Token], spans: Sequence[tuple[int, int]]) -> list[Token]:
    """ "Call Ana, tomorrow, about the offer": both commas go with what they enclosed."""
    dropped: set[int] = set()
    for start, end in spans:
        before = next((t for t in reversed(kept) if t.end <= start), None)
        after = next((t for t in kept if t.start >= end), None)
        if before is not None and after is not None and before.text == after.text == ",":
            dropped.update((before.start, after.start))
    return [token for token in kept if token.start not in dropped]


def _frame_before_moment(
    words: FrameWords, kept: list[Token], first: int, spans: Sequence[tuple[int, int]]
) -> Frame | None:
    """ "Reminder tomorrow 9am call school": what needs a link has its moment for one."""
    opening = match_role(words, "opening", [token.fold for token in kept], first)
    if opening is not None and kept[first].start == 0:  # "muss heute Otto anrufen", not "bis morgen muss es raus"
        return Frame(first, opening[0], (), opening[1])
    weak = match_role(words, "needs_link", [token.fold for token in kept], first)
    if weak is None or weak[0] >= len(kept):
        return None
    last, following = kept[weak[0] - 1], kept[weak[0]]
    behind = any(last.end <= start and end <= following.start for start, end in spans)
    return Frame(first, weak[0], (), weak[1]) if behind else None


def _frame_behind_context(words: FrameWords, kept: list[Token], first: int) -> Frame | None:
    """ "Driving right now, remind me to ring Tim": a clause before it only tells why; what is to do stands behind."""
    folds = [token.fold for token in kept]
    for place in range(first + 1, len(folds)):
        if kept[place - 1].text not in _CLAUSE_ENDS:
            continue
        begin = skip_opening(words, folds, place)
        asked = match_role(words, "ask", folds, begin)
        frame = match_frame(words, folds, begin) if asked is not None else None
        if frame is None or asked is None or frame.last >= len(folds):
            continue
        language = asked[1]
        linked = any(match_role(words, "to_do", folds, at, language) for at in range(asked[0], frame.last))
        if linked or is_infinitive(folds, frame.last, language):
            return frame
    return None


def _drop_empty_brackets(kept: list[Token]) -> list[Token]:
    """ "Bring the bins out (today at 8)": the brackets go with what they held."""
    left: list[Token] = []
    for token in kept:
        if token.text == ")" and left and left[-1].text == "(":
            left.pop()
        else:
            left.append(token)
    return left


def _skip_closing(words: FrameWords, folds: Sequence[str], first: int, *, framed: bool) -> int:
    """The end of the task's own words: courtesies and a frame at the end are left out."""
    last = len(folds)
    while last > first:
        if folds[last - 1] in _CLOSING:
            last -= 1
            continue
        start = next(
            (s for s in range(max(first, last - 4), last) if _ends_with(words, folds, s, last, framed=framed)), None
        )
        if start is None:
            return last
        last = start
    return last


def _ends_with(words: FrameWords, folds: Sequence[str], start: int, last: int, *, framed: bool) -> bool:
    close = match_role(words, "close", folds, start)
    if close is not None and close[0] == last:
        return True
    remind = match_role(words, "remind", folds, start)
    return remind is not None and remind[0] == last and last - start > 1 and not framed and start > 0


def _to_plain_verbs(kept: list[Token], frame: Frame, words: FrameWords) -> list[Token]:
    """German: "Anna anzurufen" -> "Anna anrufen", "dass ich Anna anrufe" -> "Anna anrufen"."""
    grammar = read_language(frame.language).get("frame", {})
    assert isinstance(grammar, dict)
    separable = str(grammar.get("separable", "")).split()
    if not separable or not kept:
        return kept
    plain: list[Token] = []
    for place, token in enumerate(kept):
        following = kept[place + 1] if place + 1 < len(kept) else None
        if token.fold == "zu" and following is not None and following.text.islower() and following.fold.endswith("n"):
            after = kept[place + 2] if place + 2 < len(kept) else None
            if after is None or after.kind == "mark" or after.fold in ("und", "oder"):
                continue
        plain.append(_without_inner_zu(token, separable))
    if any(link in ("dass ich", "daß ich", "dass wir") for link in frame.links):
        plain = _to_infinitive(plain, words)
    return plain


def _without_inner_zu(token: Token, separable: Sequence[str]) -> Token:
    if not token.fold.endswith("n") or "zu" not in token.fold[1:]:
        return token
    for prefix in separable:
        if token.text.startswith(prefix + "zu") and len(token.text) > len(prefix) + 4:
            word = prefix + token.text[len(prefix) + 2 :]
            return Token(token.start, token.end, word, word, token.kind, token.glued)
    return token


def _to_infinitive(kept: list[Token], words: FrameWords) -> list[Token]:
    if kept and match_role(words, "modal", [kept[-1].fold], 0) and len(kept) > 1:
        return kept[:-1]
    if kept and kept[-1].text.islower() and kept[-1].fold.endswith("e"):
        verb = kept[-1]
        return [*kept[:-1], Token(verb.start, verb.end, verb.text + "n", verb.fold + "n", verb.kind, verb.glued)]
    return kept


def _to_base_case(kept: list[Token], frame: Frame, *, noticed: bool) -> list[Token]:
    """Russian: "о встрече с Петром" -> "встреча с Петром", and "за час до встречи"."""
    grammar = read_language(frame.language).get("frame", {})
    assert isinstance(grammar, dict)
    links = str(grammar.get("case_link", "")).split()
    if not kept or not links:
        return kept
    from reminders.cases import to_nominative

    if frame.links and frame.links[-1] in links:
        return to_nominative(kept)
    return to_nominative(kept, ("gent",)) if noticed else kept


def _without_case_link(words: FrameWords, kept: list[Token]) -> list[Token]:
    """ "Напомни за час о встрече": the frame went with the early notice; "an das Meeting" has its link, too."""
    folds = [token.fold for token in kept]
    case = match_role(words, "case_link", folds, 0)
    if case is not None:
        from reminders.cases import to_nominative

        return to_nominative(kept[case[0] :])
    notice = match_role(words, "notice_link", folds, 0)
    return kept[notice[0] :] if notice is not None and notice[0] < len(kept) else kept


def _join(text: str, kept: Sequence[Token]) -> str:
    """The kept tokens with the blanks that stood between them; one blank where something was taken out."""
    pieces: list[str] = []
    last: Token | None = None
    for token in kept:
        if last is not None:
            between = text[last.end : token.start]
            pieces.append(between if between.strip() == "" else " ")
        pieces.append(token.text)
        last = token
    return "".join(pieces)


def _tidy(title: str) -> str:
    title = _BLANKS.sub(" ", _EMPTY_BRACKETS.sub("", title))
    title = _COLON_COMMA.sub(":", _DOUBLE_COMMA.sub(",", _SPACED_MARK.sub(r"\1", title)))
    bare = title.lstrip(_OPENING).rstrip(_CLOSING).strip()
    return f"+{bare}" if _PHONE.search(title[: len(title) - len(title.lstrip(_OPENING)) + 1]) else bare

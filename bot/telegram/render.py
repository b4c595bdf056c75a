"""A reply as Telegram shows it: text with entities, and an inline keyboard. Pure.

Entities, never markup pasted into the text: what a contact is called can't break a message.
Sources: https://core.telegram.org/bots/api#messageentity, #sendmessage (its limit), #inlinekeyboardbutton.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from storage.messages import Button, Reply, Style

TEXT_LIMIT = 4096  # UTF-16 units
_ROW = 42  # letters that fit on a row of buttons on a phone, all buttons being as wide as the widest
_TYPES: dict[Style, str] = {
    "bold": MessageEntity.BOLD,
    "italic": MessageEntity.ITALIC,
    "code": MessageEntity.CODE,
    "quote": MessageEntity.BLOCKQUOTE,
}


@dataclass(frozen=True, slots=True)
class Part:
    """As much as fits into one message."""

    text: str
    entities: tuple[MessageEntity, ...] = ()


def render(reply: Reply, limit: int = TEXT_LIMIT) -> tuple[Part, ...]:
    """The reply's text as messages of at most `limit` UTF-16 units, split at line breaks where there are some."""
    spans = [(span.style, _valid(span.text)) for span in reply.spans]
    text = "".join(words for _, words in spans)
    units = list(accumulate((1 if letter <= "\uffff" else 2 for letter in text), initial=0))
    ends = list(accumulate((len(words) for _, words in spans), initial=0))
    runs = [(style, start, stop) for (style, _), start, stop in zip(spans, ends, ends[1:], strict=False)]
    return tuple(
        Part(
            text[start:stop],
            tuple(
                MessageEntity(_TYPES[style], units[begin] - units[start], units[end] - units[begin])
                for style, first, last in runs
                if style in _TYPES
                for begin, end in [_trimmed(text, max(first, start), min(last, stop))]
                if begin < end
            ),
        )
        for start, stop in _pieces(text, units, limit)
    )


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """The reply's buttons; a row too wide for a phone becomes several."""
    rows = [narrow for row in reply.buttons for narrow in _narrow(row)]
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(_valid(button.label), callback_data=button.token) for button in row] for row in rows]
    )


def _pieces(text: str, units: Sequence[int], limit: int) -> Iterator[tuple[int, int]]:
    """The stretches, trimmed as Telegram would, that are sent one by one. `units` before each letter."""
    start, end = _trimmed(text, 0, len(text))
    while start < end:
        stop = min(bisect_right(units, units[start] + limit) - 1, end)
        if stop < end:
            breaks = (text.rfind("\n", start, stop + 1), text.rfind(" ", start, stop + 1))
            stop = next((place for place in breaks if place > start), stop)
        yield _trimmed(text, start, stop)
        start, end = _trimmed(text, stop, end)


def _trimmed(text: str, start: int, stop: int) -> tuple[int, int]:
    """The stretch without white space at its ends."""
    if start >= stop:
        return start, start
    piece = text[start:stop]
    return stop - len(piece.lstrip()), start + len(piece.rstrip())


def _narrow(row: Sequence[Button]) -> list[Sequence[Button]]:
    for rows in range(1, len(row) + 1):
        size = ceil(len(row) / rows)
        cut = [row[at : at + size] for at in range(0, len(row), size)]
        if all(len(each) == 1 or len(each) * max(len(button.label) for button in each) <= _ROW for each in cut):
            return cut
    return []


def _valid(text: str) -> str:
    """The text without halves of letters, which no encoding on the wire can carry."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

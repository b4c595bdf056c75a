"""Forwards whose line breaks were lost: `----- Forwarded Message -----From: Anna <a@b>To: TomSubject: Offer`."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from mail.lexicon import key, load_lexicon

MAX_LINE = 3_000  # characters of such a line that are looked at
MAX_LABELS = 8
MAX_GLUED = 60  # lines of a text that are looked at

_GLUED = re.compile(r"([-_=]{4,} ?[^\W\d_][^\n:=_-]{3,60}[-_=]{4,})[ \t]{0,3}(?=[^\W\d_][^\n:]{0,24}[:\uff1a])")
_COLON = re.compile(r"[:\uff1a]")
_GAP = re.compile(r"\s{2,}")


def unglue(text: str, is_forward: bool = False) -> str:
    """The text with the line breaks put back into such a line; the text itself where there is none.

    A line of labels without a separator before it counts where the subject says that it is a forward.
    """
    if is_forward:
        text = _each(text, ":", 4, _unglue_block)
    if _GLUED.search(text[:200_000]) is None:
        return text
    return _each(text, "---" if "---" in text else "===", 1, _unglue_line)


def _each(text: str, sign: str, count: int, change: Callable[[str], str]) -> str:
    """The text with the first few lines changed that have the sign so often."""
    lines = text.split("\n")
    left = MAX_GLUED
    for at, line in enumerate(lines):
        if sign in line and line.count(sign) >= count:
            lines[at] = change(line)
            left -= 1
            if not left:
                break
    return "\n".join(lines)


def _unglue_line(line: str) -> str:
    separator = _GLUED.search(line[:MAX_LINE])
    if separator is None:
        return line
    found = _parted(line[separator.end() :])
    return "\n".join([line[: separator.start()].rstrip(), separator[1], *found]) if found else line


def _unglue_block(line: str) -> str:
    head = line.lstrip(" >*")
    found = _parted(head)
    margin = line[: len(line) - len(head)].rstrip("*")
    return "\n".join(margin + each for each in found) if found and "@" in line else line


def _parted(rest: str) -> list[str]:
    """A line of several known labels as one line for each; none when it isn't that."""
    labels = _labels(rest[:MAX_LINE])
    if not {"from", "subject"} <= {name for _, name in labels} or len(labels) < 3:
        return []
    pieces: list[str] = []
    starts = [start for start, _ in labels] + [len(rest)]
    for start, end in pairwise(starts):
        value = rest[start:end].strip()
        if end == len(rest):
            # Where the last value ends nobody tells, but for a wide gap.
            head, _, tail = value.partition(":")
            parts = _GAP.split(tail.strip(), maxsplit=1)
            pieces += [f"{head}: {parts[0]}", "", *parts[1:]]
        else:
            pieces.append(value)
    return pieces


def _labels(text: str) -> list[tuple[int, str]]:
    """Where known labels begin, as far as each field comes once."""
    headers = load_lexicon().headers
    found: list[tuple[int, str]] = []
    seen: set[str] = set()
    last = 0
    for colon in _COLON.finditer(text):
        for size in range(min(20, colon.start() - last), 0, -1):
            start = colon.start() - size
            known = headers.get(key(text[start : colon.start()]))
            if known is None or text[start].isspace() or not (text[start].isupper() or not text[start].isascii()):
                continue
            if known[0] not in seen and (found or start == 0):
                found.append((start, known[0]))
                seen.add(known[0])
                last = colon.end()
            break
        if len(found) >= MAX_LABELS:
            break
    return found

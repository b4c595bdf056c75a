"""A text as lines with their quote depth; what separates one mail from another in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from mail.lexicon import key, load_lexicon

MAX_LINES = 10_000  # no mail begins inside a text further down
MAX_LINE = 2_000  # characters of a line that patterns see

Separator = Literal["forward", "original", "end", "rule", ""]

_DECORATION = "-_=*~#<>\u2014\u2013\u2015\u2500\u2501\u30fc+.:\uff1a\u2026| \t"
_RULES = frozenset("-_=*~\u2014\u2013\u2500\u2501")
_INITIALS = re.compile(r"\s?[A-Z]{1,3}>")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: how many `>` stood before it, and what follows them."""

    depth: int
    text: str

    @property
    def blank(self) -> bool:
        """Nothing to read in it?"""
        return not self.text or self.text.isspace()


def split_lines(text: str) -> list[Line]:
    """The text's lines, those that were broken out of a quote put back into it."""
    lines = [read_line(line) for line in text.split("\n")]
    if ">" in text:
        _mend(lines)
    return lines


def _mend(lines: list[Line]) -> None:
    """Corrects the depth of single lines: the rest of a wrapped quoted line, and `>From` as mailboxes write it."""
    for at in range(1, len(lines) - 1):
        above, line, below = lines[at - 1], lines[at], lines[at + 1]
        if above.depth != below.depth or line.depth == above.depth or line.blank:
            continue
        if line.depth < above.depth:
            first = line.text[:1]
            broken = first.islower() or first in "<(" or first.isdigit()
            if broken and len(above.text) >= 55 and len(line.text) < 60 and not below.blank:
                lines[at] = Line(above.depth, line.text)
        elif line.depth == 1 and line.text.startswith("From:") and not below.blank and ":" in below.text[:20]:
            lines[at] = Line(0, line.text)


def read_line(line: str) -> Line:
    """The line parted into quote marks and text: `> > x` and `>> x` are both at depth 2."""
    if not line[:4].lstrip().startswith(">"):
        return Line(0, line)
    depth = 0
    at = 0
    length = min(len(line), 200)
    while at < length:
        ahead = at
        while ahead < length and ahead - at < 2 and line[ahead] in " \t":
            ahead += 1
        if ahead >= length or line[ahead] != ">":
            break
        depth += 1
        at = ahead + 1
    return Line(depth, line[at + 1 :] if line[at : at + 1] == " " else line[at:])


def join_lines(lines: list[Line], base: int = 0) -> str:
    """The lines as text again, `base` quote marks fewer."""
    return "\n".join(
        (">" * (line.depth - base) + " " + line.text).rstrip() if line.depth > base else line.text for line in lines
    )


def trim(text: str) -> str:
    """The text without empty lines at its start and white space at its end."""
    lines = text.rstrip().split("\n")
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    return "\n".join(lines[first:])


def classify_separator(text: str) -> Separator:
    """What a line alone between two mails says: a forward begins or ends, an original begins, or it is only a rule."""
    stripped = text.strip()
    return _classify(stripped) if 4 <= len(stripped) <= 200 else ""


@lru_cache(maxsize=512)
def _classify(stripped: str) -> Separator:
    core = stripped.strip(_DECORATION)
    if core[:2] in ("8<", ">8"):
        core = core[2:].strip(_DECORATION)  # scissors
    if not core:
        return "rule" if len(stripped) >= 5 and sum(char in _RULES for char in stripped) >= len(stripped) - 2 else ""
    if len(core) > 120:
        return ""
    lexicon = load_lexicon()
    word = key(core)
    if word in lexicon.ends:
        return "end"
    if word in lexicon.forwarded:
        return "forward"
    if word in lexicon.originals:
        return "original" if _decorated(stripped) or stripped.endswith(":") else ""
    if not _decorated(stripped):
        return ""
    if any(stem in word for stem in lexicon.stems):
        return (
            "end"
            if word.startswith(("end ", "ende ", "fin ", "fine ", "koniec ", "\u043a\u043e\u043d\u0435\u0446 "))
            else "forward"
        )
    return "original" if any(word.startswith(phrase) for phrase in lexicon.originals) else ""


def is_closing_rule(text: str) -> bool:
    """A row of four dashes or more, as it stands under a header block."""
    stripped = text.strip()
    return len(stripped) >= 4 and set(stripped) <= _RULES


def credits_forwarder(text: str) -> bool:
    """`Forwarded by Tom Berg <tom@x>`, above a separator."""
    stripped = text.strip()
    if not 8 <= len(stripped) <= 120 or stripped.endswith((".", "?", "!")):
        return False
    word = key(stripped)
    return any(word.startswith(stem) for stem in load_lexicon().stems)


def is_framed(text: str) -> bool:
    """Words between rows of dashes or the like, as programs write between mails: `---- Nyújtva ----`."""
    stripped = text.strip()
    return 8 <= len(stripped) <= 100 and stripped[:3] == stripped[0] * 3 == stripped[-3:] and stripped[0] in _RULES


def _decorated(stripped: str) -> bool:
    return stripped[:2] in _MARKS or stripped[-2:] in _MARKS


_MARKS = frozenset(
    (
        "--",
        "==",
        "__",
        "**",
        "~~",
        "##",
        "- ",
        "\u2014\u2014",
        "\u2013\u2013",
        "\u2500\u2500",
        "\u2501\u2501",
        "<<",
        ">>",
        "\u2014 ",
        "++",
    )
)

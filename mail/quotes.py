"""The line that introduces a quote, `On Monday Anna wrote:`, in its many languages and line breaks."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from mail.addresses import parse_address
from mail.dates import parse_date
from mail.html import LINK
from mail.labels import read_bare_label, read_label
from mail.lexicon import says_wrote
from mail.lines import Line, classify_separator
from storage.messages import Address

MAX_JOINED = 500

_ENDS = (":", "\uff1a", "---", ":*", "wrote", "schrieb", ">")
_CLOCK = re.compile(r"\d{1,2}[:.hH\u6642\u65f6]\d{2}|\d{4}|\d{1,2}[./]\d{1,2}[./]\d{2}")
_TIME = re.compile(r"\d\s?[:.hH\u6642\u65f6]\s?\d\d(?!\d)")
_ADDRESS_END = re.compile(r"[<(\[][^<>()\s]{1,120}@[^<>()\s]{1,150}[>)\]]{1,2}\s{0,2}[:\uff1a]?\*?$")
_GROUPWISE_NAME = re.compile(r"\s(?=\d{1,4}[./-])|\s>>>|,\s")
_DATED_END = re.compile(r"\d.{0,20}\s[^\s<>()@]{1,64}@[^\s<>()@]{1,150}:$|@[^@]{1,150}>\s\[[\d\s:./-]{8,20}\]:$")
_ADDRESS = re.compile(r"[^\s<>()\[\]\"':,;]{1,100}@[^\s<>()\[\]\"':,;]{1,150}")


@dataclass(frozen=True, slots=True)
class Attribution:
    """An introduction in the lines [start, end): its text in one line, and whether a quoted line follows."""

    start: int
    end: int
    text: str
    quoted: bool
    depth: int = 0  # of the text that it introduces

    def sender(self) -> Address:
        """Whom it names: the address, and the name that stands before it."""
        text = self.text.replace(LINK, " ")
        label = read_bare_label(text)
        if label is not None and label[0] == "from":
            text = label[1]
        hit = _ADDRESS.search(text)
        if hit is None:
            return Address(_GROUPWISE_NAME.split(text)[0].strip()) if text.endswith(">>>") else Address()
        before = text[: hit.start()].rstrip(" <([\"'")
        return replace(parse_address(hit.group()), name=_name_before(before))

    def date(self, before: datetime | None) -> datetime | None:
        """When the quoted mail was written, as far as it tells."""
        return parse_date(_ADDRESS.sub(" ", self.text), (), before)


def find_attribution(lines: list[Line], start: int) -> Attribution | None:
    """The introduction that begins in line `start`, up to four lines long, or None."""
    first = lines[start]
    if first.depth == 3 and first.text.rstrip().endswith(">>>"):  # GroupWise: `>>> Anna Kern 02.03.2026 10:12 >>>`
        text = first.text.strip()
        return Attribution(start, start + 1, text, False) if _CLOCK.search(text) and len(text) < MAX_JOINED else None
    if (
        first.blank
        or len(first.text) > MAX_JOINED
        or (first.text[:2] in ("- ", "* ", "\u2022 ") and not first.text.rstrip().endswith("]:"))
    ):
        return None
    if not any(line.text.rstrip().endswith(_ENDS) for line in lines[start : start + 4]):
        return None  # as nearly every line
    joined = ""
    for at in range(start, min(start + 4, len(lines))):
        line = lines[at]
        if line.blank or line.depth != first.depth or len(joined) + len(line.text) > MAX_JOINED:
            return None
        if at > start and classify_separator(line.text):
            return None
        joined = f"{joined} {line.text.strip()}" if joined else line.text.strip()
        if joined.endswith(_ENDS):
            if at > start and _begins_later(lines, start, at):
                return None
            quoted = _quote_follows(lines, at + 1, first.depth)
            listed = (
                at + 1 < len(lines) and not quoted and lines[at + 1].text[:2] in ("- ", "* ", "\u2022 ", "1.", "1)")
            )
            if _introduces(joined, quoted) and not listed:
                label = read_label(first.text)
                if label is not None and label[0] is not None and not says_wrote(joined):
                    return None
                return Attribution(start, at + 1, joined, quoted, first.depth + quoted)
            if joined.endswith((":", "\uff1a")):
                return None
    return None


def _begins_later(lines: list[Line], start: int, end: int) -> bool:
    """Is the first line somebody's text, because the next ones introduce the quote alone: `Thanks!` above `On ...`?"""
    first = lines[start].text.strip()
    following = lines[start + 1].text.split(None, 1)[0]
    full = len(first) + len(following) >= 60 and not first.endswith((".", "!", "?", "\u2026", ")"))
    if full or "@" in first or any(char.isdigit() for char in first):
        return False
    tail = " ".join(line.text.strip() for line in lines[start + 1 : end + 1])
    addressed, wrote = "@" in tail or LINK in tail, says_wrote(tail)
    told = addressed and wrote if _CLOCK.search(tail) is None else addressed or wrote
    return told and _introduces(tail, True)


def _introduces(joined: str, quoted: bool) -> bool:
    colon = joined.endswith((":", "\uff1a", "---", ":*"))
    if not (colon or quoted):
        return False
    dated = _CLOCK.search(joined) is not None
    addressed = "@" in joined or LINK in joined
    if not (dated or addressed or quoted):
        return False
    if says_wrote(joined):
        if quoted:
            return dated or addressed or len(joined) <= 120
        return addressed or _TIME.search(joined) is not None
    if quoted and dated and addressed and joined.endswith(">") and len(joined) <= 160:
        return True  # `2026/3/2 Anna Kern <anna@kern.example>`
    if addressed and dated and colon and _ADDRESS_END.search(joined[-300:]) is not None:
        return True
    if addressed and len(joined) <= 160 and _TIME.search(joined) and _DATED_END.search(joined[-300:]):
        return True  # `Mar 2, 2026, 10:12 by anna@kern.example:`, `* Anna <anna@kern.example> [02-03-26 10:12]:`
    if addressed and dated and colon and len(joined) <= 160 and _TIME.search(joined) and _says_from(joined):
        return True  # `From Anna Kern <anna@kern.example> on 2 March 2026 at 10:12:`
    return (
        quoted and dated and joined.endswith((":", "\uff1a")) and len(joined) <= 160 and parse_date(joined) is not None
    )


def _says_from(joined: str) -> bool:
    label = read_bare_label(joined)
    return label is not None and label[0] == "from"


def _quote_follows(lines: list[Line], start: int, depth: int) -> bool:
    for line in lines[start : start + 4]:
        if not line.blank:
            return line.depth > depth
    return False


def _name_before(text: str) -> str:
    """The name at the end of `Am 02.03.2026 um 10:12 schrieb Anna Kern`: what follows figures, commas and verbs."""
    tail = re.split(r"[,;\u3001\uff0c]|\d(?:[\d:.]{0,12})\b|\s(?:AM|PM|Uhr|uhr|p\.m\.|a\.m\.)\s", text[-200:])[-1]
    words = tail.strip(" \"'*<(\u201c\u201d\u201e\u00ab\u00bb").split()
    for at in range(len(words), 0, -1):
        if says_wrote(words[at - 1]):
            words = words[at:]
            break
    while (
        words and (not words[0][:1].isalpha() or words[0].islower()) and len(words) > 1 and not words[0][:1].isupper()
    ):
        words = words[1:]
    name = " ".join(words).strip(" \"'*<(\u201c\u201d")
    return name if 0 < len(name) <= 80 and not name.islower() else ""

"""Signatures and footers: where a writer's words end and their card, device line or legal notice begins."""

from __future__ import annotations

import re
from functools import cache

from mail.lexicon import key, load_lexicon

_DASHES = frozenset(("--", "\u2014", "\u2013\u2013", "\u2014\u2014", "__", "___", "---"))
_HINT = re.compile(
    r"@|www\.|https?:|\+?\d[\d\s()/.\-]{6,}|\b(?:tel|phone|mobile?|mob|fax|gmbh|ltd|inc|llc|s\.a|\u0442\u0435\u043b)\b|\|",
    re.IGNORECASE,
)
_LINK = re.compile(r"\s?(?:<https?:[^<>\s]{1,400}>|\[https?:[^\[\]\s]{1,400}\]|\(https?:[^()\s]{1,400}\))")
_ITEM = re.compile(r"\s{0,8}(?:[-*\u2022\u2013+]|\d{1,2}[.)])\s")
_NAME_LINE = re.compile(r"[-\u2013\u2014]{1,2}\s?[^\W\d_][\w.'\u2019-]{0,24}(?: [^\W\d_][\w.'\u2019-]{0,24}){0,3}$")
_FORM = re.compile(r"(?:\b\w\.\s?){2,4}$|\b(?:Inc|Ltd|Ltda|Lda|Kft|Zrt|Şti)\.$")  # a firm's: s.r.o., S.A., Inc.
_SLASH = re.compile(r"\s[/|]\s")
_FROM = frozenset(
    (
        "from",
        "aus",
        "von",
        "vom",
        "de",
        "du",
        "da",
        "dal",
        "desde",
        "\u0438\u0437",
        "uit",
        "fr\u00e5n",
        "fra",
        "z",
        "ze",
    )
)
_POSTSCRIPT = re.compile(r"\s{0,4}P\.?\s?S\.?(?:\s?S\.?)?\s?[:.,\-\u2013 ]\s?\S", re.IGNORECASE)
_BREAK = re.compile(r"[,.;?!]\s")
_DEVICE = re.compile(r"\b(?:iphone|ipad|galaxy|android|smartphone|phone|mobile|outlook|blackberry)\b")
_PUNCTUATION = " ,\u060c.;:!\u3002\uff0c\u3001\uff01-\u2013*_~"
_BESIDE = ",|/-\u2013\u2014\u00b7("
_OWN_LINES = 6  # of a card that is known by its writer's name alone

MAX_SIGNATURE = 30  # lines; what is longer is text


def cut_signature(lines: list[str], writer: str = "") -> list[str]:
    """The lines without signature, device line and footers at their end. A greeting with only a name under it stays.

    `writer` is the writer's name, where it is known: a card that begins with it needs no greeting above it.
    """
    lines = _trim(lines)
    lines = _cut_delimiter(lines)
    if _closing_at(lines) is not None:
        lines = _cut_card(lines)  # before the footers, which may be the card's own last lines
    lines = _cut_footers(lines)
    lines = _cut_device(lines)
    lines = _cut_named_dash(lines)
    lines = _cut_card(_cut_own_card(lines, writer))
    return _trim(_cut_device(_trim(lines)))


def cut_comment(text: str, writer: str = "") -> str:
    """What a forwarder typed: without signature, and without the greeting and name that close it."""
    lines = cut_signature([line if line == "-- " else line.rstrip() for line in text.split("\n")], writer)
    at = _closing_at(lines)
    if at is not None and len([line for line in lines[at + 1 :] if line.strip()]) <= 2:
        lines = lines[:at]
    return "\n".join(_without_own_name(_trim(lines), writer)).strip()


def _without_own_name(lines: list[str], writer: str) -> list[str]:
    """Without the writer's own name, or its first part, alone in the last line."""
    name = key(writer)
    last = key(lines[-1]).strip(_PUNCTUATION) if len(lines) > 1 else ""
    if len(last) > 2 and last in (name, name.partition(" ")[0]) and not lines[-2].strip():
        return _trim(lines[:-1])
    return lines


def is_device_line(line: str) -> bool:
    """`Sent from my iPhone` and its kin."""
    plain = _LINK.sub("", line[:300]).strip(" .!*_-|[]")
    if not plain or len(plain) > 110 or len(plain.split()) > 13:
        return False
    first, stop, second = plain.partition(". ")
    if stop and second and first:
        return _says_device(first) and _says_device(second)
    return _says_device(plain)


def _says_device(plain: str) -> bool:
    word = key(plain)
    starts, ends = _device_edges()
    if not (word.startswith(starts) or word.endswith(ends)):
        return False
    for first, last in load_lexicon().sent_from:
        if last == "\0":
            if word == first:
                return True
        elif word.startswith(first) and word.endswith(last) and len(word) >= len(first) + len(last):
            middle = word[len(first) : len(word) - len(last)]
            if len(middle.split()) <= (7 if len(first) + len(last) > 8 else 4) and (
                not _BREAK.search(middle) or _DEVICE.search(middle)
            ):
                return True
    return False


@cache
def _device_edges() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How device lines begin, and how those end that begin with anything."""
    phrases = load_lexicon().sent_from
    return tuple(first for first, _ in phrases if first), tuple(last for first, last in phrases if not first)


def is_closing(line: str) -> bool:
    """`Best regards,` alone on its line."""
    if len(line) > 80:
        return False
    closings = load_lexicon().closings
    parts = [part.strip(_PUNCTUATION) for part in _SLASH.split(key(line))]
    if all(part in closings for part in parts):
        return True
    # `Best regards from Leeds`
    words = parts[0].split()
    where = next((at for at, word in enumerate(words) if at > 1 and word in _FROM), 0)
    return bool(where) and len(words) - where <= 4 and " ".join(words[:where]) in closings


def _trim(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip(" \t>\u00a0"):
        end -= 1
    start = 0
    while start < end and not lines[start].strip():
        start += 1
    return lines[start:end]


def _filled(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip()]


def _cut_delimiter(lines: list[str]) -> list[str]:
    """At `-- ` (RFC 3676 4.3), and at the like of it when only a few short lines follow."""
    for at in range(_window(lines, MAX_SIGNATURE + 1), len(lines)):
        stripped = lines[at].strip()
        if not stripped or (stripped not in _DASHES and not _is_long_rule(stripped)):
            continue
        after = _filled(lines[at + 1 :])
        if lines[at].startswith("-- ") and len(after) <= MAX_SIGNATURE:
            return lines[:at]
        if len(after) > 14:
            continue
        if stripped in _DASHES:
            if all(_fits_a_card(item) for item in after) and not any(_ITEM.match(item) for item in after[:1]):
                return lines[:at]
        elif not after or _looks_like_footer(after):
            return lines[:at]
    return lines


def _fits_a_card(line: str) -> bool:
    if _is_sentence(line):
        return False
    return len(line) <= 90 or _HINT.search(line[:300]) is not None or _legal_terms(line) > 0


def _is_sentence(line: str) -> bool:
    """Four words or more up to a full stop, and nothing of a card's or notice's in them."""
    stripped = line.strip()
    if not stripped.endswith((".", "!", "?")) or len(stripped.split()) < 4 or _FORM.search(stripped[-12:]):
        return False
    return _HINT.search(line[:300]) is None and not _legal_terms(line) and not _footer(key(line[:600]))


def _footer(word: str) -> bool:
    return any(phrase in word for phrase in load_lexicon().footers)


def _window(lines: list[str], count: int) -> int:
    """Where the last `count` lines with something in them begin."""
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].strip():
            count -= 1
            if not count:
                return at
    return 0


def _is_long_rule(stripped: str) -> bool:
    return len(stripped) >= 5 and len(set(stripped)) == 1 and stripped[0] in "_-=*\u2014\u2500"


def _looks_like_footer(after: list[str]) -> bool:
    return any(_HINT.search(line[:300]) for line in after) or _legal_terms(" ".join(after)) > 0


def _legal_terms(text: str) -> int:
    word = key(text[:4_000])
    return sum(1 for term in load_lexicon().legal if term in word)


def _cut_footers(lines: list[str]) -> list[str]:
    """Legal notices and list footers: whole paragraphs at the end, by their words."""
    first = _window(lines, 120)
    starts = [at for at in range(first, len(lines)) if lines[at].strip() and (at == 0 or not lines[at - 1].strip())]
    cut = len(lines)
    for index in range(len(starts) - 1, max(-1, len(starts) - 9), -1):
        paragraph = " ".join(lines[starts[index] : starts[index + 1] if index + 1 < len(starts) else len(lines)])
        word = key(paragraph[:4_000])
        is_list = len(paragraph) < 600 and any(word.startswith(phrase) for phrase in load_lexicon().list_footers)
        at_top = starts[index] == 0
        is_list = is_list or (len(paragraph) < 400 and _footer(word))
        long = len(paragraph) >= (80 if paragraph.isascii() or " " in paragraph[:40] else 25)
        if at_top or not (is_list or (long and _legal_terms(paragraph) >= 2)):
            if at_top or (cut == len(lines) and index < len(starts) - 3):
                break
            continue
        cut = starts[index]
    return _trim(lines[:cut])


def _cut_device(lines: list[str]) -> list[str]:
    """From `Sent from my ...` on, when it closes the text; in its middle only the line goes."""
    filled = 0
    for at in range(len(lines) - 1, -1, -1):
        if not lines[at].strip():
            continue
        if is_device_line(lines[at]):
            return _trim(lines[:at] if filled <= 4 else lines[:at] + lines[at + 1 :])
        filled += 1
        if filled > 25:
            break
    return lines


def _cut_named_dash(lines: list[str]) -> list[str]:
    """`-Anna Kern` near the end, when it is no list."""
    filled = 0
    for at in range(len(lines) - 1, 0, -1):
        stripped = lines[at].strip()
        if not stripped:
            continue
        if _NAME_LINE.match(stripped[:100]) and stripped.lstrip("-\u2013\u2014 ")[:1].isupper():
            before = next((line for line in reversed(lines[:at]) if line.strip()), "")
            listed = _ITEM.match(before) or before.lstrip()[:1] in "-\u2013\u2014"
            spaced = stripped[1:2] == " " and stripped[0] == "-"
            if listed:
                break
            if before and not (spaced and (filled or before.rstrip().endswith(":"))):
                return _trim(lines[:at])
        filled += 1
        if filled > 2:
            break
    return lines


def _closing_at(lines: list[str]) -> int | None:
    """Where the last greeting stands, if only short lines follow it."""
    filled = 0
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at].strip()
        if not line:
            continue
        if is_closing(line):
            return at
        if len(line) > 100 or filled > 14 or _ITEM.match(line):
            return None
        filled += 1
    return None


def _cut_own_card(lines: list[str], writer: str) -> list[str]:
    """A last block of short lines under the writer's own name: with a telephone or an address in it, or by itself."""
    name = key(writer)
    if len(name) < 4:
        return lines
    start = _last_paragraph(lines)
    if start and _is_own_card(lines[start:], name):
        above = _trim(lines[:start])
        return lines if above and is_closing(above[-1]) else above
    for at in range(len(lines) - 1, max(-1, len(lines) - 14), -1):
        if len(lines[at]) > 90:
            break
        if key(lines[at]).strip(_PUNCTUATION) == name:
            after = _filled(lines[at + 1 :])
            if len(after) >= 2 and any(_HINT.search(line[:300]) for line in after):
                greeted = at and is_closing(next((line for line in reversed(lines[:at]) if line.strip()), ""))
                return lines if greeted else _trim(lines[:at])
    return lines


def _last_paragraph(lines: list[str]) -> int:
    """Where it begins."""
    start = len(lines)
    while start and lines[start - 1].strip():
        start -= 1
    return start


def _is_own_card(paragraph: list[str], name: str) -> bool:
    """A few short lines that begin with this name, or one that says more beside it: `Max Kern, Firma GmbH`."""
    first = key(paragraph[0][:200])
    beside = first[len(name) :].strip()
    if not first.startswith(name) or (beside and beside[0] not in _BESIDE):
        return False
    if len(paragraph) == 1 and not beside.strip(_PUNCTUATION):
        return False  # a name alone stays
    return len(paragraph) <= _OWN_LINES and all(
        len(line) <= 60 and not _is_sentence(line) and not _ITEM.match(line) and not line.rstrip().endswith((":", "?"))
        for line in paragraph
    )


def _cut_below(lines: list[str], at: int) -> list[str]:
    """Without a greeting and the card under it; a name alone stays, and so does a postscript."""
    after = _filled(lines[at + 1 :])
    told = next((index for index in range(at + 1, len(lines)) if _POSTSCRIPT.match(lines[index])), len(lines))
    if told < len(lines):
        card = _filled(lines[at + 1 : told])
        return lines if len(card) <= 1 else [*_trim(lines[:at]), "", *lines[told:]]
    if any(_is_sentence(line) for line in after):
        return lines  # `Thanks`, and the letter goes on
    if len(after) >= 2 or any(_HINT.search(line[:300]) for line in after):
        return _trim(lines[:at]) or lines[: at + 1]
    return lines


def _cut_card(lines: list[str]) -> list[str]:
    """A greeting and what follows it, if that is more than a name; or a last paragraph that is a card by its hints."""
    at = _closing_at(lines)
    if at is not None:
        if at and is_closing(lines[at - 1]):
            at -= 1  # one greeting in two lines
        return _cut_below(lines, at)
    start = _last_paragraph(lines)
    card = lines[start:]
    above = next((line for line in reversed(lines[:start]) if line.strip()), "")
    hints = sum(1 for line in card if _HINT.search(line[:300]))
    short = all(
        len(line) <= 80 and not _ITEM.match(line) and not line.rstrip().endswith(("?", ".", "!")) for line in card
    )
    if above and not above.rstrip().endswith((":", "\uff1a")) and 3 <= len(card) <= 10 and hints >= 2 and short:
        return _trim(lines[:start])
    return lines

"""Dates as mail programs write them into headers and forwarded blocks, in many languages, to datetimes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_tz
from functools import cache

from mail.lexicon import key, load_lexicon

FIRST_YEAR, LAST_YEAR = 1971, 2200  # beyond them a date says nothing, and arithmetic on it may overflow

_ZONES = {
    "utc": 0, "gmt": 0, "z": 0, "ut": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "mez": 1, "se\u010d": 1, "cest": 2,
    "mesz": 2, "sel\u010d": 2, "eet": 2, "eest": 3, "sast": 2, "msk": 3, "\u043c\u0441\u043a": 3, "trt": 3,
    "jst": 9, "kst": 9,
    "hkt": 8, "sgt": 8, "awst": 8, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "brt": -3, "art": -3,
}  # fmt: skip
_OFFSET = re.compile(r"(?:(?:gmt|utc)\s{0,2})?([+\-\u2212])(\d{1,2})(?::?(\d{2}))?(?!\d)|\b(z)\b")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})\s?:\s?(\d{2})(?:\s?:\s?(\d{2}))?(?:[.,]\d{1,6})?(?!\d)")
_CLOCK_H = re.compile(
    r"(?<!\d)(\d{1,2})\s?(?:h|\u6642|\u65f6|\u70b9|\u9ede|\uc2dc|u)\s?(\d{2})?(?:\s?(?:\u5206|\ubd84|m|min))?"
    r"(?:\s?(\d{2})\s?(?:\u79d2|\ucd08))?(?![\w])"
)
_CLOCK_DOT = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?![\d.]?\d)")
_YMD = re.compile(r"(?<!\d)(\d{4})\s?[-/.\u5e74\ub144]\s?(\d{1,2})\s?[-/.\u6708\uc6d4]\s?(\d{1,2})(?!\d)")
_DMY = re.compile(r"(?<!\d)(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})(?![\d:])")
_VIETNAMESE = re.compile(r"(\d{1,2})\s(?:th\u00e1ng|thg)\s(\d{1,2}),?\s(?:n\u0103m\s)?(\d{4})")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d{1,4}")


def parse_header_date(value: str) -> datetime | None:
    """A Date header (RFC 5322 3.3, broken ones too): aware where it names a zone (`-0000` is UTC)."""
    text = value[:200]
    try:
        parsed = parsedate_tz(text)
    except (ValueError, IndexError, TypeError, OverflowError, AttributeError):
        parsed = None
    if parsed is not None:
        offset = parsed[9]
        zone: tzinfo | None = None
        if offset is not None and abs(offset) <= 15 * 3600:
            zone = timezone(timedelta(seconds=offset)) if offset else UTC
        try:
            return _sane(datetime(*parsed[:6], tzinfo=zone))
        except (ValueError, TypeError, OverflowError):
            pass
    return parse_date(text)


def parse_date(text: str, languages: Iterable[str] = (), before: datetime | None = None) -> datetime | None:
    """A date as people read it, `Mo., 2. März 2026 um 10:12 Uhr`: naive when it names no zone, None when there is none.

    `languages` are the likely ones; `before` is a moment that it can't follow, which settles 3/4/2026.
    """
    plain = _plain(text[:240])
    clock = _CLOCK.search(plain)
    day = _find_day(
        plain if clock is None else plain[: clock.start()] + " | " + plain[clock.end() :],
        frozenset(languages),
        before,
        plain,
    )
    if day is None:
        return None
    date, rest = day
    if clock is None:
        clock = _CLOCK_H.search(rest) or _CLOCK_DOT.search(rest)
    try:
        if clock is None:
            return _sane(datetime(*date))  # noqa: DTZ001
        where = plain if clock.string is plain else rest
        hour, minute, second = (int(group or 0) for group in clock.groups())
        hour = _twelve(hour, _daypart(where, clock.start(), clock.end(), frozenset(languages)))
        after = rest.rpartition(" | ")[2] if where is plain else where[clock.end() :]
        return _sane(datetime(*date, hour, minute, min(second, 59), tzinfo=_zone(after)))
    except (ValueError, OverflowError):
        return None


def _sane(moment: datetime) -> datetime | None:
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def _plain(text: str) -> str:
    """Folded, with ASCII digits and without what only decorates."""
    folded = key(text)
    if folded.isascii():
        return folded
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in folded)


def _find_day(
    plain: str, languages: frozenset[str], before: datetime | None, whole: str
) -> tuple[tuple[int, int, int], str] | None:
    """Year, month and day, and the text without them."""
    match = _YMD.search(plain)
    if match:
        return (_year(int(match[1])), int(match[2]), int(match[3])), _without(plain, match)
    match = _VIETNAMESE.search(plain)
    if match:
        return (int(match[3]), int(match[2]), int(match[1])), _without(plain, match)
    named = _named_month(plain, languages)
    if named:
        return named
    match = _DMY.search(plain)
    if match:
        return _figures(match, languages, before, whole), _without(plain, match)
    return None


def _without(plain: str, match: re.Match[str]) -> str:
    return plain[: match.start()] + " " + plain[match.end() :]


def _figures(
    match: re.Match[str], languages: frozenset[str], before: datetime | None, whole: str
) -> tuple[int, int, int]:
    first, second, year = int(match[1]), int(match[3]), _year(int(match[4]))
    day_first, month_first = (year, second, first), (year, first, second)
    if first > 12 or second > 12:
        return day_first if first > 12 else month_first
    if before is not None:
        late = [_after(date, before) for date in (day_first, month_first)]
        if late[0] != late[1]:
            return month_first if late[0] else day_first
    orders = {load_lexicon().orders.get(code) for code in languages}
    # Only Americans put the month first, and they count hours by am and pm.
    american = match[2] == "/" and re.search(r"\d\s?[ap]\.?m\b", whole) is not None and (not orders or "mdy" in orders)
    return month_first if american else day_first


def _after(date: tuple[int, int, int], before: datetime) -> bool:
    return date > (before + timedelta(days=1)).timetuple()[:3]


def _year(number: int) -> int:
    if number < 100:
        return number + (2000 if number < 70 else 1900)
    return number - 543 if 2500 <= number <= 2700 else number


def _named_month(plain: str, languages: frozenset[str]) -> tuple[tuple[int, int, int], str] | None:
    """A month by name, with the day and the year that stand nearest to it."""
    months = load_lexicon().months
    best: tuple[int, int, int, int] | None = None  # score, month, start, end
    for start, end, name in _month_words(plain, months):
        month, sure = _which_month(months[name], languages)
        ahead, behind = plain[:start].rstrip(" .,-/"), plain[end:].lstrip(" .,-/")
        score = (
            2 * ahead[-1:].isdigit()
            + (2 if re.match(r"(?:\w{1,3}\.?\s)?\d{4}", behind) else behind[:1].isdigit())
            + sure
        )
        if best is None or score > best[0]:
            best = (score, month, start, end)
    if best is None or not best[0]:
        return None
    _, month, start, end = best
    return _day_and_year(plain, month, start, end)


def _month_words(plain: str, months: dict[str, dict[str, int]]) -> list[tuple[int, int, str]]:
    found = [(hit.start(), hit.end(), hit.group()) for hit in _WORD.finditer(plain) if hit.group() in months]
    if not found and any("\u0590" <= char <= "\u0e7f" or "\u0900" <= char <= "\u097f" for char in plain):
        # Scripts that write a month with dots, marks or several words.
        for name in sorted(months, key=len, reverse=True):
            at = plain.find(name) if len(name) > 1 and not name[0].isascii() else -1
            if at >= 0:
                return [(at, at + len(name), name)]
    return found


def _which_month(meanings: dict[str, int], languages: frozenset[str]) -> tuple[int, bool]:
    own = [month for code, month in meanings.items() if code in languages]
    numbers = own or list(meanings.values())
    return max(set(numbers), key=numbers.count), bool(own)


def _day_and_year(plain: str, month: int, start: int, end: int) -> tuple[tuple[int, int, int], str] | None:
    year: int | None = None
    days: list[tuple[int, int, re.Match[str]]] = []
    spans = []
    for hit in _NUMBER.finditer(plain):
        number = int(hit.group())
        if len(hit.group()) == 4 and year is None and 1900 <= number <= 2700:
            year = _year(number)
            spans.append(hit.span())
        elif len(hit.group()) <= 2 and 1 <= number <= 99:
            distance = start - hit.end() if hit.end() <= start else hit.start() - end
            days.append((distance + (0 if hit.end() <= start else 1), number, hit))
    days.sort(key=lambda item: item[0])
    if not days:
        return None
    if year is None:
        # `2-Mar-26`: the second number after the month is the year.
        later = [item for item in days[1:] if item[2].start() > end and item[0] <= 4]
        if not later:
            return None
        year = _year(later[0][1])
        spans.append(later[0][2].span())
    spans += [days[0][2].span(), (start, end)]
    rest = plain
    for left, right in sorted(spans, reverse=True):
        rest = rest[:left] + " " + rest[right:]
    return (year, month, days[0][1]), rest


def _daypart(plain: str, start: int, end: int, languages: frozenset[str]) -> str:
    """`am`, `pm` or nothing, by the words beside the clock."""
    after = plain[end : end + 24].lstrip(" ,.)")
    ahead = plain[max(0, start - 16) : start].rstrip(" ,.(")
    latin = re.match(r"([ap])\.?\s?m\b", after)
    if latin:
        return latin[1] + "m"
    for word, part in _dayparts():
        if after.startswith(word) and not after[len(word) : len(word) + 1].isalpha():
            return part
        if ahead.endswith(word) and (not word[0].isascii() or len(word) > 1) and not ahead[: -len(word)][-1:].isalpha():
            return part
    return ""


@cache
def _dayparts() -> tuple[tuple[str, str], ...]:
    """The words beside a clock, the longest first."""
    return tuple(sorted(load_lexicon().dayparts.items(), key=lambda item: -len(item[0])))


def _twelve(hour: int, part: str) -> int:
    if part == "pm" and hour < 12:
        return hour + 12
    return 0 if part == "am" and hour == 12 else hour


def _zone(after: str) -> tzinfo | None:
    match = _OFFSET.search(after)
    if match:
        if match[4]:
            return UTC
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes <= 15 * 60:
            return timezone(timedelta(minutes=-minutes if match[1] != "+" else minutes)) if minutes else UTC
    for word in _WORD.findall(after):
        if word in _ZONES:
            return timezone(timedelta(hours=_ZONES[word])) if _ZONES[word] else UTC
    return None

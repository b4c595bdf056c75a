"""Single cells: addresses, numbers, moments and money as other systems write them, in the form that we keep."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from email.utils import parseaddr
from functools import lru_cache

_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_][\w-]{1,62}")
_SPLIT = re.compile(r"\s*:::\s*|[;\n\r]+|,(?=\s*\S)")
_TAGS = re.compile(r"\s*:::\s*|[;,\n\r]+")
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ].*)?")
_FIGURES = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d{2})(?:[T ,].*)?")
_NAMED = re.compile(r"(\d{1,2})[. -]+([^\W\d_]{3,9})\.?[, -]+(\d{4})|([^\W\d_]{3,9})\.? (\d{1,2}),? (\d{4})")
_NO_YEAR = re.compile(r"(?:--(?=\d{4}|\d\d-))?(\d{2})-?(\d{2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T.*)?")
_MONTHS = {
    word: number
    for number, words in enumerate(
        [
            "jan januar january янв",
            "feb februar february фев",
            "mar mär märz march мар",
            "apr april апр",
            "may mai мая май",
            "jun juni june июн",
            "jul juli july июл",
            "aug august авг",
            "sep sept september сен",
            "oct okt oktober october окт",
            "nov november ноя",
            "dec dez dezember december дек",
        ],
        1,
    )
    for word in words.split()
}
_SIGNS = {
    "€": "EUR",
    "$": "USD",
    "£": "GBP",
    "₽": "RUB",
    "₴": "UAH",
    "¥": "JPY",
    "₸": "KZT",
    "руб": "RUB",
    "eur": "EUR",
}
_AMOUNT = re.compile(r"[-+]?\d[\d\s'’.,\u00a0\u202f]{0,30}")
_TRUE = frozenset({"1", "true", "yes", "ja", "да", "y", "x", "on", "deleted"})


@dataclass(frozen=True, slots=True)
class Habits:
    """How the file's people write: where numbers without a country belong, and which of day and month comes first."""

    country: str | None = None
    month_first: bool = False


def emails_in(text: str) -> tuple[list[str], list[str]]:
    """The addresses of a cell, in lower case, and what claims to be one and isn't."""
    return _sorted(_SPLIT.split(text), _email)


def phones_in(text: str, country: str | None) -> tuple[list[str], list[str]]:
    """The numbers of a cell, in E.164, and what claims to be one and isn't."""
    return _sorted(_SPLIT.split(text), lambda each: _phone(each, country))


def tags_in(text: str) -> tuple[str, ...]:
    """The tags of a cell; what an address book marks every entry with is none."""
    words = (word.strip(" *\"'") for word in _TAGS.split(text))
    return tuple(dict.fromkeys(word[:80] for word in words if word and word.casefold() != "mycontacts"))


def day_in(text: str, habits: Habits) -> str:
    """A day as 1986-05-17, or --05-17 without a year; "" when it is none."""
    text = text.strip()
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(found[1], found[2], found[3])
    if found := _FIGURES.fullmatch(text):
        first, second = found[1], found[3]
        month_first = habits.month_first and found[2] != "."
        if int(second) > 12 >= int(first) or (month_first and int(first) <= 12):
            first, second = second, first
        return _day(found[4], second, first)
    if found := _NAMED.fullmatch(text):
        day, month, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
        number = _MONTHS.get(month.casefold()[:3]) or _MONTHS.get(month.casefold())
        return _day(year, str(number), day) if number else ""
    if "-" in text and (found := _NO_YEAR.fullmatch(text)):
        day_of = _day("2000", found[1], found[2])
        return f"--{day_of[5:]}" if day_of else ""
    return ""


def is_no_day(text: str) -> bool:
    """Zeros and dashes, as some programs write for a date that isn't there."""
    return not any(sign.isalnum() and sign != "0" for sign in text)


def month_first(texts: Iterable[str], default: bool) -> bool:
    """Which comes first in this column: told by values that can't be a month, else the default."""
    for text in texts:
        if (found := _FIGURES.fullmatch(text.strip())) and found[2] != ".":
            if int(found[1]) > 12:
                return False
            if int(found[3]) > 12:
                return True
    return default


def amount_in(text: str) -> tuple[int | None, str]:
    """Money in hundredths and its currency, as far as the cell names one; None when it is no amount."""
    found = _AMOUNT.search(text)
    if found is None:
        return None, ""
    around = (text[: found.start()] + text[found.end() :]).strip(" .\u00a0").casefold()
    currency = next((code for sign, code in _SIGNS.items() if sign in around), "")
    if not currency and re.fullmatch(r"[a-z]{3}", around):
        currency = around.upper()
    elif around and not currency:
        return None, ""
    value = _decimal(found.group())
    return (None if value is None else int((value * 100).to_integral_value())), currency


def percent_in(text: str) -> int | None:
    """A probability from 0 to 100; None when it is none."""
    value = _decimal(text.strip().rstrip("%").strip())
    return int(value) if value is not None and 0 <= value <= 100 else None


def is_true(text: str) -> bool:
    """Does a yes-or-no column say yes?"""
    return text.strip().casefold() in _TRUE


def telegram_in(text: str) -> str:
    """A Telegram id or user name, without @ and without the link around it; "" when it is neither."""
    name = (
        re.sub(r"^(?:https?://)?(?:t\.me|telegram\.me)/", "", text.strip(), flags=re.IGNORECASE).lstrip("@").strip("/")
    )
    return name.lower() if re.fullmatch(r"\w{4,32}", name, re.ASCII) else ""


def domain_in(text: str) -> str:
    """The domain of a website; "" when it names none."""
    host = re.sub(r"^[a-z]+://", "", text.strip().lower()).split("/")[0].split(":")[0].removeprefix("www.")
    return host if re.fullmatch(r"(?:[\w-]{1,63}\.){1,5}[^\W\d_]{2,24}", host) else ""


def clean(text: str) -> str:
    """A text that every database takes: without NUL, halves of letters and our own mark against formulas."""
    if "\0" in text:
        text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@\t\r" else text


def _sorted(parts: list[str], read: Callable[[str], str | None]) -> tuple[list[str], list[str]]:
    good: list[str] = []
    bad: list[str] = []
    for part in parts:
        if part := clean(part.strip()):
            found = read(part)
            if found is None:
                bad.append(part)
            elif found not in good:
                good.append(found)
    return good, bad


def _email(text: str) -> str | None:
    text = text.removeprefix("mailto:")
    if not _EMAIL.fullmatch(text):
        text = parseaddr(text[:1000])[1]
    return text.lower() if len(text) <= 254 and _EMAIL.fullmatch(text) and ".." not in text else None


@lru_cache(maxsize=1024)
def _phone(text: str, country: str | None) -> str | None:
    import phonenumbers

    written = re.sub(r"\(0\)", "", text.removeprefix("tel:").lstrip("'"))[:60]
    for form in (written, "+" + written):
        try:
            number = phonenumbers.parse(form, country)
        except phonenumbers.NumberParseException:
            continue
        if form.startswith("+") and form != written and len(written) < 10:
            return None
        fits = phonenumbers.is_possible_number if form.startswith(("+", "00")) else phonenumbers.is_valid_number
        if fits(number) and (form == written or phonenumbers.is_valid_number(number)):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return None


def _day(year: str, month: str, day: str) -> str:
    number = int(year)
    if len(year) == 2:
        number += 1900 if number > 29 else 2000
    try:
        return date(number, int(month), int(day)).isoformat()
    except ValueError:
        return ""


def _decimal(text: str) -> Decimal | None:
    """A number as any country writes it: the last of point and comma is the decimal one unless three digits follow."""
    digits = re.sub(r"[\s'’\u00a0\u202f]", "", text)
    last = max(digits.rfind("."), digits.rfind(","))
    if last >= 0:
        sign, tail = digits[last], digits[last + 1 :]
        both = "." in digits and "," in digits
        if len(tail) != 3 or (both and digits.count(sign) == 1):
            digits = re.sub(r"[.,]", "", digits[:last]) + "." + tail
        else:
            digits = re.sub(r"[.,]", "", digits)
    try:
        value = Decimal(digits)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal(10) ** 15 else None

"""Pieces of a message that say what they are by their form: mail addresses, phone numbers, money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

_EMAIL = re.compile(r"(?<![\w.+@-])(?:mailto:)?([\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24})(?![\w@])")
_URL = re.compile(r"(?<![\w@.])(?:https?://|www\.)[^\s<>\"]{1,400}")
_PHONE = re.compile(r"(?<![\w@.+#/])(?:tel:)?\+?\(?\d[\d ()./\u00a0\u2011-]{4,24}\d(?![\w@%€$£₽])")
_NUMBER = r"\d{1,3}(?:[ \u00a0\u202f.,'’]\d{3}){1,4}(?:[.,]\d{1,2})?|\d{1,12}(?:[.,]\d{1,4})?"
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "₽": "RUB", "₴": "UAH", "¥": "JPY", "₸": "KZT"}
_SCALES = {
    "k": 1_000,
    "к": 1_000,
    "tsd": 1_000,
    "тыс": 1_000,
    "тысяч": 1_000,
    "тысячи": 1_000,
    "тысяча": 1_000,
    "тысячу": 1_000,
    "thousand": 1_000,
    "tausend": 1_000,
    "grand": 1_000,
    "mille": 1_000,
    "m": 1_000_000,
    "м": 1_000_000,
    "mn": 1_000_000,
    "mm": 1_000_000,
    "mio": 1_000_000,
    "mil": 1_000_000,
    "mill": 1_000_000,
    "million": 1_000_000,
    "millionen": 1_000_000,
    "млн": 1_000_000,
    "миллион": 1_000_000,
    "миллиона": 1_000_000,
    "миллионов": 1_000_000,
    "bn": 1_000_000_000,
    "billion": 1_000_000_000,
    "mrd": 1_000_000_000,
    "milliarde": 1_000_000_000,
    "milliarden": 1_000_000_000,
    "млрд": 1_000_000_000,
}
_CURRENCIES = {
    **_SIGNS,
    **dict.fromkeys(("eur", "euro", "euros", "евро"), "EUR"),
    **dict.fromkeys(("usd", "dollar", "dollars", "доллар", "доллара", "долларов", "bucks"), "USD"),
    **dict.fromkeys(("gbp", "pound", "pounds", "pfund", "фунт", "фунта", "фунтов", "quid"), "GBP"),
    **dict.fromkeys(("rub", "rur", "р", "руб", "рубль", "рубля", "рублей", "rubel", "rubles", "roubles"), "RUB"),
    **dict.fromkeys(("chf", "franken", "sfr", "франк", "франков"), "CHF"),
    **dict.fromkeys(("uah", "грн", "гривна", "гривны", "гривен"), "UAH"),
    **dict.fromkeys(("kzt", "тенге"), "KZT"),
    **dict.fromkeys(("pln", "zł", "zloty"), "PLN"),
    **dict.fromkeys(("sek", "kronor"), "SEK"),
    **dict.fromkeys(("jpy", "yen", "иен"), "JPY"),
    **{code: code.upper() for code in ("nok", "dkk", "czk", "try", "aed", "cny", "inr", "aud", "cad", "huf", "byn")},
}
_THOUSANDS = {"teur": "EUR", "t€": "EUR", "keur": "EUR", "tchf": "CHF", "тр": "RUB", "труб": "RUB"}
_SCALE = "|".join(sorted(map(re.escape, _SCALES), key=len, reverse=True))
_CURRENCY = "|".join(sorted((re.escape(word) for word in _CURRENCIES if word.isalpha()), key=len, reverse=True))
_SIGN = "[" + "".join(_SIGNS) + "]"


_BUDGET = re.compile(
    r"\b(?:budget|volumen|бюджет)\b(?: (?:of|is|about|around|von|ca\.?|circa|etwa|so|ist|около|примерно|до|в))?:?"
    rf"[ ~]{{1,2}}(?P<number>(?=\d[\d.,'’ ]{{2,12}})(?:{_NUMBER}))(?![\w%.,:/-]*\d)(?! ?[%\w€$£₽])",
    re.IGNORECASE,
)


@cache
def _money_pattern() -> re.Pattern[str]:
    """Money as written; compiled when a text first has a digit."""
    return re.compile(
        rf"(?<![\w.,+/:@-])(?:\d{{1,6}}(?:[.,]\d{{1,2}})?[ \u00a0]?[-–][ \u00a0]?(?=\d[^\n]{{0,8}}[^\W\d_]))?"
        rf"(?:(?:(?P<before>{_SIGN})|(?P<code>{_CURRENCY})\b)[ \u00a0]?)?(?P<number>{_NUMBER})"
        rf"(?:[ \u00a0]?(?P<scale>{_SCALE})(?![^\W_])(?:\.(?=[ \u00a0]?(?-i:[a-zа-я€$₽£])))?)?"
        rf"(?:[ \u00a0]?(?:(?P<sign>{_SIGN})|(?P<word>{_CURRENCY})(?![^\W_])(?:\.(?=[ \u00a0]?(?-i:[a-zа-я])))?))?"
        rf"(?:[ \u00a0]?(?P<both>{'|'.join(_THOUSANDS)}|т\.?[ \u00a0]?р(?:уб)?\b\.?))?"
        r"(?![\w%])(?![:/]\d)",
        re.IGNORECASE,
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece between two places (code points): `kind` is "email", "phone", "money" or "url"; `value` as slots want it.

    An email's value is lower-case in its domain, a phone's is E.164; `amount` and `currency` are set for money.
    """

    start: int
    end: int
    kind: str
    value: str = ""
    amount: Decimal | None = None
    currency: str | None = None


def find_pieces(text: str, region: str | None) -> list[Piece]:
    """The pieces of a text in order; `region` (ISO 3166) is where a phone number without a country belongs."""
    found: list[Piece] = []
    taken: list[tuple[int, int]] = []

    def free(start: int, end: int) -> bool:
        return all(end <= s or e <= start for s, e in taken)

    def take(piece: Piece | None) -> None:
        if piece is not None and free(piece.start, piece.end):
            found.append(piece)
            taken.append((piece.start, piece.end))

    if "@" in text:
        for match in _EMAIL.finditer(text):
            local, _, domain = match.group(1).rpartition("@")
            take(Piece(match.start(), match.end(), "email", f"{local.lstrip('.')}@{domain.lower()}"))
    if "http" in text or "www." in text:
        for match in _URL.finditer(text):
            url = match.group().rstrip(".,;:!?)")
            take(Piece(match.start(), match.start() + len(url), "url", url))
    if any(sign.isdigit() for sign in text):
        for paid in (*map(_money, _money_pattern().finditer(text)), *_budgets(text)):
            take(paid)
        for match in _PHONE.finditer(text):
            if free(match.start(), match.end()) and (value := _phone(match.group(), region)):
                take(Piece(match.start(), match.end(), "phone", value))
    return sorted(found, key=lambda piece: piece.start)


def _money(match: re.Match[str]) -> Piece | None:
    both = match["both"]
    if both:
        thousands = _THOUSANDS[re.sub(r"[. \u00a0]", "", both.casefold())]
        return Piece(match.start(), match.end(), "money", "", _plain(_decimal(match["number"]) * 1000), thousands)
    sign = match["before"] or match["sign"] or match["code"] or match["word"]
    scale = match["scale"]
    if not sign and not scale:
        return None
    if scale and scale.isascii() and scale in "mM" and not sign and " " in match.group():
        return None
    amount = _decimal(match["number"])
    if scale:
        amount *= _SCALES[scale.casefold()]
    currency = _CURRENCIES[sign.casefold()] if sign else None
    return Piece(match.start(), match.end(), "money", "", _plain(amount), currency)


def _budgets(text: str) -> list[Piece]:
    """Bare numbers that the word "budget" makes an amount."""
    found = _BUDGET.finditer(text)
    return [
        Piece(match.start("number"), match.end("number"), "money", "", _plain(_decimal(match["number"])))
        for match in found
    ]


def _plain(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()


def _decimal(number: str) -> Decimal:
    """A number as written in any of the languages: the last of "." and "," with other than three digits is decimal."""
    digits = re.sub(r"[ \u00a0\u202f'’]", "", number)
    last = max(digits.rfind("."), digits.rfind(","))
    if last >= 0:
        tail = digits[last + 1 :]
        mixed = "." in digits and "," in digits
        if (len(tail) != 3) or (mixed and digits.count(digits[last]) == 1):
            return Decimal(re.sub(r"[.,]", "", digits[:last]) + "." + tail)
    return Decimal(re.sub(r"[.,]", "", digits))


@cache
def _phone(written: str, region: str | None) -> str | None:
    digits = sum(sign.isdigit() for sign in written)
    if digits < 7 or re.fullmatch(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}", written.strip()):
        return None
    if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4} .*", written):
        return None
    import phonenumbers

    written = re.sub(r"\(0\)", "", written.removeprefix("tel:"))
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    if not written.lstrip().startswith("+") and not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

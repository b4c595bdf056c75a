"""The words of one language: catalogues, plurals, and moments and money as its people write them."""

from __future__ import annotations

import gettext
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

LANGUAGES = ("en", "de", "ru")
_CATALOGUES = Path(__file__).parent / "locale"
_DAY_PATTERNS = {"en": "EEE d MMM", "de": "ccc d. MMM", "ru": "EEE d MMM"}
_DAY_YEAR_PATTERNS = {"en": "EEE d MMM y", "de": "ccc d. MMM y", "ru": "EEE d MMM y"}
_BIRTHDAY = {"en": ("d MMM", "d MMM y"), "de": ("d. MMM", "d. MMM y"), "ru": ("d MMM", "d MMM y")}
_CODE_AT_DIGITS = re.compile(r"(?<=[A-Z]{3})(?=\d)")

_QUOTES = {"en": ("“", "”"), "de": ("„", "“"), "ru": ("«", "»")}


class Words:
    """Says things in one language to one user: `say` and `count` translate, the others format."""

    def __init__(self, language: str, zone: str) -> None:
        self.language = language if language in LANGUAGES else "en"
        self.zone = ZoneInfo(zone)
        self._catalogue = _catalogue(self.language)

    def say(self, message: str, **values: object) -> str:
        """The message in this language, with its {values} filled in."""
        return self._catalogue.gettext(message).format(**values) if values else self._catalogue.gettext(message)

    def count(self, one: str, many: str, number: int, **values: object) -> str:
        """The same in the plural form that the number asks for; {n} is the number."""
        return self._catalogue.ngettext(one, many, number).format(n=number, **values)

    def day(self, day: date, today: date) -> str:
        """ "today", "tomorrow", or the day with its weekday; with the year when it is another one."""
        if day == today:
            return self.say("today")
        if day == today + timedelta(days=1):
            return self.say("tomorrow")
        if day == today - timedelta(days=1):
            return self.say("yesterday")
        from babel.dates import format_date

        patterns = _DAY_PATTERNS if day.year == today.year else _DAY_YEAR_PATTERNS
        return format_date(day, patterns[self.language], locale=self.language)

    def birthday(self, kept: str) -> str:
        """A birthday as it is kept (1986-05-17, or --05-17 without a year), as people write it."""
        from babel.dates import format_date

        year, month, day = kept[:-6], int(kept[-5:-3]), int(kept[-2:])
        known = date(int(year) if year.isdecimal() else 2000, month, day)
        return format_date(known, _BIRTHDAY[self.language][year.isdecimal()], locale=self.language)

    def wall(self, wall: datetime, now: datetime, *, has_time: bool) -> str:
        """A naive wall time as a person says it; `now` is aware and gives today."""
        day = self.day(wall.date(), now.astimezone(self.zone).date())
        return f"{day}, {wall.hour}:{wall.minute:02}" if has_time else day

    def moment(self, moment: datetime, now: datetime, *, has_time: bool = True) -> str:
        """An instant in the user's zone."""
        return self.wall(moment.astimezone(self.zone).replace(tzinfo=None), now, has_time=has_time)

    def clock(self, moment: datetime) -> str:
        """The time of day alone."""
        local = moment.astimezone(self.zone)
        return f"{local.hour}:{local.minute:02}"

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount with its currency; without cents when it has none."""
        from babel.numbers import format_currency

        if amount == amount.to_integral_value():
            return _plain(_whole_money(amount, currency, self.language))
        return _plain(format_currency(amount, currency, locale=self.language))

    def quoted(self, text: str) -> str:
        """A text in this language's quotation marks; "" for nothing."""
        first, last = _QUOTES[self.language]
        return f"{first}{text}{last}" if text else ""

    def phone(self, number: str) -> str:
        """An E.164 number as people write it."""
        import phonenumbers

        try:
            parsed = phonenumbers.parse(number)
        except phonenumbers.NumberParseException:
            return number
        return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def _whole_money(amount: Decimal, currency: str, language: str) -> str:
    from babel import Locale
    from babel.numbers import format_currency

    pattern = Locale.parse(language).currency_formats["standard"].pattern.replace(".00", "")
    return str(format_currency(amount, currency, format=pattern, locale=language, currency_digits=False))


def _plain(money: str) -> str:
    """With ordinary blanks, as people type them, and one between a currency's letters and the digits."""
    return _CODE_AT_DIGITS.sub(" ", money.replace("\xa0", " ").replace("\u202f", " "))


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("rapport", _CATALOGUES, [language], fallback=language == "en")

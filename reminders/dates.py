"""A date that stands alone, in whatever language: what the grammar leaves, dateparser reads."""

from __future__ import annotations

import re
from datetime import date

from reminders.moment import Setting
from reminders.when import find_moment

_LONGEST = 40  # code points: a date alone is short
_DAY = re.compile(r"\d")


def read_date(text: str, setting: Setting) -> date | None:
    """The date that the whole text is ("3 décembre 2026", "17 de mayo"), None when it is none.

    Inside sentences dateparser is silently wrong, so it is asked about isolated, short texts with a number only.
    """
    text = text.strip()
    found = find_moment(text, setting)
    if found is not None:
        return found.wall.date()
    if not text or len(text) > _LONGEST or not _DAY.search(text):
        return None
    import dateparser  # 0.3 s to import

    settings = {
        "STRICT_PARSING": False,
        "REQUIRE_PARTS": ["day", "month"],
        "PREFER_DATES_FROM": "future",
        "DATE_ORDER": "MDY" if setting.month_first else "DMY",
        "RELATIVE_BASE": setting.now.replace(tzinfo=None),
    }
    moment = dateparser.parse(text, settings=settings)
    return moment.date() if moment is not None else None

"""Moments in text: what a message says about when."""

import re

from reminders.moment import BadMoment, Moment, Setting
from reminders.zones import localise

_THIN = re.compile(r"\b(tomorrow|morgen|завтра)\b", re.IGNORECASE)


def find_moments(text: str, setting: Setting) -> list[Moment]:
    """All moments in a text, in order of place."""
    from datetime import datetime, time, timedelta

    today = localise(setting.now, setting.zone).date()
    return [
        Moment(
            start=m.start(),
            end=m.end(),
            spans=((m.start(), m.end()),),
            wall=datetime.combine(today + timedelta(days=1), time(0)),
            zone=setting.zone,
            has_time=False,
            words=m.group(),
        )
        for m in _THIN.finditer(text)
    ]


def find_moment(text: str, setting: Setting) -> Moment | None:
    """The moment that the task in a text is due at."""
    return next(iter(find_moments(text, setting)), None)


def find_bad_moment(text: str, setting: Setting) -> BadMoment | None:
    """The first words that look like a moment and can't be one."""
    return None


def title_without(text: str, moment: Moment | None, language: str) -> str:
    """What is left to do once the moment and the "remind me to" frame are taken out."""
    for start, end in reversed(moment.spans if moment else ()):
        text = text[:start] + text[end:]
    return " ".join(text.split())

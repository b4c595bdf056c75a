"""How often, in a person's words: recurrences (RFC 5545) and cadences as "every 2 weeks, Fridays"."""

from __future__ import annotations

from datetime import date

from handlers.words import Words
from reminders.followups import period_of

_WORKING = frozenset(("MO", "TU", "WE", "TH", "FR"))
_ENGLISH = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
_SAID = frozenset(
    ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYHOUR", "BYMINUTE", "COUNT", "UNTIL", "WKST")
)


def cadence_words(words: Words, cadence: str) -> str:
    """How often one keeps in touch: "every 6 weeks"."""
    period = period_of(cadence)
    years, months = divmod(period.months, 12)
    weeks, days = divmod(period.days, 7)
    if months:
        return _every(words, "MONTHLY", period.months)
    if years:
        return _every(words, "YEARLY", years)
    return _every(words, "DAILY", period.days) if days else _every(words, "WEEKLY", weeks)


def rule_words(words: Words, rrule: str, *, from_completion: bool = False) -> str:
    """When something comes back; just "repeats" for a rule that no short words say."""
    parts = dict(piece.split("=", 1) for piece in rrule.removeprefix("RRULE:").upper().split(";") if "=" in piece)
    interval = parts.get("INTERVAL", "1")
    every = _every(words, parts.get("FREQ", ""), int(interval)) if interval.isdigit() else ""
    on = _days(words, parts)
    if not every or on is None or not parts.keys() <= _SAID:
        return words.say("repeats")
    if parts["FREQ"] == "WEEKLY" and interval == "1" and on:
        every = ""
    if from_completion:
        on = words.say("counted from when it is done")
    return ", ".join(filter(None, (every, on, _hours(words, parts), _end(words, parts))))


def _every(words: Words, frequency: str, count: int) -> str:
    match frequency:
        case "YEARLY":
            return words.say("every year") if count == 1 else words.count("every {n} year", "every {n} years", count)
        case "MONTHLY":
            return words.say("every month") if count == 1 else words.count("every {n} month", "every {n} months", count)
        case "WEEKLY":
            return words.say("every week") if count == 1 else words.count("every {n} week", "every {n} weeks", count)
        case "DAILY":
            return words.say("every day") if count == 1 else words.count("every {n} day", "every {n} days", count)
        case "HOURLY":
            return words.say("every hour") if count == 1 else words.count("every {n} hour", "every {n} hours", count)
        case "MINUTELY":
            return words.count("every {n} minute", "every {n} minutes", count)
    return ""


def _days(words: Words, parts: dict[str, str]) -> str | None:
    """On which days of its period; None when that can't be said."""
    by_day, by_date, place = parts.get("BYDAY", ""), parts.get("BYMONTHDAY", ""), parts.get("BYSETPOS", "")
    frequency = parts.get("FREQ", "")
    if place:
        return _nth_working_day(words, place) if frequency == "MONTHLY" and set(by_day.split(",")) == _WORKING else None
    if frequency == "YEARLY":
        return _date(words, parts)
    if parts.get("BYMONTH") or (by_day and by_date):
        return None
    if by_date:
        return _dates(words, by_date) if frequency == "MONTHLY" else None
    if not by_day:
        return ""
    if frequency == "MONTHLY":
        return _nth(words, by_day)
    if set(by_day.split(",")) == _WORKING:
        return words.say("Monday to Friday")
    names = _weekdays(words)
    return ", ".join(names[each] for each in by_day.split(",")) if set(by_day.split(",")) <= names.keys() else None


def _weekdays(words: Words) -> dict[str, str]:
    return {
        "MO": words.say("Mondays"),
        "TU": words.say("Tuesdays"),
        "WE": words.say("Wednesdays"),
        "TH": words.say("Thursdays"),
        "FR": words.say("Fridays"),
        "SA": words.say("Saturdays"),
        "SU": words.say("Sundays"),
    }


def _nth(words: Words, by_day: str) -> str | None:
    """ "on the 2nd Friday", "on the last Monday"."""
    place, day = by_day[:-2], by_day[-2:]
    n = _ordinal(words, place)
    said = {
        "MO": (words.say("on the {n} Monday", n=n), words.say("on the last Monday")),
        "TU": (words.say("on the {n} Tuesday", n=n), words.say("on the last Tuesday")),
        "WE": (words.say("on the {n} Wednesday", n=n), words.say("on the last Wednesday")),
        "TH": (words.say("on the {n} Thursday", n=n), words.say("on the last Thursday")),
        "FR": (words.say("on the {n} Friday", n=n), words.say("on the last Friday")),
        "SA": (words.say("on the {n} Saturday", n=n), words.say("on the last Saturday")),
        "SU": (words.say("on the {n} Sunday", n=n), words.say("on the last Sunday")),
    }.get(day)
    if said is None or not (n or place == "-1"):
        return None
    return said[place == "-1"]


def _nth_working_day(words: Words, place: str) -> str | None:
    if place == "-1":
        return words.say("on the last working day")
    n = _ordinal(words, place)
    return words.say("on the {n} working day", n=n) if n else None


def _dates(words: Words, by_date: str) -> str | None:
    if by_date == "-1":
        return words.say("on the last day")
    said = [_ordinal(words, each) for each in by_date.split(",")]
    return words.say("on the {n} of the month", n=", ".join(said)) if all(said) else None


def _date(words: Words, parts: dict[str, str]) -> str | None:
    """A day of the year; what says more than that isn't said."""
    if not parts.keys() & {"BYDAY", "BYMONTH", "BYMONTHDAY"}:
        return ""
    month, day = parts.get("BYMONTH", ""), parts.get("BYMONTHDAY", "")
    if "BYDAY" in parts or not (month.isdigit() and day.isdigit()):
        return None
    from babel.dates import format_date

    try:
        return format_date(date(2024, int(month), int(day)), words.say("d MMMM"), locale=words.language)
    except ValueError:
        return None


def _hours(words: Words, parts: dict[str, str]) -> str:
    hours, minutes = parts.get("BYHOUR", "").split(","), parts.get("BYMINUTE", "0").split(",")
    if len(hours) * len(minutes) < 2:
        return ""  # the next one's is told anyway
    return ", ".join(f"{int(hour)}:{int(minute):02}" for hour in hours for minute in minutes)


def _end(words: Words, parts: dict[str, str]) -> str:
    if "COUNT" in parts:
        return words.count("{n} time", "{n} times", int(parts["COUNT"]))
    until = parts.get("UNTIL", "")[:8]
    if not until:
        return ""
    from babel.dates import format_date

    day = date(int(until[:4]), int(until[4:6]), int(until[6:8]))
    pattern = words.say("d MMM y")
    return words.say("until {day}", day=format_date(day, pattern, locale=words.language))


def _ordinal(words: Words, place: str) -> str:
    """ "2nd" in English, else the digits, to which the frame adds the rest; empty for what counts from the end."""
    if not place.isdigit():
        return ""
    return f"{place}{_ENGLISH.get(int(place), 'th')}" if words.language == "en" else place

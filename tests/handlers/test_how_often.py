"""How often, in words, in three languages; what can't be said in short words just repeats."""

from __future__ import annotations

import pytest

from handlers.how_often import rule_words
from handlers.words import Words


@pytest.mark.parametrize(
    ("rrule", "en", "de", "ru"),
    [
        ("FREQ=DAILY", "every day", "jeden Tag", "каждый день"),
        ("FREQ=DAILY;INTERVAL=3", "every 3 days", "alle 3 Tage", "раз в 3 дня"),
        ("FREQ=WEEKLY;BYDAY=MO", "Mondays", "montags", "по понедельникам"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "Mondays, Thursdays", "montags, donnerstags", "по понедельникам, по четвергам"),
        (
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
            "Monday to Friday",
            "montags bis freitags",
            "с понедельника по пятницу",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
            "every 2 weeks, Fridays",
            "alle 2 Wochen, freitags",
            "раз в 2 недели, по пятницам",
        ),
        ("FREQ=WEEKLY;INTERVAL=6", "every 6 weeks", "alle 6 Wochen", "раз в 6 недель"),
        (
            "FREQ=MONTHLY;BYDAY=1MO",
            "every month, on the 1st Monday",
            "jeden Monat, am 1. Montag",
            "каждый месяц, в 1-й понедельник",
        ),
        (
            "FREQ=MONTHLY;BYDAY=+2WE",
            "repeats",
            "wiederholt sich",
            "повторяется",
        ),
        (
            "FREQ=MONTHLY;BYDAY=-1SU",
            "every month, on the last Sunday",
            "jeden Monat, am letzten Sonntag",
            "каждый месяц, в последнее воскресенье",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=15",
            "every month, on the 15th of the month",
            "jeden Monat, am 15. des Monats",
            "каждый месяц, 15-го числа",
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month, on the last day", "jeden Monat, am letzten Tag", None),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "every month, on the last working day",
            "jeden Monat, am letzten Werktag",
            "каждый месяц, в последний рабочий день",
        ),
        (
            "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
            "every year, 24 December",
            "jedes Jahr, 24. Dezember",
            "каждый год, 24 декабря",
        ),
        ("FREQ=HOURLY;INTERVAL=2", "every 2 hours", "alle 2 Stunden", "раз в 2 часа"),
        ("FREQ=DAILY;BYHOUR=8,20;BYMINUTE=30", "every day, 8:30, 20:30", "jeden Tag, 8:30, 20:30", None),
        ("FREQ=DAILY;BYHOUR=8", "every day", "jeden Tag", "каждый день"),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3", "Tuesdays, 3 times", "dienstags, 3-mal", "по вторникам, 3 раза"),
        (
            "FREQ=DAILY;UNTIL=20261224T230000Z",
            "every day, until 24 Dec 2026",
            "jeden Tag, bis 24. Dez. 2026",
            "каждый день, до 24 дек. 2026",
        ),
        ("FREQ=YEARLY;BYDAY=1MO;BYMONTH=5", "repeats", "wiederholt sich", "повторяется"),
        ("FREQ=WEEKLY;BYWEEKNO=20", "repeats", "wiederholt sich", "повторяется"),
        ("nonsense", "repeats", "wiederholt sich", "повторяется"),
    ],
)
def test_a_rule_in_words(rrule: str, en: str, de: str, ru: str | None) -> None:
    for language, said in (("en", en), ("de", de), ("ru", ru)):
        if said is not None:
            assert rule_words(Words(language, "UTC"), rrule) == said


def test_from_completion() -> None:
    said = rule_words(Words("en", "UTC"), "FREQ=DAILY;INTERVAL=3", from_completion=True)
    assert said == "every 3 days, counted from when it is done"

"""The development set of moments, and what must hold for any text."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reminders.moment import Moment, Setting
from reminders.when import find_bad_moment, find_moment, find_moments, title_without

_LINES = (Path(__file__).parent / "moments.jsonl").read_text(encoding="utf-8").splitlines()
CASES: list[dict[str, Any]] = [json.loads(line) for line in _LINES]
BERLIN = Setting(datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Europe/Berlin")), "Europe/Berlin", "en")


def say(text: str, language: str = "en", **changes: Any) -> Moment:
    """The moment in a text said on Tuesday, 24 November 2026 at 10:00 in Berlin."""
    given_setting: dict[str, Any] = {"now": BERLIN.now, "zone": BERLIN.zone, "language": language, **changes}
    moment = find_moment(text, Setting(**given_setting))
    assert moment is not None, text
    return moment


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_development_set(case: dict[str, Any]) -> None:
    zone = ZoneInfo(case["tz"])
    setting = Setting(
        datetime.fromisoformat(case["now"]).replace(tzinfo=zone), case["tz"], case["lang"], case["country"]
    )
    moment = find_moment(case["text"], setting)
    if case["at"] is None:
        assert moment is None, case["text"]
        return
    assert moment is not None, case["text"]
    got = (moment.wall.isoformat(), moment.has_time, moment.rrule)
    assert got == (case["at"], case["has_time"], case["rrule"]), case["text"]
    assert title_without(case["text"], moment, case["lang"]) == case["title"]
    assert [lead.total_seconds() / 60 for lead in moment.before] == case.get("before", []), case["text"]


def test_the_development_set_is_wide() -> None:
    counts = Counter(case["lang"] for case in CASES if case["at"] is not None)
    assert all(counts[language] >= 200 for language in ("en", "de", "ru"))
    assert sum(case["id"].startswith("none-") for case in CASES) >= 150


def test_spans_leave_the_rest_of_the_sentence() -> None:
    text = "tomorrow call Ana at 5 about the offer"
    moment = say(text)
    assert [text[start:end] for start, end in moment.spans] == ["tomorrow", "at 5"]
    assert (moment.start, moment.end) == (0, 22)
    assert moment.words == "tomorrow at 5"


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("call Ana by Thursday noon", "en", "Thursday noon"),
        ("call Ana on the 3rd", "en", "the 3rd"),
        ("bis zum 15. Miete zahlen", "de", "15."),
        ("позвонить через полчаса", "ru", "полчаса"),
    ],
)
def test_words_come_without_their_preposition(text: str, language: str, words: str) -> None:
    assert say(text, language).words == words


def test_a_deadline_is_told_apart() -> None:
    assert say("send it by Friday").deadline
    assert not say("send it on Friday").deadline


def test_what_is_ambiguous_has_two_readings() -> None:
    assert say("call Ana next Friday").ambiguous == (datetime(2026, 11, 27),)
    assert say("call Ana tomorrow at 7").ambiguous == (datetime(2026, 11, 25, 19),)
    assert say("call Ana tomorrow at 3").ambiguous == ()
    assert say("call Ana tomorrow at 8").ambiguous == ()
    assert say("every day at 7 call Ana").ambiguous == ()
    assert "clock.working_hours" in say("call Ana tomorrow at 3").because


@pytest.mark.parametrize(
    ("country", "zone", "language", "month"),
    [
        ("US", "Europe/Berlin", "en", 3),
        ("DE", "America/New_York", "en", 4),
        (None, "America/New_York", "en", 3),
        (None, "Europe/London", "en", 4),
        (None, "UTC", "en", 3),
        (None, "UTC", "de", 4),
    ],
)
def test_the_country_decides_what_the_month_is(country: str | None, zone: str, language: str, month: int) -> None:
    moment = say("call Ana on 3/4/2027", language, country=country, zone=zone)
    assert moment.wall.month == month


def test_a_feast_is_on_its_country_s_day() -> None:
    text = "flowers for mum on Mother's Day"
    assert say(text, country="US").wall == datetime(2027, 5, 9)
    assert say(text, country="GB").wall == datetime(2027, 3, 7)
    assert say("Vatertag Grillen", "de", country="DE").wall == datetime(2027, 5, 6)
    assert say("am Vatertag grillen", "de", country="AT").wall == datetime(2027, 6, 13)
    assert say("am Nationalfeiertag wandern", "de", country="CH").wall == datetime(2027, 8, 1)
    assert say("closed bank holiday Monday", country="GB").wall == datetime(2027, 3, 29)


def test_a_recurrence_that_can_t_be_one_is_no_moment() -> None:
    assert find_moment("every day at 8:30 and 20:15 take drops", BERLIN) is None
    assert find_moment("check the oven every 90 minutes from 9 to 17", BERLIN) is None
    even = say("every day at 8:30 and 20:30 take drops")
    assert even.rrule == "FREQ=DAILY;BYHOUR=8,20;BYMINUTE=30"


def test_russian_in_latin_letters_is_understood_by_those_who_write_russian() -> None:
    assert say("zavtra v 10 zabrat pechat", "ru").wall == datetime(2026, 11, 25, 10)
    assert find_moment("zavtra v 10", BERLIN) is None


def test_own_hours_count() -> None:
    from datetime import time

    assert say("tomorrow evening", parts={"evening": time(20, 30)}).wall == datetime(2026, 11, 25, 20, 30)
    assert say("tomorrow at 7", work_start=6).wall == datetime(2026, 11, 25, 7)
    assert say("tomorrow at 5", work_start=6).wall == datetime(2026, 11, 25, 5)


def test_holidays_are_no_working_days() -> None:
    holiday = frozenset({datetime(2026, 11, 25).date()})
    assert say("next working day call Ana", holidays=holiday).wall == datetime(2026, 11, 26)


def test_a_past_moment_says_so() -> None:
    assert say("remind me yesterday to call Ana").past
    assert say("call Ana on 3 March 2020").past
    assert not say("call Ana today").past


def test_completion_is_told_from_the_clock() -> None:
    assert say("3 days after I finish it check the filter").from_completion


def test_early_notices_are_told_from_the_moment() -> None:
    moment = say("remind me 1 day and 1 hour before the meeting on Friday 15:00")
    assert moment.wall == datetime(2026, 11, 27, 15)
    assert moment.before == (timedelta(days=1), timedelta(hours=1))
    assert moment.words == "Friday 15:00"
    assert say("review on 31 March, remind me a month before").before == (timedelta(days=31),)
    assert say("2 hours before 5pm take the cake out").before == ()


def test_what_happens_at_the_moment_is_the_title_only_when_nothing_else_is_to_do() -> None:
    text = "remind me an hour before the dentist at 4pm"
    assert title_without(text, say(text), "en") == "the dentist"
    text = "10 minutes before the 4pm call open the dashboard"
    assert title_without(text, say(text), "en") == "open the dashboard"


def test_a_zone_that_is_said_counts() -> None:
    assert say("call Ana tomorrow at 16:00 GMT").wall == datetime(2026, 11, 25, 17)
    assert say("call Ana at 9:00 EST").wall == datetime(2026, 11, 24, 15)
    assert say("завтра в 15:00 мск созвон", "ru").wall == datetime(2026, 11, 25, 13)


def test_elapsed_time_goes_through_a_clock_change() -> None:
    now = datetime(2026, 10, 24, 22, tzinfo=ZoneInfo("Europe/Berlin"))
    assert say("in 8 hours", now=now).wall == datetime(2026, 10, 25, 5)
    assert say("in 2 days", now=now).wall == datetime(2026, 10, 26)


def test_a_date_begins_when_its_midnight_is_missing() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    moment = say("call Ana tomorrow", now=datetime(2026, 4, 23, 12, tzinfo=cairo), zone="Africa/Cairo")
    assert moment.wall == datetime(2026, 4, 24)
    assert moment.at.isoformat() == "2026-04-24T01:00:00+03:00"


def test_a_time_in_a_gap_comes_right_after_it() -> None:
    now = datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    assert say("tomorrow at 2:30 am", now=now).at.isoformat() == "2026-03-29T03:00:00+02:00"


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("call Ana on 32 Nov", "en", "no_such_day"),
        ("call Ana on 30 February", "en", "no_such_day"),
        ("am 30. Februar anrufen", "de", "no_such_day"),
        ("позвонить 31 июня", "ru", "no_such_day"),
        ("call Ana on 2026-13-01", "en", "no_such_month"),
        ("call Ana on 1 May 99999", "en", "year_out_of_range"),
        ("call Ana at 25:00", "en", "no_such_time"),
        ("call Ana every 0 days", "en", "zero_interval"),
        ("каждые 0 дней звонить", "ru", "zero_interval"),
        ("in 1000000 days", "en", "too_far"),
        ("every day 1000000 times", "en", "too_many"),
        ("in KW 60 Inventur", "de", "no_such_week"),
        ("every -1 days call Ana", "en", "zero_interval"),
        ("call Ana in 5000 years", "en", "too_far"),
        ("call Ana at 7:65", "en", "no_such_time"),
        ("every day at 8:30 and 20:15 take drops", "en", "uneven_times"),
        ("jeden Montag um 9 und um 16:30 füttern", "de", "uneven_times"),
        ("каждый день в 8:30 и 20:15 капли", "ru", "uneven_times"),
        ("check the oven every 90 minutes from 9 to 17", "en", "uneven_times"),
        ("alle 90 Minuten von 9 bis 17 Uhr lüften", "de", "uneven_times"),
        ("remind me in year 99999 to dance", "en", "year_out_of_range"),
        ("erinner mich im Jahr 99999 ans Tanzen", "de", "year_out_of_range"),
        ("напомни в 99999 году позвонить", "ru", "year_out_of_range"),
        ("remind me in 1000000000 days to dance", "en", "too_far"),
        ("in 1000000000 Tagen anrufen", "de", "too_far"),
        ("через 1000000000 дней позвонить", "ru", "too_far"),
        ("remind me in -2 hours to dance", "en", "negative"),
        ("erinner mich in -2 Stunden ans Tanzen", "de", "negative"),
        ("напомни через -2 часа позвонить", "ru", "negative"),
        ("remind me tomorrow at 25:00 to dance", "en", "no_such_time"),
        ("remind me tomorrow at 12:75 to dance", "en", "no_such_time"),
        ("erinner mich morgen um 25 uhr an Tanz", "de", "no_such_time"),
        ("напомни завтра в 25:00 позвонить", "ru", "no_such_time"),
        ("remind me at 25:00 tomorrow to dance", "en", "no_such_time"),
        ("every Tuesday at 9 and Thursday at 10:30 call Ana", "en", "uneven_times"),
        ("every Tuesday at 9 and every Thursday at 10:30 call Ana", "en", "uneven_times"),
        ("jeden Dienstag um 9 und Donnerstag um 10:30 Ana anrufen", "de", "uneven_times"),
        ("dienstags um 9 und donnerstags um 10:30 Ana anrufen", "de", "uneven_times"),
        ("каждый вторник в 9 и четверг в 10:30 звонить Ане", "ru", "uneven_times"),
        ("every day at 9 except holidays water it", "en", "uneven_times"),
        ("every Monday at 9 except next Monday water it", "en", "uneven_times"),
        ("jeden Tag um 9 außer an Feiertagen gießen", "de", "uneven_times"),
        ("каждый день в 9 кроме праздников полить цветы", "ru", "uneven_times"),
        ("every minute 1000000 times remind me to stretch", "en", "too_many"),
        ("jeden Tag 5000 mal Tropfen nehmen", "de", "too_many"),
        ("каждый день 5000 раз пить воду", "ru", "too_many"),
        ("remind me tomorrow to dance at 25:00", "en", "no_such_time"),
        ("am 30. Februar um 10 Uhr anrufen", "de", "no_such_day"),
        ("31 июня в 10:00 позвонить", "ru", "no_such_day"),
    ],
)
def test_what_can_not_be_is_told(text: str, language: str, reason: str) -> None:
    bad = find_bad_moment(text, Setting(BERLIN.now, BERLIN.zone, language))
    assert bad is not None, text
    assert bad.reason == reason
    assert text[bad.start : bad.end] == bad.words
    assert find_moment(text, Setting(BERLIN.now, BERLIN.zone, language)) is None


@pytest.mark.parametrize("case", CASES[::5], ids=[case["id"] for case in CASES[::5]])
def test_good_moments_are_not_bad(case: dict[str, Any]) -> None:
    assert find_bad_moment(case["text"], Setting(BERLIN.now, BERLIN.zone, case["lang"])) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("remind me to note the score 98:95", "en"),
        ("the match ended 25:23", "en"),
        ("mix it 30:70", "en"),
        ("it is -2 degrees", "en"),
        ("buy 1000000000 stamps", "en"),
        ("die Mischung ist 70:30", "de"),
        ("am Freitag 25:23 verloren", "de"),
        ("es hat -2 Grad", "de"),
        ("соотношение 30:70", "ru"),
        ("счёт 98:95", "ru"),
    ],
)
def test_scores_and_sizes_are_no_bad_moments(text: str, language: str) -> None:
    assert find_bad_moment(text, Setting(BERLIN.now, BERLIN.zone, language)) is None


_WORDS = sorted({word for case in CASES for word in case["text"].split()})
_TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(_WORDS), max_size=25).map(" ".join))


@settings(max_examples=300, deadline=None)
@given(
    text=_TEXTS,
    language=st.sampled_from(["en", "de", "ru", "es", "xx"]),
    now=st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Africa/Cairo", "Asia/Kathmandu", "UTC"]),
)
def test_any_text_is_read(text: str, language: str, now: datetime, zone: str) -> None:
    setting = Setting(now.replace(tzinfo=UTC), zone, language)
    moments = find_moments(text, setting)
    for moment in moments:
        assert moment.spans
        assert all(0 <= start < end <= len(text) for start, end in moment.spans)
        assert all(left[1] <= right[0] for left, right in zip(moment.spans, moment.spans[1:], strict=False))
        assert (moment.start, moment.end) == (moment.spans[0][0], moment.spans[-1][1])
        assert moment.words
        assert moment.at.tzinfo is not None
        assert moment.has_time or moment.wall.time().isoformat() == "00:00:00"
        title_without(text, moment, language)
    assert [m.start for m in moments] == sorted(m.start for m in moments)
    chosen = find_moment(text, setting)
    assert chosen is None or chosen in moments
    find_bad_moment(text, setting)


def test_reading_is_fast_and_does_not_blow_up_on_long_texts() -> None:
    find_moment("tomorrow", BERLIN)
    long = [
        "tomorrow at 5 " * 300,
        "every " * 900,
        "1 " * 2_000,
        "mon, " * 800,
        "5 days and " * 360,
        "a@" * 2_000,
        "1.1." * 1_000,
    ]
    begin = process_time()
    for text in long:
        find_moments(text, BERLIN)
    assert process_time() - begin < 5, "a long text takes well under a second"


def test_a_moment_counts_from_the_message() -> None:
    now = BERLIN.now + timedelta(seconds=7)
    assert say("in 20 seconds", now=now).at == now + timedelta(seconds=20)

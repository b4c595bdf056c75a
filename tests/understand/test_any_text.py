"""No text raises, places stay inside the text, and long hostile ones take little time."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.understand.explain import explained
from handlers.understand.intents import NoLookups
from handlers.understand.understand import understand
from tests.understand.setting import load_messages, setting_of

SETTING = setting_of({"now": "2026-11-23T09:30", "tz": "Europe/Berlin", "lang": "en"})
WORDS = sorted({word for message in load_messages() for word in message["text"].split()})
SIGNS = list(",.:;-?!()\"'«»„“#@/\n€$&+…—")


def check(text: str) -> None:
    found = understand(text, SETTING, NoLookups())
    assert found.intents
    for intent in found.intents:
        if intent.when:
            for start, end in intent.when.spans:
                assert 0 <= start <= end <= len(text)
    assert set(explained(found)) == {"intent", "slots", "title", "when", "more", "language", "because"}


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=120))
def test_any_text(text: str) -> None:
    check(text)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(SIGNS)), max_size=18))
def test_any_words(words: list[str]) -> None:
    check(" ".join(words))


@pytest.mark.parametrize(
    "piece",
    [
        "with ",
        "and call Anna ",
        "remind me, ",
        "a",
        "Anna Kern ",
        ". ",
        "5k ",
        "+4",
        "a@",
        '«"',
        "new lead ",
        "напомни Петрову ",
    ],
)
def test_a_long_text_takes_time_in_proportion(piece: str) -> None:
    def took(length: int) -> float:
        text = (piece * length)[:length]
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            understand(text, SETTING, NoLookups())
            best = min(best, time.process_time() - start)
        return best

    took(64)
    assert took(4096) < 6 * took(1024) + 0.25


def test_the_import_is_light() -> None:
    heavy = "{'phonenumbers', 'pymorphy3', 'dateparser'}"
    code = f"import sys, handlers.understand.understand; sys.exit(len({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

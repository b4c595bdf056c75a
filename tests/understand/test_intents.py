"""The labelled messages are understood as labelled."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from handlers.understand.explain import explained
from handlers.understand.intents import NoLookups
from handlers.understand.understand import understand
from tests.understand.setting import load_messages, setting_of

MESSAGES = load_messages()


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message["id"])
def test_message_is_understood(message: dict[str, Any]) -> None:
    found = explained(understand(message["text"], setting_of(message), NoLookups()))
    meant = {"intent": found["intent"], "slots": found["slots"]}
    assert meant == {"intent": message["intent"], "slots": message["slots"]}, message["text"]
    assert [{"intent": more["intent"], "slots": more["slots"]} for more in found["more"]] == message["more"]


def test_each_language_has_its_share() -> None:
    languages = Counter(message["lang"] for message in MESSAGES)
    assert all(languages[language] >= 200 for language in ("en", "de", "ru"))


@pytest.mark.parametrize("message", [each for each in MESSAGES if each["intent"] == "unknown"], ids=lambda m: m["id"])
def test_what_nothing_may_be_done_about_is_left_alone_in_any_setting(message: dict[str, Any]) -> None:
    for language in ("en", "de", "ru"):
        found = understand(message["text"], setting_of({**message, "lang": language}), NoLookups(), message["lang"])
        assert {intent.name for intent in found.intents} <= {"unknown"}, message["text"]

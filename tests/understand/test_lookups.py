"""What the store knows decides where the words alone don't."""

from __future__ import annotations

import pytest

from handlers.understand.intents import Intent
from handlers.understand.understand import understand
from tests.understand.setting import Store, setting_of

STORE = Store(
    contacts=(("Anna Kern", "Nordwind"), ("Jutta Pizza", ""), ("Peter Novak", "Globex")),
    users=("Max Weber", "Julia"),
    stage_names=("Pilot phase",),
)


def first(text: str, language: str = "en") -> Intent:
    setting = setting_of({"now": "2026-11-23T09:30", "tz": "Europe/Berlin", "lang": language})
    return understand(text, setting, STORE).intents[0]


def test_a_firm_is_known_as_one() -> None:
    slots = first("what's up with Nordwind").slots
    assert (slots.person, slots.company) == (None, "Nordwind")


def test_a_person_in_small_letters_is_found_in_a_task() -> None:
    assert first("send kern the quote tomorrow").slots.person == "kern"


def test_a_bare_word_that_names_a_contact_is_looked_up() -> None:
    assert first("globex").name == "lookup_contact"


def test_the_teams_own_stage() -> None:
    intent = first("move Nordwind to pilot phase")
    assert (intent.name, intent.slots.stage) == ("move_deal", "Pilot phase")


def test_tasks_of_a_member_are_by_assignee() -> None:
    assert first("tasks for Julia").slots.assignee == "Julia"


def test_a_long_name_in_small_letters_ends_where_the_stores_does() -> None:
    slots = first("note anna kern prefers mail").slots
    assert (slots.person, slots.text) == ("anna kern", "prefers mail")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("/tasks", "list_tasks"),
        ("/find Nordwind", "lookup_contact"),
        ("/undo@some_bot", "undo"),
        ("/start", "help"),
        ("/note Anna: likes tea", "add_note"),
        ("/task call Anna", "add_task"),
        ("/lead Lisa Wong, Finch Ltd", "add_lead"),
        ("/deal Nordwind 5k", "add_deal"),
        ("/triage", "triage"),
        ("/pipeline", "pipeline"),
        ("/nonsense Anna", "unknown"),
    ],
)
def test_slash_commands(text: str, intent: str) -> None:
    for language in ("en", "de", "ru"):
        assert first(text, language).name == intent

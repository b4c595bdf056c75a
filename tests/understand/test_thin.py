"""The first things that everything else builds on."""

from datetime import UTC, datetime

import pytest

from handlers.understand.explain import explained
from handlers.understand.intents import NoLookups
from handlers.understand.understand import understand
from reminders.moment import Setting

SETTING = Setting(now=datetime(2026, 11, 23, 9, 30, tzinfo=UTC), zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("new lead Anna Kern, Nordwind GmbH, anna@nordwind.example, +49 30 901820, wants 20 licences ~5k", "add_lead"),
        ("remind me tomorrow to call Peter Novak", "add_task"),
        ("erinner mich morgen anna das angebot zu schicken", "add_task"),
        ("напомни завтра позвонить Петрову", "add_task"),
        ("note on Anna: likes tea", "add_note"),
        ("/tasks", "list_tasks"),
        ("erledigt 1", "complete_task"),
        ("отмена", "undo"),
        ("hilfe", "help"),
        ("Anna Kern?", "lookup_contact"),
    ],
)
def test_intents(text: str, intent: str) -> None:
    assert explained(understand(text, SETTING, NoLookups()))["intent"] == intent

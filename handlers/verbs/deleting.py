"""Deleting what is named: a task is taken off the list, a contact is asked about first."""

from __future__ import annotations

from handlers.acting import Acting
from handlers.understand.intents import Intent
from handlers.understand.lexicon import listed
from handlers.understand.tokens import split
from handlers.verbs.finishing import dropped
from handlers.verbs.joining import ask_delete
from handlers.verbs.which_task import meant
from storage.messages import Draft


def delete(acting: Acting, intent: Intent) -> Draft:
    """A task by its number or its words; else a contact."""
    if not _is_task(acting, intent):
        return ask_delete(acting, intent)
    task = meant(acting, intent, "drop_task")
    return task if isinstance(task, Draft) else dropped(acting, task)


def _is_task(acting: Acting, intent: Intent) -> bool:
    slots = intent.slots
    if intent.contact_id is not None or slots.person or slots.company or slots.email or slots.phone:
        return False
    if slots.number is not None:
        return True
    return bool(slots.text) and any(listed("task_nouns", token.fold) for token in split(acting.text))

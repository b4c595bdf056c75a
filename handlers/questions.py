"""What Rapport asked, answered by the next message."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from handlers.acting import Acting
from handlers.understand.intents import Intent, Slots
from handlers.verbs.act import act_on
from handlers.verbs.mails import take_address, take_field, take_text, take_words
from handlers.verbs.meta import reread
from handlers.verbs.moving import pick_contact
from handlers.verbs.notes import take_note
from handlers.verbs.snoozing import rescheduled, snoozed_to
from handlers.verbs.tasks import make_task
from handlers.whom import decide
from reminders.when import find_moment, title_without
from storage.buttons import Question, take_question
from storage.codec import unpack
from storage.messages import Draft
from storage.search import find_contacts
from storage.tasks import task_by_id

_COMMANDS = frozenset(("undo", "help", "list_tasks", "list_leads", "pipeline", "triage"))
_FREE = frozenset(("mail", "letter", "template_field"))  # whatever is said is what is to be written


def answer_question(acting: Acting, text: str) -> Draft | None:
    """What the waiting question's answer leads to; None when nothing waits or the user asks for something else."""
    question = take_question(acting.connection, acting.user.id, acting.lane)
    if question is None or not text.strip() or text.startswith("/"):
        return None
    commands = frozenset(("undo",)) if question.asks in _FREE else _COMMANDS
    if all(intent.name in commands for intent in reread(acting, text)):
        return None
    return _answers(acting, question, text.strip())


def _answers(acting: Acting, question: Question, text: str) -> Draft | None:
    if question.asks == "note":
        return take_note(acting, Intent("add_note", Slots(text=text), contact_id=question.arguments["contact"]))
    if question.asks == "task":
        when = find_moment(text, acting.setting)
        title = title_without(text, when, acting.user.language)
        return make_task(acting, Intent("add_task", title=title, when=when, contact_id=question.arguments["contact"]))
    if question.asks == "time":
        when = find_moment(text, acting.setting)
        task = task_by_id(acting.connection, question.arguments["task"])
        return rescheduled(acting, task, when) if when is not None and task is not None else None
    if question.asks in ("later", "hour"):
        return _later(acting, question, text)
    if question.asks == "whom":
        intent = unpack(Intent, question.arguments["intent"])
        found = decide(acting, intent, find_contacts(acting.connection, text), text)
        if isinstance(found, Draft):
            return found
        named = replace(intent, slots=replace(intent.slots, person=text))
        return act_on(acting, replace(named, contact_id=found.id) if found else named)
    if question.asks == "mail":
        return take_words(acting, question.arguments, text)
    if question.asks == "template_field":
        return take_field(acting, question.arguments, text)
    if question.asks == "letter":
        return take_text(acting, question.arguments["letter"], text)
    if question.asks == "letter_address":
        return take_address(acting, question.arguments["letter"], text)
    return pick_contact(acting, question.asks, question.arguments["interaction"], text)


def _later(acting: Acting, question: Question, text: str) -> Draft | None:
    """A moment typed where a day or an hour could have been tapped."""
    named = question.arguments
    day = datetime.combine(date.fromisoformat(named["day"]), time()) if question.asks == "hour" else None
    setting = acting.setting
    if day is not None:  # "15:30" is of the day that was chosen
        setting = replace(setting, now=max(setting.now, day.replace(tzinfo=setting.now.tzinfo)))
    when = find_moment(text, setting)
    task = task_by_id(acting.connection, named["task"])
    if when is None or task is None or when.past or title_without(text, when, acting.user.language).strip(" .,!"):
        return None
    return snoozed_to(acting, task, when, named["due"])

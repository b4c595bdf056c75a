"""What Rapport asked, answered by the next message."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from handlers.acting import Acting, draft, shortened
from handlers.understand.intents import Intent, Slots
from handlers.verbs.act import act_on
from handlers.verbs.mails import take_address, take_field, take_text, take_words
from handlers.verbs.meta import reread
from handlers.verbs.moving import pick_contact
from handlers.verbs.notes import take_note
from handlers.verbs.snoozing import rescheduled, snoozed_to
from handlers.verbs.tasks import make_task
from handlers.whom import decide
from reminders.moment import Moment
from reminders.when import find_bad_moment, find_moment, title_without
from storage.buttons import Question, ask, take_question, take_told_question
from storage.codec import unpack
from storage.messages import Draft
from storage.search import find_contacts
from storage.tasks import task_by_id

_COMMANDS = frozenset(
    ("undo", "help", "list_tasks", "list_leads", "list_templates", "pipeline", "triage", "today", "calendar", "rules")
)
_ORDERS = frozenset(
    (
        *("add_task", "follow_up", "keep_in_touch", "snooze", "assign", "complete_task", "add_lead", "add_contact"),
        *(
            "add_note",
            "add_deal",
            "move_deal",
            "send_email",
            "save_template",
            "merge",
            "delete",
            "settings",
            "never_log",
        ),
    )
)
_MOMENTS = frozenset(("time", "later", "hour"))
_VALUE = "template_field"  # whatever is said stands in the letter
_COMMAND = 4  # words: a command alone is short, a letter may begin like one
_AT_HAND, _BY_MAIL = timedelta(hours=1), timedelta(days=7)  # so long a question waits


def answer_question(acting: Acting, text: str) -> Draft | None:
    """What the waiting question's answer leads to; None when nothing waits or the user asks for something else."""
    own = acting.lane in (f"console:{acting.user.id}", f"telegram:{acting.user.telegram}")
    take = take_told_question if own else take_question  # what a mail asks is told in one's own chat
    question = take(acting.connection, acting.user.id, acting.lane)
    if question is None or not text.strip() or text.startswith("/"):
        return None
    waits = _BY_MAIL if acting.lane.startswith("email:") else _AT_HAND
    if acting.now - question.asked_at > waits:
        return None
    if question.asks in _MOMENTS:
        return _answers_when(acting, question, text.strip())
    intents = reread(acting, text)
    if question.asks == _VALUE:
        orders = all(intent.name == "undo" for intent in intents)
    else:
        orders = all(_is_order(intent, text) for intent in intents)
    if orders:
        return None
    return _answers(acting, question, text.strip())


def _is_order(intent: Intent, text: str) -> bool:
    """Is it for Rapport beyond doubt, and no words to be noted or written to somebody?"""
    because = intent.because[0] if intent.because else ""
    if not because.startswith(intent.name):
        return False  # a name, a day, a phrase alone
    if intent.name in _COMMANDS:
        return len(text.split()) <= _COMMAND
    if intent.name == "complete_task":
        return intent.slots.number is not None and len(text.split()) <= _COMMAND
    if intent.name == "add_task":
        return "remind" in because  # unlike "send me the quote", which may be a letter's
    return intent.name in _ORDERS


def _answers(acting: Acting, question: Question, text: str) -> Draft | None:
    if question.asks == "note":
        return take_note(acting, Intent("add_note", Slots(text=text), contact_id=question.arguments["contact"]))
    if question.asks == "task":
        when = find_moment(text, acting.setting)
        title = title_without(text, when, acting.user.language)
        return make_task(acting, Intent("add_task", title=title, when=when, contact_id=question.arguments["contact"]))
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


def _answers_when(acting: Acting, question: Question, text: str) -> Draft | None:
    """A moment typed where one was asked for. One that can't be, or is past, leaves the question open."""
    named, setting = question.arguments, acting.setting
    task = task_by_id(acting.connection, named["task"])
    if task is None:
        return None
    if question.asks == "hour":  # "15:30" is of the day that was chosen
        day = datetime.combine(date.fromisoformat(named["day"]), time())
        setting = replace(setting, now=max(setting.now, day.replace(tzinfo=setting.now.tzinfo)))
    when = find_moment(text, setting)
    rest = title_without(text, when, acting.user.language).strip(" .,!")
    wrong = "" if any(char.isalpha() for char in rest) and when is not None else _wrong(acting, text, when)
    if not wrong and (when is None or rest):
        if any(intent.name != "unknown" for intent in reread(acting, text)):
            return None
        wrong = acting.say("“{text}” is no moment. For example: friday 14:00", text=shortened(text, 60))
    if wrong:
        ask(acting.connection, acting.user.id, acting.lane, question.asks, named, at=acting.now)
        return draft("⚠ " + wrong)
    assert when is not None
    if question.asks == "time":
        return rescheduled(acting, task, when)
    return snoozed_to(acting, task, when, named["due"])


def _wrong(acting: Acting, text: str, when: Moment | None) -> str:
    """Why this is no moment to be reminded at; "" when it may be one."""
    bad = find_bad_moment(text, acting.setting)
    if bad is not None:
        return acting.say("“{words}” is no date. Try “30 Nov 9:00” or “in 3 days”.", words=bad.words)
    if when is not None and when.past and not when.rrule:
        return acting.say("“{words}” is past. Try “tomorrow 9:00” or “in 3 days”.", words=when.words)
    return ""

"""Which verb does which intent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from handlers.acting import Acting, draft, together
from handlers.digests import list_or_today, show_today
from handlers.understand.intents import Intent, IntentName
from handlers.verbs.attachments import fetch_file
from handlers.verbs.cards import list_leads, look_up, show_history
from handlers.verbs.deals import advance_deal, show_pipeline, start_deal
from handlers.verbs.deleting import delete
from handlers.verbs.fields import set_field
from handlers.verbs.finishing import assign_task, finish_task
from handlers.verbs.followups import follow_up, keep_in_touch
from handlers.verbs.joining import ask_merge
from handlers.verbs.letters import explain_mail, show_mail
from handlers.verbs.mails import write_mail
from handlers.verbs.meta import not_understood, show_help, undo_last
from handlers.verbs.notes import log_call, take_note
from handlers.verbs.people import add_person
from handlers.verbs.phone_calendar import give_calendar
from handlers.verbs.rules import never_log, show_rules
from handlers.verbs.settings import change_settings
from handlers.verbs.snoozing import put_off
from handlers.verbs.tasks import make_task
from handlers.verbs.templates import drop_template, list_templates, save_template
from handlers.verbs.triage import show_triage
from handlers.whom import find_whom
from storage.contacts import Contact
from storage.messages import Draft

VERBS: dict[IntentName, Callable[[Acting, Intent], Draft]] = {
    "add_contact": add_person,
    "add_lead": add_person,
    "add_note": take_note,
    "add_task": make_task,
    "add_deal": start_deal,
    "move_deal": advance_deal,
    "log_call": log_call,
    "lookup_contact": look_up,
    "list_tasks": list_or_today,
    "list_leads": list_leads,
    "pipeline": show_pipeline,
    "history": show_history,
    "complete_task": finish_task,
    "snooze": put_off,
    "send_email": write_mail,
    "save_template": save_template,
    "list_templates": list_templates,
    "delete_template": drop_template,
    "assign": assign_task,
    "set_field": set_field,
    "merge": ask_merge,
    "delete": delete,
    "undo": undo_last,
    "help": show_help,
    "triage": show_triage,
    "settings": change_settings,
    "never_log": never_log,
    "rules": show_rules,
    "show_mail": show_mail,
    "fetch_file": fetch_file,
    "why": explain_mail,
    "follow_up": follow_up,
    "keep_in_touch": keep_in_touch,
    "today": show_today,
    "calendar": give_calendar,
    "unknown": not_understood,
}

READING: frozenset[IntentName] = frozenset(
    (
        "lookup_contact",
        "list_tasks",
        "list_leads",
        "list_templates",
        "pipeline",
        "history",
        "help",
        "triage",
        "today",
        "calendar",
        "unknown",
        "settings",
        "rules",
        "show_mail",
        "fetch_file",
        "why",
    )
)


def act_on_all(acting: Acting, intents: tuple[Intent, ...]) -> Draft:
    """Does what one message asks, in order: whom it began with, the rest is about too."""
    answers = []
    for place, intent in enumerate(intents, 1):
        answers.append(act_on(acting, intent))
        if place < len(intents) and isinstance(found := find_whom(acting, intent), Contact):
            acting = replace(acting, about=found.id)
    return together(answers)


def act_on(acting: Acting, intent: Intent) -> Draft:
    """Does one intent, if the user's role allows it."""
    if intent.name not in READING and not acting.user.may_write:
        return draft("⚠ " + acting.say("You can look, not write. An owner can change that."))
    return VERBS[intent.name](acting, intent)

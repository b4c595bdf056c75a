"""Which rule reads which group of templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from handlers.understand.found import Found
from handlers.understand.intents import Intent
from handlers.understand.rules import deals, files, followups, people, plain, talk, work

Rule = Callable[[Found], Intent | None]

RULES: Mapping[str, Rule] = {
    "add_contact": people.add_contact,
    "add_lead": people.add_lead,
    "add_note": talk.add_note,
    "add_note_free": talk.add_note_free,
    "add_task": work.add_task,
    "add_planned": work.add_planned,
    "add_task_for": work.add_task_for,
    "add_deal": deals.add_deal,
    "assign": work.assign,
    "calendar": plain.calendar,
    "complete_task": work.complete_task,
    "delete": people.delete,
    "delete_template": talk.template,
    "fetch_file": files.fetch_file,
    "find_contact": people.find_contact,
    "follow_up": followups.follow_up,
    "help": plain.plain,
    "history": talk.history,
    "keep_in_touch": followups.keep_in_touch,
    "list_leads": deals.list_leads,
    "list_templates": talk.template,
    "list_tasks": work.list_tasks,
    "log_call": talk.log_call,
    "lookup_contact": people.lookup_contact,
    "merge": people.merge,
    "merge_two": people.merge_two,
    "move_deal": deals.move_deal,
    "nothing": plain.nothing,
    "pipeline": deals.pipeline,
    "save_template": talk.template,
    "send_email": talk.send_email,
    "set_field": people.set_field,
    "no_birthday": people.no_birthday,
    "settings": plain.settings,
    "never_log": plain.never_log,
    "rules": plain.plain,
    "show_mail": plain.numbered,
    "why": plain.numbered,
    "snooze": work.snooze,
    "snooze_to": work.snooze_to,
    "tag": people.tag,
    "today": plain.plain,
    "triage": plain.plain,
    "undo": plain.plain,
}
SOFT: Mapping[str, Rule] = {
    "labelled_note": talk.labelled_note,
    "statement": talk.statement,
    "task_frame": work.add_task,
}


def rule_of(group: str, soft: bool) -> Rule | None:
    """The rule of a group: `soft` ones are for words that no explicit template fits."""
    return (SOFT if soft else RULES).get(group.partition(".")[0])

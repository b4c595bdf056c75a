"""What is said in answer to a message about one task: a moment, "done", "later", "not needed any more"."""

from __future__ import annotations

from dataclasses import replace

from handlers.acting import Acting, together
from handlers.lookups import StoreLookups
from handlers.understand.intents import Intent
from handlers.understand.lexicon import listed
from handlers.understand.tokens import split
from handlers.understand.understand import understand
from handlers.verbs.act import READING, act_on_all
from handlers.verbs.finishing import dropped, finished, stopped
from handlers.verbs.snoozing import is_moving, put_off_task, rescheduled, snoozed_to, stop_nagging
from reminders.moment import Moment
from reminders.when import find_moment, title_without
from storage.messages import Draft
from storage.sent import Sent
from storage.tasks import Task, task_by_id


def answer_about_task(acting: Acting, sent: Sent, text: str, intents: tuple[Intent, ...] | None = None) -> Draft | None:
    """What an answer to this message does with its task; None for all that isn't about it."""
    task, due = _task_of(acting, sent)
    if task is None or not acting.user.may_write or not text.strip():
        return None
    if _says("unneeded", text):
        return dropped(acting, task)
    if _says("halting", text) and (task.nag or task.rrule):
        return stop_nagging(acting, task) if task.nag else stopped(acting, task)
    when = find_moment(text, acting.setting)
    if when is not None and not when.past and not title_without(text, when, acting.user.language).strip(" .,!"):
        return _at(acting, task, when, due, reminded=sent.kind == "reminder")
    if intents is None:
        intents = understand(text, acting.setting, StoreLookups(acting.connection)).intents
    first, slots = intents[0], intents[0].slots
    if slots.number is not None or slots.person or slots.company or slots.text:
        return None
    if first.name == "snooze" and len(intents) == 1:
        return put_off_task(acting, task, first, due)
    if first.name != "complete_task":
        return None
    done = finished(acting, task, due)
    more = tuple(_again(intent, task) for intent in intents[1:] if intent.name not in READING)
    if not more:
        return done
    # "Done, call again in 2 weeks": again with whom the task was about.
    return together([done, act_on_all(replace(acting, about=task.contact_id), more)])


def _at(acting: Acting, task: Task, when: Moment, due: str | None, *, reminded: bool) -> Draft:
    """A moment alone: after a reminder that one comes again then, else the task is due then."""
    if not reminded or is_moving(acting.text) or when.rrule or task.remind_at is None:
        return rescheduled(acting, task, when)
    return snoozed_to(acting, task, when, due)


def _task_of(acting: Acting, sent: Sent) -> tuple[Task | None, str | None]:
    """The task that a message was about, where its buttons name but one, and the occurrence that it was about."""
    named = {each.arguments["task"]: each.arguments.get("due") for each in sent.buttons if "task" in each.arguments}
    if len(named) != 1:
        return None, None
    [(task_id, due)] = named.items()
    return task_by_id(acting.connection, task_id), due


def _again(intent: Intent, task: Task) -> Intent:
    """ "Call again" of a task without a contact: the same once more, or what is to be done about it."""
    title = intent.title or ""
    said = [token.fold for token in split(title)]
    if intent.name != "add_task" or task.contact_id is not None or not any(listed("again", word) for word in said):
        return intent
    known = {token.fold for token in split(task.title)}
    fresh = [word for word in said if word not in known and not listed("again", word)]
    return replace(intent, title=f"{title} ({task.title})" if fresh else task.title)


def _says(name: str, text: str) -> bool:
    """Is all that is said, politely or not, in this list: that it isn't needed any more, or shall stop?"""
    words = [token.fold for token in split(text) if token.kind == "word"]
    said = " ".join(word for word in words if not listed("courtesies", word))
    return listed(name, said)

"""What is said in answer to a message about one task: a moment, "done", "later", "not needed any more"."""

from __future__ import annotations

from dataclasses import replace

from handlers.acting import Acting, draft, sentence, together
from handlers.lookups import StoreLookups
from handlers.understand.intents import Intent
from handlers.understand.lexicon import listed
from handlers.understand.tokens import split
from handlers.understand.understand import understand
from handlers.verbs.act import READING, act_on_all
from handlers.verbs.finishing import dropped, ended, finished
from handlers.verbs.snoozing import is_moving, put_off_task, rescheduled, snoozed_to, stop_nagging, until_of
from reminders.moment import Moment
from reminders.when import find_moment, title_without
from storage.codec import pack
from storage.messages import Choice, Draft
from storage.sent import Sent
from storage.tasks import Task, task_by_id

_MOST = 8  # reminders of one message that are asked about


def answer_about_task(acting: Acting, sent: Sent, text: str, intents: tuple[Intent, ...] | None = None) -> Draft | None:
    """What an answer to this message does with its task; None for all that isn't about it."""
    named = _named(sent)
    if not named or not acting.user.may_write or not text.strip():
        return None
    if len(named) > 1:
        return _of_several(acting, named, text) if sent.kind == "reminder" else None
    [(task_id, due)] = named
    task = task_by_id(acting.connection, task_id)
    if task is None:
        return None
    if _says("unneeded", text):
        return dropped(acting, task)
    if _says("halting", text) and (task.nag or task.rrule):
        return stop_nagging(acting, task) if task.nag else ended(acting, task)
    when = _moment_alone(acting, text, reminded=sent.kind == "reminder")
    if when is not None:
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


def _moment_alone(acting: Acting, text: str, *, reminded: bool) -> Moment | None:
    """The moment, when nothing else is said; to a reminder also "not yet, in 3 hours"."""
    when = find_moment(text, acting.setting)
    if when is None or when.past:
        return None
    rest = title_without(text, when, acting.user.language).strip(" .,!")
    return when if not rest or (reminded and _says("waiting", rest)) else None


def _named(sent: Sent) -> list[tuple[int, str | None]]:
    """The tasks that a message was about, by its buttons, each with the occurrence that it was about."""
    for each in sent.buttons:
        if "every" in each.arguments:
            return [(one["task"], one["due"]) for one in each.arguments["every"]]
    named = {each.arguments["task"]: each.arguments.get("due") for each in sent.buttons if "task" in each.arguments}
    # A button may name the task alone: what is known of its occurrence counts.
    known = {each.arguments["task"]: each.arguments["due"] for each in sent.buttons if "due" in each.arguments}
    return list((named | known).items())


def _of_several(acting: Acting, named: list[tuple[int, str | None]], text: str) -> Draft | None:
    """What is said in answer to several reminders at once: of the line that is numbered, else it is asked of which."""
    when = _moment_alone(acting, text, reminded=True)
    intents = understand(text, acting.setting, StoreLookups(acting.connection)).intents
    first, slots = intents[0], intents[0].slots
    if when is None and (first.name not in ("snooze", "complete_task") or len(intents) > 1):
        return None
    if when is None and (slots.text or slots.person or slots.company):
        return None
    if when is None and slots.number is not None:
        if not 1 <= slots.number <= len(named):
            return None
        task, due = task_by_id(acting.connection, named[slots.number - 1][0]), named[slots.number - 1][1]
        if task is None:
            return None
        return finished(acting, task, due) if first.name == "complete_task" else put_off_task(acting, task, first, due)
    act, more = "done", dict[str, object]()
    when = when or (first.when if first.name == "snooze" else None)
    if when is not None and is_moving(text):
        act, more = "move_this", {"when": pack(when)}
    elif when is not None or first.name == "snooze":
        act, more = "snooze_this", {"until": until_of(acting, when).isoformat()}
    rows = [
        (Choice(sentence(task.title)[:60], act, {"task": task.id, "due": due, **more}),)
        for task, due in ((task_by_id(acting.connection, task_id), due) for task_id, due in named[:_MOST])
        if task is not None and task.done_at is None
    ]
    return draft("❓ " + acting.say("Which task?"), choices=tuple(rows)) if rows else None


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

"""Which open task a message means: one of the user's, else one that they may change."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.acting import Acting, draft
from handlers.understand.intents import Intent
from handlers.understand.lexicon import listed
from handlers.verbs.tasks import task_line
from storage.handing import given_by
from storage.messages import Choice, Draft
from storage.tasks import Task, open_tasks

_MOST = 5  # that are asked about
_ALL = 2000  # of the team's that are looked through


def meant(acting: Acting, intent: Intent, act: str, arguments: Mapping[str, object] | None = None) -> Task | Draft:
    """The task that is meant: by number, by words, or the only one; else a question, whose buttons act on one."""
    tasks = open_tasks(acting.connection, assignee_id=acting.user.id)
    slots = intent.slots
    if slots.number is not None:
        if 1 <= slots.number <= len(tasks):
            return tasks[slots.number - 1]
        return draft(acting.say("There is no task {n}. `tasks` shows the list.", n=slots.number))
    words = " ".join(filter(None, (slots.text, slots.person, slots.company))).casefold()
    fitting = [task for task in tasks if _fits(words, task)] if words else tasks
    if words and not fitting:
        fitting = [task for task in _of_others(acting) if _fits(words, task)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        return draft(acting.say("No open task fits. `tasks` shows the list."))
    rows = tuple(
        (Choice(task_line(acting, task)[:60], act, {"task": task.id, **(arguments or {})}),) for task in fitting[:_MOST]
    )
    return draft("❓ " + acting.say("Which task?"), choices=rows)


def _of_others(acting: Acting) -> list[Task]:
    """The others' open tasks that are the user's to change: those given by them; an owner's are all."""
    tasks = [task for task in open_tasks(acting.connection, limit=_ALL) if task.assignee_id != acting.user.id]
    if acting.user.role == "owner":
        return tasks
    given = given_by(acting.connection, acting.user.id, [task.id for task in tasks])
    return [task for task in tasks if task.id in given]


def _fits(words: str, task: Task) -> bool:
    whole = f"{task.title} {task.contact}".casefold()
    said = words.split()
    if all(word in whole for word in said):
        return True
    # "The report task", "die Bericht-Aufgabe": what says that it is a task needn't stand in its title.
    names = [part for word in said for part in word.split("-") if part and not listed("task_nouns", part)]
    return bool(names) and all(name in whole for name in names)

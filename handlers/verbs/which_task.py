"""Which of the user's open tasks a message means."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.acting import Acting, draft
from handlers.understand.intents import Intent
from handlers.verbs.tasks import task_line
from storage.messages import Choice, Draft
from storage.tasks import Task, open_tasks

_MOST = 5  # that are asked about


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
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        return draft(acting.say("No open task fits. `tasks` shows the list."))
    rows = tuple(
        (Choice(task_line(acting, task)[:60], act, {"task": task.id, **(arguments or {})}),) for task in fitting[:_MOST]
    )
    return draft("❓ " + acting.say("Which task?"), choices=rows)


def _fits(words: str, task: Task) -> bool:
    whole = f"{task.title} {task.contact}".casefold()
    return all(word in whole for word in words.split())

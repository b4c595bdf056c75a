"""Tasks that are done, or given to somebody else."""

from __future__ import annotations

from datetime import datetime

from handlers.acting import Acting, draft, sentence
from handlers.understand.intents import Intent
from handlers.verbs.tasks import assignee_of, due_line
from handlers.verbs.which_task import meant
from reminders.due import move_on, open_occurrence, restart
from reminders.followups import touched
from reminders.home import bring_home
from storage.messages import Choice, Draft
from storage.tasks import Task, change_task, complete_task, settle_until, task_by_id
from storage.users import user_by_id


def finish_task(acting: Acting, intent: Intent) -> Draft:
    """Done, or a series at its end: by the number in the list, or by words of its title or its contact."""
    task = meant(acting, intent, "stop" if intent.series else "done")
    if isinstance(task, Draft):
        return task
    return ended(acting, task) if intent.series else finished(acting, task)


def finished(acting: Acting, task: Task, due: str | None = None) -> Draft:
    """One task done. Of a recurring one only this occurrence: the one whose reminder had this `due`, else the last one
    that was reminded of and isn't done, else the next."""
    if task.done_at is not None:
        return draft(acting.say("☑ {title}: done already", title=sentence(task.title)))
    if task.cadence:
        touched(acting.trail, task, acting.user)
        return draft(
            acting.say("☑ {title}: done", title=sentence(task.title)),
            acting.say("Next: {moment}", moment=due_line(acting, task_by_id(acting.connection, task.id) or task)),
            choices=((acting.undo,),),
        )
    if not task.rrule or task.due_at is None:
        return stopped(acting, task)
    told = open_occurrence(acting.connection, task)
    occurrence = datetime.fromisoformat(due) if due is not None else told or task.due_at
    if not _passed(acting, task, occurrence):
        return stopped(acting, task)
    settle_until(acting.trail, task.id, occurrence)
    ahead = task_by_id(acting.connection, task.id) or task
    return draft(
        acting.say("☑ {title}: done", title=sentence(task.title)),
        acting.say("Next: {moment}", moment=due_line(acting, ahead)),
        choices=((Choice(acting.say("Stop repeating"), "stop", {"task": task.id}), acting.undo),),
    )


def stopped(acting: Acting, task: Task) -> Draft:
    """Done for good: it doesn't recur, or was the last time."""
    complete_task(acting.trail, task.id)
    return draft(acting.say("☑ {title}: done", title=sentence(task.title)), choices=((acting.undo,),))


def ended(acting: Acting, task: Task) -> Draft:
    """A series is at its end: nothing of it comes any more."""
    if not task.rrule:
        return dropped(acting, task)
    complete_task(acting.trail, task.id)
    said = acting.say("☑ {title}: doesn't come again", title=sentence(task.title))
    return draft(said, choices=((acting.undo,),))


def dropped(acting: Acting, task: Task) -> Draft:
    """Nobody needs it any more: it is off the list, with all that a recurring one would still bring."""
    complete_task(acting.trail, task.id)
    return draft(acting.say("☑ {title}: off the list", title=sentence(task.title)), choices=((acting.undo,),))


def assign_task(acting: Acting, intent: Intent) -> Draft:
    """Hands a task to another member."""
    assignee = assignee_of(acting, intent)
    if isinstance(assignee, Draft):
        return assignee
    task = meant(acting, intent, "assign_this", {"to": assignee.id})
    return task if isinstance(task, Draft) else assigned(acting, task, assignee.id)


def assigned(acting: Acting, task: Task, to: int) -> Draft:
    """The task is this member's now."""
    assignee = user_by_id(acting.connection, to)
    if assignee is None:
        return draft(acting.say("It is gone by now."))
    change_task(acting.trail, task.id, assignee_id=assignee.id)
    bring_home(acting.trail, task, assignee)
    return draft(f"☑ {sentence(task.title)}", acting.say("Now {name}'s", name=assignee.name), choices=((acting.undo,),))


def _passed(acting: Acting, task: Task, occurrence: datetime) -> bool:
    """Sees that a recurring task stands at a later occurrence; False when there is none."""
    assert task.due_at is not None
    if task.from_completion:
        return restart(acting.trail, task, acting.user)
    return task.due_at > occurrence or move_on(acting.trail, task, acting.user, after=max(task.due_at, acting.now))

"""A member leaves the team: what they had still to do becomes an owner's, who is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from handlers.acting import draft, of_kind, sentence
from handlers.words import Words
from reminders.due import quiet_until
from reminders.home import bring_home
from storage import outbox
from storage.changes import Trail
from storage.messages import Choice
from storage.outbox import Destination
from storage.tasks import Task, change_task, open_tasks
from storage.users import User, owners, remove_user

_MOST, _SHOWN = 10_000, 10  # tasks; lines


def leave(connection: Connection, user: User, *, at: datetime) -> tuple[User | None, int]:
    """Takes a member out of the team; the owner who has their open tasks now, if anybody is left, and how many."""
    heir = next((each for each in owners(connection) if each.id != user.id), None)
    tasks = open_tasks(connection, assignee_id=user.id, limit=_MOST)
    remove_user(connection, user.id, at=at)
    if heir is None or not tasks:
        return heir, 0
    trail = Trail(connection, at=at, user_id=None, inbox_id=None)
    for task in tasks:
        change_task(trail, task.id, assignee_id=heir.id)
        bring_home(trail, task, heir)
    _tell(connection, heir, user, tasks, at)
    return heir, len(tasks)


def _tell(connection: Connection, heir: User, gone: User, tasks: list[Task], at: datetime) -> None:
    words = Words(heir.language, heir.timezone)
    count = words.count("{n} open task is yours now:", "{n} open tasks are yours now:", len(tasks))
    lines = [f"• {_line(words, task, at)}" for task in tasks[:_SHOWN]]
    if len(tasks) > _SHOWN:
        lines.append(words.count("and {n} more", "and {n} more", len(tasks) - _SHOWN))
    said = draft(
        words.say("{name} has left the team.", name=gone.name) + " " + count,
        *lines,
        choices=((Choice(words.say("Tasks"), "tasks"),),),
    )
    outbox.add(
        connection,
        of_kind(said, "notice"),
        Destination("push", heir.id),
        key=f"left:{gone.id}",
        now=at,
        not_before=quiet_until(heir, at),
    )


def _line(words: Words, task: Task, at: datetime) -> str:
    due = words.wall(task.due_wall, at, has_time=task.has_time) if task.due_wall is not None else ""
    return " · ".join(filter(None, (sentence(task.title), due)))

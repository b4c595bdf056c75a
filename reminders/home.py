"""The zone that a task goes by: its user's, wherever that one lives now."""

from __future__ import annotations

from reminders.due import elapses, remind_wall
from reminders.notices import plan_notices
from reminders.zones import resolve
from storage.changes import Trail
from storage.tasks import Due, Task, change_task, open_tasks, reschedule_task
from storage.users import User

_ALL = 10_000  # open tasks of one user; nobody has more


def follow_home(trail: Trail, user: User) -> None:
    """The user lives in another zone from now on: see `bring_home`."""
    for task in open_tasks(trail.connection, assignee_id=user.id, limit=_ALL):
        bring_home(trail, task, user)


def bring_home(trail: Trail, task: Task, user: User) -> None:
    """Sees that a task goes by its user's clock, if it has a date alone or recurs; a single hour stays its instant."""
    wall, zone, remind_at = task.due_wall, user.timezone, task.remind_at
    single = task.has_time and not task.rrule
    if task.done_at or wall is None or remind_at is None or task.zone == zone or single or elapses(task):
        return
    if remind_at <= trail.at:  # its reminder came: only what follows is of the new zone
        if task.rrule:
            change_task(trail, task.id, zone=zone)
        return
    usual = remind_wall(wall, task.has_time, user)
    put_off = remind_at != resolve(usual, task.zone)
    notices = [each for each in task.notices if each.before is None or each.at <= trail.at]
    notices += plan_notices(usual, zone, [each.before for each in task.notices if each.before and each not in notices])
    due = Due(
        wall, zone, task.has_time, resolve(wall, zone),
        remind_at if put_off else max(resolve(usual, zone), trail.at), task.rrule, task.series_from,
        notices=tuple(notices), nag=task.nag, from_completion=task.from_completion,
    )  # fmt: skip
    reschedule_task(trail, task.id, due)

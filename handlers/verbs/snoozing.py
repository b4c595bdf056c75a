"""Later: a snooze moves a task's reminder, another moment moves the task itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from handlers.acting import Acting, draft, sentence
from handlers.understand.intents import Intent
from handlers.understand.lexicon import listed
from handlers.understand.tokens import split
from handlers.verbs.tasks import due_line, due_of, other_time, too_often, with_notices
from handlers.verbs.which_moment import with_readings
from handlers.verbs.which_task import meant
from reminders.due import comes_too_often, move_on, open_occurrence, remind_wall
from reminders.moment import Moment
from reminders.zones import localise, resolve
from storage.codec import pack
from storage.messages import Draft
from storage.tasks import Task, change_task, remind_again, reschedule_task, settle_until, snooze_task, task_by_id

_SNOOZE = timedelta(hours=1)


def put_off(acting: Acting, intent: Intent) -> Draft:
    """Moves a task or its reminder: to the moment that is named, else by an hour."""
    if intent.when is not None and is_moving(acting.text):
        found = meant(acting, intent, "move_this", {"when": pack(intent.when)})
        return found if isinstance(found, Draft) else rescheduled(acting, found, intent.when)
    until = until_of(acting, intent.when)
    task = meant(acting, intent, "snooze_this", {"until": until.isoformat()} if intent.when is not None else None)
    if isinstance(task, Draft):
        return task
    return snoozed(acting, task, until) if intent.when is None else snoozed_to(acting, task, intent.when)


def put_off_task(acting: Acting, task: Task, intent: Intent, about: str | None = None) -> Draft:
    """One task or its reminder, moved so."""
    if intent.when is not None and is_moving(acting.text):
        return rescheduled(acting, task, intent.when)
    if intent.when is not None:
        return snoozed_to(acting, task, intent.when, about)
    return snoozed(acting, task, until_of(acting, intent.when), about)


def is_moving(text: str) -> bool:
    """Does it move the task ("move it to friday") and not only its reminder ("later", "in an hour")?"""
    return any(listed("moving", token.fold) for token in split(text))


def snoozed_to(acting: Acting, task: Task, when: Moment, about: str | None = None) -> Draft:
    """The reminder comes again at a moment that was said."""

    def until(reading: Moment) -> datetime:
        return due_of(reading, acting.user, acting.now).remind_at

    return with_readings(
        acting, snoozed(acting, task, until(when), about), when, "snooze_this",
        lambda reading: {"task": task.id, "until": until(reading).isoformat(), "due": about},
    )  # fmt: skip


def snoozed(acting: Acting, task: Task, until: datetime, about: str | None = None) -> Draft:
    """The reminder comes again then; what the task is due stays. `about`: when the occurrence that a reminder was
    about is due, so that others still to come aren't moved with it."""
    occurrence = datetime.fromisoformat(about) if about else open_occurrence(acting.connection, task)
    if task.done_at is not None:
        return draft(acting.say("☑ {title}: done already", title=sentence(task.title)))
    if occurrence is not None and _is_beside(acting, task, occurrence):
        remind_again(acting.trail, task, until, occurrence)
    else:
        snooze_task(acting.trail, task.id, until)
    return draft(
        f"☑ {sentence(task.title)}",
        acting.say("Snoozed to {moment}", moment=acting.words.moment(until, acting.now)),
        choices=((acting.undo,),),
    )


def rescheduled(acting: Acting, task: Task, when: Moment) -> Draft:
    """Another moment for the task, at its own hour when none is said."""
    if comes_too_often(when):
        return too_often(acting, when)
    due = due_of(_at_own_hour(task, when, acting.now), acting.user, acting.now)
    if task.rrule and not due.rrule:  # this occurrence comes at another time; the series stays
        due = replace(due, rrule=task.rrule, series_from=task.series_from)
    due = replace(due, nag=task.nag, from_completion=due.from_completion or task.from_completion)
    if not due.notices:
        due = with_notices(due, [each.before for each in task.notices if each.before is not None], acting.user)
    told = open_occurrence(acting.connection, task)
    reschedule_task(acting.trail, task.id, due)
    if told is not None:
        settle_until(acting.trail, task.id, told)
    moved = task_by_id(acting.connection, task.id) or task
    said = draft(
        f"☑ {sentence(task.title)}", due_line(acting, moved), choices=((acting.undo, other_time(acting, task)),)
    )
    return with_readings(acting, said, when, "move_this", lambda reading: {"task": task.id, "when": pack(reading)})


def _at_own_hour(task: Task, when: Moment, now: datetime) -> Moment:
    if when.has_time or when.rrule or not task.has_time or task.due_at is None:
        return when
    wall = datetime.combine(when.wall, localise(task.due_at, when.zone).time())
    return replace(when, wall=wall, has_time=True) if resolve(wall, when.zone) > now else when


def stop_nagging(acting: Acting, task: Task) -> Draft:
    """No more reminders of this; it stays on the list. A recurring one goes on with its next occurrence."""
    if task.rrule and not task.from_completion and move_on(acting.trail, task, acting.user, after=acting.now):
        ahead = task_by_id(acting.connection, task.id) or task
        line = acting.say("Next: {moment}", moment=due_line(acting, ahead))
    else:
        change_task(acting.trail, task.id, nag=0)
        line = acting.say("No more reminders; it stays on your list")
    return draft(f"☑ {sentence(task.title)}", line, choices=((acting.undo,),))


def tomorrow_of(acting: Acting) -> datetime:
    """Tomorrow at the user's default hour."""
    return _at_default_hour(acting, _today(acting) + timedelta(days=1))


def next_week_of(acting: Acting) -> datetime:
    """The first day of the next week at the user's default hour."""
    today = _today(acting)
    return _at_default_hour(acting, today + timedelta(days=7 - (today.weekday() - acting.setting.week_start) % 7))


def _today(acting: Acting) -> date:
    return localise(acting.now, acting.user.timezone).date()


def _at_default_hour(acting: Acting, day: date) -> datetime:
    midnight = datetime.combine(day, datetime.min.time())
    return resolve(remind_wall(midnight, False, acting.user), acting.user.timezone)


def until_of(acting: Acting, when: Moment | None) -> datetime:
    """When a reminder comes again that is put off: then, else in an hour."""
    return due_of(when, acting.user, acting.now).remind_at if when is not None else acting.now + _SNOOZE


def _is_beside(acting: Acting, task: Task, occurrence: datetime) -> bool:
    """Is the task's own reminder still to come: of a later occurrence, or after this early notice?"""
    if task.due_wall is None or task.due_at is None or task.remind_at is None:
        return False
    own = resolve(remind_wall(task.due_wall, task.has_time, acting.user), task.zone)
    return occurrence < task.due_at or acting.now < min(own, task.remind_at)

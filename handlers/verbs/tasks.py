"""Tasks: making, listing, finishing, snoozing, rescheduling and handing them on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from handlers.acting import Acting, draft, sentence
from handlers.understand.intents import Intent
from handlers.whom import find_whom, label_of
from handlers.words import Words
from reminders.due import move_on
from reminders.followups import period_of, touched
from reminders.moment import Moment
from reminders.when import find_bad_moment
from reminders.zones import localise, resolve
from storage.contacts import Contact
from storage.folding import words_of
from storage.messages import Choice, Draft
from storage.tasks import (
    Due,
    Task,
    add_task,
    change_task,
    complete_task,
    open_tasks,
    reschedule_task,
    snooze_task,
    task_by_id,
)
from storage.users import User, user_by_name

_SNOOZE = timedelta(hours=1)


def make_task(acting: Acting, intent: Intent) -> Draft:
    """A task with its reminder, for oneself or another member, about a contact where one is named for certain."""
    if wrong := senseless(acting, intent):
        return wrong
    assignee = assignee_of(acting, intent)
    if isinstance(assignee, Draft):
        return assignee
    found = find_whom(acting, intent)
    if isinstance(found, Draft):
        return found
    title = intent.title or intent.slots.text or ""
    if not title and found is not None:
        title = acting.say("Get in touch with {name}", name=found.name)
    if not title:
        example = acting.say("remind me friday 14:00 to call Anna")
        return draft("❓ " + acting.say("What is to be done? Try: {example}", example=example))
    due = due_of(intent.when, assignee) if intent.when else None
    contact_id = found.id if found else None
    task_id = add_task(acting.trail, title, due=due, assignee_id=assignee.id, contact_id=contact_id)
    task = task_by_id(acting.connection, task_id)
    assert task is not None
    return _receipt(acting, task, found, assignee)


def due_of(when: Moment, user: User) -> Due:
    """A moment as a task's due: a date alone is reminded of at the user's default hour."""
    wall = when.wall
    hour, _, minute = user.default_time.partition(":")
    remind = wall if when.has_time else datetime.combine(wall.date(), time(int(hour), int(minute)))
    return Due(
        wall=wall,
        zone=when.zone,
        has_time=when.has_time,
        at=resolve(wall, when.zone),
        remind_at=resolve(remind, when.zone),
        rrule=when.rrule or "",
        series_from=wall if when.rrule else None,
    )


def list_tasks(acting: Acting, intent: Intent) -> Draft:
    """The user's open tasks, numbered, soonest first; of one contact, or of a period."""
    found = find_whom(acting, intent) if intent.slots.person or intent.slots.company else None
    if isinstance(found, Draft):
        return found
    tasks = listed(acting, intent, found)
    if not tasks:
        return draft(acting.say("No open tasks."))
    lines = [f"{place}. {task_line(acting, task)}" for place, task in enumerate(tasks, 1)]
    rows = tuple(
        (Choice(acting.say("Done {n}", n=place), "done", {"task": task.id}),) for place, task in enumerate(tasks[:3], 1)
    )
    flat = tuple(choice for row in rows for choice in row)
    return draft("☑ " + acting.words.count("{n} task", "{n} tasks", len(tasks)), *lines, choices=(flat,))


def listed(acting: Acting, intent: Intent, contact: Contact | None = None) -> list[Task]:
    """The tasks as the list shows them, so that "done 2" means its second line."""
    if contact is not None:
        return open_tasks(acting.connection, contact_id=contact.id)
    before = None
    if intent.when is not None:
        before = resolve(datetime.combine(intent.when.wall.date() + timedelta(days=1), time()), acting.user.timezone)
    return open_tasks(acting.connection, assignee_id=acting.user.id, before=before)


def finish_task(acting: Acting, intent: Intent) -> Draft:
    """Done: by the number in the list, or by words of its title or its contact."""
    task = _meant(acting, intent)
    return task if isinstance(task, Draft) else finished(acting, task)


def finished(acting: Acting, task: Task, due: str | None = None) -> Draft:
    """One task done. Of a recurring one only this occurrence: the one whose reminder had this `due`, else the next."""
    if task.done_at is not None:
        return draft(acting.say("☑ {title}: done already", title=sentence(task.title)))
    if task.cadence:
        return _in_touch(acting, task)
    if task.rrule and task.due_at is not None:
        moved = due is not None and task.due_at > datetime.fromisoformat(due)
        if moved or move_on(acting.trail, task, acting.user, after=max(task.due_at, acting.now)):
            ahead = task_by_id(acting.connection, task.id) or task
            return draft(
                acting.say("☑ {title}: done", title=sentence(task.title)),
                acting.say("Next: {moment}", moment=due_line(acting, ahead)),
                choices=((Choice(acting.say("Stop repeating"), "stop", {"task": task.id}), acting.undo),),
            )
    return stopped(acting, task)


def _in_touch(acting: Acting, task: Task) -> Draft:
    """One was in touch, if only by the user's word: the next time is counted from now."""
    touched(acting.trail, task, acting.user)
    ahead = task_by_id(acting.connection, task.id) or task
    return draft(
        acting.say("☑ {title}: done", title=sentence(task.title)),
        acting.say("Next: {moment}", moment=due_line(acting, ahead)),
        choices=((acting.undo,),),
    )


def stopped(acting: Acting, task: Task) -> Draft:
    """Done for good, with all that a recurring one would still bring."""
    complete_task(acting.trail, task.id)
    return draft(acting.say("☑ {title}: done", title=sentence(task.title)), choices=((acting.undo,),))


def put_off(acting: Acting, intent: Intent) -> Draft:
    """Moves a task's reminder: to the moment that is named, else by an hour."""
    task = _meant(acting, intent)
    return task if isinstance(task, Draft) else put_off_task(acting, task, intent)


def put_off_task(acting: Acting, task: Task, intent: Intent) -> Draft:
    """One task's reminder, moved so."""
    if intent.when is None:
        return snoozed(acting, task, acting.now + _SNOOZE)
    due = due_of(intent.when, acting.user)
    return snoozed(acting, task, due.remind_at)


def snoozed(acting: Acting, task: Task, until: datetime) -> Draft:
    """The reminder comes again then; what the task is due stays."""
    snooze_task(acting.trail, task.id, until)
    return draft(
        f"☑ {sentence(task.title)}",
        acting.say("Again: {moment}", moment=acting.words.moment(until, acting.now)),
        choices=((acting.undo,),),
    )


def rescheduled(acting: Acting, task: Task, when: Moment) -> Draft:
    """Another moment for the task."""
    due = due_of(when, acting.user)
    if task.rrule and not due.rrule:  # this occurrence comes at another time; the series stays
        due = replace(due, rrule=task.rrule, series_from=task.series_from)
    reschedule_task(acting.trail, task.id, due)
    moved = task_by_id(acting.connection, task.id) or task
    return draft(
        f"☑ {sentence(task.title)}", due_line(acting, moved), choices=((acting.undo, other_time(acting, task)),)
    )


def tomorrow_of(acting: Acting, user: User) -> datetime:
    """Tomorrow at the user's default hour."""
    hour, _, minute = user.default_time.partition(":")
    day = localise(acting.now, user.timezone).date() + timedelta(days=1)
    return resolve(datetime.combine(day, time(int(hour), int(minute))), user.timezone)


def assign_task(acting: Acting, intent: Intent) -> Draft:
    """Hands a task to another member."""
    assignee = assignee_of(acting, intent)
    if isinstance(assignee, Draft):
        return assignee
    task = _meant(acting, intent)
    if isinstance(task, Draft):
        return task
    change_task(acting.trail, task.id, assignee_id=assignee.id)
    return draft(f"☑ {sentence(task.title)}", acting.say("Now {name}'s", name=assignee.name), choices=((acting.undo,),))


def task_line(acting: Acting, task: Task) -> str:
    """A task in one line: title, when, about whom."""
    contact = "" if _mentions(task.title, task.contact) else task.contact
    waits = acting.say("if no answer comes") if task.awaits_since is not None else ""
    often = cadence_words(acting.words, task.cadence) if task.cadence else ""
    return " · ".join(filter(None, (sentence(task.title), due_line(acting, task), waits, often, contact)))


def cadence_words(words: Words, cadence: str) -> str:
    """How often: "every 6 weeks"."""
    period = period_of(cadence)
    years, months = divmod(period.months, 12)
    weeks, days = divmod(period.days, 7)
    if months:
        count = period.months
        return words.say("every month") if count == 1 else words.count("every {n} month", "every {n} months", count)
    if years:
        return words.say("every year") if years == 1 else words.count("every {n} year", "every {n} years", years)
    if days:
        count = period.days
        return words.say("every day") if count == 1 else words.count("every {n} day", "every {n} days", count)
    return words.say("every week") if weeks == 1 else words.count("every {n} week", "every {n} weeks", weeks)


def _mentions(title: str, name: str) -> bool:
    """Is the person named in the title already, in whatever case: "Позвонить Анне", "Anna anrufen"?"""
    stems = [word[: max(3, len(word) - 2)] for word in words_of(name)]
    return any(word.startswith(stem) for word in words_of(title) for stem in stems)


def due_line(acting: Acting, task: Task) -> str:
    """When a task is due, as its user says it."""
    if task.due_wall is None:
        return ""
    if task.has_time and task.due_at is not None:
        return acting.words.moment(task.due_at, acting.now)
    return acting.words.wall(task.due_wall, acting.now, has_time=False)


def other_time(acting: Acting, task: Task) -> Choice:
    """The button that asks for another moment."""
    return Choice(acting.say("Other time"), "ask_time", {"task": task.id})


def _receipt(acting: Acting, task: Task, contact: Contact | None, assignee: User) -> Draft:
    facts = [due_line(acting, task)]
    if task.due_wall is not None and not task.has_time and task.remind_at is not None:
        facts = [acting.words.moment(task.remind_at, acting.now)]
    if task.rrule:
        facts.append(acting.say("repeats"))
    if contact is not None:
        facts.append(label_of(contact))
    if assignee.id != acting.user.id:
        facts.append(acting.say("for {name}", name=assignee.name))
    buttons = [acting.undo]
    if task.due_wall is not None or not task.rrule:
        buttons.append(other_time(acting, task))
    return draft(f"☑ {sentence(task.title)}", " · ".join(filter(None, facts)), choices=(tuple(buttons),))


def senseless(acting: Acting, intent: Intent) -> Draft | None:
    """A moment that can't be, or that is past: said with what would work."""
    if intent.when is not None and intent.when.past and not intent.when.rrule:
        return draft(
            "⚠ " + acting.say("“{words}” is past. Try “tomorrow 9:00” or “in 3 days”.", words=intent.when.words)
        )
    bad = find_bad_moment(acting.text, acting.setting) if intent.when is None else None
    if bad is None:
        return None
    return draft("⚠ " + acting.say("“{words}” is no date. Try “30 Nov 9:00” or “in 3 days”.", words=bad.words))


def assignee_of(acting: Acting, intent: Intent) -> User | Draft:
    """Whose task it is: the member that is named, else who asks."""
    named = intent.slots.assignee
    if not named or named == "me":
        return acting.user
    user = user_by_name(acting.connection, named) or _by_first_name(acting, named)
    if user is None:
        return draft("❓ " + acting.say("Nobody in the team is called {name}.", name=named))
    return user


def _by_first_name(acting: Acting, named: str) -> User | None:
    from storage.users import all_users

    found = [user for user in all_users(acting.connection) if named.casefold() in user.name.casefold().split()]
    return found[0] if len(found) == 1 else None


def _meant(acting: Acting, intent: Intent) -> Task | Draft:
    """The task that is meant: by number, by words, or the only one."""
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
    act = {"complete_task": "done", "assign": "assign_this"}.get(intent.name, "snooze_this")
    rows = tuple((Choice(task_line(acting, task)[:60], act, {"task": task.id}),) for task in fitting[:5])
    return draft("❓ " + acting.say("Which task?"), choices=rows)


def _fits(words: str, task: Task) -> bool:
    whole = f"{task.title} {task.contact}".casefold()
    return all(word in whole for word in words.split())

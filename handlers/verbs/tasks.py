"""Tasks: making them, listing them, and saying when they are due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta

from handlers.acting import Acting, draft, sentence
from handlers.how_often import cadence_words, rule_words
from handlers.understand.intents import Intent
from handlers.verbs.which_moment import with_readings
from handlers.whom import find_whom, label_of
from reminders.due import comes_too_often, remind_moment, remind_wall
from reminders.moment import UNEVEN, Moment
from reminders.notices import plan_notices
from reminders.when import find_bad_moment
from reminders.zones import localise, resolve
from storage.codec import pack
from storage.contacts import Contact
from storage.folding import words_of
from storage.messages import Choice, Draft
from storage.tasks import Due, Task, add_task, open_tasks, task_by_id
from storage.users import User, user_by_name


def make_task(acting: Acting, intent: Intent) -> Draft:
    """A task with its reminder, for oneself or another member, about a contact where one is named for certain."""
    if question := senseless(acting, intent):
        return question
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
    due = due_of(intent.when, assignee, acting.now) if intent.when else None
    if intent.nag:
        due = replace(due or _from_now(acting, assignee, intent.nag), nag=intent.nag)
    contact_id = found.id if found else None
    task_id = add_task(acting.trail, title, due=due, assignee_id=assignee.id, contact_id=contact_id)
    task = task_by_id(acting.connection, task_id)
    assert task is not None
    said = _receipt(acting, task, found, assignee)
    return with_readings(
        acting, said, intent.when, "move_this", lambda reading: {"task": task_id, "when": pack(reading)}
    )


def due_of(when: Moment, user: User, now: datetime) -> Due:
    """A moment as a task's due: a date alone is reminded of at the default hour of its user, where that one is."""
    wall = when.wall
    zone = when.zone if when.has_time else user.timezone
    due = Due(
        wall=wall,
        zone=zone,
        has_time=when.has_time,
        at=resolve(wall, zone),
        remind_at=remind_moment(wall, when.has_time, zone, user, now),
        rrule=when.rrule or "",
        series_from=wall if when.rrule else None,
        from_completion=when.from_completion,
    )
    return with_notices(due, when.before, user)


def with_notices(due: Due, befores: Iterable[timedelta], user: User) -> Due:
    """The same due with its early notices."""
    return replace(due, notices=plan_notices(remind_wall(due.wall, due.has_time, user), due.zone, befores))


def _from_now(acting: Acting, user: User, minutes: int) -> Due:
    """What is to be reminded of until it is done, and has no moment of its own."""
    wall = localise(acting.said_at + timedelta(minutes=minutes), user.timezone).replace(tzinfo=None)
    at = resolve(wall, user.timezone)
    return Due(wall, user.timezone, True, at, at)


def list_tasks(acting: Acting, intent: Intent) -> Draft:
    """The user's open tasks, numbered, soonest first; of one contact or another member, or of a period."""
    member = _member_listed(acting, intent)
    if member is not None and member.id != acting.user.id:
        return _list_of(acting, member)
    named = intent.slots.person or intent.slots.company
    found = find_whom(acting, intent) if named and member is None else None
    if isinstance(found, Draft):
        return found
    if named and found is None and member is None:
        return draft("❓ " + acting.say("I don't know {name} yet.", name=named))
    tasks = listed(acting, intent, found)
    if not tasks and intent.when is not None:
        day = acting.words.wall(intent.when.wall, acting.now, has_time=False)
        return draft(acting.say("No open tasks up to {day}.", day=day))
    if not tasks:
        return draft(acting.say("No open tasks."))
    lines = [f"{place}. {task_line(acting, task)}" for place, task in enumerate(tasks, 1)]
    rows = tuple(
        (Choice(acting.say("Done {n}", n=place), "done", {"task": task.id}),) for place, task in enumerate(tasks[:3], 1)
    )
    flat = tuple(choice for row in rows for choice in row)
    return draft("☑ " + acting.words.count("{n} task", "{n} tasks", len(tasks)), *lines, choices=(flat,))


def _member_listed(acting: Acting, intent: Intent) -> User | None:
    """Whose tasks are asked for, if it is a member of the team; a contact of that name comes first."""
    named = intent.slots.assignee or intent.slots.person
    if not named or named == "me" or (intent.slots.person and find_whom(acting, intent) is not None):
        return None
    return user_by_name(acting.connection, named) or _by_first_name(acting, named)


def _list_of(acting: Acting, member: User) -> Draft:
    """Another member's open tasks. They have no numbers: "done 2" is of one's own list."""
    tasks = open_tasks(acting.connection, assignee_id=member.id)
    if not tasks:
        return draft(acting.say("{name} has no open tasks.", name=member.name))
    count = acting.words.count("{n} task", "{n} tasks", len(tasks))
    return draft(f"☑ {member.name}: {count}", *(f"• {task_line(acting, task)}" for task in tasks))


def listed(acting: Acting, intent: Intent, contact: Contact | None = None) -> list[Task]:
    """The tasks as the list shows them, so that "done 2" means its second line."""
    if contact is not None:
        return open_tasks(acting.connection, contact_id=contact.id)
    before = None
    if intent.when is not None:
        before = resolve(datetime.combine(intent.when.wall.date() + timedelta(days=1), time()), acting.user.timezone)
    return open_tasks(acting.connection, assignee_id=acting.user.id, before=before)


def task_line(acting: Acting, task: Task) -> str:
    """A task in one line: title, when, about whom."""
    contact = "" if _mentions(task.title, task.contact) else task.contact
    waits = acting.say("if no answer comes") if task.awaits_since is not None else ""
    often = cadence_words(acting.words, task.cadence) if task.cadence else comes_back(acting, task)
    return " · ".join(filter(None, (sentence(task.title), due_line(acting, task), waits, often, contact)))


def comes_back(acting: Acting, task: Task) -> str:
    """How a task recurs: "every 2 weeks, Fridays"; empty when it doesn't."""
    return rule_words(acting.words, task.rrule, from_completion=task.from_completion) if task.rrule else ""


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
        facts.append(comes_back(acting, task))
    if contact is not None:
        facts.append(label_of(contact))
    if assignee.id != acting.user.id:
        facts.append(acting.say("for {name}", name=assignee.name))
    buttons = [acting.undo]
    if task.due_wall is not None or not task.rrule:
        buttons.append(other_time(acting, task))
    return draft(
        f"☑ {sentence(task.title)}",
        " · ".join(filter(None, facts)),
        _beside(acting, task),
        choices=(tuple(buttons),),
    )


def _beside(acting: Acting, task: Task) -> str:
    """What comes beside the reminder: earlier ones, and more of them until it is done."""
    early = [acting.words.moment(each.at, acting.now) for each in task.notices if each.at > acting.now]
    facts = [acting.say("Also {moments}", moments=" · ".join(early))] if early else []
    if task.nag and task.nag % 60 == 0:
        facts.append(acting.words.count("Every {n} hour until done", "Every {n} hours until done", task.nag // 60))
    elif task.nag:
        facts.append(acting.words.count("Every {n} minute until done", "Every {n} minutes until done", task.nag))
    return "\n".join(facts)


def senseless(acting: Acting, intent: Intent) -> Draft | None:
    """A moment that can't be, or that is past: said with what would work."""
    if intent.when is not None and intent.when.past and not intent.when.rrule:
        return draft(
            "⚠ " + acting.say("“{words}” is past. Try “tomorrow 9:00” or “in 3 days”.", words=intent.when.words)
        )
    if intent.when is not None and comes_too_often(intent.when):
        return too_often(acting, intent.when)
    bad = find_bad_moment(acting.text, acting.setting)
    if bad is None or (intent.when is not None and (intent.title or "").strip(" .") != bad.words.strip(" .")):
        return None  # beside a good moment a bad one is what is to be done
    if bad.reason == UNEVEN:
        told = acting.say(
            "“{words}” can't be one reminder. Make one for each time, like “every day 8:30 …”.", words=bad.words
        )
        return draft("⚠ " + told)
    return draft("⚠ " + acting.say("“{words}” is no date. Try “30 Nov 9:00” or “in 3 days”.", words=bad.words))


def too_often(acting: Acting, when: Moment) -> Draft:
    """Such a reminder would only be in the way."""
    example = acting.say("remind me every 30 minutes to stretch")
    return draft("⚠ " + acting.say("“{words}” is too often. Try: {example}", words=when.words, example=example))


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

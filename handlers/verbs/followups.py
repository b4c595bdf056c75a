"""Follow-ups, which close themselves when their contact writes, and keeping in touch."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from handlers.acting import Acting, draft, sentence
from handlers.how_often import cadence_words
from handlers.understand.intents import Intent
from handlers.verbs.tasks import assignee_of, comes_back, due_line, due_of, other_time, senseless
from handlers.whom import label_of, need_whom
from reminders.calendar_days import OutOfCalendar
from reminders.followups import awaited_from, cadence_of, first_touch
from reminders.moment import Moment
from reminders.zones import localise
from storage.contacts import Contact, contact_by_id
from storage.followups import last_touch
from storage.messages import Choice, Draft
from storage.sent import contact_at_hand
from storage.tasks import Task, add_task, change_task, complete_task, task_by_id, watching_tasks

_LATER = 3  # days, where no moment is said
_AT_HAND = timedelta(hours=12)  # so long "follow up in 3 days" means the contact of the newest message


def follow_up(acting: Acting, intent: Intent) -> Draft:
    """A task that closes itself when its contact writes first."""
    if wrong := senseless(acting, intent):
        return wrong
    assignee = assignee_of(acting, intent)
    if isinstance(assignee, Draft):
        return assignee
    found = need_whom(acting, _about(acting, intent))
    if isinstance(found, Draft):
        return found
    when = intent.when or _in_days(acting, _LATER)
    task_id = add_task(
        acting.trail,
        intent.title or acting.say("Follow up with {name}", name=found.name),
        due=due_of(when, assignee, acting.now),
        assignee_id=assignee.id,
        contact_id=found.id,
        awaits_since=awaited_from(acting.connection, found.id, acting.now),
    )
    task = task_by_id(acting.connection, task_id)
    assert task is not None
    moment = acting.words.moment(task.remind_at, acting.now) if task.remind_at else due_line(acting, task)
    for_whom = acting.say("for {name}", name=assignee.name) if assignee.id != acting.user.id else ""
    facts = (moment, comes_back(acting, task), for_whom, label_of(found))
    return draft(
        f"☑ {sentence(task.title)}",
        " · ".join(filter(None, facts)),
        acting.say("Closes itself if {name} writes first", name=found.name),
        choices=((acting.undo, other_time(acting, task)),),
    )


def follow_up_choice(acting: Acting, contact_id: int) -> Choice:
    """The button under what was sent: reminds in a few days, unless they answer."""
    label = acting.words.count("Follow up in {n} day", "Follow up in {n} days", _LATER)
    return Choice(label, "follow_up", {"contact": contact_id})


def follow_up_on(acting: Acting, contact_id: int) -> Draft:
    """What that button does."""
    return follow_up(acting, Intent("follow_up", contact_id=contact_id))


def keep_open(acting: Acting, task: Task) -> Draft:
    """What they wrote was no answer: the task is to be done after all."""
    change_task(acting.trail, task.id, done_at=None, answered_at=None, awaits_since=None)
    again = task_by_id(acting.connection, task.id) or task
    return draft(
        f"☑ {sentence(task.title)}", due_line(acting, again), choices=((acting.undo, other_time(acting, task)),)
    )


def keep_in_touch(acting: Acting, intent: Intent) -> Draft:
    """How often to be in touch with a contact: any interaction counts, and starts it anew."""
    found = need_whom(acting, intent)
    if isinstance(found, Draft):
        return found
    now = next((task for task in watching_tasks(acting.connection, [found.id]) if task.cadence), None)
    if intent.slots.value == "off":
        return _stop(acting, found, now)
    cadence = cadence_of(intent.when.rrule) if intent.when is not None and intent.when.rrule else None
    if cadence is None:
        example = acting.say("keep in touch with Anna every 6 weeks")
        return draft("❓ " + acting.say("How often? Try: {example}", example=example))
    return _keep(acting, found, cadence, now)


def _keep(acting: Acting, contact: Contact, cadence: str, now: Task | None) -> Draft:
    last = last_touch(acting.connection, contact.id, acting.now)
    try:
        due = first_touch(cadence, last or acting.now, acting.user, acting.now)
    except OutOfCalendar:
        return draft("⚠ " + acting.say("That is too far ahead. Try “every 6 weeks”."))
    if now is None:
        title = acting.say("Get in touch with {name}", name=contact.name)
        add_task(acting.trail, title, due=due, assignee_id=acting.user.id, contact_id=contact.id, cadence=cadence)
    else:
        change_task(acting.trail, now.id, cadence=cadence, assignee_id=acting.user.id, **due.columns())
    lately = acting.say("Last in touch: {moment}", moment=_day(acting, last)) if last is not None else ""
    how_often = cadence_words(acting.words, cadence)
    return draft(
        f"👤 {label_of(contact)}: " + acting.say("keep in touch {how_often}", how_often=how_often),
        " · ".join(
            filter(None, (lately, acting.say("next: {moment}", moment=acting.words.moment(due.remind_at, acting.now))))
        ),
        choices=((acting.undo,),),
    )


def _stop(acting: Acting, contact: Contact, now: Task | None) -> Draft:
    if now is None:
        return draft(acting.say("Nothing reminds you to keep in touch with {name}.", name=contact.name))
    complete_task(acting.trail, now.id)
    return draft(
        f"👤 {label_of(contact)}: " + acting.say("no reminder to keep in touch any more"), choices=((acting.undo,),)
    )


def _about(acting: Acting, intent: Intent) -> Intent:
    """Who is named nowhere is whoever the newest message was about."""
    slots = intent.slots
    if intent.contact_id is not None or acting.about is not None:
        return intent
    if slots.person or slots.company or slots.email or slots.phone:
        return intent
    contact_id = contact_at_hand(acting.connection, acting.user.id, acting.now - _AT_HAND)
    known = contact_by_id(acting.connection, contact_id) if contact_id is not None else None
    return replace(intent, contact_id=known.id) if known is not None else intent


def _in_days(acting: Acting, days: int) -> Moment:
    day = localise(acting.said_at, acting.user.timezone).date() + timedelta(days=days)
    return Moment(0, 0, (), datetime.combine(day, time()), acting.user.timezone, False)


def _day(acting: Acting, moment: datetime) -> str:
    return acting.words.moment(moment, acting.now, has_time=False)

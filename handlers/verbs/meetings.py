"""A planned meeting in one line, its reminder an hour before, and doing without it."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.acting import Acting, draft, shortened
from handlers.verbs.tasks import due_of
from handlers.words import Words
from reminders.moment import Moment
from reminders.zones import localise
from storage.contacts import contacts_by_id
from storage.interactions import logged_on
from storage.meetings import Planned, drop_meeting, planned_meeting, set_reminder
from storage.messages import Choice, Draft
from storage.tasks import Due, add_task, change_task, complete_task, reschedule_task, task_by_id
from storage.users import User, user_by_id

_BEFORE = timedelta(hours=1)
_NAMES = 3


def line_of(acting: Acting, meeting: Planned) -> str:
    """Demo Globex: Thu 26 Nov, 14:00–15:00 · Room 5 · weekly · Anna Kern."""
    contacts = contacts_by_id(acting.connection, logged_on(acting.connection, meeting.interaction_id))
    names = ", ".join(each.name for each in contacts[:_NAMES]) + (" …" if len(contacts) > _NAMES else "")
    title = shortened(meeting.summary, 80) or acting.say("A meeting")
    return " · ".join(
        filter(
            None,
            (f"{title}: {_when(acting, meeting)}", shortened(meeting.location, 60), _recurs(acting, meeting), names),
        )
    )


def reminder_choice(acting: Acting, meeting: Planned) -> tuple[Choice, ...]:
    """The button, as long as the hour before is still to come."""
    late = meeting.at - _BEFORE <= acting.now or meeting.all_day or meeting.task_id is not None
    label = acting.say("Remind me 1 h before")
    return () if late else (Choice(label, "remind_meeting", {"meeting": meeting.interaction_id}),)


def remind_of_meeting(acting: Acting, interaction_id: int) -> Draft:
    """A task with its reminder an hour before; it moves with the meeting."""
    meeting = planned_meeting(acting.connection, interaction_id)
    if meeting is None or meeting.state != "planned":
        return draft(acting.say("It is gone by now."))
    if not acting.user.may_write:
        return draft("⚠ " + acting.say("You can look, not write. An owner can change that."))
    if meeting.at - _BEFORE <= acting.now:
        moment = acting.words.moment(meeting.at, acting.now)
        return draft("⚠ " + acting.say("It is too late for that: it begins at {moment}.", moment=moment))
    contacts = logged_on(acting.connection, interaction_id)
    title = _title(acting.words, meeting.summary, meeting.at)
    task_id = add_task(
        acting.trail,
        title,
        due=_due(acting.user, meeting.at, acting.now),
        assignee_id=acting.user.id,
        contact_id=contacts[0] if contacts else None,
    )
    set_reminder(acting.connection, interaction_id, task_id)
    moment = acting.words.moment(meeting.at - _BEFORE, acting.now)
    return draft(f"⏰ {moment} · {title}", choices=((acting.undo,),))


def shift_reminder(acting: Acting, meeting: Planned, start: datetime, summary: str) -> None:
    """The reminder of a meeting that begins at another time now, or is called something else."""
    task = task_by_id(acting.connection, meeting.task_id) if meeting.task_id is not None else None
    if task is None or task.done_at is not None:
        return
    reminded = user_by_id(acting.connection, task.assignee_id) if task.assignee_id is not None else None
    reminded = reminded or acting.user
    words = Words(reminded.language, reminded.timezone)
    title = _title(words, summary or meeting.summary, start)
    if task.title != title and task.title == _title(words, meeting.summary, meeting.at):
        change_task(acting.trail, task.id, title=title)
    if start - _BEFORE > acting.now and start != meeting.at:
        reschedule_task(acting.trail, task.id, _due(reminded, start, acting.now))


def stop_reminder(acting: Acting, meeting: Planned) -> None:
    """Nobody is reminded of a meeting that doesn't take place."""
    task = task_by_id(acting.connection, meeting.task_id) if meeting.task_id is not None else None
    if task is not None and task.done_at is None:
        complete_task(acting.trail, task.id)


def do_without(acting: Acting, interaction_id: int) -> Draft:
    """The meeting is on nobody's timeline, and nothing more is heard of it."""
    meeting = planned_meeting(acting.connection, interaction_id)
    if meeting is None:
        return draft(acting.say("It is gone by now."))
    stop_reminder(acting, meeting)
    drop_meeting(acting.connection, interaction_id)
    return draft("↩ " + acting.say("The meeting is off the list."))


def _title(words: Words, summary: str, start: datetime) -> str:
    return words.say("{title} begins at {time}", title=summary, time=words.clock(start))


def _due(user: User, start: datetime, now: datetime) -> Due:
    zone = user.timezone
    wall = localise(start - _BEFORE, zone).replace(tzinfo=None)
    return due_of(Moment(0, 0, (), wall, zone, has_time=True), user, now)


def _when(acting: Acting, meeting: Planned) -> str:
    words, now = acting.words, acting.now
    if meeting.all_day:
        first = words.moment(meeting.at, now, has_time=False)
        last = words.moment(meeting.ends_at - timedelta(seconds=1), now, has_time=False)
        return f"{first}, {acting.say('all day')}" if first == last else f"{first} – {last}"
    begins = words.moment(meeting.at, now)
    if meeting.ends_at <= meeting.at:
        return begins
    same = words.moment(meeting.at, now, has_time=False) == words.moment(meeting.ends_at, now, has_time=False)
    return f"{begins}–{words.clock(meeting.ends_at)}" if same else f"{begins} – {words.moment(meeting.ends_at, now)}"


def _recurs(acting: Acting, meeting: Planned) -> str:
    says = {
        "DAILY": acting.say("daily"),
        "WEEKLY": acting.say("weekly"),
        "MONTHLY": acting.say("monthly"),
        "YEARLY": acting.say("yearly"),
    }
    rule = meeting.recurrence.upper()
    plain = "INTERVAL" not in rule or "INTERVAL=1" in rule.split(";")
    return next((said for name, said in says.items() if plain and f"FREQ={name}" in rule), "")

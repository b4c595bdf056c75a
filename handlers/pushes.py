"""What Rapport says unasked: reminders that are due, and notices."""

from __future__ import annotations

from datetime import datetime

from handlers.acting import draft, of_kind, sentence
from handlers.words import Words
from reminders.due import DueReminder
from storage.messages import Choice, Draft


def reminder_draft(due: DueReminder, *, now: datetime) -> Draft:
    """A reminder with its buttons; a late one says when it was due and that nobody was there to send it."""
    words = Words(due.user.language, due.user.timezone)
    task = due.task
    facts = [task.contact, task.company]
    today = now.astimezone(words.zone).date()
    asked = task.created_at.astimezone(words.zone).date() if task.created_at is not None else today
    if asked != today:
        facts.append(words.say("asked {day}", day=words.day(asked, today)))
    about = {"task": task.id}
    head = f"⏰ {sentence(task.title)}"
    if due.late:
        same_day = due.due_at.astimezone(words.zone).date() == today
        moment = words.clock(due.due_at) if same_day else words.moment(due.due_at, now)
        head += " " + words.say("(due {moment}, I was offline)", moment=moment)
    hour = due.user.default_time.lstrip("0")
    said = draft(
        head,
        " · ".join(filter(None, facts)),
        choices=(
            (
                Choice(
                    words.say("Done"),
                    "done",
                    {**about, "due": due.task.due_at.isoformat() if due.task.due_at else None},
                ),
                Choice(words.say("1 h"), "snooze_this", about),
                Choice(words.say("Tomorrow {time}", time=hour), "tomorrow", about),
            ),
        ),
    )
    return of_kind(said, "reminder")

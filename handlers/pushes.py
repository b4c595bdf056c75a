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
    if due.late:
        facts.append(words.say("was due {moment}, I was offline", moment=words.moment(due.due_at, now)))
    about = {"task": task.id}
    said = draft(
        f"⏰ {sentence(task.title)}",
        " · ".join(filter(None, facts)),
        choices=(
            (
                Choice(words.say("Done"), "done", about),
                Choice(words.say("Snooze 1h"), "snooze_this", about),
                Choice(words.say("Tomorrow"), "tomorrow", about),
            ),
        ),
    )
    return of_kind(said, "reminder")

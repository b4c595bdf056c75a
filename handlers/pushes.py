"""What Rapport says unasked: reminders that are due, and notices."""

from __future__ import annotations

from datetime import datetime

from handlers.acting import draft, of_kind, sentence, shortened
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
    gist = _gist(due, words, now) if task.awaits_since is not None else ""
    hour = due.user.default_time.lstrip("0")
    again = (Choice(words.say("Write again"), "ask_mail", {"contact": task.contact_id}),)
    said = draft(
        head,
        " · ".join(filter(None, facts)),
        gist,
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
            again if task.awaits_since is not None and task.contact_id is not None else (),
        ),
    )
    return of_kind(said, "reminder")


def _gist(due: DueReminder, words: Words, now: datetime) -> str:
    """Of a follow-up: what was sent and when, and that no answer came."""
    sent, since = due.sent, due.task.awaits_since
    assert since is not None
    today = now.astimezone(words.zone).date()
    day = words.day((sent.occurred_at if sent else since).astimezone(words.zone).date(), today)
    if sent is None:
        return words.say("No word since {day}", day=day)
    what = " ".join(
        words.quoted(shortened(each, most)) for each, most in ((sent.subject, 80), (sent.text, 120)) if each.strip()
    )
    sign = "📞" if sent.channel == "call" else "📤"
    return words.say("{sign} {day}: {what}, no answer since", sign=sign, day=day, what=what)

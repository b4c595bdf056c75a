"""What Rapport says unasked: reminders that are due, and notices."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.acting import draft, of_kind, sentence, shortened
from handlers.words import Words
from reminders.due import MOST_NAGS, DueReminder
from storage.messages import Choice, Draft

_MANY = 3  # reminders that are due at once come as one message from here on
_LINES, _BUTTONS, _ROW = 50, 8, 4  # of such a message
_DAY = timedelta(days=1)


def in_messages(taken: list[DueReminder]) -> list[list[DueReminder]]:
    """What is due, as it is sent: each reminder by itself, but of one user many late or untimed ones together.

    Who asked for a time is told at that time, of that alone.
    """
    gathered: dict[int, list[DueReminder]] = {}
    for due in taken:
        if due.kind in ("due", "again") and (due.late or not due.timed) and not due.task.awaits_since:
            gathered.setdefault(due.user.id, []).append(due)
    together = {user_id: group for user_id, group in gathered.items() if len(group) >= _MANY}
    messages: list[list[DueReminder]] = []
    grouped = {due.reminder_id for group in together.values() for due in group}
    for due in taken:
        if due.reminder_id not in grouped:
            messages.append([due])
        elif due is together[due.user.id][0]:
            messages.append(together[due.user.id])
    return messages


def reminder_draft(due: DueReminder, *, now: datetime) -> Draft:
    """A reminder with its buttons; a late one says when it was due and that nobody was there to send it."""
    words = Words(due.user.language, due.user.timezone)
    task = due.task
    facts = [task.contact, task.company]
    today = now.astimezone(words.zone).date()
    asked = task.created_at.astimezone(words.zone).date() if task.created_at is not None else today
    if asked != today:
        facts.append(words.say("asked {day}", day=words.day(asked, today)))
    if due.kind == "nag":
        facts.append(words.say("{n} of {most}", n=due.nagged, most=MOST_NAGS))
    gist = _gist(due, words, now) if task.awaits_since is not None else ""
    said = draft(_head(due, words, now), " · ".join(filter(None, facts)), gist, choices=_choices(due, words))
    return of_kind(said, "reminder")


def gathered_draft(dues: list[DueReminder], *, now: datetime) -> Draft:
    """Several reminders of one user as one message: a line each, and buttons for the first ones and for all."""
    words = Words(dues[0].user.language, dues[0].user.timezone)
    late = any(due.late for due in dues)
    head = words.count("⏰ {n} reminder", "⏰ {n} reminders", len(dues))
    lines = []
    for place, due in enumerate(dues[:_LINES], 1):
        moment = words.say("due {moment}", moment=_was_due(due, words, now)) if due.late else ""
        named = "" if due.task.contact in due.task.title else due.task.contact
        lines.append(" · ".join(filter(None, (f"{place}. {sentence(due.task.title)}", moment, named))))
    if len(dues) > _LINES:
        lines.append(words.count("and {n} more", "and {n} more", len(dues) - _LINES))
    done = tuple(
        Choice(words.say("Done {n}", n=place), "done", _about(due)) for place, due in enumerate(dues[:_BUTTONS], 1)
    )
    every = Choice(
        words.say("All: tomorrow {time}", time=_default_hour(dues[0])),
        "all_tomorrow",
        {"every": [_about(due) for due in dues]},
    )
    if late:
        head += ", " + words.say("I was offline")
    rows = tuple(done[at : at + _ROW] for at in range(0, len(done), _ROW))
    return of_kind(draft(head, *lines, choices=(*rows, (every, Choice(words.say("Tasks"), "tasks")))), "reminder")


def _head(due: DueReminder, words: Words, now: datetime) -> str:
    title = sentence(due.task.title)
    if due.kind in ("early", "again") and due.about is not None and due.about > now:
        return f"⏰ {_until(due, words, now)}: {title}" + (
            f" ({words.clock(due.about)})" if due.task.has_time and due.about - now < _DAY else ""
        )
    if due.late and due.kind != "nag":
        return f"⏰ {title} " + words.say("(due {moment}, I was offline)", moment=_was_due(due, words, now))
    return f"⏰ {title}"


def _until(due: DueReminder, words: Words, now: datetime) -> str:
    """How long it is until then: minutes and hours, else the day."""
    assert due.about is not None
    minutes = round((due.about - now).total_seconds() / 60)
    if not due.task.has_time or due.about - now >= _DAY:
        return words.moment(due.about, now, has_time=due.task.has_time)
    if minutes < 60 or (minutes % 60 and minutes < 120):
        return words.count("in {n} minute", "in {n} minutes", max(1, minutes))
    return words.count("in {n} hour", "in {n} hours", round(minutes / 60))


def _was_due(due: DueReminder, words: Words, now: datetime) -> str:
    same_day = due.due_at.astimezone(words.zone).date() == now.astimezone(words.zone).date()
    return words.clock(due.due_at) if same_day else words.moment(due.due_at, now)


def _choices(due: DueReminder, words: Words) -> tuple[tuple[Choice, ...], ...]:
    about = _about(due)
    first = (
        Choice(words.say("Done"), "done", about),
        Choice(words.say("1 h"), "snooze_this", about),
        Choice(words.say("Tomorrow {time}", time=_default_hour(due)), "tomorrow", about),
    )
    second = [Choice(words.say("Next week"), "next_week", about), Choice(words.say("Pick ..."), "pick", about)]
    if due.task.awaits_since is not None and due.task.contact_id is not None:
        second.append(Choice(words.say("Write again"), "ask_mail", {"contact": due.task.contact_id}))
    if due.task.nag and due.kind != "early":
        second.append(Choice(words.say("Stop"), "stop_nagging", about))
    if due.task.rrule and due.kind != "early":
        second.append(Choice(words.say("Stop repeating"), "stop", {"task": due.task.id}))
    return first, tuple(second)


def _about(due: DueReminder) -> dict[str, object]:
    """Which occurrence of which task its buttons are about."""
    return {"task": due.task.id, "due": due.about.isoformat() if due.about is not None else None}


def _default_hour(due: DueReminder) -> str:
    return due.user.default_time.removeprefix("0")


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

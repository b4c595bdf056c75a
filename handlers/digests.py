"""The words of the digest, of `today`, and of the look-back on Fridays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from handlers.acting import Acting, draft, of_kind, sentence, shortened
from handlers.understand.intents import Intent
from handlers.verbs.tasks import list_tasks, other_time, task_line
from handlers.words import Words
from reminders.digest import Digest, LookBack, Quiet, make_digest
from reminders.zones import localise
from storage.messages import Choice, Draft
from storage.tasks import Task

_SHOWN = 5  # of a kind
_OPENED = 3  # tasks with a button
_WIDTH = 60


def digest_draft(digest: Digest, *, now: datetime) -> Draft:
    """A day on one small screen."""
    words = Words(digest.user.language, digest.user.timezone)
    today = localise(now, digest.user.timezone).date()
    return of_kind(
        draft(_heading(words, digest.day), *_lines(words, digest, today), choices=_choices(words, digest)), "digest"
    )


def show_today(acting: Acting, intent: Intent) -> Draft:
    """The same at any moment, when it is asked for."""
    today = localise(acting.now, acting.user.timezone).date()
    digest = make_digest(acting.connection, acting.user, today, now=acting.now, since=acting.now)
    if digest.is_empty:
        return draft(_heading(acting.words, today), acting.say("Nothing is due, and nothing waits."))
    lines = _lines(acting.words, digest, today)
    return draft(_heading(acting.words, today), *lines, choices=_choices(acting.words, digest))


def open_task(acting: Acting, task: Task) -> Draft:
    """One task with all that can be done about it."""
    about = {"task": task.id}
    buttons = [
        Choice(acting.say("Done"), "done", about),
        Choice(acting.say("Tomorrow {time}", time=acting.user.default_time.lstrip("0")), "tomorrow", about),
        other_time(acting, task),
    ]
    if task.contact_id is not None:
        buttons.append(Choice(task.contact, "card", {"contact": task.contact_id}))
    return draft(f"☑ {task_line(acting, task)}", choices=(tuple(buttons),))


def look_back_draft(look: LookBack, *, now: datetime) -> Draft:
    """A week on one small screen."""
    words = Words(look.user.language, look.user.timezone)
    week, today = look.week, localise(now, look.user.timezone).date()
    mails = words.say("Mails: {received} in, {sent} out", received=week.mails_in, sent=week.mails_out)
    ahead = [f"☑ {words.day(_day(task), today)}: {_title(task)}" for task in look.ahead]
    return of_kind(
        draft(
            words.say("The week until {day}", day=_heading(words, today)),
            _row(words, words.say("Done"), [_short(each) for each in week.done]),
            _row(words, words.say("Won"), [f"💶 {_short(each)}" for each in week.won]),
            _row(words, words.say("New leads"), [_short(each) for each in week.leads]),
            mails if week.mails_in or week.mails_out else "",
            words.count("{n} call", "{n} calls", week.calls) if week.calls else "",
            _row(words, words.say("Next week"), ahead),
        ),
        "digest",
    )


def _lines(words: Words, digest: Digest, today: date) -> list[str]:
    overdue = [f"☑ {_title(task)} ({words.day(_day(task), today)})" for task in digest.overdue]
    due = [f"☑ {_clock(words, task)}{_title(task)}" for task in digest.today]
    waits = [f"☑ {_title(task)}" for task in digest.unanswered]
    met = [f"{words.clock(each.at)} {_short(each.text or each.contact)}" for each in digest.meetings]
    born = [
        (f"{words.day(each.day, today)}: " if each.day != today else "")
        + (each.name if each.turns is None else words.say("{name} (turns {age})", name=each.name, age=each.turns))
        for each in digest.birthdays
    ]
    return [
        _row(words, words.say("Overdue"), overdue),
        _row(words, words.say("Today"), due),
        _row(words, words.say("No answer yet"), waits),
        _row(words, words.say("Meetings"), met),
        _waiting(words, digest),
        _quiet(words, digest.leads, deals=False),
        _quiet(words, digest.deals, deals=True),
        _row(words, words.say("Birthday"), born),
    ]


def _waiting(words: Words, digest: Digest) -> str:
    if not digest.waiting:
        return ""
    if digest.waiting == digest.unknown:
        return words.count("Waiting: {n} unknown sender", "Waiting: {n} unknown senders", digest.waiting)
    return words.count("Waiting: {n} message", "Waiting: {n} messages", digest.waiting)


def _quiet(words: Words, quiet: Quiet, *, deals: bool) -> str:
    if not quiet.names:
        return ""
    label = words.count("Quiet for {n} day", "Quiet for {n} days", quiet.days)
    if deals:
        label = words.count("Deals quiet for {n} day", "Deals quiet for {n} days", quiet.days)
    return _row(words, label, [_short(each) for each in quiet.names], between=", ")


def _choices(words: Words, digest: Digest) -> tuple[tuple[Choice, ...], ...]:
    opened = [
        Choice(words.say("Open {n}", n=place), "open_task", {"task": task.id})
        for place, task in enumerate(_shown(digest)[:_OPENED], 1)
    ]
    waiting = (Choice(words.say("Triage"), "triage"),) if digest.waiting else ()
    return ((*opened, *waiting),)


def _shown(digest: Digest) -> list[Task]:
    """The tasks that stand in the digest, in their order."""
    return [task for row in (digest.overdue, digest.today, digest.unanswered) for task in row[:_SHOWN]]


def _row(words: Words, label: str, each: Sequence[str], *, between: str = " · ") -> str:
    if not each:
        return ""
    more = len(each) - _SHOWN
    rest = " " + words.count("and {n} more", "and {n} more", more) if more > 0 else ""
    return f"{label}: {between.join(each[:_SHOWN])}{rest}"


def _clock(words: Words, task: Task) -> str:
    return f"{words.clock(task.due_at)} " if task.has_time and task.due_at is not None else ""


def _day(task: Task) -> date:
    assert task.due_wall is not None
    return task.due_wall.date()


def _title(task: Task) -> str:
    return _short(sentence(task.title))


def _short(text: str) -> str:
    return shortened(text, _WIDTH)


def _heading(words: Words, day: date) -> str:
    """The day by its date, be it today or not."""
    return words.day(day, day.replace(month=1 if day.month > 6 else 12, day=20))


def list_or_today(acting: Acting, intent: Intent) -> Draft:
    """A bare "today" asks for the day; with more words for the tasks alone."""
    when, today = intent.when, localise(acting.now, acting.user.timezone).date()
    bare = len(acting.text.split()) == 1 and when is not None and not when.has_time and when.wall.date() == today
    return show_today(acting, intent) if bare else list_tasks(acting, intent)

"""Tasks: new ones, lists of them, done, put off, given to somebody."""

from __future__ import annotations

from dataclasses import replace

from handlers.understand.clause import Clause
from handlers.understand.found import Found
from handlers.understand.intents import Intent, Slots
from handlers.understand.names import read_who
from handlers.understand.russian import is_cyrillic, is_infinitive
from handlers.understand.title import concerned, task_title
from handlers.understand.tokens import fold
from reminders.moment import Moment
from reminders.when import find_moment, find_moments

_ARTICLES = "articles"
_AHEAD = {"ru": "через "}  # what makes a bare length of time a moment; "in " elsewhere


def add_task(found: Found) -> Intent | None:
    """A task: what is to be done, when, about whom."""
    if found.match.template.intent == "task_frame" and any(found.clause.listed("idle", token) for token in found.row):
        return None
    slips = any(token.kind == "word" and token.fold != fold(token.word) for token in found.row)
    return new_task(found.clause, found.because, start=found.begin("task") if slips and found.has("task") else None)


def add_planned(found: Found) -> Intent | None:
    """An appointment that shall be put down: its own words, without the verb that puts it down."""
    clause = found.clause
    if clause.moment is None:
        return None
    tokens = [token for token in found.tokens("planned") if not clause.in_moment(token)]
    if not tokens:
        return None
    while len(tokens) > 1 and clause.listed("stop", tokens[-1]):
        tokens = tokens[:-1]
    title = clause.between(tokens[0].start, tokens[-1].end)
    person, company = concerned(clause, title)
    slots = Slots(person=person, company=company, text=title, due_text=clause.moment.words)
    return Intent("add_task", slots, title, clause.moment, found.because)


def new_task(clause: Clause, because: tuple[str, ...], assignee: str | None = None, start: int | None = None) -> Intent:
    """The task that a clause is about, its words taken from a place on."""
    title = task_title(clause, start)
    person, company = concerned(clause, title)
    slots = Slots(
        person=person,
        company=company,
        text=title,
        due_text=clause.moment.words if clause.moment else None,
        assignee=assignee,
    )
    return Intent("add_task", slots, title, clause.moment, because)


def add_task_for(found: Found) -> Intent | None:
    """A task that somebody else is given: "remind Max to call Anna"."""
    who = found.who("assignee", strict=False)
    if who is None or not who.person:
        return None
    vague = found.match.template.intent.endswith(".vague")
    task = next((token for token in found.tokens("task") if not found.clause.in_moment(token)), None)
    if vague and (task is None or (is_cyrillic(task.word) and not is_infinitive(task.word))):
        return None
    if vague and found.clause.words.code == "de" and not found.tokens("task")[-1].fold.endswith("n"):
        return None  # "Dach muss neu" gives nobody anything to do
    if vague and not (who.capital or _member(found.clause, who.person)):
        return None
    intent = new_task(found.clause, found.because, who.person)
    start = found.begin("task")
    title = task_title(found.clause, start)
    person, company = concerned(found.clause, title)
    return replace(intent, title=title, slots=replace(intent.slots, text=title, person=person, company=company))


def complete_task(found: Found) -> Intent | None:
    """A task that is done, by its line's number or by its words."""
    if found.has("number"):
        word = found.tokens("number")[0].word.lstrip("#")
        return Intent("complete_task", Slots(number=int(word)), because=found.because) if word.isdecimal() else None
    series = found.match.template.intent.endswith(".series")
    return Intent("complete_task", Slots(text=_task_words(found)), because=found.because, series=series)


def _task_words(found: Found) -> str | None:
    """A task's words in a slot without a leading article."""
    if not found.has("task"):
        return None
    tokens = found.tokens("task")
    while len(tokens) > 1 and found.clause.listed(_ARTICLES, tokens[0]):
        tokens = tokens[1:]
    return found.words(tokens[0].start, found.end("task")) or None


def snooze(found: Found) -> Intent | None:
    """A reminder put off, to a moment if one is said."""
    moment = found.clause.moment
    if found.has("span"):
        tokens = found.tokens("span")
        if moment is None:
            moment = _span(found.clause, tokens[0].start, tokens[-1].end)
        elif not all(found.clause.in_moment(token) for token in tokens):
            return None
        if moment is None:
            return None
    slots = Slots(due_text=moment.words if moment else None)
    if found.has("number"):
        word = found.tokens("number")[0].word
        if not word.isdecimal():
            return None
        slots = replace(slots, number=int(word))
    if found.has("task"):
        if moment is None:
            return None
        tokens = found.tokens("task")
        while len(tokens) > 1 and found.clause.listed(_ARTICLES, tokens[0]):
            tokens = tokens[1:]
        tokens = [token for token in tokens if not found.clause.in_moment(token)]
        while len(tokens) > 1 and found.clause.listed("stop", tokens[-1]):
            tokens = tokens[:-1]
        if not tokens:
            return None
        slots = replace(slots, text=found.clause.between(tokens[0].start, tokens[-1].end))
        who = concerned(found.clause, slots.text)
        slots = replace(slots, person=who[0], company=who[1])
    return Intent("snooze", slots, when=moment, because=found.because)


def _span(clause: Clause, start: int, end: int) -> Moment | None:
    """A bare length of time as the moment that lies that far ahead: "2h" as "in 2h"."""
    lead = _AHEAD.get(clause.words.code, "in ")
    moment = find_moment(lead + clause.text[start:end], clause.setting)
    if moment is None or moment.rrule or moment.end < len(lead) + end - start:
        return None
    shift = start - len(lead)
    spans = tuple((max(s + shift, start), e + shift) for s, e in moment.spans if e + shift > start)
    words = clause.text[start:end].strip()
    return replace(moment, start=start, end=spans[-1][1] if spans else end, spans=spans or ((start, end),), words=words)


def snooze_to(found: Found) -> Intent | None:
    """Putting off that makes sense only with a moment: "move it to friday"; "not today, tomorrow" means the last."""
    clause = found.clause
    if clause.moment is None:
        return None
    if not found.match.template.intent.endswith(".last"):
        return snooze(found)
    last = find_moments(clause.text[found.low : found.high], clause.setting)[-1:]
    if not last or last[0].start + found.low <= found.begin("period"):
        return None
    spans = tuple((s + found.low, e + found.low) for s, e in last[0].spans)
    moment = replace(last[0], start=spans[0][0], end=spans[-1][1], spans=spans)
    return Intent("snooze", Slots(due_text=moment.words), when=moment, because=found.because)


def list_tasks(found: Found) -> Intent | None:
    """The tasks of a period, of a person, or all."""
    clause = found.clause
    if found.match.template.intent.endswith(".when") and clause.moment is None:
        return None
    period = found.text("period") if found.has("period") else None
    if not period and clause.moment:
        period = clause.moment.words
    if period and any(not clause.listed("period", t) and not clause.in_moment(t) for t in found.tokens("period")):
        return None
    slots = Slots(due_text=period)
    if found.has("who"):
        who = found.who(possessive=True)
        if who is None:
            return None
        member = who.person and _member(clause, who.person)
        slots = replace(slots, assignee=member) if member else replace(slots, person=who.person, company=who.company)
    return Intent("list_tasks", slots, when=clause.moment, because=found.because)


def assign(found: Found) -> Intent | None:
    """Somebody is to look after a contact or a task from now on."""
    clause = found.clause
    if found.has("pair"):
        return _assign_pair(found)
    if found.name("assignee"):
        to = found.who("assignee")
        if to is None:
            return None
        assignee = to.person or to.company
    else:
        assignee = "me"
    slots = Slots(assignee=assignee)
    if found.has("number"):
        word = found.tokens("number")[0].word
        return Intent("assign", replace(slots, number=int(word)), because=found.because) if word.isdecimal() else None
    if found.has("task"):
        words = _task_words(found)
        who = concerned(clause, words)
        return Intent("assign", replace(slots, text=words, person=who[0], company=who[1]), because=found.because)
    if found.name("what"):
        tokens = found.tokens(found.name("what") or "what")
        who_ = found.who("what")
        if who_ is not None:
            return Intent("assign", replace(slots, person=who_.person, company=who_.company), because=found.because)
        if not tokens or all(clause.listed("stop", token) for token in tokens):
            return Intent("assign", slots, because=found.because)
        while len(tokens) > 1 and clause.listed(_ARTICLES, tokens[0]):
            tokens = tokens[1:]
        person = read_who(clause, tokens, strict=True)
        slots = replace(slots, text=clause.between(tokens[0].start, tokens[-1].end))
        if person and tokens[0].capital:
            slots = replace(slots, person=person.person, company=person.company)
    return Intent("assign", slots, because=found.because)


def _assign_pair(found: Found) -> Intent | None:
    """Whom or what, and right after it to whom: the last word."""
    tokens = found.tokens(found.name("pair") or "pair")
    if len(tokens) < 2:
        return None
    case = (found.name("pair") or "").partition("_")[2] or None
    to = read_who(found.clause, tokens[-1:], case)
    what = read_who(found.clause, tokens[:-1], "accs" if case else None)
    if to is None or what is None or what.used < len(tokens) - 1:
        return None
    slots = Slots(person=what.person, company=what.company, assignee=to.person or to.company)
    return Intent("assign", slots, because=found.because)


def _member(clause: Clause, name: str) -> str | None:
    """The name, if a member of the team has it."""
    first = name.casefold().split()
    for member in clause.lookups.members():
        words = member.casefold().split()
        if words and first and (words == first or words[0] == first[0] or first == words[-1:]):
            return name
    return None

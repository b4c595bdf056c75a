"""What a task is called, and whom it concerns."""

from __future__ import annotations

from dataclasses import replace

from handlers.understand import russian
from handlers.understand.clause import Clause, tidy
from handlers.understand.frames import strip_frames
from handlers.understand.lexicon import LANGUAGES, lexicon
from handlers.understand.names import name_like, read_who
from handlers.understand.tokens import Token, split
from reminders.when import title_without


def task_title(clause: Clause, start: int | None = None) -> str | None:
    """What is left to do, of the clause from a place on: without moment, frame, trigger and connectors."""
    start = clause.start if start is None else start
    words = clause.text[start : clause.end]
    moment = clause.moment
    if moment:
        spans = tuple((s - start, e - start) for s, e in moment.spans if s >= start and e <= clause.end)
        moment = replace(moment, start=moment.start - start, end=moment.end - start, spans=spans) if spans else None
    title = tidy(title_without(words, moment, clause.code))
    for _ in range(3):
        before = title
        title = _without_trigger(clause, tidy(strip_frames(title, clause)))
        if title == before:
            break
    return title or None


def _without_trigger(clause: Clause, title: str) -> str:
    tokens = split(title)
    for code in (clause.words.code, *(code for code in LANGUAGES if code != clause.words.code)):
        for found in lexicon(code).matches(tokens):
            if found.template.intent not in ("add_task", "task_frame"):
                continue
            for name, first, end in found.slots:
                if name == "task":
                    return tidy(title[tokens[first].start : tokens[end - 1].end]) if end > first else ""
            return ""
    while tokens and (tokens[0].fold in clause.words.lists.get("task_leads", ()) or tokens[0].kind == "sign"):
        tokens = tokens[1:]
    return tidy(title[tokens[0].start :]) if tokens else ""


def concerned(clause: Clause, title: str | None) -> tuple[str | None, str | None]:
    """The person and firm that a task's words name."""
    if not title:
        return None, None
    tokens = split(title)[:60]
    for index, token in enumerate(tokens):
        if token.kind != "word":
            continue
        before = tokens[index - 1] if index else None
        if not _may_name(clause, token, before, tokens[index + 1 :]):
            continue
        inner = replace(clause, text=title, start=0, end=len(title), moment=None, pieces=(), row=())
        case = russian.case_after(before.fold) if before else _case_before(clause, title)
        if case is None and before is not None and clause.listed("person_verbs", before):
            case = "accs" if clause.listed("accs_verbs", before) else "datv"
        who = read_who(inner, tokens[index:], case, strict=token.capital)
        if who and (who.person or who.company):
            return who.person, who.company
    return None, None


def _case_before(clause: Clause, title: str) -> str | None:
    """The case that the word before a title asks for, where the title was taken from the clause as it is."""
    at = clause.text.find(title, clause.start, clause.end)
    words = clause.text[clause.start : at].split() if at > 0 else []
    return russian.case_after(words[-1].casefold()) if words else None


def _may_name(clause: Clause, token: Token, before: Token | None, after: list[Token]) -> bool:
    """Whether a name may begin here: after a verb or a preposition that asks for one, or as the store knows it."""
    if clause.listed("stop", token) or clause.listed("common", token) or clause.listed("imperatives", token):
        return False
    if clause.listed("suffixes", token):
        return True
    if before is not None and clause.listed("honorifics", before):
        return True
    if russian.is_cyrillic(token.word):
        return russian.is_name(token.word) or (
            token.capital and before is not None and not russian.is_common(token.word)
        )
    if before is not None and _has_article(clause, token, before, after):
        return name_like(clause, token)
    asked = before is None or any(
        clause.listed(name, before) for name in ("person_verbs", "person_leads", "honorifics")
    )
    if not token.capital:
        called = before is not None and clause.listed("call_verbs", before)
        comes = before is None and bool(after) and clause.listed("call_infinitives", after[-1]) and len(after) < 3
        return (asked and _stored(clause, token)) or ((called or comes) and name_like(clause, token))
    if before is None and not after:
        return True
    if before is None:
        return _first_is_name(clause, token, after)
    if asked or (before.capital is False and clause.words.code != "de" and not clause.listed("articles", before)):
        return True
    return _stored(clause, token)


def _has_article(clause: Clause, token: Token, before: Token, after: list[Token]) -> bool:
    """Whether a German article leads to a name: "dem Luca die Fotos schicken", "den igor anrufen"."""
    if before.fold not in ("dem", "den", "der", "die") or not after:
        return False
    if len(after) < 3 and after[-1].kind == "word" and clause.listed("call_infinitives", after[0]):
        return True
    gives = before.fold in ("dem", "der") and clause.listed("articles", after[0])
    return token.capital and gives


def _first_is_name(clause: Clause, token: Token, after: list[Token]) -> bool:
    """Whether a task's capital first word is a name: "Anna das Angebot schicken", "Peter Novak anrufen"."""
    if _stored(clause, token):
        return True
    following = after[0]
    return (
        clause.listed("articles", following)
        or clause.listed("person_verbs", following)
        or (following.capital and not clause.listed("common", following) and following.kind == "word")
        or following.fold in ("'s", "'")
        or token.fold.endswith("'s")
    )


def _stored(clause: Clause, token: Token) -> bool:
    best = next(iter(clause.lookups.people(token.word)), None)
    return best is not None and best.score >= 0.85

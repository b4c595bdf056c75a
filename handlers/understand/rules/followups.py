"""Waiting for an answer, and keeping in touch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from handlers.understand.clause import Clause
from handlers.understand.condition import find_condition, without_condition
from handlers.understand.found import Found
from handlers.understand.intents import Intent, Slots


def conditional(clause: Clause, interpret: Callable[[Clause], Intent | None]) -> Intent | None:
    """A task that is only to be done if no answer comes; None when there is no such condition, or nothing to do."""
    condition = find_condition(clause)
    if condition is None:
        return None
    inner = without_condition(clause, condition)
    intent = interpret(inner) if inner.row else None
    if intent is None or intent.name not in ("add_task", "follow_up", "snooze") or intent.slots.number is not None:
        return None
    slots, who = intent.slots, condition.who
    if who is not None and not (slots.person or slots.company):
        slots = replace(slots, person=who.person, company=who.company)
    slots = replace(slots, due_text=clause.moment.words if clause.moment else None)
    because = (f"follow_up: {condition.source}", *intent.because)
    return replace(intent, name="follow_up", slots=slots, when=clause.moment, because=because)


def follow_up(found: Found) -> Intent | None:
    """A bare "follow up in 3 days": on whatever is being talked about."""
    moment = found.clause.moment
    if moment is None:
        return None
    return Intent("follow_up", Slots(due_text=moment.words), when=moment, because=found.because)


def keep_in_touch(found: Found) -> Intent | None:
    """How often one wants to be in touch with somebody, or that one doesn't any more."""
    who = found.who()
    if who is None:
        return None
    clause = found.clause
    off = found.match.template.intent.endswith(".off")
    moment = clause.moment
    slots = Slots(
        person=who.person,
        company=who.company,
        due_text=moment.words if moment else None,
        value="off" if off else None,
    )
    return Intent("keep_in_touch", slots, when=moment, because=found.because)

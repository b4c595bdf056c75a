"""What was understood, as the JSON object of `rapport explain`."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

from handlers.understand.intents import Intent, Slots, Understanding
from reminders.moment import Moment
from reminders.zones import find_existing


def explained(understanding: Understanding) -> dict[str, Any]:
    """The object: intent, slots, title, when, more, language, because."""
    first, *others = understanding.intents
    return {
        **_one(first),
        "more": [_one(intent) for intent in others],
        "language": understanding.language,
        "because": [reason for intent in understanding.intents for reason in intent.because],
    }


def _one(intent: Intent) -> dict[str, Any]:
    return {
        "intent": intent.name,
        "slots": _slots(intent.slots),
        "title": intent.title,
        "when": _when(intent.when) if intent.when else None,
    }


def _slots(slots: Slots) -> dict[str, Any]:
    given = {field.name: getattr(slots, field.name) for field in fields(slots)}
    return {
        name: _number(value) if isinstance(value, Decimal) else value
        for name, value in given.items()
        if value is not None
    }


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _when(moment: Moment) -> dict[str, Any]:
    return {
        "start": moment.start,
        "end": moment.end,
        "spans": [[start, end] for start, end in moment.spans],
        "at": moment.at.isoformat(),
        "has_time": moment.has_time,
        "rrule": moment.rrule,
        "before": [int(each.total_seconds() // 60) for each in moment.before],  # minutes
        "ambiguous": [find_existing(other, moment.zone).isoformat() for other in moment.ambiguous],
    }

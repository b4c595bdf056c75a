"""Which of two moments is meant, where a person would ask: two buttons, and a tap does what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from handlers.acting import Acting, draft
from handlers.understand.intents import Intent
from reminders.moment import Moment
from storage.codec import pack
from storage.messages import Choice, Draft


def ask_moment(acting: Acting, intent: Intent) -> Draft | None:
    """The question which moment this is for; None where there is no doubt."""
    return ask_reading(acting, intent.when, "do", lambda reading: {"intent": pack(replace(intent, when=reading))})


def ask_reading(
    acting: Acting, when: Moment | None, act: str, arguments: Callable[[Moment], Mapping[str, object]]
) -> Draft | None:
    """The same for any act: its arguments are made of the reading that the button names."""
    if when is None or not when.ambiguous:
        return None
    walls = sorted({when.wall, *when.ambiguous})
    readings = [replace(when, wall=wall, ambiguous=()) for wall in walls]
    row = tuple(
        Choice(acting.words.wall(each.wall, acting.now, has_time=each.has_time), act, dict(arguments(each)))
        for each in readings
    )
    return draft("❓ " + acting.say("Which?"), choices=(row,))

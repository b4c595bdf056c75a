"""Where a person would ask which moment is meant: the likeliest is taken at once, and a tap takes another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from handlers.acting import Acting, of_kind
from reminders.moment import Moment
from storage.messages import Choice, Draft, Span


def with_readings(
    acting: Acting, answer: Draft, when: Moment | None, act: str, arguments: Callable[[Moment], Mapping[str, object]]
) -> Draft:
    """The answer, asking which reading is meant, a button each; the act's arguments are made of the reading.

    Only a question would leave whoever doesn't answer it without any reminder.
    """
    if when is None or not when.ambiguous:
        return answer
    walls = sorted({when.wall, *when.ambiguous})
    readings = [replace(when, wall=wall, ambiguous=()) for wall in walls]
    row = tuple(
        Choice(acting.words.wall(each.wall, acting.now, has_time=each.has_time), act, dict(arguments(each)))
        for each in readings
    )
    asked = Span("\n❓ " + acting.say("Or is another one meant?"))
    return of_kind(Draft((*answer.spans, asked), (row, *answer.choices)), answer.kind)

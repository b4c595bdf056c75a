"""Being reminded until it is done: "every 10 minutes until done", "bis erledigt", "пока не сделаю". Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

USUAL = 10  # minutes, where nothing else is said
_LEAST, _MOST = 1, 24 * 60


@dataclass(frozen=True, slots=True)
class Nagging:
    """How often it is asked for, and the text without its words: blanks stand in their place, so that what is found
    in it stands where it stood."""

    minutes: int
    text: str


@dataclass(frozen=True, slots=True)
class _Lexicon:
    until: re.Pattern[str]
    until_task: re.Pattern[str]
    closing: re.Pattern[str]
    verbs: re.Pattern[str]
    every: tuple[re.Pattern[str], ...]
    hours: tuple[str, ...]


def find_nagging(text: str) -> Nagging | None:
    """How often to remind until it is done; None where nobody asks for that."""
    low, words = text.lower(), _lexicon()
    if len(low) != len(text):
        return None
    until = words.until.search(low)
    every = next((found for pattern in words.every if (found := pattern.search(low))), None)
    if until is None and (every is not None or words.verbs.search(low)):
        until = words.until_task.search(low)  # "until I pay the rent": the words that lead to the task
        closing = words.closing.search(low) if until is not None else None
        if closing is not None:
            text = text[: closing.start()] + " " * (closing.end() - closing.start()) + text[closing.end() :]
    if until is None and words.verbs.search(low) is None:
        return None
    minutes = USUAL
    if every is not None:
        count = int(every["number"] or 1)
        minutes = count * 60 if every["unit"].startswith(words.hours) else count
    for found in (until, every):
        if found is not None:
            text = text[: found.start()] + " " * (found.end() - found.start()) + text[found.end() :]
    return Nagging(min(max(minutes, _LEAST), _MOST), _without_comma(text))


def _without_comma(text: str) -> str:
    """A comma that nothing follows any more, as a blank."""
    bare = text.rstrip(" .!")
    return bare[:-1] + " " + text[len(bare) :] if bare.endswith(",") else text


@cache
def _lexicon() -> _Lexicon:
    import tomllib
    from importlib.resources import files

    data = tomllib.loads(files("handlers.understand").joinpath("lexicons", "nagging.toml").read_text("utf-8"))
    return _Lexicon(
        until=re.compile(rf"(?<!\w)(?:{'|'.join(data['until'])})(?!\w)"),
        until_task=re.compile("|".join(data["until_task"])),
        closing=re.compile(data["closing"]),
        verbs=re.compile("|".join(data["verbs"])),
        every=tuple(re.compile(each) for each in data["every"]),
        hours=tuple(data["hours"]),
    )

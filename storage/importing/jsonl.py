"""The lines of an export as checked values: a record of wrong types is told, not guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from storage.importing.encodings import encoding_of
from storage.importing.records import Problem
from storage.importing.values import clean

TYPES = ("user", "company", "contact", "interaction", "note", "deal", "task", "reminder")
_TYPE = re.compile(r'\{"type": ?"([a-z]+)"[,}]')
_LONGEST = 64 << 20  # characters of a line


class WrongValue(ValueError):
    """A record lacks what it needs, or has it in a wrong form; the message says what."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record of an export. Its values are got by name; a WrongValue says which one is of the wrong type."""

    number: int
    type: str
    values: dict[str, Any]

    @property
    def id(self) -> int | str | None:
        """The record's id in its file."""
        found = self.values.get("id")
        return found if isinstance(found, int | str) else None

    def text(self, name: str, width: int = 0) -> str:
        """A text, cut to the column's width; "" when it is missing."""
        found = self.values.get(name)
        if found is None:
            return ""
        if isinstance(found, int) and not isinstance(found, bool):
            found = str(found)
        if not isinstance(found, str):
            raise WrongValue(f"{name} is no text")
        found = _whole(found)
        return found[:width] if width else found

    def texts(self, name: str, width: int = 0) -> list[str]:
        """A list of texts; [] when it is missing."""
        found = self.values.get(name)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise WrongValue(f"{name} is no list of texts")
        return [_whole(each)[:width] if width else _whole(each) for each in found]

    def flag(self, name: str) -> bool:
        """Yes or no; no when it is missing."""
        found = self.values.get(name)
        if found is not None and not isinstance(found, bool):
            raise WrongValue(f"{name} is neither true nor false")
        return bool(found)

    def number_of(self, name: str) -> float | int | None:
        """A number; None when it is missing."""
        found = self.values.get(name)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | float) or not abs(found) < 1e13:
            raise WrongValue(f"{name} is no number")
        return found

    def reference(self, name: str) -> int | str | None:
        """The id of another record of the file; None when it is missing."""
        found = self.values.get(name)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | str):
            raise WrongValue(f"{name} is no id")
        return found

    def references(self, name: str) -> list[int | str]:
        """The ids of other records of the file."""
        found = self.values.get(name)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(each, int | str) for each in found):
            raise WrongValue(f"{name} is no list of ids")
        return found

    def moment(self, name: str) -> datetime | None:
        """A moment with its offset; without one it is UTC. None when it is missing."""
        text = self.text(name)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
            found.astimezone(UTC)  # beyond the calendar's ends it can't be
        except (ValueError, OverflowError):
            raise WrongValue(f"{name} is no moment") from None
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def day(self, name: str) -> str:
        """A day in ISO; "" when it is missing."""
        text = self.text(name)
        try:
            return date.fromisoformat(text).isoformat() if text else ""
        except ValueError:
            raise WrongValue(f"{name} is no date") from None


def read_lines(path: Path, types: frozenset[str], *, tell: bool) -> Iterator[Line | Problem]:
    """The records of these types, in the file's order; what is no record is a problem, if it is to be told."""
    with path.open(encoding=encoding_of(path), errors="replace", newline="\n") as file:
        number = 0
        while text := file.readline(_LONGEST):
            number += 1
            text = text.strip("\ufeff \t\r\n")
            quick = _TYPE.match(text)  # most lines of most passes needn't be taken apart
            if not text or (quick and quick[1] in TYPES and quick[1] not in types):
                continue
            found = _line(number, text)
            if isinstance(found, Problem):
                if tell:
                    yield found
            elif found.type in types:
                yield found


def _line(number: int, text: str) -> Line | Problem:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return Problem(number, "no JSON object", lost=True)
    if not isinstance(values, dict):
        return Problem(number, "no JSON object", lost=True)
    kind = values.get("type")
    if kind not in TYPES:
        return Problem(number, f"there is no type {json.dumps(kind, ensure_ascii=False)[:60]}", lost=True)
    return Line(number, kind, values)


def _whole(text: str) -> str:
    found = clean(f"\u2060{text}")
    return found[1:]

"""What a file holds, before it meets the database: frozen records, each with the line it began on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from storage.errors import RapportError


class CannotImport(RapportError):
    """Nothing of the file could be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What couldn't be read, and where: the file's line (the row of a sheet; the header of most files is 1)."""

    line: int
    reason: str
    lost: bool = False  # nothing of the row goes in

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as a file describes it. Handles as they are compared: addresses in lower case, numbers in E.164."""

    line: int
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    title: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    telegram: str = ""
    addresses: tuple[str, ...] = ()
    birthday: str = ""
    status: str = ""
    source: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    fields: tuple[tuple[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
    rest: tuple[tuple[str, str], ...] = ()  # columns that we have no place for: one note
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Firm:
    """A company as a file describes it."""

    line: int
    name: str
    domains: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rest: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A deal as a file describes it; `amount` in hundredths, `stage` by its name there."""

    line: int
    title: str
    person: Person | None = None
    company: str = ""
    amount: int | None = None
    currency: str = ""
    stage: str = ""
    outcome: str = ""  # won or lost where the file says so
    probability: int | None = None
    close_on: str = ""
    owner: str = ""
    notes: tuple[str, ...] = ()
    rest: tuple[tuple[str, str], ...] = ()
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is left out on purpose, such as one that was deleted in the other system."""

    line: int


Record = Person | Firm | Offer | Skipped


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the records."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.added + other.added,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.skipped + other.skipped,
        )

    @property
    def total(self) -> int:
        """How many records were looked at."""
        return self.added + self.updated + self.unchanged + self.skipped


@dataclass(frozen=True, slots=True)
class Source:
    """Where a file came from: the system's key and label (`hubspot`, HubSpot), and what its rows are."""

    system: str
    label: str
    kind: str

    @property
    def ids(self) -> str:
        """Under which name its ids are kept: a system numbers contacts and leads each by themselves."""
        return f"{self.system}/{self.kind}"

"""The typed intents: all that a message can ask for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from reminders.moment import Moment

IntentName = Literal[
    "add_contact",
    "add_lead",
    "add_note",
    "add_task",
    "add_deal",
    "move_deal",
    "log_call",
    "lookup_contact",
    "list_tasks",
    "list_leads",
    "pipeline",
    "history",
    "complete_task",
    "snooze",
    "send_email",
    "save_template",
    "list_templates",
    "delete_template",
    "assign",
    "set_field",
    "merge",
    "delete",
    "undo",
    "help",
    "triage",
    "settings",
    "never_log",
    "rules",
    "show_mail",
    "fetch_file",
    "why",
    "follow_up",
    "keep_in_touch",
    "today",
    "calendar",
    "unknown",
]


@dataclass(frozen=True, slots=True)
class Slots:
    """What an intent is about. Names as the message writes them, in the nominative; None for what it doesn't say."""

    person: str | None = None
    company: str | None = None
    email: str | None = None
    phone: str | None = None  # E.164
    amount: Decimal | None = None  # in the currency's own unit
    currency: str | None = None  # ISO 4217, only when the message names one
    stage: str | None = None
    text: str | None = None  # what remains without trigger, name and connector
    due_text: str | None = None  # the moment's words; for lists the period asked for
    field: str | None = None
    value: str | None = None
    assignee: str | None = None  # a name, or "me"
    number: int | None = None  # of a list's line: "done 2"


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing that is asked for. `title` is what is left to do, of a task; `because` tells people why."""

    name: IntentName
    slots: Slots = Slots()
    title: str | None = None
    when: Moment | None = None
    because: tuple[str, ...] = ()
    inbound: bool = False  # of a call: they called
    contact_id: int | None = None  # once a look-up or a tap has decided whom it concerns
    nag: int = 0  # of a task: the minutes between reminders until it is done
    series: bool = False  # of a task that is done: it shall not recur any more
    answers: bool = False  # of a mail to be written: it answers their last one


@dataclass(frozen=True, slots=True)
class Understanding:
    """All that one message asks for, in order; at least one intent ("unknown" when nothing was understood)."""

    intents: tuple[Intent, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Known:
    """A contact as a look-up gives it: `score` from 0 to 1 says how well the words fit."""

    name: str
    company: str
    score: float


class Lookups(Protocol):
    """What understanding may ask the store. Without a store, every answer is empty."""

    def people(self, words: str) -> list[Known]:
        """The contacts that these words may name, best first."""

    def members(self) -> list[str]:
        """The names of the team's users."""

    def stages(self) -> list[str]:
        """The names of the pipeline's stages."""


class NoLookups:
    """No store at all."""

    def people(self, words: str) -> list[Known]:
        """Nobody."""
        return []

    def members(self) -> list[str]:
        """Nobody."""
        return []

    def stages(self) -> list[str]:
        """None but the built-in ones."""
        return []

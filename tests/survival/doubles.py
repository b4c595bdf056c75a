"""What was delivered more often than once, and why: a double that nothing explains is a defect."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from tests.fakes.mail_server import Taken
from tests.survival.post_office import row_of

_LATE = 2.0  # seconds that a server may take to read what a process said before it was killed
_MARKING = 10.0  # seconds from a server's yes to our mark, on a machine with much else to do
_AGAIN = re.compile(r"outbox (\d+) is tried again: (.*)")

Retries = dict[int, list[tuple[float, str]]]  # by row: when our log said that it is tried again, and why


@dataclass(frozen=True)
class Delivery:
    """One message that a server took: of which row of the outbox, when, and what went wrong with its answer."""

    row: int
    at: float
    fault: str


@dataclass
class Doubles:
    """Doubled deliveries by the reason of each."""

    count: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    longest_marking: float = 0.0  # seconds from a yes to the kill that came before our mark
    unexplained: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.count} {dict(self.reasons)}, longest from yes to kill {self.longest_marking:.2f} s"


def explained(deliveries: Iterable[Delivery], kills: list[float], retries: Retries) -> Doubles:
    """Every delivery that was followed by another of the same row, with what stood between the yes and our mark."""
    by_row: dict[int, list[Delivery]] = {}
    for delivery in deliveries:
        by_row.setdefault(delivery.row, []).append(delivery)
    doubles = Doubles()
    for row, every in sorted(by_row.items()):
        for one, again in pairwise(every):
            doubles.count += 1
            killed = min((at for at in kills if one.at - _LATE <= at < again.at), default=again.at)
            taken_for = [why for at, why in retries.get(row, []) if one.at <= at <= killed]
            if one.fault:
                doubles.reasons[one.fault] += 1
            elif taken_for == ["time limit"]:
                doubles.reasons["the time limit"] += 1
            elif not taken_for and killed < min(again.at, one.at + _MARKING):
                doubles.reasons["killed before the mark"] += 1
                doubles.longest_marking = max(doubles.longest_marking, killed - one.at)
            else:
                doubles.unexplained.append(f"outbox {row}: {one.at:.2f} and {again.at:.2f}, {taken_for}")
    return doubles


def by_mail(mails: Iterable[Taken]) -> Iterator[Delivery]:
    """The mails that were taken; the same row always by the same Message-ID."""
    for taken in mails:
        yield Delivery(row_of(taken), taken.at, taken.fault)


def by_telegram(
    said: dict[int, list[dict[str, Any]]], answered: list[dict[str, Any]], refs: dict[str, int]
) -> Iterator[Delivery]:
    """What was said in the chats. Only the last time is known by its row's reference: the others say the same."""
    same: dict[tuple[int, str, int], int] = {}
    for chat, messages in said.items():
        for message in messages:
            if row := refs.get(f"{chat}:{message['message_id']}"):
                same[_words(chat, message)] = row
    notes = {(note["chat"], note["message"]): note for note in answered if note["message"] is not None}
    for chat, messages in said.items():
        for message in messages:
            note = notes[chat, message["message_id"]]
            yield Delivery(same.get(_words(chat, message), 0), note["at"], note["fault"])


def retries_in(logs: Iterable[str]) -> Retries:
    """What the logs tell of sends that failed."""
    found: Retries = {}
    for line in (line for log in logs for line in log.splitlines() if "is tried again: " in line):
        event = json.loads(line)
        if told := _AGAIN.fullmatch(event["event"]):
            at = datetime.fromisoformat(event["at"]).timestamp()
            found.setdefault(int(told[1]), []).append((at, told[2]))
    return found


def _words(chat: int, message: dict[str, Any]) -> tuple[int, str, int]:
    return chat, str(message.get("text")), message.get("reply_to_message", {}).get("message_id", 0)

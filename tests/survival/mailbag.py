"""The mails of the siege: each by which doors it comes in, and what must come of it.

All that is private in them carries MARKER, so that a log that holds any of it is found out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Literal

from tests.survival.program import CRM

Door = Literal["inbox", "sent", "drop", "pipe"]

MARKER = "qx"  # in every name, address, subject, body, password and token of the siege, and in no English word
AUTHSERV = "mx.firma.example"
PROVED = f"Authentication-Results: {AUTHSERV}; dmarc=pass header.from=firma.example\r\n"
MAX, EVA, IDA = "Max Kern", "Eva Sand", "Ida Lund"  # Ida has nothing but a mailbox
ADDRESS = {MAX: "max@firma.example", EVA: "eva@firma.example", IDA: "ida@firma.example"}
CONTACTS = {  # whom the team knows, and whom each belongs to: who is told
    ("Anna Qxkern", "anna@qxnord.example"): MAX,
    ("Carl Qxlund", "carl@qxlund.example"): EVA,
    ("Bob Qxsand", "bob@qxsand.example"): IDA,
}
_ANNA, _CARL, _BOB = (f"{name} <{address}>" for name, address in CONTACTS)
_KINDS = 12
_DATE = b"@DATE@"


@dataclass(frozen=True)
class Parcel:
    """One mail, in as many copies as come in, and the facts that it makes."""

    mark: str
    copies: tuple[tuple[Door, bytes], ...]
    kept: int = 1  # rows of the inbox
    logged: bool = True  # as an interaction
    told: str = ""  # who hears of it
    notes: tuple[str, ...] = ()
    task: str = ""  # its title, of which the user is reminded
    deal: str = ""
    lead: str = ""


def pack(count: int, seed: int) -> list[Parcel]:
    """So many mails of all kinds, by all doors."""
    dice = Random(f"mails {seed}")
    return [_parcel(number, dice) for number in range(count)]


def by_door(parcels: list[Parcel], door: Door) -> list[tuple[str, bytes]]:
    """The copies that come in by this door, each with its mark, in order."""
    return [(parcel.mark, raw) for parcel in parcels for by, raw in parcel.copies if by == door]


class Stamps:
    """The moment when a mail was first sent, which all its copies carry."""

    def __init__(self) -> None:
        self._dates: dict[str, bytes] = {}

    def stamped(self, mark: str, raw: bytes) -> bytes:
        """The mail as it is sent."""
        now = f"{datetime.now(UTC):%a, %d %b %Y %H:%M:%S +0000}".encode()
        return raw.replace(_DATE, self._dates.setdefault(mark, now))


def _parcel(number: int, dice: Random) -> Parcel:
    mark = f"m-{number:04}"
    known = _letter(mark, _ANNA, f"Body {MARKER}words of {mark}")
    match number % _KINDS:
        case 0:  # by the drop and, with a trace of another hop, in the mailbox too
            return Parcel(mark, (("drop", known), ("inbox", _hop() + known)), told=MAX)
        case 1:
            return Parcel(mark, (("inbox", _letter(mark, _BOB, f"{MARKER}words for Ida, {mark}")),), told=IDA)
        case 2:
            return _asked(mark, f"note for Bob: n{mark} {MARKER}words", notes=(f"n{mark} {MARKER}words",))
        case 3:
            seconds = dice.randint(2, 8)
            return _asked(mark, f"remind me in {seconds} seconds to call t{mark}", task=f"call t{mark}")
        case 4:  # a forward of somebody known; what stands above it is a note
            said = f"c{mark} prefers {MARKER}mornings"
            raw = _forward(mark, MAX, _ANNA, said)
            return Parcel(mark, (("inbox", raw),), told=MAX, notes=(said,))
        case 5:
            lead = f"Lea Qx{mark}"
            raw = _forward(mark, IDA, f"{lead} <{mark}@qxlead.example>", "")
            return Parcel(mark, (("drop", raw),), told=IDA, lead=lead)
        case 6:  # in the folder of sent mail, which says nothing, and as a blind copy, which is answered
            raw = _letter(mark, _of(MAX), f"As agreed, {MARKER}words", to=_ANNA)
            return Parcel(mark, (("sent", raw), ("drop", PROVED.encode() + raw)), kept=2, told=MAX)
        case 7:  # the same by another Message-ID
            raw = _letter(mark, _CARL, f"{MARKER}words to Eva about {mark}")
            again = raw.replace(f"<{mark}@".encode(), f"<again-{mark}@".encode())
            return Parcel(mark, (("pipe", raw), ("inbox", again)), kept=2, told=EVA)
        case 8:
            title = f"{MARKER}work d{mark}"
            return _asked(mark, f"deal with Bob: {title}, 700 EUR", door="pipe", deal=title)
        case 9:  # Rapport's own mail comes back: nobody's news
            raw = _letter(mark, f"Rapport <{CRM}>", f"{MARKER}words", more="Auto-Submitted: auto-replied\r\n")
            return Parcel(mark, (("inbox", raw),), logged=False)
        case 10:
            raw = _letter(mark, f"Otto Qx{mark} <{mark}@qxfar.example>", f"Who am I, {MARKER}words?")
            return Parcel(mark, (("inbox", raw),), told=MAX)
        case _:
            more = f"List-Id: <{MARKER}news.example>\r\nPrecedence: bulk\r\n"
            raw = _letter(mark, f"News <news@{MARKER}news.example>", f"Buy {MARKER}words {mark}", more=more)
            return Parcel(mark, (("sent", raw),) if dice.random() < 0.5 else (("pipe", raw),))


def _asked(
    mark: str, said: str, *, door: Door = "inbox", notes: tuple[str, ...] = (), task: str = "", deal: str = ""
) -> Parcel:
    """Ida asks for something."""
    raw = PROVED.encode() + _letter(mark, _of(IDA), said)
    return Parcel(mark, ((door, raw),), logged=False, told=IDA, notes=notes, task=task, deal=deal)


def _of(user: str) -> str:
    return f"{user} <{ADDRESS[user]}>"


def _hop() -> bytes:
    return f"Received: from {MARKER}relay.example by {AUTHSERV}; {_date()}\r\n".encode()


def _forward(mark: str, user: str, sender: str, said: str) -> bytes:
    today = datetime.now(UTC)
    body = (
        f"{said}\r\n\r\n---------- Forwarded message ---------\r\nFrom: {sender}\r\n"
        f"Date: {today:%a, %b} {today.day}, {today:%Y} at {today:%I:%M %p}\r\nSubject: {_subject(mark)}\r\n"
        f"To: {_of(user)}\r\n\r\nCan you deliver, {MARKER}words of {mark}?\r\n"
    )
    return PROVED.encode() + _letter(mark, _of(user), body, subject=f"Fwd: {_subject(mark)}")


def _subject(mark: str) -> str:
    return f"{mark} {MARKER}subject"


def _date() -> str:
    return _DATE.decode()


def _letter(mark: str, sender: str, text: str, *, to: str = CRM, subject: str = "", more: str = "") -> bytes:
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject or _subject(mark)}\r\nMessage-ID: <{mark}@qxids.example>\r\n"
        f"Date: {_date()}\r\n{more}\r\n{text}\r\n"
    ).encode()


def marks_in(texts: list[str], wanted: frozenset[str]) -> Iterator[str]:
    """The marks of mails that these texts name, in order."""
    for text in texts:
        yield from (word for word in text.replace("“", " ").replace("”", " ").split() if word in wanted)

"""What every verb is given: the user who asks, the transaction that it is done in, the words to answer with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from handlers.team import Team
from handlers.words import Words
from reminders.days_off import DaysOff
from reminders.moment import Setting
from storage.buttons import Pressed
from storage.changes import Trail
from storage.messages import Choice, Draft, ReplyKind, Span
from storage.users import User

_ONE_ROW = 4  # buttons that stand beside each other on a phone


@dataclass(frozen=True, slots=True)
class Acting:
    """One user's message being acted on, inside the bracket. `about`: the contact it is about, where that is clear."""

    connection: Connection
    trail: Trail
    user: User
    team: Team
    words: Words
    inbox_id: int
    now: datetime
    said_at: datetime  # relative moments count from here
    lane: str
    text: str = ""
    about: int | None = None
    answers: str = ""  # the channel's id of the message that is answered
    pressed: Pressed | None = None  # the button whose tap this is
    mail_id: int | None = None  # the message with the mail that is handled, where this one only confirms it

    @property
    def setting(self) -> Setting:
        """How the user's moments are read."""
        return Setting(
            now=self.said_at.astimezone(ZoneInfo(self.user.timezone)),
            zone=self.user.timezone,
            language=self.user.language,
            country=self.team.country,
            holidays=DaysOff(self.team.country, self.user.timezone),
        )

    @property
    def mail_inbox(self) -> int:
        """The message whose mail is handled."""
        return self.inbox_id if self.mail_id is None else self.mail_id

    @property
    def undo(self) -> Choice:
        """The button that takes back all that this message did."""
        return Choice(self.words.say("Undo"), "undo", {"inbox": self.inbox_id})

    def quoted(self, text: str, most: int = 80) -> str:
        """A text on one line in quotation marks, cut to at most so many code points; "" for nothing."""
        return self.words.quoted(shortened(text, most))

    def say(self, message: str, **values: object) -> str:
        """The message in the user's language."""
        return self.words.say(message, **values)


def draft(*lines: str, choices: tuple[tuple[Choice, ...], ...] = ()) -> Draft:
    """Lines of plain text, empty ones left out, and rows of buttons."""
    return Draft((Span("\n".join(line for line in lines if line)),), tuple(row for row in choices if row))


def sentence(text: str) -> str:
    """The text as a line of its own begins: with a capital, unless its first word has one inside (iPhone)."""
    first = text.partition(" ")[0]
    return text[:1].upper() + text[1:] if first.islower() else text


def shortened(text: str, most: int) -> str:
    """The text on one line, cut to at most so many code points."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"


def together(drafts: list[Draft]) -> Draft:
    """Several answers as one: their lines below each other, each button once."""
    if len(drafts) == 1:
        return drafts[0]
    spans: list[Span] = []
    rows: list[tuple[Choice, ...]] = []
    for each in drafts:
        if spans:
            spans.append(Span("\n"))
        spans.extend(each.spans)
        seen = [choice for row in rows for choice in row]
        rows += [fresh for row in each.choices if (fresh := tuple(choice for choice in row if choice not in seen))]
    flat = tuple(choice for row in rows for choice in row)
    file = next((each.file for each in drafts if each.file is not None), None)
    return Draft(tuple(spans), (flat,) if 0 < len(flat) <= _ONE_ROW else tuple(rows), drafts[0].kind, file=file)


def gathered(answer: Draft, name: str) -> Draft:
    """The same words, said at the next full hour; what was gathered under this name before is said no more."""
    return replace(answer, gathered=name)


def of_kind(answer: Draft, kind: ReplyKind) -> Draft:
    """The same words as another kind of message."""
    return replace(answer, kind=kind)

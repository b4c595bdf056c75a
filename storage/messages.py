"""The channel-neutral messages that every room shares: what came in, what is said back. Frozen, without behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import Literal

Channel = Literal["console", "telegram", "email"]
HandleKind = Literal["email", "phone", "telegram", "username", "user"]
MailKind = Literal["personal", "auto-reply", "bounce", "bulk", "calendar", "feedback"]
Direction = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a message says it is from. `kind` "user" is a team member by name (the console's own claim)."""

    kind: HandleKind
    value: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part of a message that is a file; its bytes stay in the raw message, found again by `part` (an index)."""

    part: int
    name: str
    media_type: str
    size: int  # bytes, decoded
    program: bool = False  # it is run when it is opened


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file inside a kept mail, by reference: who delivers it reads its bytes from the raw message. One made here has
    its `content` with it."""

    inbox_id: int
    part: int
    name: str  # safe
    size: int
    media_type: str = "application/octet-stream"
    otherwise: str = ""  # what is said where it can't be delivered
    content: str = ""  # of one that was made here and lies in no mail


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: the display name as shown, the address lower-cased. Either may be empty."""

    name: str = ""
    address: str = ""
    spelled: str = field(default="", compare=False)  # the address as it was written, when that had capitals

    @property
    def verbatim(self) -> str:
        """The address as it was written."""
        return self.spelled or self.address


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as its reader would describe it: who wrote to whom, when, about what, and what."""

    sender: Address = Address()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    date: datetime | None = None  # aware when the zone is known, naive when the mail doesn't tell it
    body: str = ""
    newest: str = ""  # body without quotes and signature


@dataclass(frozen=True, slots=True)
class Failure:
    """An address that a bounce says could not be reached."""

    address: str  # lower-cased
    permanent: bool  # False: it may work later
    status: str = ""  # RFC 3463, such as 5.1.1, where the bounce tells it


@dataclass(frozen=True, slots=True)
class Form:
    """Who wrote a mail that a program sent for them: a web form's fields, Reply-To, a group's headers."""

    person: Address
    phone: str = ""  # as written
    text: str = ""  # what they wrote; empty where the mail doesn't mark it


@dataclass(frozen=True, slots=True)
class Signed:
    """What a letter's signature tells of its writer, as it is written there; empty for what it doesn't."""

    phones: tuple[str, ...] = ()  # no fax
    title: str = ""
    company: str = ""
    address: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A person on a visiting card (vCard) that came with a mail."""

    name: str
    company: str = ""
    title: str = ""
    emails: tuple[str, ...] = ()  # lower-cased
    phones: tuple[str, ...] = ()  # E.164


MeetingMethod = Literal["REQUEST", "REPLY", "CANCEL", "COUNTER", "PUBLISH"]


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who is invited, and what they say to it: accepted, declined, tentative, needs-action."""

    person: Address
    status: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a mail's iCalendar part is about: one event (of a series its first), never expanded."""

    uid: str
    method: MeetingMethod
    start: datetime  # aware, in UTC; naive when it floats, or is a day: its reader's zone is meant
    end: datetime  # of the same kind, never before the start
    all_day: bool = False
    zone: str = ""  # as the calendar names it
    summary: str = ""
    location: str = ""
    organizer: Address = Address()
    attendees: tuple[Attendee, ...] = ()
    sequence: int = 0
    stamp: datetime | None = None  # when this version was written
    recurrence: str = ""  # RFC 5545, as it is written
    instance: str = ""  # of a series: which of its events this is about, when not all


@dataclass(frozen=True, slots=True)
class Mail:
    """A raw mail, understood: the letter that arrived and, when it is a forward, the original inside it."""

    outer: Letter
    original: Letter | None = None  # of a forward: the innermost letter
    comment: str = ""  # of a forward: what the forwarder wrote
    said: str = ""  # of no forward: its newest text without the greeting and name that close it, where it has them
    kind: MailKind = "personal"
    authentic: bool = False  # the From line was proved
    dkim_keys: tuple[str, ...] = ()  # the DNS names of the keys that may prove it yet
    spam: bool = False  # a filter on its way took it for spam
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    reply_to: tuple[Address, ...] = ()
    digest: str = ""  # of the content alone (From, Date, Subject, text): the same over every route
    attachments: tuple[Attachment, ...] = ()
    because: tuple[str, ...] = ()  # why it was understood so, for people
    original_kind: MailKind = "personal"  # of a forward: the original's own, as far as it can be told
    failed: tuple[Failure, ...] = ()  # of a bounce
    away: str = ""  # of an automatic reply: its words on when its writer is back, `back on 3 March`
    group: str = ""  # the id of the list or group that handed it on, `sales.firma.example` (RFC 2919)
    form: Form | None = None  # of a mail whose From is only a program's or a group's
    cards: tuple[Card, ...] = ()  # that came with it
    meeting: Meeting | None = None  # that it invites to, answers or cancels
    signed: Signed | None = None  # of personal mail: what the letter's signature tells of its writer

    @property
    def letter(self) -> Letter:
        """The customer's letter: the original of a forward, else the mail itself."""
        return self.original or self.outer


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that a member sent into a chat; its bytes are fetched when they are needed, by `ref`."""

    name: str
    size: int  # bytes, 0 when nobody tells
    ref: str  # the channel's name for it, a path on the console

    @property
    def suffix(self) -> str:
        """The end of its name, as `.csv`; empty when it has none."""
        return PurePath(self.name).suffix.lower()


JobKind = Literal["look", "import", "undo"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job. `changes` is the inbox id that its changes hang on, by which they are undone."""

    job: int
    kind: JobKind
    changes: int
    file: SentFile | None = None
    label: str = ""  # what the file was recognised as
    rows: int = 0
    names: tuple[str, ...] = ()  # of a look: the first people in it; of an undoing: the first that stay
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    problems: tuple[tuple[int, str], ...] = ()  # the first ones: line and reason
    problem_count: int = 0
    error: str = ""  # why there is nothing else to tell


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message as it is kept in the inbox.

    `at` is its own moment (aware, UTC): relative words count from it. `received` is when it was kept, by the
    business's clock.
    """

    channel: Channel
    external_id: str  # unique for ever within the channel; the same message again has the same one
    lane: str  # messages of one lane are handled in order
    sender: Sender
    at: datetime
    text: str = ""  # what is said to Rapport; for a mail see `mail`
    tap: str | None = None  # the token of the button that was pressed
    reply_to: str | None = None  # the channel's id of our own message that this one answers
    language: str | None = None  # the sender's app language, a hint
    mail: Mail | None = None
    problem: str | None = None  # why it couldn't be prepared: it is kept raw and parked
    received: datetime | None = None
    silent: bool = False  # old mail found in a mailbox: it is logged, and nothing else comes of it
    archived: bool = False  # silent mail that a user handed in, or sent: what belongs to nobody known waits in triage
    edits: str | None = None  # the external id of the message that this is a newer version of
    file: SentFile | None = None
    outcome: Outcome | None = None  # of a job: nobody said it, its user is told

    @property
    def now(self) -> datetime:
        """The moment that it is handled as of."""
        return self.received or self.at


Style = Literal["plain", "bold", "italic", "code", "quote"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style."""

    text: str
    style: Style = "plain"


@dataclass(frozen=True, slots=True)
class Button:
    """A button: its label, and a token that the database binds to its user and what it does."""

    label: str
    token: str


ReplyKind = Literal["reply", "reminder", "digest", "notice", "letter"]  # a letter goes to a contact


@dataclass(frozen=True, slots=True)
class Reply:
    """What Rapport says: styled text (line breaks in the spans) and rows of buttons."""

    spans: tuple[Span, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    kind: ReplyKind = "reply"
    file: FileRef | None = None

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One claimed row of the outbox, ready to be sent by a carrier."""

    id: int
    key: str
    channel: Channel | Literal["push"]
    user_id: int | None
    address: str  # the chat or mail address it goes to; empty when the carrier finds it by the user
    reply: Reply
    in_answer_to: str | None = None  # the channel's id of the message that this answers
    edits: str | None = None  # the channel's id of our own earlier message that this replaces
    attempts: int = 0
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """A button before it is queued: its label, and the act that a tap stands for (a name and its arguments)."""

    label: str
    act: str
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer as the handlers make it; queuing it turns its choices into buttons with tokens."""

    spans: tuple[Span, ...]
    choices: tuple[tuple[Choice, ...], ...] = ()
    kind: ReplyKind = "reply"
    gathered: str = ""  # what it gathers: it is said at the next full hour, once, however often it is drafted
    file: FileRef | None = None  # delivered with it

"""What became of a letter to a contact: its author is told, and what was sent is on the timeline."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from handlers.acting import draft, of_kind, shortened
from handlers.words import Words
from storage import outbox
from storage.changes import Trail
from storage.contacts import contact_by_id, contacts_by_handles
from storage.interactions import log_interaction, log_on
from storage.letters import (
    RELEASE,
    WrittenLetter,
    change_letter,
    letter_answered,
    letter_of_row,
)
from storage.messages import Channel, Choice, Draft, Mail
from storage.outbox import Destination, Never
from storage.users import User, user_by_id

LONG = timedelta(hours=1)  # after so long its author is told that it still waits
TOO_LONG = timedelta(days=4)  # after so long it counts as refused
_MAY_HAVE_GONE = ("queued", "going", "uncertain")
_SAID = re.compile(r"\d{3}(?: \d\.\d+\.\d+)?")


def letter_sent(connection: Connection, row_id: int, *, by: Channel, ref: str, wall: datetime, now: datetime) -> None:
    """The server took it: it is logged, and what its author sees of it says so."""
    outbox.mark_sent(connection, row_id, by=by, ref=ref, wall=wall, now=now)
    letter = letter_of_row(connection, row_id)
    if letter is not None and letter.state in _MAY_HAVE_GONE:
        log_sent(connection, letter, now)
        _tell(connection, letter, "sent", now, lambda words: _sent_draft(connection, words, letter))


def letter_refused(connection: Connection, row_id: int, error: Never, *, now: datetime) -> None:
    """It can't be sent: its author gets the draft back."""
    outbox.mark_parked(connection, row_id, str(error))
    letter = letter_of_row(connection, row_id)
    if letter is None or letter.state not in _MAY_HAVE_GONE:
        return
    change_letter(connection, letter.id, state="refused", error=str(error)[:500])
    _tell(connection, letter, "refused", now, lambda words: _refused_draft(words, letter, error))


def letter_waits(
    connection: Connection, row_id: int, error: str, *, certain: bool, wait: float | None, wall: datetime, now: datetime
) -> None:
    """It didn't go, and is tried again. When that isn't `certain` and it was being handed over, it is in doubt."""
    letter = letter_of_row(connection, row_id)
    if letter is not None and letter.state == "going" and not certain:
        letter_in_doubt(connection, row_id, error, now=now)
        return
    since = now - letter.queued_at if letter is not None and letter.queued_at is not None else timedelta()
    if since > TOO_LONG:
        letter_refused(connection, row_id, Never(error), now=now)
        return
    outbox.mark_failed(connection, row_id, error, wall=wall, wait=wait)
    if letter is None:
        return
    if letter.state == "going":
        change_letter(connection, letter.id, state="queued")
    if since > LONG and letter.told_at is None:
        change_letter(connection, letter.id, told_at=now)
        _tell(connection, letter, "waits", now, lambda words: _waiting_draft(words, letter))


def letter_in_doubt(connection: Connection, row_id: int, error: str, *, now: datetime) -> None:
    """Nobody knows whether it went: it isn't sent again by itself, its author decides."""
    outbox.mark_uncertain(connection, row_id, error)
    letter = letter_of_row(connection, row_id)
    if letter is None or letter.state not in _MAY_HAVE_GONE:
        return
    change_letter(connection, letter.id, state="uncertain", error=error[:500])
    shown = replace(letter, version=letter.version + 1)
    _tell(connection, letter, "doubt", now, lambda words: _doubtful_draft(words, shown))


def log_sent(connection: Connection, letter: WrittenLetter, now: datetime) -> None:
    """What was sent happened: one interaction, on its contact, that no undoing takes back."""
    trail = Trail(connection, at=now, user_id=letter.user_id, inbox_id=letter.released_in)
    contact_id = _contact_of(connection, letter)
    contact = contact_by_id(connection, contact_id) if contact_id is not None else None
    interaction_id, _ = log_interaction(
        trail,
        channel="email",
        direction="out",
        occurred_at=now,
        external_id=f"letter:{letter.id}",
        subject=letter.subject,
        text=letter.text,
        sender=letter.address,
        sender_name=contact.name if contact is not None else "",
        message_id=letter.message_id,
        digest=letter.digest,
    )
    if contact is not None:
        log_on(replace(trail, user_id=None), interaction_id, contact.id)  # `undo` means what a user did last
    change_letter(connection, letter.id, state="sent", error="", interaction_id=interaction_id)


def is_own_copy(connection: Connection, mail: Mail, now: datetime) -> bool:
    """Is it a letter of ours that comes back, by a folder of sent mail or a copy? It has certainly gone then."""
    letter = letter_answered(connection, [mail.message_id])
    if letter is None or not letter.digest or letter.digest != mail.digest.partition("-")[0]:
        return False
    _certain(connection, letter, now)
    return True


def author_answered(connection: Connection, mail: Mail, now: datetime) -> User | None:
    """The member whose letter this mail answers, which has certainly gone then."""
    letter = letter_answered(connection, [mail.in_reply_to, *reversed(mail.references)])
    if letter is None:
        return None
    _certain(connection, letter, now)
    return user_by_id(connection, letter.user_id)


def _certain(connection: Connection, letter: WrittenLetter, now: datetime) -> None:
    if letter.state == "uncertain":
        log_sent(connection, letter, now)


def _contact_of(connection: Connection, letter: WrittenLetter) -> int | None:
    """The contact that it is to; when that is gone (merged, deleted), whose the address is now."""
    if letter.contact_id is not None and contact_by_id(connection, letter.contact_id) is not None:
        return letter.contact_id
    holders = contacts_by_handles(connection, "email", [letter.address]).get(letter.address, [])
    return holders[0][0] if len(holders) == 1 and not holders[0][1] else None


def _tell(
    connection: Connection, letter: WrittenLetter, what: str, now: datetime, say: Callable[[Words], Draft]
) -> None:
    user = user_by_id(connection, letter.user_id)
    channel, _, address = letter.lane.partition(":")
    here = channel in ("telegram", "console")
    if user is None or (what == "sent" and not here):
        return  # by mail no news is good news
    outbox.add(
        connection,
        of_kind(say(Words(user.language, user.timezone)), "notice"),
        Destination(channel, user.id, address) if here else Destination("push", user.id),  # type: ignore[arg-type]
        key=f"letter:{letter.id}:{letter.outbox_id}:{what}",
        now=now,
        inbox_id=letter.released_in,
        edits=letter.shown or None if what == "sent" else None,
    )


def _sent_draft(connection: Connection, words: Words, letter: WrittenLetter) -> Draft:
    contact_id = _contact_of(connection, letter)
    about = {"contact": contact_id}
    row = (Choice(words.say("Task"), "ask_task", about), Choice(words.say("Open"), "card", about))
    said = words.say("Sent to {name}: “{subject}”", name=_whom(connection, letter), subject=_subject(letter))
    return draft(f"📤 {said}", choices=(row,) if contact_id is not None else ())


def _refused_draft(words: Words, letter: WrittenLetter, error: Never) -> Draft:
    about = {"letter": letter.id}
    return draft(
        "⚠ " + words.say("The mail server refused: {reason}.", reason=_reason(words, letter, error)),
        words.say("The draft “{subject}” is kept.", subject=_subject(letter)),
        choices=(
            (
                Choice(words.say("Edit address"), "ask_letter_address", about),
                Choice(words.say("Edit"), "ask_letter", about),
                Choice(words.say("Drop"), "drop_letter", about),
            ),
        ),
    )


def _reason(words: Words, letter: WrittenLetter, error: Never) -> str:
    address, status = letter.address, error.status
    if status in ("5.1.0", "5.1.1", "5.1.6", "5.2.1"):
        return words.say("mailbox of {address} unknown", address=address)
    if status in ("5.1.2", "5.4.4", "5.1.10"):
        return words.say("no mail server for {address}", address=address)
    if status == "5.1.3":
        return words.say("{address} is no address that can be written to", address=address)
    if status == "5.2.2":
        return words.say("mailbox of {address} full", address=address)
    if status in ("5.2.3", "5.3.4"):
        return words.say("too big for {address}", address=address)
    said = _SAID.search(str(error))
    if status.startswith("5.7"):
        return words.say("not allowed by its rules ({code})", code=said[0] if said else status)
    return words.say("its answer was {code}", code=said[0]) if said else words.say("it could not be sent")


def _waiting_draft(words: Words, letter: WrittenLetter) -> Draft:
    said = words.say(
        "The mail to {address}, “{subject}”, hasn't gone out yet: the mail server doesn't take it now. I go on trying.",
        address=letter.address,
        subject=_subject(letter),
    )
    return draft(f"⚠ {said}", choices=((Choice(words.say("Don't send"), "drop_letter", {"letter": letter.id}),),))


def _doubtful_draft(words: Words, letter: WrittenLetter) -> Draft:
    about = {"letter": letter.id}
    return draft(
        "❓ "
        + words.say(
            "I don't know whether the mail to {address} went out: “{subject}”. The connection broke at its end.",
            address=letter.address,
            subject=_subject(letter),
        ),
        choices=(
            (
                Choice(words.say("Send again"), RELEASE, {**about, "version": letter.version}),
                Choice(words.say("It arrived"), "letter_arrived", about),
            ),
        ),
    )


def _whom(connection: Connection, letter: WrittenLetter) -> str:
    contact_id = _contact_of(connection, letter)
    contact = contact_by_id(connection, contact_id) if contact_id is not None else None
    return contact.name if contact is not None else letter.address


def _subject(letter: WrittenLetter) -> str:
    return shortened(letter.subject, 80)

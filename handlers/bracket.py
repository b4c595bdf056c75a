"""The bracket: one kept message handled in one transaction, from who wrote it to the answers that are queued.

    identify -> record -> understand -> act -> outbox.add

Nothing in it waits: no network, no await. What it raises rolls all of it back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from handlers.acting import Acting, draft, of_kind, together
from handlers.closing import close_answered, tell_closed, with_closed
from handlers.edits import take_edit
from handlers.handing import tell_handed
from handlers.letters import author_answered, is_own_copy
from handlers.lookups import StoreLookups
from handlers.mail_answers import remember_code, with_code
from handlers.mailroom import concerned, log_silently, receive
from handlers.questions import answer_question
from handlers.strangers import greet
from handlers.subaddress import author_of
from handlers.taps import REPLACING, press, take_mail
from handlers.task_answers import answer_about_task
from handlers.team import Team
from handlers.understand.intents import Intent
from handlers.understand.understand import understand
from handlers.verbs.act import act_on_all
from handlers.verbs.files import READABLE, read_file, tell_outcome
from handlers.words import Words
from reminders.due import quiet_until
from storage import outbox
from storage.buttons import Pressed, button
from storage.changes import Trail
from storage.inbox import message_of
from storage.messages import Draft, InboundMessage, SentFile
from storage.outbox import Destination
from storage.sent import Sent, find_told, newest_told
from storage.triage import put_in_triage
from storage.users import User, owners, user_by_handle, user_by_id

_AT_HAND = timedelta(hours=12)  # so long the last thing said may be answered without naming it


def handle(connection: Connection, inbox_id: int, message: InboundMessage, team: Team) -> None:
    """Handles one message of the inbox; what is to be said about it is in the outbox when it returns."""
    user = identify(connection, message)
    if message.mail is not None:
        _handle_mail(connection, inbox_id, message, team)
    elif user is None:
        if message.edits is None:
            greet(connection, inbox_id, message, team)
    else:
        acting = _acting(connection, inbox_id, message, team, user)
        pressed = button(connection, message.tap, user.id) if message.tap is not None else None
        answer = _answer(acting, message, pressed)
        closed = close_answered(acting)
        tell_closed(acting, closed, [user] if answer is not None else [])
        tell_handed(acting)
        if answer is None:
            return
        answer = with_closed(answer, closed, user)
        # A second tap leaves the message as the first one made it.
        replaces = pressed.sent_ref if pressed and pressed.act in REPLACING and not pressed.used else None
        _reply(acting, message, answer, edits=replaces)


def identify(connection: Connection, message: InboundMessage) -> User | None:
    """The member of the team who wrote it, or whom a mail names as its author; None for everybody else."""
    sender = message.sender
    if sender.kind == "user":
        return user_by_id(connection, int(sender.value))
    return user_by_handle(connection, sender.kind, sender.value)


def tell_parked(connection: Connection, inbox_id: int, error: str) -> None:
    """A message is given up: it is visible in triage, and its author, if of the team, is told."""
    message = message_of(connection, inbox_id)
    put_in_triage(connection, "parked", at=message.now, inbox_id=inbox_id, detail=error)
    if message.silent:
        return
    author = identify(connection, message)
    for user in [author] if author is not None else owners(connection):
        words = Words(user.language, user.timezone)
        said = draft("⚠ " + words.say("I could not handle this message. It is kept; `triage` shows it."))
        answers = author is not None and message.channel != "email"
        outbox.add(
            connection,
            of_kind(said, "reply" if answers else "notice"),
            _destination(message, user) if answers else Destination("push", user.id),
            key=f"parked:{inbox_id}:{user.id}",
            now=message.now,
            inbox_id=inbox_id,
            in_answer_to=message.external_id if answers else None,
        )


def _acting(connection: Connection, inbox_id: int, message: InboundMessage, team: Team, user: User) -> Acting:
    return Acting(
        connection=connection,
        trail=Trail(connection, at=message.now, user_id=user.id, inbox_id=inbox_id),
        user=user,
        team=team,
        words=Words(user.language, user.timezone),
        inbox_id=inbox_id,
        now=message.now,
        said_at=message.at,
        lane=message.lane,
        text=message.text,
        # A tap or a job names no message of its own: the answer goes to the one that the button stands on, or the
        # job was begun by.
        answers=(message.reply_to or message.external_id) if _is_echo(message) else message.external_id,
    )


def _is_echo(message: InboundMessage) -> bool:
    return message.tap is not None or message.outcome is not None


def _answer(acting: Acting, message: InboundMessage, pressed: Pressed | None) -> Draft | None:
    if message.outcome is not None:
        return tell_outcome(acting, message.outcome)
    if message.file is not None:
        return _take_file(acting, message, message.file)
    if message.tap is not None:
        if pressed is None:
            return draft(acting.say("There is no such button."))
        return press(acting, pressed)
    if message.edits is not None:
        return take_edit(acting, message, message.edits, _understood(acting, message))
    answered = answer_question(acting, message.text)
    if answered is not None:
        return answered
    told = _told(acting, message)
    about_task = answer_about_task(acting, told, message.text) if told is not None else None
    return about_task or act_on_all(acting, _understood(acting, message))


def _told(acting: Acting, message: InboundMessage) -> Sent | None:
    """Our message that this one answers: the one it replies to, else a reminder, when that was the last thing said."""
    if message.reply_to is not None:
        return find_told(acting.connection, acting.user.id, message.channel, message.reply_to)
    last = newest_told(acting.connection, acting.user.id, message.channel, acting.now - _AT_HAND)
    return last if last is not None and last.kind == "reminder" else None


def _understood(acting: Acting, message: InboundMessage) -> tuple[Intent, ...]:
    return understand(message.text, acting.setting, StoreLookups(acting.connection), message.language).intents


def _take_file(acting: Acting, message: InboundMessage, file: SentFile) -> Draft:
    """What is written below a file is a message like any other, where it can be understood."""
    said = _understood(acting, message) if message.text.strip() else ()
    if not said or any(each.name == "unknown" for each in said):
        return read_file(acting, file)
    done = act_on_all(acting, said)
    return together([done, read_file(acting, file)]) if file.suffix in READABLE else done


def _handle_mail(connection: Connection, inbox_id: int, message: InboundMessage, team: Team) -> None:
    """Logs a mail and tells who is concerned: its author when that is a member, else the owners."""
    mail = message.mail
    assert mail is not None
    author, proved = author_of(connection, mail, team)
    if proved:
        mail = replace(mail, authentic=True)
    if (author is None or mail.kind != "personal") and team.is_own(mail.outer.sender.address):
        return  # one of our own came back: a mailbox passes on what it gets, or is a folder of sent mail
    if is_own_copy(connection, mail, message.now):
        return
    told = [author] if author is not None else [] if message.silent else concerned(connection, mail)
    writer = author_answered(connection, mail, message.now) if author is None else None
    if writer is not None:
        told = [writer, *(user for user in told if user.id != writer.id)]
    acting = _acting(connection, inbox_id, message, team, told[0] if told else _nobody(team))
    if author is None:
        acting = replace(acting, trail=replace(acting.trail, user_id=None))
    if message.silent:
        log_silently(acting, mail, from_team=author is not None, waits=message.archived)
        close_answered(acting)
        return
    answer = take_mail(acting, mail) if author is not None else receive(acting, mail, from_team=False)
    if author is not None and mail.kind != "personal" and not author.telegram:
        answer = None  # by mail nothing automatic is answered
    closed = close_answered(acting)
    tell_closed(acting, closed, told if answer is not None else [])
    tell_handed(acting)
    if answer is None:
        return
    answer, code = with_code(acting, answer) if author is not None else (answer, "")
    for place, user in enumerate(told):
        if answer.gathered:
            _gather(acting, answer, user)
            continue
        row_id = outbox.add(
            connection,
            with_closed(answer, closed, user),
            Destination("push", user.id),
            key=f"reply:{inbox_id}:{user.id}:{place}",
            now=acting.now,
            inbox_id=inbox_id,
            in_answer_to=mail.message_id[:998] or None if author is not None else None,
            # A receipt for one's own mail is an answer; what others send can wait until the morning.
            not_before=acting.now if author is not None else quiet_until(user, acting.now),
        )
        if code and row_id is not None:
            remember_code(acting, code, row_id)


def _gather(acting: Acting, answer: Draft, user: User) -> None:
    """Said at the next full hour: whatever comes until then changes the words."""
    hour = acting.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    key = f"{answer.gathered}:{user.id}:{hour.isoformat()}"
    if not outbox.reword(acting.connection, key, answer):
        outbox.add(
            acting.connection, answer, Destination("push", user.id), key=key, now=acting.now,
            not_before=quiet_until(user, hour),
        )  # fmt: skip


def _nobody(team: Team) -> User:
    """Whom mail is handled for as long as the team has no owner: it waits in triage for the first one."""
    return User(0, "", "owner", team.language, team.zone)


def _reply(acting: Acting, message: InboundMessage, answer: Draft, *, edits: str | None) -> None:
    outbox.add(
        acting.connection,
        answer,
        _destination(message, acting.user),
        key=f"reply:{acting.inbox_id}:{acting.user.id}:0",
        now=acting.now,
        inbox_id=acting.inbox_id,
        in_answer_to=acting.answers,
        edits=edits or None,
    )


def _destination(message: InboundMessage, user: User) -> Destination:
    # A lane is channel and chat: the answer goes back to where the message came from.
    return Destination(message.channel, user.id, message.lane.partition(":")[2])

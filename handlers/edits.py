"""A message that its author changed: what its earlier version did is taken back, and what it says now is done."""

from __future__ import annotations

from dataclasses import replace

from handlers.acting import Acting, draft, together
from handlers.understand.intents import Intent
from handlers.verbs.act import act_on_all
from storage.buttons import take_question
from storage.changes import changed_by, undo
from storage.errors import CannotUndo
from storage.inbox import versions
from storage.messages import Draft, InboundMessage
from storage.triage import wait_again


def take_edit(acting: Acting, message: InboundMessage, original: str, intents: tuple[Intent, ...]) -> Draft | None:
    """The answer to a newer version of the message `original`; None when its words are the same.

    All or nothing: where the earlier version can't be taken back, or the newer one isn't understood, nothing is done.
    """
    earlier = versions(acting.connection, message.channel, original, before=acting.inbox_id)
    if earlier and earlier[-1][1].text.split() == message.text.split():
        return None  # a link's preview is an edit too
    take_question(acting.connection, acting.user.id, acting.lane)  # it was asked about the earlier version, if any
    standing = [inbox_id for inbox_id, _ in reversed(earlier) if changed_by(acting.connection, inbox_id)]
    if not standing:
        return act_on_all(acting, intents)
    if any(intent.name == "unknown" for intent in intents):
        stays = acting.say("What that message did before its change stays.")
        return together([act_on_all(acting, intents), draft(stays)])
    try:
        with acting.connection.begin_nested():
            for inbox_id in standing:
                # Recorded with the version that it takes back, so that an undo of this one doesn't bring it again.
                undo(replace(acting.trail, inbox_id=inbox_id), inbox_id)
    except CannotUndo:
        return draft(
            "⚠ "
            + acting.say("What that message did can't be taken back any more, so its change was not done.")
            + "\n"
            + acting.say("Write what is to be done as a new message.")
        )
    for inbox_id in standing:
        wait_again(acting.connection, inbox_id, at=acting.now)
    changed = draft("↩ " + acting.say("Changed; what it did before is undone."))
    return together([changed, act_on_all(acting, intents)])

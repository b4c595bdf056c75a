"""What is due is queued, on the channels that its user is reminded by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from handlers.pushes import gathered_draft, in_messages, reminder_draft
from reminders.due import follow, take_due
from storage import outbox
from storage.changes import Trail
from storage.outbox import Destination
from storage.reminders import mark_queued
from storage.users import User


def queue_due(connection: Connection, now: datetime, user_id: int | None, *, by_mail: bool) -> int:
    """Queues the reminders that are due, of one user (at the console, then) or of all; how many."""
    taken = take_due(connection, now=now, user_id=user_id)
    trail = Trail(connection, at=now, user_id=None, inbox_id=None)
    for dues in in_messages(taken):
        first = dues[0]
        said = reminder_draft(first, now=now) if len(dues) == 1 else gathered_draft(dues, now=now)
        ways = _ways(first.user, by_mail=by_mail and user_id is None)
        row_ids = [
            outbox.add(
                connection,
                said,
                to,
                key=f"reminder:{first.reminder_id}:{first.due_at.isoformat()}{mark}",
                now=now,
                not_before=max(due.not_before for due in dues),
            )
            for mark, to in ways.items()
        ]
        for due in dues:
            mark_queued(connection, due.reminder_id, row_ids[0], due.about)
            follow(trail, due)
    return len(taken)


def _ways(user: User, *, by_mail: bool) -> dict[str, Destination]:
    """Where a reminder goes, by what marks its key: to the face that reaches the user, unless they chose."""
    chosen = user.reminds_by.split(",")
    mail = {":email": Destination("email", user.id, user.email)} if by_mail and user.email and "email" in chosen else {}
    if mail and "telegram" not in chosen:
        return mail
    if mail and not user.telegram:
        return mail
    return {"": Destination("push", user.id), **mail}

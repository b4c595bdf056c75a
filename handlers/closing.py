"""What closes itself: after each message, the follow-ups that it answered, and who is told of it."""

from __future__ import annotations

from dataclasses import replace

from handlers.acting import Acting, draft, of_kind, sentence, together
from handlers.words import Words
from reminders.due import quiet_until
from reminders.followups import Answered, settle_message
from storage import outbox
from storage.messages import Choice, Draft
from storage.outbox import Destination
from storage.users import User, user_by_id


def close_answered(acting: Acting) -> list[Answered]:
    """Closes the follow-ups that this message answered; undoing the message opens them again."""
    # It is nobody's doing: `undo` means what a user did last.
    return settle_message(replace(acting.trail, user_id=None), acting.inbox_id)


def with_closed(answer: Draft, closed: list[Answered], user: User) -> Draft:
    """The answer, and below it the follow-ups of this user that are closed."""
    own = [_told(each, user) for each in closed if each.task.assignee_id == user.id]
    return replace(together([answer, *own]), kind=answer.kind) if own else answer


def tell_closed(acting: Acting, closed: list[Answered], told: list[User]) -> None:
    """Tells the others whose follow-ups are closed; it can wait until the morning."""
    names = {user.id for user in told}
    for each in closed:
        user = user_by_id(acting.connection, each.task.assignee_id) if each.task.assignee_id is not None else None
        if user is not None and user.id not in names:
            outbox.add(
                acting.connection,
                of_kind(_told(each, user), "notice"),
                Destination("push", user.id),
                key=f"closed:{each.task.id}:{acting.inbox_id}",
                now=acting.now,
                inbox_id=acting.inbox_id,
                not_before=quiet_until(user, acting.now),
            )


def _told(each: Answered, user: User) -> Draft:
    words, task = Words(user.language, user.timezone), each.task
    line = words.say("☑ Closed: {name} wrote", name=task.contact)
    if each.channel == "call":
        line = words.say("☑ Closed: {name} called", name=task.contact)
    title = "" if task.title == words.say("Follow up with {name}", name=task.contact) else sentence(task.title)
    return draft(
        " · ".join(filter(None, (line, title))),
        choices=((Choice(words.say("Keep open"), "keep_open", {"task": task.id}),),),
    )

"""Work that one member gave another, took back, did or moved: the other one is told, once the message is handled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.acting import Acting, draft, of_kind, sentence
from handlers.words import Words
from reminders.due import quiet_until
from storage import outbox
from storage.handing import ChangedTask, tasks_changed
from storage.messages import Choice
from storage.outbox import Destination
from storage.users import User, user_by_id

_SHOWN = 10  # lines of one message


@dataclass(frozen=True, slots=True)
class _News:
    line: str
    task_id: int | None  # None where there is nothing to open any more


def tell_handed(acting: Acting) -> None:
    """Tells each other member what this message did with tasks of theirs; it can wait until the morning."""
    if acting.trail.user_id is None:
        return  # nobody's doing
    news: dict[int, list[ChangedTask]] = {}
    for change in tasks_changed(acting.connection, acting.inbox_id):
        for user_id in {change.before_id, change.after_id} - {None, acting.user.id}:
            news.setdefault(user_id, []).append(change)  # type: ignore[arg-type]  # None is taken out
    for user_id, found in news.items():
        user = user_by_id(acting.connection, user_id)
        if user is not None:
            _tell(acting, user, found)


def _tell(acting: Acting, user: User, found: list[ChangedTask]) -> None:
    words = Words(user.language, user.timezone)
    told = [each for each in (_news(words, change, user, acting) for change in found) if each is not None][:_SHOWN]
    if not told:
        return
    opened = tuple(
        Choice(words.say("Open") if len(told) == 1 else words.say("Open {n}", n=place), "open_task", {"task": task})
        for place, task in enumerate((each.task_id for each in told), 1)
        if task is not None
    )
    outbox.add(
        acting.connection,
        of_kind(draft(*(each.line for each in told), choices=(opened[:4],)), "notice"),
        Destination("push", user.id),
        key=f"handed:{acting.inbox_id}:{user.id}",
        now=acting.now,
        inbox_id=acting.inbox_id,
        not_before=quiet_until(user, acting.now),
    )


def _news(words: Words, change: ChangedTask, user: User, acting: Acting) -> _News | None:
    who, title = acting.user.name, sentence(change.title)
    if change.after_id == user.id and change.before_id != user.id:
        due = _when(words, change, acting.now)
        return _News(
            " · ".join(filter(None, (words.say("☑ From {name}: {title}", name=who, title=title), due))), change.id
        )
    if change.before_id == user.id and change.after_id != user.id:
        return _News(words.say("{name} took it off your list: {title}", name=who, title=title), None)
    if change.done:
        return _News(words.say("☑ {title}: done by {name}", name=who, title=title), None)
    if change.moved:
        due = _when(words, change, acting.now)
        moved = words.say("{name} moved: {title}", name=who, title=title)
        return _News(" · ".join(filter(None, (moved, due))), change.id)
    return None


def _when(words: Words, change: ChangedTask, now: datetime) -> str:
    if change.due_wall is None:
        return ""
    if change.has_time and change.due_at is not None:
        return words.moment(change.due_at, now)
    return words.wall(change.due_wall, now, has_time=False)

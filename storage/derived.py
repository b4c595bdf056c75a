"""What follows from records and is never edited itself: search terms, pending reminders, when to look for a digest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, literal_column, select, update

from storage.folding import skeleton, words_of
from storage.tables import companies, contact_terms, contacts, reminders, tasks, users
from storage.wakeup import announce

_NAME, _COMPANY = 2, 1  # how much a word's match counts
_MOST_TERMS = 30


_INDEX = insert(contact_terms)
_TASK = select(tasks.c.remind_at, tasks.c.assignee_id, tasks.c.done_at, tasks.c.notices, tasks.c.nag).where(
    tasks.c.id == bindparam("task")
)
_CANCEL = (
    update(reminders)
    .where(reminders.c.task_id == bindparam("task"), reminders.c.state == literal_column("'pending'"))
    .values(state="cancelled")
)
_SAME = select(reminders.c.id, reminders.c.state).where(
    reminders.c.task_id == bindparam("task"),
    reminders.c.user_id == bindparam("user"),
    reminders.c.due_at == bindparam("due"),
)
_PLAN = insert(reminders).values(
    task_id=bindparam("task"),
    user_id=bindparam("user"),
    due_at=bindparam("due"),
    kind=bindparam("kind"),
    about_at=bindparam("about"),
)
_AGAIN = (
    update(reminders)
    .where(reminders.c.id == bindparam("row"))
    .values(state="pending", kind=bindparam("as_kind"), about_at=bindparam("of"))
)
_TOLD_ANOTHER = select(reminders.c.id).where(
    reminders.c.task_id == bindparam("task"),
    reminders.c.user_id != bindparam("user"),
    reminders.c.due_at == bindparam("due"),
    reminders.c.state.in_(["queued", "sent"]),
)
_LAST_NAG = (
    select(reminders.c.id, reminders.c.state)
    .where(
        reminders.c.task_id == bindparam("task"),
        reminders.c.user_id == bindparam("user"),
        reminders.c.kind == "nag",
        reminders.c.due_at > bindparam("due"),
    )
    .order_by(reminders.c.due_at.desc())
    .limit(1)
)


def refresh(connection: Connection, table: str, row_id: int, now: datetime) -> None:
    """Derives anew what follows from this record; nothing where nothing does."""
    if table == "contacts":
        index_contact(connection, row_id)
    elif table == "tasks":
        plan_reminder(connection, row_id, now)
    elif table == "users":
        find_digest_anew(connection, row_id)


def find_digest_anew(connection: Connection, user_id: int) -> None:
    """When a user's next digest comes depends on what they prefer: it is looked for again."""
    connection.execute(update(users).where(users.c.id == user_id).values(digest_next=None))
    announce(connection, "reminders")


def index_contact(connection: Connection, contact_id: int) -> None:
    """Makes a contact findable by the words of its name and its company's."""
    row = connection.execute(
        select(contacts.c.name, companies.c.name)
        .select_from(contacts.outerjoin(companies))
        .where(contacts.c.id == contact_id)
    ).first()
    connection.execute(delete(contact_terms).where(contact_terms.c.contact_id == contact_id))
    if row is not None:
        index_new_contacts(connection, [(contact_id, row[0], row[1] or "")])


def index_new_contacts(connection: Connection, found: list[tuple[int, str, str]]) -> None:
    """Makes contacts findable that weren't before: the id, name and company of each."""
    rows = []
    for contact_id, name, company in found:
        weights: dict[str, int] = {}
        for text, weight in ((company, _COMPANY), (name, _NAME)):
            for word in words_of(text)[:_MOST_TERMS]:
                weights[word[:80]] = weight
                weights["~" + skeleton(word)[:79]] = weight  # by its sound
        rows += [{"contact_id": contact_id, "term": term, "weight": weight} for term, weight in weights.items()]
    if rows:
        connection.execute(_INDEX, rows)


def plan_reminder(connection: Connection, task_id: int, now: datetime) -> None:
    """Sees that an open task has its pending reminders, for its assignee; a closed one none.

    They are the one at its moment, and the notices that aren't past. One that went out isn't sent again.
    """
    task = connection.execute(_TASK, {"task": task_id}).first()
    if task is None:
        return  # its reminders went with it
    connection.execute(_CANCEL, {"task": task_id})
    if task.done_at is not None or task.remind_at is None or task.assignee_id is None:
        return
    announce(connection, "reminders")
    values = {"task": task_id, "user": task.assignee_id, "due": task.remind_at}
    pending = False
    # What a former assignee was reminded of isn't late for the new one, who hears of the task itself.
    if task.remind_at > now or connection.execute(_TOLD_ANOTHER, values).first() is None:
        pending = _plan(connection, values, "due", None)
    if task.nag and not pending:
        nag = connection.execute(_LAST_NAG, values).first()
        if nag is not None and nag.state == "cancelled":
            connection.execute(_AGAIN, {"row": nag.id, "as_kind": "nag", "of": None})
    for each in task.notices:
        at, about = datetime.fromisoformat(each["at"]), each.get("about")
        if at > now:
            of = datetime.fromisoformat(about) if about else None
            _plan(connection, {**values, "due": at}, "early" if "before" in each else "again", of)


def _plan(connection: Connection, values: dict[str, Any], kind: str, about: datetime | None) -> bool:
    """Plans one reminder; False when it went out already."""
    known = connection.execute(_SAME, values).first()
    if known is None:
        connection.execute(_PLAN, {**values, "kind": kind, "about": about})
    elif known.state == "cancelled":
        connection.execute(_AGAIN, {"row": known.id, "as_kind": kind, "of": about})
    return known is None or known.state in ("cancelled", "pending")

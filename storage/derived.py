"""What follows from records and is never edited itself: search terms from names, pending reminders from tasks."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, literal_column, select, update

from storage.folding import skeleton, words_of
from storage.tables import companies, contact_terms, contacts, reminders, tasks
from storage.wakeup import announce

_NAME, _COMPANY = 2, 1  # how much a word's match counts
_MOST_TERMS = 30


_INDEX = insert(contact_terms)
_TASK = select(tasks.c.remind_at, tasks.c.assignee_id, tasks.c.done_at).where(tasks.c.id == bindparam("task"))
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
_PLAN = insert(reminders).values(task_id=bindparam("task"), user_id=bindparam("user"), due_at=bindparam("due"))
_AGAIN = update(reminders).where(reminders.c.id == bindparam("row")).values(state="pending")


def refresh(connection: Connection, table: str, row_id: int) -> None:
    """Derives anew what follows from this record; nothing where nothing does."""
    if table == "contacts":
        index_contact(connection, row_id)
    elif table == "tasks":
        plan_reminder(connection, row_id)


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


def plan_reminder(connection: Connection, task_id: int) -> None:
    """Sees that an open task has one pending reminder, at its moment, for its assignee; a closed one none."""
    task = connection.execute(_TASK, {"task": task_id}).first()
    if task is None:
        return  # its reminders went with it
    connection.execute(_CANCEL, {"task": task_id})
    if task.done_at is not None or task.remind_at is None or task.assignee_id is None:
        return
    values = {"task": task_id, "user": task.assignee_id, "due": task.remind_at}
    known = connection.execute(_SAME, values).first()
    announce(connection, "reminders")
    if known is None:
        connection.execute(_PLAN, values)
    elif known.state == "cancelled":
        connection.execute(_AGAIN, {"row": known.id})

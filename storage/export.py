"""Everything as plain records: one dictionary each, with `type` and `id`, complete enough to be read in again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, select

from storage.contacts import contacts_by_id
from storage.tables import (
    companies,
    contacts,
    deals,
    interaction_contacts,
    interactions,
    notes,
    reminders,
    stages,
    tasks,
    triage,
)
from storage.users import all_users

Record = dict[str, Any]
_SLICE = 500  # rows held in memory at a time


def export_records(connection: Connection) -> Iterator[Record]:
    """Users, companies, contacts, interactions, notes, deals, tasks and reminders, in this order."""
    yield from _users(connection)
    yield from _companies(connection)
    yield from contact_records(connection)
    yield from _interactions(connection)
    yield from _notes(connection)
    yield from _deals(connection)
    yield from _tasks(connection)
    yield from _reminders(connection)


def _users(connection: Connection) -> Iterator[Record]:
    for user in all_users(connection):
        yield {
            "type": "user",
            "id": user.id,
            "name": user.name,
            "email": user.email,
            "telegram": user.telegram,
            "role": user.role,
            "language": user.language,
            "timezone": user.timezone,
        }


def _companies(connection: Connection) -> Iterator[Record]:
    for rows in _sliced(connection, companies):
        texts = _texts(connection, "company_id", [row["id"] for row in rows])
        for row in rows:
            yield {
                "type": "company",
                "id": row["id"],
                "name": row["name"],
                "domains": row["domains"],
                "notes": texts.get(row["id"], []),
            }


def contact_records(connection: Connection) -> Iterator[Record]:
    """The contacts alone."""
    names = {user.id: user.name for user in all_users(connection)}
    for rows in _sliced(connection, contacts):
        ids = [row["id"] for row in rows]
        texts = _texts(connection, "contact_id", ids)
        for contact in contacts_by_id(connection, ids):
            yield {
                "type": "contact",
                "id": contact.id,
                "name": contact.name,
                "first_name": contact.first_name,
                "last_name": contact.last_name,
                "company": contact.company,
                "title": contact.title,
                "emails": list(contact.emails),
                "phones": list(contact.phones),
                "telegram": contact.telegram,
                "addresses": list(contact.addresses),
                "birthday": contact.birthday,
                "status": contact.status,
                "source": contact.source,
                "owner": names.get(contact.owner_id or 0, ""),
                "tags": list(contact.tags),
                "fields": contact.fields,
                "notes": texts.get(contact.id, []),
            }


def _interactions(connection: Connection) -> Iterator[Record]:
    names = {user.id: user.name for user in all_users(connection)}
    for rows in _sliced(connection, interactions):
        logged: dict[int, list[int]] = {}
        pairs = select(interaction_contacts.c.interaction_id, interaction_contacts.c.contact_id).where(
            interaction_contacts.c.interaction_id.in_([row["id"] for row in rows])
        )
        for interaction_id, contact_id in connection.execute(pairs.order_by(interaction_contacts.c.id)):
            logged.setdefault(interaction_id, []).append(contact_id)
        open_ones = select(triage.c.interaction_id, triage.c.reason).where(
            triage.c.interaction_id.in_([row["id"] for row in rows]), triage.c.state == "open"
        )
        waiting = {row.interaction_id: row.reason for row in connection.execute(open_ones)}
        for row in rows:
            yield {
                "type": "interaction",
                "id": row["id"],
                "channel": row["channel"],
                "direction": row["direction"],
                "occurred_at": _iso(row["occurred_at"]),
                "contacts": logged.get(row["id"], []),
                "user": names.get(row["user_id"] or 0, ""),
                "subject": row["subject"],
                "text": row["text"],
                "external_id": row["external_id"],
                "message_id": row["message_id"],
                "digest": row["digest"],
                "sender": row["sender"],
                "sender_name": row["sender_name"],
                "automatic": row["automatic"],
                "attachments": [{"name": each["name"], "size": each["size"]} for each in row["attachments"]],
                "triage": waiting.get(row["id"]),
            }


def _notes(connection: Connection) -> Iterator[Record]:
    for rows in _sliced(connection, notes):
        for row in rows:
            subject = {name: row[name] for name in ("contact_id", "company_id", "deal_id") if row[name] is not None}
            yield {"type": "note", "id": row["id"], "text": row["text"], **subject}


def _deals(connection: Connection) -> Iterator[Record]:
    known = {row.id: row for row in connection.execute(select(stages))}
    people = {row.id: row.name for row in connection.execute(select(contacts.c.id, contacts.c.name))}
    names = {user.id: user.name for user in all_users(connection)}
    firms = {row.id: row.name for row in connection.execute(select(companies.c.id, companies.c.name))}
    for rows in _sliced(connection, deals):
        for row in rows:
            stage = known[row["stage_id"]]
            yield {
                "type": "deal",
                "id": row["id"],
                "title": row["title"],
                "amount": None if row["amount"] is None else float(Decimal(row["amount"]) / 100),
                "currency": row["currency"],
                "stage": stage.name,
                "probability": stage.probability if row["probability"] is None else row["probability"],
                "close": row["close_on"],
                "contact": people.get(row["contact_id"] or 0, ""),
                "contact_id": row["contact_id"],
                "company": firms.get(row["company_id"] or 0, ""),
                "status": stage.outcome,
                "owner": names.get(row["owner_id"] or 0, ""),
            }


def _tasks(connection: Connection) -> Iterator[Record]:
    names = {user.id: user.name for user in all_users(connection)}
    for rows in _sliced(connection, tasks):
        for row in rows:
            yield {
                "type": "task",
                "id": row["id"],
                "title": row["title"],
                "due": _due(row),
                "has_time": row["has_time"],
                "zone": row["zone"],
                "rrule": row["rrule"],
                "series_from": row["series_from"],
                "notices": [_notice(each) for each in row["notices"]],
                "nag": row["nag"],
                "from_completion": row["from_completion"],
                "awaits_since": _iso(row["awaits_since"]),
                "answered_at": _iso(row["answered_at"]),
                "cadence": row["cadence"],
                "done": row["done_at"] is not None,
                "done_at": _iso(row["done_at"]),
                "assignee": names.get(row["assignee_id"] or 0, ""),
                "contact_id": row["contact_id"],
                "deal_id": row["deal_id"],
                "parent_id": row["parent_id"],
            }


def _reminders(connection: Connection) -> Iterator[Record]:
    names = {user.id: user.name for user in all_users(connection)}
    for rows in _sliced(connection, reminders):
        for row in rows:
            if row["state"] != "cancelled":
                yield {
                    "type": "reminder",
                    "id": row["id"],
                    "task_id": row["task_id"],
                    "due": _iso(row["due_at"]),
                    "kind": row["kind"],
                    "about": _iso(row["about_at"]),
                    "sent_at": _iso(row["sent_at"]),
                    "user": names.get(row["user_id"], ""),
                }


def _notice(stored: dict[str, Any]) -> str:
    """ "2026-11-26T14:00:00+00:00 before 3600", or "... about" and the occurrence that it is put off from."""
    how = ("before", stored["before"]) if "before" in stored else ("about", stored.get("about") or "")
    return " ".join(map(str, (stored["at"], *how))).rstrip()


def _sliced(connection: Connection, table: Table) -> Iterator[list[Any]]:
    last = 0
    while True:
        query = select(table).where(table.c.id > last).order_by(table.c.id).limit(_SLICE)
        rows = list(connection.execute(query).mappings())
        if not rows:
            return
        yield rows
        last = rows[-1]["id"]


def _texts(connection: Connection, subject: str, ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    column = notes.c[subject]
    for owner, text in connection.execute(select(column, notes.c.text).where(column.in_(ids)).order_by(notes.c.id)):
        found.setdefault(owner, []).append(text)
    return found


def _due(row: Any) -> str | None:
    """ISO with the offset of its zone; a date alone without time."""
    if row["due_at"] is None:
        return None
    if not row["has_time"]:
        return str(row["due_wall"][:10])
    return str(row["due_at"].astimezone(ZoneInfo(row["zone"])).isoformat())


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None

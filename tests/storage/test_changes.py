"""The trail: what was changed can be taken back, and the taking back too; newer entries are never trampled."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, select

from storage.changes import Trail, newest_change, undo
from storage.contacts import add_contact, add_handle, add_tag, change_contact, contact_by_id
from storage.database import Database
from storage.errors import CannotUndo, ChangedMeanwhile
from storage.inbox import keep
from storage.interactions import log_interaction
from storage.joining import merge_contacts, remove_contact
from storage.messages import InboundMessage, Sender
from storage.notes import add_note
from storage.search import find_contacts
from storage.tables import contact_tags, contacts, metadata, reminders
from storage.tasks import Due, add_task, complete_task
from storage.undoing import undo_slice
from storage.users import add_user

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def trails(database: Database, count: int) -> list[int]:
    """A user with id 1 and so many messages, whose ids these are."""

    def work(connection: Connection) -> list[int]:
        add_user(connection, "Max", at=NOW)
        return [
            keep(
                connection,
                InboundMessage("console", f"m{number}", "console:1", Sender("user", "1"), NOW),
                raw=None,
                wall=NOW,
            ).id
            for number in range(count)
        ]

    return database.transact(work)


def snapshot(connection: Connection) -> dict[str, list[tuple[str, ...]]]:
    """All that a user sees of the records: without ids of join rows, versions and the trail itself."""
    seen = {}
    for name in ("contacts", "handles", "contact_tags", "notes", "tasks", "deals", "companies", "contact_terms"):
        table = metadata.tables[name]
        columns = [c for c in table.c if c.name != "version" and not (name == "contact_terms" and c.name == "id")]
        seen[name] = sorted((tuple(map(str, row)) for row in connection.execute(select(*columns))), key=str)
    return seen


async def test_undo_and_undo_of_the_undo(database: Database) -> None:
    first, second, third = trails(database, 3)

    def work(connection: Connection) -> None:
        empty = snapshot(connection)
        made = Trail(connection, NOW, 1, first)
        contact_id = add_contact(
            made, "Anna Kern", company="Nordwind", emails=("a@n.example",), phones=("+4930901820",)
        )
        add_note(made, "mornings", contact_id=contact_id)
        full = snapshot(connection)
        undo(Trail(connection, NOW, 1, second), first)
        assert snapshot(connection) == empty
        undo(Trail(connection, NOW, 1, third), second)
        assert snapshot(connection) == full
        assert [hit.contact.name for hit in find_contacts(connection, "anna")] == ["Anna Kern"]

    database.transact(work)


async def test_undo_restores_values_and_deletions_exactly(database: Database) -> None:
    first, second, third = trails(database, 3)

    def work(connection: Connection) -> None:
        made = Trail(connection, NOW, 1, first)
        contact_id = add_contact(made, "Anna Kern", emails=("a@n.example",))
        due = Due(datetime(2026, 11, 24, 9), "Europe/Berlin", True, NOW, NOW)
        add_task(made, "call", due=due, assignee_id=1, contact_id=contact_id)
        change_contact(made, contact_id, birthday="--05-17", fields={"hat": "blue"}, addresses=["Weg 1"])
        before = snapshot(connection)
        remove_contact(Trail(connection, NOW, 1, second), contact_id)
        assert contact_by_id(connection, contact_id) is None
        undo(Trail(connection, NOW, 1, third), second)
        assert snapshot(connection) == before

    database.transact(work)


async def test_a_merge_can_be_undone(database: Database) -> None:
    first, second, third = trails(database, 3)

    def work(connection: Connection) -> None:
        made = Trail(connection, NOW, 1, first)
        one = add_contact(made, "Anna Kern", emails=("a@n.example",))
        other = add_contact(made, "A. Kern", emails=("kern@n.example",), phones=("+4930901820",))
        add_note(made, "on the other", contact_id=other)
        before = snapshot(connection)
        merge_contacts(Trail(connection, NOW, 1, second), one, other)
        merged = contact_by_id(connection, one)
        assert merged is not None
        assert set(merged.emails) == {"a@n.example", "kern@n.example"}
        assert contact_by_id(connection, other) is None
        undo(Trail(connection, NOW, 1, third), second)
        assert snapshot(connection) == before

    database.transact(work)


async def test_undo_refuses_when_newer_entries_depend_on_it_and_changes_nothing(database: Database) -> None:
    first, second, third = trails(database, 3)

    def work(connection: Connection) -> None:
        contact_id = add_contact(Trail(connection, NOW, 1, first), "Anna Kern", emails=("a@n.example",))
        add_handle(Trail(connection, NOW, 1, second), contact_id, "phone", "+4930901820")
        before = snapshot(connection)
        with pytest.raises(CannotUndo):
            undo(Trail(connection, NOW, 1, third), first)
        assert snapshot(connection) == before

    database.transact(work)


async def test_undo_refuses_to_overwrite_a_newer_value(database: Database) -> None:
    first, second, third = trails(database, 3)

    def work(connection: Connection) -> None:
        contact_id = add_contact(Trail(connection, NOW, 1, None), "Anna Kern")
        change_contact(Trail(connection, NOW, 1, first), contact_id, title="CTO")
        change_contact(Trail(connection, NOW, 1, second), contact_id, title="CEO")
        with pytest.raises(CannotUndo):
            undo(Trail(connection, NOW, 1, third), first)
        contact = contact_by_id(connection, contact_id)
        assert contact is not None
        assert contact.title == "CEO"

    database.transact(work)


async def test_undoing_done_brings_the_reminder_back(database: Database) -> None:
    first, second, third = trails(database, 3)

    def states(connection: Connection) -> list[str]:
        return list(connection.execute(select(reminders.c.state).order_by(reminders.c.id)).scalars())

    def work(connection: Connection) -> None:
        due = Due(datetime(2026, 11, 24, 9), "Europe/Berlin", True, NOW, NOW)
        task_id = add_task(Trail(connection, NOW, 1, first), "call", due=due, assignee_id=1)
        assert states(connection) == ["pending"]
        complete_task(Trail(connection, NOW, 1, second), task_id)
        assert states(connection) == ["cancelled"]
        undo(Trail(connection, NOW, 1, third), second)
        assert states(connection) == ["pending"]

    database.transact(work)


async def test_the_newest_change_is_what_undo_takes_back_and_never_an_undoing(database: Database) -> None:
    first, second, third = trails(database, 3)

    def work(connection: Connection) -> None:
        add_contact(Trail(connection, NOW, 1, first), "Anna Kern")
        add_contact(Trail(connection, NOW, 1, second), "Bert Busch")
        assert newest_change(connection, 1) == second
        undo(Trail(connection, NOW, 1, third), second)
        assert newest_change(connection, 1) == first

    database.transact(work)


async def test_who_edits_names_the_version_they_saw(database: Database) -> None:
    trails(database, 1)

    def work(connection: Connection) -> None:
        trail = Trail(connection, NOW, 1, None)
        contact_id = add_contact(trail, "Anna Kern")
        trail.update(contacts, contact_id, version=1, title="CTO")
        with pytest.raises(ChangedMeanwhile):
            trail.update(contacts, contact_id, version=1, title="CEO")

    database.transact(work)


async def test_undoing_by_slices_spares_whom_a_mail_was_logged_on_amid_what_is_undone(database: Database) -> None:
    import_, mail, undoing = trails(database, 3)

    def work(connection: Connection) -> None:
        imported = Trail(connection, NOW, 1, import_)
        anna, bert = (add_contact(imported, name) for name in ("Anna Kern", "Bert Maier"))
        logged = Trail(connection, NOW, None, mail)
        log_interaction(
            logged, channel="email", direction="in", occurred_at=NOW, external_id="mail:2", contacts=(anna,)
        )
        for contact_id in (anna, bert):
            add_tag(imported, contact_id, "fair")
        before: int | None = 1 << 62
        staying: list[str] = []
        while before is not None:
            undone = undo_slice(Trail(connection, NOW, 1, undoing), import_, before, 1)
            before, staying = undone.before, [*staying, *undone.staying]
        assert staying == ["Anna Kern"]
        assert [row.name for row in connection.execute(select(contacts.c.name))] == ["Anna Kern"]
        assert len(connection.execute(select(contact_tags)).all()) == 1, "it stays whole"

    database.transact(work)

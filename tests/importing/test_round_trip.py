"""Export, import into an empty database, export: the same; and a second import changes nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, update

from storage.changes import Trail
from storage.contacts import add_contact, add_handle, add_tag, change_contact
from storage.deals import add_deal, move_deal
from storage.interactions import log_interaction
from storage.messages import Attachment
from storage.notes import add_note
from storage.tables import deals, notes, reminders, tasks, users
from storage.tasks import Due, Notice, add_task
from storage.triage import put_in_triage
from storage.users import add_user
from tests.importing.office import NOW, Office

AT = datetime(2026, 11, 24, 13, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 13, tzinfo=UTC)


def fill(connection: Connection) -> None:
    """A database with some of everything."""
    eve = add_user(
        connection,
        "Eve Sand",
        at=NOW,
        language="de",
        timezone="America/New_York",
        email="eve@firma.example",
        telegram="77",
    )
    trail = Trail(connection, NOW, 1, None)
    anna = add_contact(
        trail,
        "Anna Maria Kern",
        company="Nordwind GmbH",
        emails=("anna@nordwind.example", "anna@localhost"),
        phones=("+4930901820",),
        status="lead",
        source="fair",
        owner_id=eve,
    )
    change_contact(
        trail,
        anna,
        title="Leiterin",
        birthday="--05-17",
        addresses=["Wall 1, Berlin", "Quay 2"],
        fields={"size": 41, "colour": "=blue", "nested": {"a": [1, None]}},
    )
    add_handle(trail, anna, "telegram", "4711")
    for tag in ("vip", "fair"):
        add_tag(trail, anna, tag)
    bert = add_contact(trail, "Bert", company="Nordwind GmbH")
    twin = add_contact(trail, "Bert", company="Nordwind GmbH")
    for contact_id in (bert, twin):
        add_handle(trail, contact_id, "phone", "+4930901899", shared=True)
    add_contact(trail, "Carl")
    add_contact(trail, "Carl")
    for text in ("prefers mornings", "prefers mornings", "'=quoted\nin two lines"):
        add_note(trail, text, contact_id=anna)
    add_note(trail, "big firm", company_id=1)
    lamps = add_deal(trail, "Lamps", amount=None, currency="", contact_id=anna, owner_id=eve)
    won = add_deal(trail, "Chairs", amount=None, currency="EUR", stage="Site visit", contact_id=bert)
    trail.update(deals, won, amount=120050, close_on="2026-12-01", company_id=1, probability=33)
    move_deal(trail, lamps, "won")
    trail.insert(notes, text="on a deal", deal_id=lamps, created_at=NOW)
    friday = datetime(2026, 11, 27, 14)
    berlin = "Europe/Berlin"
    early = Notice(FRIDAY - timedelta(hours=1), before=timedelta(hours=1))
    put_off = Notice(FRIDAY - timedelta(minutes=30), about=FRIDAY - timedelta(days=7))
    due = Due(
        friday, berlin, True, FRIDAY, FRIDAY, "FREQ=WEEKLY;BYDAY=FR", friday,
        notices=(early, put_off), nag=10, from_completion=True,
    )  # fmt: skip
    series = add_task(trail, "call Anna", due=due, assignee_id=1, contact_id=anna)
    day = datetime(2026, 7, 1)
    at = datetime(2026, 6, 30, 22, tzinfo=UTC)
    first = add_task(trail, "on a day", due=Due(day, berlin, False, at, at), assignee_id=eve)
    child = add_task(trail, "no moment", due=None, assignee_id=None)
    trail.update(tasks, first, parent_id=child)
    trail.update(tasks, child, done_at=AT)
    add_task(trail, "no moment", due=None, assignee_id=None)
    connection.execute(insert(reminders).values(task_id=series, user_id=1, due_at=NOW, sent_at=NOW, state="sent"))
    connection.execute(update(reminders).where(reminders.c.task_id == first).values(state="sent", sent_at=AT))
    files = (Attachment(1, "plan.pdf", "application/pdf", 123),)
    log_interaction(
        trail, channel="email", direction="in", occurred_at=AT, external_id="m1", contacts=(anna, bert),
        subject="Lamps", text="twelve lamps\n> quoted", sender="anna@nordwind.example", sender_name="Anna",
        message_id="<1@n>", digest="d1", attachments=files,
    )  # fmt: skip
    log_interaction(
        trail, channel="call", direction="out", occurred_at=AT, external_id="c1", contacts=(twin,), text="hi"
    )
    lonely, _ = log_interaction(trail, channel="email", direction="in", occurred_at=AT, external_id="m2", text="who?")
    put_in_triage(connection, "several", at=NOW, interaction_id=lonely)
    log_interaction(trail, channel="telegram", direction="in", occurred_at=AT, external_id="m3", text="decided")


def lines(records: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def plain(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records with their place among those of their type instead of ids."""
    places: dict[tuple[str, int], int] = {}
    for record in records:
        places[record["type"], record["id"]] = sum(kind == record["type"] for kind, _ in places)
    found = []
    for record in records:
        copy = dict(record, id=places[record["type"], record["id"]])
        for kind in ("contact", "company", "deal", "task"):
            if copy.get(f"{kind}_id") is not None:
                copy[f"{kind}_id"] = places[kind, copy[f"{kind}_id"]]
        if copy.get("parent_id") is not None:
            copy["parent_id"] = places["task", copy["parent_id"]]
        if "contacts" in copy:
            copy["contacts"] = [places["contact", each] for each in copy["contacts"]]
        found.append(copy)
    return found


async def test_an_export_comes_back_as_it_was(office: Office, empty_office: Office) -> None:
    office.database.transact(fill)
    first = office.export()
    assert {record["type"] for record in first} == {
        "user", "company", "contact", "interaction", "note", "deal", "task", "reminder",
    }  # fmt: skip
    assert empty_office.takes(lines(first), "export.jsonl") == []
    second = empty_office.export()
    assert plain(second) == plain(first)
    assert empty_office.takes(lines(first), "export.jsonl") == []
    assert empty_office.counts.added == empty_office.counts.updated == 0
    assert empty_office.export() == second


async def test_an_export_into_its_own_database_changes_nothing(each_office: Office) -> None:
    office = each_office
    office.database.transact(fill)
    before = office.export()
    assert office.takes(lines(before), "export.jsonl") == []
    assert office.counts.added == office.counts.updated == office.counts.skipped == 0
    assert office.export() == before


async def test_undo_takes_an_imported_export_back_but_for_the_team(office: Office, empty_office: Office) -> None:
    office.database.transact(fill)
    empty_office.takes(lines(office.export()), "export.jsonl")
    empty_office.undoes()
    assert {record["type"] for record in empty_office.export()} == {"user"}


async def test_what_the_owner_of_a_file_brings_is_his_to_undo(office: Office, empty_office: Office) -> None:
    office.database.transact(fill)
    empty_office.takes(lines(office.export()), "export.jsonl")
    assert empty_office.database.look(lambda connection: connection.execute(users.select()).first()) is not None
    from storage.changes import newest_change

    assert empty_office.database.look(lambda connection: newest_change(connection, 1)) == empty_office.message


async def test_pending_reminders_come_and_past_ones_dont(office: Office) -> None:
    text = lines(
        [
            {"type": "task", "id": 1, "title": "future", "due": "2026-12-01T10:00:00+01:00", "assignee": "Max Kern"},
            {"type": "task", "id": 2, "title": "past", "due": "2026-11-01T10:00:00+01:00", "assignee": "Max Kern"},
            {"type": "task", "id": 3, "title": "a day", "due": "2026-12-02", "assignee": "Max Kern"},
        ]
    )
    assert office.takes(text, "tasks.jsonl") == []
    assert [each["due"] for each in office.all("reminder")] == [
        "2026-12-01T09:00:00+00:00",
        "2026-12-02T08:00:00+00:00",
    ]


async def test_bad_lines_are_told_and_the_others_go_in(office: Office) -> None:
    text = "\n".join(
        [
            "not json",
            "[1]",
            '{"type": "martian", "id": 1}',
            '{"type": "contact", "id": 1}',
            '{"type": "contact", "id": 2, "name": ["no"]}',
            '{"type": "contact", "id": 3, "name": "Anna", "emails": ["bad", "a@n.example"], "birthday": "x"}',
            '{"type": "task", "id": 4, "title": "t", "due": "some day"}',
            '{"type": "task", "id": 5, "title": "t", "contact_id": 99}',
            '{"type": "interaction", "id": 6, "channel": "pigeon"}',
            '{"type": "note", "id": 7, "text": "on nobody"}',
            '{"type": "reminder", "id": 8, "due": "2026-12-01T10:00:00Z"}',
            '{"type": "deal", "id": 9, "title": "d", "amount": 1e400}',
            '{"type": "user", "id": 10, "name": "Bad Role", "role": "king"}',
            '{"type": "contact", "id": 11, "name": "\\ud800\\u0000", "fields": []}',
            "[" * 100_000,
        ]
    )
    problems = office.takes('{"type": "company", "id": 0, "name": "N"}\n' + text, "bad.jsonl")
    assert sorted({int(problem.split(":")[0].removeprefix("line ")) for problem in problems}) == list(range(2, 17))
    assert office.one()["emails"] == ["a@n.example"]
    assert office.one("task")["title"] == "t"

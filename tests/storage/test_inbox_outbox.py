"""The two tables of the flow: once per id and key, in a lane's order, claimed, sent, given back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select, update

from storage import inbox, outbox
from storage.database import Database
from storage.messages import Choice, Draft, InboundMessage, Sender, Span
from storage.outbox import LEASE, Carrier, Destination
from storage.tables import buttons
from storage.tables import inbox as inbox_table
from storage.tables import outbox as outbox_table
from storage.users import add_user

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
HELLO = Draft((Span("Hello"),), ((Choice("Undo", "undo", {"inbox": 1}),),))


def message(number: int, lane: str = "console:1") -> InboundMessage:
    return InboundMessage("console", f"m{number}", lane, Sender("user", "1"), NOW, text=f"text {number}")


def keep(database: Database, number: int, lane: str = "console:1") -> inbox.Kept:
    return database.transact(lambda connection: inbox.keep(connection, message(number, lane), raw=None, wall=NOW))


def next_text(database: Database, wall: datetime = NOW) -> str | None:
    pending = database.transact(lambda connection: inbox.next_pending(connection, wall=wall))
    return pending.message.text if pending else None


async def test_what_arrives_twice_is_kept_once(database: Database) -> None:
    first, second = keep(database, 1), keep(database, 1)
    assert first.fresh
    assert not second.fresh
    assert first.id == second.id


async def test_raw_bytes_come_back_as_they_were(database: Database) -> None:
    raw = b"From: a\r\n\r\n\x00\xff" * 1000
    kept = database.transact(lambda connection: inbox.keep(connection, message(1), raw=inbox.compress(raw), wall=NOW))
    assert database.transact(lambda connection: inbox.raw_of(connection, kept.id)) == raw


async def test_a_lane_keeps_its_order_and_a_failure_holds_it_while_others_go_on(database: Database) -> None:
    first = keep(database, 1, "console:1")
    keep(database, 2, "console:1")
    keep(database, 3, "console:2")
    assert next_text(database) == "text 1"
    database.transact(lambda connection: inbox.count_attempt(connection, first.id, "ValueError", wall=NOW))
    assert next_text(database) == "text 3"
    assert next_text(database, LATER) == "text 1"
    database.transact(lambda connection: inbox.mark_done(connection, first.id, wall=NOW))
    assert next_text(database) == "text 2"


async def test_after_three_failures_a_message_is_parked_and_its_lane_goes_on(database: Database) -> None:
    first = keep(database, 1)
    keep(database, 2)
    parked = [
        database.transact(lambda connection: inbox.count_attempt(connection, first.id, "ValueError", wall=NOW))
        for _ in range(3)
    ]
    assert parked == [False, False, True]
    assert next_text(database) == "text 2"


async def test_the_next_message_is_found_by_an_index_among_a_million_done(database: Database) -> None:
    keep(database, 1)
    if not database.is_sqlite:
        pytest.skip("PostgreSQL plans by its statistics")

    def plan(connection: Connection) -> str:
        statement = inbox._NEXT.compile(dialect=connection.dialect)
        rows = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + str(statement), (str(NOW), 1, 0))
        return "\n".join(str(row) for row in rows)

    assert "ix_inbox_next" in database.transact(plan)


async def test_a_key_is_queued_once_with_its_buttons(database: Database) -> None:
    user_id = database.transact(lambda connection: add_user(connection, "Max", at=NOW))

    def add(connection: Connection) -> int | None:
        return outbox.add(connection, HELLO, Destination("console", user_id), key="reply:1:1:0", now=NOW)

    assert database.transact(add) is not None
    assert database.transact(add) is None
    rows = database.look(lambda connection: connection.execute(select(buttons)).all())
    assert [(row.label, row.act, row.arguments) for row in rows] == [("Undo", "undo", {"inbox": 1})]


def queue(database: Database, key: str, to: Destination, *, not_before: datetime | None = None) -> None:
    database.transact(lambda connection: outbox.add(connection, HELLO, to, key=key, now=NOW, not_before=not_before))


def claim(database: Database, carrier: Carrier, *, now: datetime = NOW, wall: datetime = NOW) -> list[str]:
    return [
        message.key
        for message in database.transact(lambda connection: outbox.claim(connection, carrier, now=now, wall=wall))
    ]


async def test_only_a_lanes_oldest_row_is_claimed_and_only_once(database: Database) -> None:
    user_id = database.transact(lambda connection: add_user(connection, "Max", at=NOW))
    for key in ("a", "b"):
        queue(database, key, Destination("console", user_id))
    carrier = Carrier("console", user_id)
    assert claim(database, carrier) == ["a"]
    assert claim(database, carrier) == []
    [row] = database.look(lambda c: c.execute(select(outbox_table.c.id).where(outbox_table.c.key == "a")).all())
    database.transact(lambda c: outbox.mark_sent(c, row.id, by="console", ref="x", wall=NOW, now=NOW))
    assert claim(database, carrier) == ["b"]


async def test_a_dead_processs_claim_is_taken_over_when_its_lease_ends(database: Database) -> None:
    user_id = database.transact(lambda connection: add_user(connection, "Max", at=NOW))
    queue(database, "a", Destination("console", user_id))
    carrier = Carrier("console", user_id)
    assert claim(database, carrier) == ["a"]
    assert claim(database, carrier, wall=NOW + LEASE - timedelta(seconds=1)) == []
    assert claim(database, carrier, wall=NOW + LEASE + timedelta(seconds=1)) == ["a"]


async def test_a_failed_send_holds_its_lane_and_backs_off(database: Database) -> None:
    user_id = database.transact(lambda connection: add_user(connection, "Max", at=NOW))
    for key in ("a", "b"):
        queue(database, key, Destination("console", user_id))
    carrier = Carrier("console", user_id)
    [first] = database.transact(lambda c: outbox.claim(c, carrier, now=NOW, wall=NOW))
    database.transact(lambda c: outbox.mark_failed(c, first.id, "502", wall=NOW))
    assert claim(database, carrier) == []
    assert claim(database, carrier, wall=LATER) == ["a"]


async def test_what_quiet_hours_hold_back_does_not_hold_up_the_rest(database: Database) -> None:
    user_id = database.transact(lambda connection: add_user(connection, "Max", at=NOW))
    queue(database, "held", Destination("push", user_id), not_before=NOW + timedelta(hours=8))
    queue(database, "now", Destination("push", user_id))
    carrier = Carrier("console", user_id)
    assert claim(database, carrier) == ["now"]
    assert claim(database, carrier, now=NOW + timedelta(hours=8)) == ["held"]


async def test_a_push_goes_to_the_face_that_reaches_its_user(database: Database) -> None:
    by_chat = database.transact(lambda c: add_user(c, "Max", at=NOW, telegram="111", email="max@x.example"))
    by_mail = database.transact(lambda c: add_user(c, "Eve", at=NOW, email="eve@x.example"))
    queue(database, "chat", Destination("push", by_chat))
    queue(database, "mail", Destination("push", by_mail))
    assert claim(database, Carrier("email", beside_telegram=True)) == ["mail"]
    assert claim(database, Carrier("telegram")) == ["chat"]


async def test_a_delivered_body_is_purged(database: Database) -> None:
    user_id = database.transact(lambda connection: add_user(connection, "Max", at=NOW))
    queue(database, "a", Destination("console", user_id))
    database.transact(lambda c: c.execute(update(inbox_table).values(state="done")))
    [first] = database.transact(lambda c: outbox.claim(c, Carrier("console", user_id), now=NOW, wall=NOW))
    database.transact(lambda c: outbox.mark_sent(c, first.id, by="console", ref="x", wall=NOW, now=NOW))
    [row] = database.look(lambda c: c.execute(select(outbox_table)).all())
    assert (row.state, row.body, row.sent_ref) == ("sent", "", "x")

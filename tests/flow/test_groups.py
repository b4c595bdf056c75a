"""Messages that wait are handled several in one transaction: each for itself, in order, and without starving others."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

import bot.flow
from bot.flow import Flow
from bot.mail_in import prepared
from handlers.bracket import handle
from mail.parse import parse_mail
from storage.inbox import ATTEMPTS, BEGUN, is_crowded
from tests.flow.test_mail import mail
from tests.house import AUTHSERV, TEAM, TestHouse


async def keeps(house: TestHouse, *subjects: str) -> None:
    """Mails wait in the inbox."""
    for subject in subjects:
        raw = mail(subject, subject=subject, message_id=f"<{subject}@x.example>").encode()
        message = prepared(raw, parse_mail(raw, authserv=AUTHSERV), house.clock.now())
        await house.flow.keep(replace(message, silent=True))


async def subjects(house: TestHouse) -> list[str]:
    return [row["subject"] for row in await house.rows("interactions")]


@pytest.fixture
def writes(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was written since, a transaction each."""
    found: list[object] = []
    write = house.database.write

    async def counted(work: Any) -> Any:
        found.append(work)
        return await write(work)

    monkeypatch.setattr(house.database, "write", counted)
    return found


def poisoned(subject: str, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Handling the mail of this subject logs it, and then fails."""

    def fails(connection: Connection, inbox_id: int, message: Any, team: Any) -> None:
        handle(connection, inbox_id, message, team)
        if message.mail.outer.subject == subject:
            raise error

    monkeypatch.setattr(bot.flow, "handle", fails)


async def test_what_waits_goes_through_in_few_transactions(
    house: TestHouse, writes: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.flow, "SLICE", 60.0)
    await keeps(house, *"abcde")
    writes.clear()
    assert not await house.flow.handle_some()
    assert len(writes) == 1
    assert await subjects(house) == list("abcde")


async def test_a_transaction_ends_when_its_time_is_over(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.flow, "SLICE", 1e-9)
    await keeps(house, *"abc")
    for count in (1, 2, 3):
        assert await house.flow.handle_some()
        assert len(await subjects(house)) == count
    assert not await house.flow.handle_some()


async def test_one_that_fails_takes_no_others_with_it(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.flow, "SLICE", 60.0)
    poisoned("c", ValueError("c"), monkeypatch)
    await keeps(house, *"abcde")
    while await house.flow.handle_some():
        pass
    assert await subjects(house) == list("abde")
    assert [(row["state"], row["attempts"]) for row in await house.rows("inbox")] == [
        *[("done", 0)] * 2,
        ("new", 1),
        *[("done", 0)] * 2,
    ]


async def test_who_brings_much_waits_for_room(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.flow, "_is_crowded", partial(is_crowded, most=3))
    await keeps(house, *"abc")
    await house.flow.wait_for_room()
    await keeps(house, "d")
    waits = asyncio.create_task(house.flow.wait_for_room())
    await asyncio.wait([waits], timeout=0.1)
    assert not waits.done()
    await house.flow.handle_next()
    await asyncio.wait_for(waits, 30)


async def test_what_nobody_handles_holds_up_nothing_for_long(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.flow, "_is_crowded", partial(is_crowded, most=0))
    monkeypatch.setattr(bot.flow, "_LONGEST_WAIT", 0.05)
    await keeps(house, "a")
    await asyncio.wait_for(house.flow.wait_for_room(), 30)


async def test_trouble_of_the_machine_rolls_all_back_and_counts_for_none(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.flow, "SLICE", 60.0)
    poisoned("c", OSError(28, "No space left on device"), monkeypatch)
    await keeps(house, *"abcde")
    for _ in range(ATTEMPTS + 1):
        with pytest.raises(OSError, match="No space"):
            await house.flow.handle_some()
    assert await subjects(house) == []
    assert {(row["state"], row["attempts"]) for row in await house.rows("inbox")} == {("new", 0)}
    monkeypatch.undo()
    await house.handles()
    assert await subjects(house) == list("abcde")


class TestTheBacklogOfADeadProcess:
    async def test_it_is_begun_together_and_done_together(
        self, house: TestHouse, writes: list[object], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await keeps(house, *"abcde")
        later = Flow(house.database, house.clock, TEAM)
        later._started = later._clock.wall()
        writes.clear()
        while await later.handle_some():
            pass
        assert await subjects(house) == list("abcde")
        assert len(writes) == 3  # begun, handled, and a look whether there is more
        assert {(row["state"], row["attempts"]) for row in await house.rows("inbox")} == {("done", 1)}

    async def test_one_that_fails_is_counted_and_the_others_are_done(
        self, house: TestHouse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        poisoned("c", ValueError("c"), monkeypatch)
        await keeps(house, *"abcde")
        later = Flow(house.database, house.clock, TEAM)
        while await later.handle_some():
            pass
        assert await subjects(house) == list("abde")
        assert [(row["state"], row["attempts"]) for row in await house.rows("inbox")][2] == ("new", 1)

    async def test_trouble_between_the_two_commits_counts_for_none(
        self, house: TestHouse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        poisoned("c", OperationalError("", {}, Exception("gone")), monkeypatch)
        await keeps(house, *"abcde")
        later = Flow(house.database, house.clock, TEAM)
        with pytest.raises(OperationalError):
            await later.handle_some()
        assert {(row["state"], row["attempts"], row["retry_at"]) for row in await house.rows("inbox")} == {
            ("new", 0, None)
        }

    async def test_what_was_begun_together_when_it_died_is_then_begun_alone(
        self, house: TestHouse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Else the others would die with the guilty one again and again, and be parked."""
        wall = house.clock.wall()
        monkeypatch.setattr(house.clock, "wall", lambda: wall)
        await keeps(house, *"abcde")
        begun: list[str] = []

        class Died(BaseException):
            """The process was killed."""

        def dies(connection: Connection, inbox_id: int, message: Any, team: Any) -> None:
            begun.append(message.mail.outer.subject)
            if message.mail.outer.subject == "c":
                raise Died
            handle(connection, inbox_id, message, team)

        monkeypatch.setattr(bot.flow, "handle", dies)
        deaths = 0
        for _ in range(10):
            wall += BEGUN
            flow = Flow(house.database, house.clock, TEAM)
            try:
                while await flow.handle_some():
                    pass
            except Died:
                deaths += 1
        assert deaths == ATTEMPTS
        assert sorted(await subjects(house)) == list("abde")
        assert [row["state"] for row in await house.rows("inbox")] == ["done", "done", "parked", "done", "done"]
        assert begun == [*"abc", *"abc", "c", *"de"]

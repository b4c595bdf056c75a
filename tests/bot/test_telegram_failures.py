"""What goes wrong between the bot and Telegram: nothing is lost, and each act is done once."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.settings import Settings
from bot.wiring import House
from storage.clock import Clock
from storage.outbox import Destination
from storage.tables import inbox, outbox
from tests.bot.telegram_house import (
    ANNA,
    ANNAS,
    addresses,
    answered,
    bot_running,
    calls,
    count,
    labels_of,
    queue,
    until,
)
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_api_faults import random_faults
from tests.fakes.bot_api_people import FakeUser
from tests.fakes.bot_api_updates import FIRST_UPDATE_ID

PEOPLE = tuple(f"{name}@firm.example" for name in ("anna", "boris", "clara", "dmitri", "erika", "frank"))
BY_ONE_PROGRAM = "Conflict: terminated by other getUpdates request"


def lead(address: str) -> str:
    return f"new lead {address.partition('@')[0].capitalize()} Petrov, {address}"


async def state_of(house: House, key: str) -> str:
    """The state of an outbox row, once it isn't waiting to be sent."""
    query = select(outbox.c.state).where(outbox.c.key == key, outbox.c.state.in_(("sent", "parked")))
    return await until(house, lambda connection: connection.execute(query).scalar() or "")


class TestSending:
    @pytest.mark.parametrize(
        ("fault", "heard"),
        [
            ({"status": 429, "retry_after": 1}, 1),
            ({"status": 500}, 1),
            ({"status": 502}, 1),
            ({"ok_false_200": True}, 1),
            ({"status": 409}, 1),
            ({"status": 401}, 1),
            ({"drop": "before"}, 1),
            ({"drop": "after"}, 2),  # nobody can know: it is said again rather than lost
            ({"status": 502, "processed": True}, 2),
        ],
        ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else str(value),
    )
    async def test_an_answer_that_failed_comes_again(
        self,
        bot: House,
        telegram: FakeBotApi,
        max_: FakeUser,
        monkeypatch: pytest.MonkeyPatch,
        fault: dict[str, Any],
        heard: int,
    ) -> None:
        monkeypatch.setattr("bot.telegram.face.TOKEN_PAUSE", 0.05)
        telegram.fail_next("sendMessage", **fault)
        asked = await max_.says(ANNA)
        for _ in range(heard):
            receipt = await max_.hears(timeout=60)
            assert answered(receipt) == asked["message_id"]
        await max_.says("/leads")
        assert "Anna Kern" in (await max_.hears())["text"]
        assert await addresses(bot) == [ANNAS]

    @pytest.mark.parametrize("fault", [{"drop": "after"}, {"status": 502, "processed": True}, {"drop": "before"}])
    async def test_an_edit_that_failed_is_made_once(
        self, bot: House, telegram: FakeBotApi, max_: FakeUser, fault: dict[str, Any]
    ) -> None:
        await max_.says(ANNA)
        receipt = await max_.hears()
        telegram.fail_next("editMessageText", **fault)
        await max_.taps(receipt, "Undo")
        assert "Undo" not in labels_of(await max_.sees_edit(receipt["message_id"]))
        asked = await max_.says("/tasks")
        assert answered(await max_.hears()) == asked["message_id"]
        assert len(telegram.chat(111).edits[receipt["message_id"]]) == 1
        assert max_.unheard() == []

    async def test_who_has_blocked_the_bot_misses_it_and_the_others_do_not(
        self, bot: House, telegram: FakeBotApi, max_: FakeUser
    ) -> None:
        olga = telegram.user(222, "Olga")
        for user in (max_, olga):
            await user.says("/start")
            await user.hears()
        max_.blocks_bot()
        await queue(bot, "one", Destination("push", 1), "blocked")
        await queue(bot, "two", Destination("push", 2), "open")
        assert (await olga.hears())["text"] == "two"
        assert await state_of(bot, "blocked") == "parked"
        max_.unblocks_bot()
        await queue(bot, "three", Destination("push", 1), "again")
        assert (await max_.hears())["text"] == "three"

    async def test_what_telegram_will_never_take_holds_up_nobody(
        self, bot: House, telegram: FakeBotApi, max_: FakeUser
    ) -> None:
        await queue(bot, "to nobody", Destination("telegram", None, "987654"), "unknown")
        await queue(bot, " ", Destination("push", 1), "empty")
        await queue(bot, "no chat", Destination("telegram", None, "x:y"), "odd")
        await max_.says("/tasks")
        await max_.hears()
        assert [await state_of(bot, key) for key in ("unknown", "empty", "odd")] == ["parked"] * 3

    async def test_a_group_that_has_moved_is_followed(self, bot: House, telegram: FakeBotApi, max_: FakeUser) -> None:
        old, new = telegram.group(-5, "Sales", [max_]), telegram.group(-1005, "Sales", [max_])
        telegram.fail_next("sendMessage", status=400, migrate_to_chat_id=new.id)
        await max_.says(f"@test_bot {ANNA}", chat=old)
        assert "Anna Kern" in (await max_.hears(chat=new))["text"]
        assert max_.unheard(chat=old) == []

    async def test_a_tap_that_cannot_be_acknowledged_counts_all_the_same(
        self, bot: House, telegram: FakeBotApi, max_: FakeUser
    ) -> None:
        await max_.says(ANNA)
        receipt = await max_.hears()
        telegram.fail_next("answerCallbackQuery", drop="before")
        await max_.taps(receipt, "Undo")
        await max_.sees_edit(receipt["message_id"])
        assert len(calls(telegram, "answerCallbackQuery")) == 1

    async def test_what_the_outbox_and_the_log_keep_of_a_failure_names_no_token_and_no_text(
        self, bot: House, telegram: FakeBotApi, max_: FakeUser, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG, logger="rapport"):
            telegram.fail_next("sendMessage", status=502, times=1)
            telegram.fail_next("getUpdates", drop="before", times=2)
            await max_.says(ANNA)
            await max_.hears()
        said = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("rapport"))
        for secret in ("123:abc", "Anna", "nordwind", "html", "127.0.0.1"):
            assert secret not in said


class TestPolling:
    @pytest.mark.parametrize(
        "fault",
        [
            {"status": 429, "retry_after": 1},
            {"status": 500},
            {"status": 502},
            {"status": 409, "description": BY_ONE_PROGRAM},
            {"status": 401},
            {"ok_false_200": True},
            {"drop": "before"},
            {"drop": "after"},
        ],
        ids=lambda value: "-".join(map(str, value.values()))[:20],
    )
    async def test_a_poll_that_failed_loses_nothing(
        self, bot: House, telegram: FakeBotApi, max_: FakeUser, fault: dict[str, Any]
    ) -> None:
        await telegram.polled()
        telegram.fail_next("getUpdates", times=3, **fault)
        for person in PEOPLE[:3]:
            await max_.says(lead(person))
        for _ in range(3):
            await max_.hears(timeout=60)
        await telegram.all_confirmed()
        assert await addresses(bot) == list(PEOPLE[:3])

    async def test_a_bad_day(self, bot: House, telegram: FakeBotApi, max_: FakeUser) -> None:
        telegram.faults = random_faults(3, 0.3)
        asked = [await max_.says(lead(person)) for person in PEOPLE]
        heard: list[int | None] = []
        while asked[-1]["message_id"] not in heard:
            heard.append(answered(await max_.hears(timeout=20)))
        # In order, each at least once.
        assert [key for key, _ in groupby(heard)] == [each["message_id"] for each in asked]
        assert await addresses(bot) == list(PEOPLE)
        assert await count(bot, inbox) == len(PEOPLE)
        telegram.clear_faults()

    async def test_updates_that_come_again_are_known(self, bot: House, telegram: FakeBotApi, max_: FakeUser) -> None:
        await max_.says(ANNA)
        receipt = await max_.hears()
        await max_.taps(receipt, "Undo")
        await max_.sees_edit(receipt["message_id"])
        telegram.redeliver(2)
        await telegram.all_confirmed()
        await max_.says("/leads")
        await max_.hears()
        assert await addresses(bot) == []
        assert await count(bot, inbox) == 3
        assert max_.unheard() == []

    @pytest.mark.parametrize("first", [1, FIRST_UPDATE_ID - 5], ids=["far", "near"])
    async def test_update_ids_that_begin_anew_hide_nothing(
        self, bot: House, telegram: FakeBotApi, max_: FakeUser, monkeypatch: pytest.MonkeyPatch, first: int
    ) -> None:
        monkeypatch.setattr("bot.telegram.client.POLL_SECONDS", 1)
        await max_.says(lead(PEOPLE[0]))
        await max_.hears()
        await telegram.all_confirmed()
        # After a poll that brought nothing (there are many in a quiet week) no offset is left.
        assert await telegram.state.bell.until(lambda: "offset" not in calls(telegram, "getUpdates")[-1] or None, 5)
        telegram.restart_update_ids(first)
        await max_.says(lead(PEOPLE[1]))
        await max_.hears()
        await telegram.all_confirmed()
        assert await addresses(bot) == list(PEOPLE[:2])

    async def test_a_webhook_that_is_set_is_ended(
        self, telegram_settings: Settings, team: None, telegram: FakeBotApi, max_: FakeUser
    ) -> None:
        await telegram.methods.call("setWebhook", {"url": "https://old.example/hook"}, {})
        await max_.says(ANNA)
        async with bot_running(telegram_settings):
            await max_.hears()
            await telegram.methods.call("setWebhook", {"url": "https://again.example/hook"}, {})
            for _ in range(2):  # the first ends the poll that is still under way
                await max_.says("/leads")
                assert "Anna Kern" in (await max_.hears())["text"]
        assert len(calls(telegram, "deleteWebhook")) == 2

    async def test_an_update_that_cannot_be_read_is_parked_and_the_next_is_not(
        self, bot: House, telegram: FakeBotApi, max_: FakeUser
    ) -> None:
        await telegram.polled()
        updates = telegram.state.updates
        updates.pending.append({"update_id": 99_000_000, "message": {"message_id": "?", "chat": 5, "date": "now"}})
        telegram.state.bell.ring()
        await max_.says("/leads")
        told, answer = await max_.hears(), await max_.hears()  # the owner is told of it; and the answer
        assert "could not handle" in told["text"] + answer["text"]
        query = select(inbox.c.state).order_by(inbox.c.id)
        states = await bot.database.read(lambda connection: list(connection.execute(query).scalars()))
        assert states == ["parked", "done"]

    async def test_other_kinds_of_updates_are_confirmed_and_not_kept(
        self, bot: House, telegram: FakeBotApi, max_: FakeUser
    ) -> None:
        await telegram.polled()
        max_.blocks_bot()
        max_.unblocks_bot()
        await max_.says("/leads")
        await max_.hears()
        await telegram.all_confirmed()
        assert await count(bot, inbox) == 1

    async def test_trouble_with_the_database_loses_nothing(
        self,
        bot: House,
        telegram: FakeBotApi,
        max_: FakeUser,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        keep, failures = bot.flow.keep, [1, 2]

        async def keep_at_the_third_try(*arguments: Any, **named: Any) -> Any:
            if failures:
                failures.pop()
                raise OperationalError("", {}, OSError("disk full"))
            return await keep(*arguments, **named)

        monkeypatch.setattr(bot.flow, "keep", keep_at_the_third_try)
        monkeypatch.setattr("bot.loops._FIRST_PAUSE", 0.05)
        await max_.says(ANNA)
        await max_.hears(timeout=60)
        assert await addresses(bot) == [ANNAS]
        await telegram.all_confirmed()
        told = [record.getMessage() for record in caplog.records if record.name == "rapport.loops"]
        assert len(told) == 2
        assert all("trouble with the machine: OperationalError" in line for line in told)


class TestStopping:
    async def test_what_was_said_while_the_bot_was_down_is_answered_when_it_is_up(
        self, telegram_settings: Settings, team: None, telegram: FakeBotApi, max_: FakeUser
    ) -> None:
        for person in PEOPLE:
            async with bot_running(telegram_settings) as house:
                await max_.says(lead(person))
                await until(house, lambda connection: connection.execute(select(inbox.c.id)).first())
            # stopped wherever it was: kept but not confirmed, handled but not answered
        async with bot_running(telegram_settings, later(1)) as house:
            await max_.says("/leads")
            heard = ""
            while "6" not in heard:
                heard = (await max_.hears(timeout=60))["text"].partition(" ")[0]
            assert sorted(await addresses(house)) == sorted(PEOPLE)
            assert await count(house, inbox) == len(PEOPLE) + 1

    async def test_a_stop_during_a_send_sends_it_again(
        self, telegram_settings: Settings, team: None, telegram: FakeBotApi, max_: FakeUser
    ) -> None:
        async with bot_running(telegram_settings):
            telegram.fail_next("sendMessage", delay=5)
            await max_.says(ANNA)
            await max_.hears()
        async with bot_running(telegram_settings, later(1)) as house:
            await max_.hears()
            assert await addresses(house) == [ANNAS]

    async def test_it_stops_at_once_while_telegram_is_away(
        self, telegram_settings: Settings, team: None, telegram: FakeBotApi, max_: FakeUser
    ) -> None:
        async with telegram.unreachable(), asyncio.timeout(5), bot_running(telegram_settings):
            await max_.says(ANNA)
        async with bot_running(telegram_settings):
            await max_.hears()


def later(minutes: int) -> Clock:
    """A clock that is ahead: what a process before this one had claimed is free again."""
    return Clock(wall=lambda: datetime.now(UTC) + timedelta(minutes=minutes))

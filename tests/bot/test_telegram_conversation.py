"""Conversations in Telegram: the library's own client against the fake server, over a real flow and database file."""

from __future__ import annotations

from bot.settings import Settings
from bot.wiring import House
from storage.meta import new_claim_code
from storage.outbox import Destination
from storage.tables import inbox
from storage.users import all_users
from tests.bot.telegram_house import ANNA, ANNAS, addresses, answered, bot_running, calls, count, labels_of, queue
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_api_faults import Fault
from tests.fakes.bot_api_people import FakeUser


class TestTalking:
    async def test_a_day_in_a_chat(self, bot: House, telegram: FakeBotApi, max_: FakeUser) -> None:
        for command in ("/start", "/help"):
            asked = await max_.says(command)
            help_ = await max_.hears()
            assert "new lead" in help_["text"]
            assert answered(help_) == asked["message_id"]

        asked = await max_.says(ANNA)
        receipt = await max_.hears()
        assert receipt["text"].startswith("👤 Anna Kern, Nordwind GmbH")
        assert "Undo" in labels_of(receipt)
        assert answered(receipt) == asked["message_id"]
        assert receipt["link_preview_options"] == {"is_disabled": True}
        assert await addresses(bot) == [ANNAS]

        for question in ("anna", "/find anna"):
            await max_.says(question)
            card = await max_.hears()
            assert "anna@nordwind.example" in card["text"]
            assert "Note" in labels_of(card)
        for command in ("/tasks", "/leads", "/pipeline", "/triage"):
            asked = await max_.says(command)
            assert answered(await max_.hears()) == asked["message_id"]

        tap = await max_.taps(receipt, "Undo")
        assert await max_.sees_answer(tap)
        undone = await max_.sees_edit(receipt["message_id"])
        assert undone["text"].startswith("↩ Undone")
        assert "Undo" not in labels_of(undone)
        assert max_.unheard() == []
        assert await addresses(bot) == []

    async def test_a_reminder_comes_when_it_is_due_and_is_done_by_a_tap(self, bot: House, max_: FakeUser) -> None:
        await max_.says("remind me in 1 second to call Anna")
        assert not (await max_.hears())["text"].startswith("⏰")
        reminder = await max_.hears(timeout=60)
        assert reminder["text"].startswith("⏰")
        assert answered(reminder) is None
        assert labels_of(reminder) == ["Done", "1 h", "Tomorrow 9:00", "Next week", "Pick ..."]
        await max_.taps(reminder, "Done")
        done = await max_.sees_edit(reminder["message_id"])
        assert not done["text"].startswith("⏰")
        await max_.says("/tasks")
        assert "Anna" not in (await max_.hears())["text"]

    async def test_a_button_that_asks_is_answered_by_the_next_message(self, bot: House, max_: FakeUser) -> None:
        await max_.says(ANNA)
        await max_.hears()
        await max_.says("anna")
        await max_.taps(await max_.hears(), "Note")
        assert (await max_.hears())["text"].startswith("❓")
        await max_.says("prefers mornings")
        assert "prefers mornings" in (await max_.hears())["text"]

    async def test_the_command_menu_in_three_languages(self, bot: House, telegram: FakeBotApi) -> None:
        commands = telegram.methods.profile.commands
        private = '{"type": "all_private_chats"}'
        assert await telegram.state.bell.until(lambda: len(commands) == 3 or None, 30)
        said = {language: {each["command"]: each["description"] for each in commands[private, language]}
                for language in ("", "de", "ru")}  # fmt: skip
        for menu in said.values():
            assert list(menu) == [
                *("start", "help", "today", "calendar", "tasks"),
                *("find", "undo", "leads", "pipeline", "triage"),
            ]
            assert all(menu.values())

    async def test_a_file_without_words_does_no_harm(self, bot: House, telegram: FakeBotApi, max_: FakeUser) -> None:
        await max_.says(ANNA)
        await max_.hears()
        sent = await max_.sends_file("photo", b"...")
        assert answered(await max_.hears()) == sent["message_id"]
        assert await addresses(bot) == [ANNAS]

    async def test_a_long_answer_comes_in_parts_with_its_buttons_on_the_last(
        self, bot: House, telegram: FakeBotApi, max_: FakeUser
    ) -> None:
        await max_.says("/start")
        await max_.hears()
        text = "\n".join(f"{number} " + "🙂" * 40 for number in range(120))
        await queue(bot, text, Destination("push", 1), "long", "Help")
        parts = [await max_.hears() for _ in range(3)]
        assert "\n".join(part["text"] for part in parts) == text
        assert [labels_of(part) for part in parts] == [[], [], ["Help"]]
        await max_.taps(parts[2], "Help")
        await max_.hears()

    async def test_of_a_long_answer_only_what_failed_is_sent_again(
        self, bot: House, telegram: FakeBotApi, max_: FakeUser
    ) -> None:
        await max_.says("/start")
        await max_.hears()
        sent = len(calls(telegram, "sendMessage"))
        second = Fault(status=429, retry_after=1)
        telegram.faults = lambda method, n: second if (method, n) == ("sendMessage", sent + 2) else None
        await queue(bot, "a" * 4096 + "\n" + "b" * 4096, Destination("push", 1), "long")
        assert [(await max_.hears())["text"][0] for _ in range(2)] == ["a", "b"]
        assert len(calls(telegram, "sendMessage")) == sent + 3

    async def test_a_card_that_is_gone_is_sent_anew(self, bot: House, telegram: FakeBotApi, max_: FakeUser) -> None:
        await max_.says(ANNA)
        receipt = await max_.hears()
        telegram.chat(111).remove(receipt["message_id"])
        await max_.taps(receipt, "Undo", stale=True)
        assert "Undo" not in labels_of(await max_.hears())


class TestTeam:
    async def test_a_stranger_gets_one_polite_line_a_day(
        self, bot: House, telegram: FakeBotApi, max_: FakeUser, stranger: FakeUser
    ) -> None:
        await stranger.says("/start")
        line = await stranger.hears()
        assert "Anna" not in line["text"]
        await stranger.says(ANNA)
        await stranger.says("/leads")
        query = {"id": "9", "from": stranger.info, "chat_instance": "1", "message": line, "data": "some-token"}
        telegram.push("callback_query", query)
        await max_.says("/leads")
        await max_.hears()
        assert stranger.unheard() == []
        assert await addresses(bot) == []
        assert calls(telegram, "answerCallbackQuery") == []
        assert await count(bot, inbox) == 4

    async def test_a_stranger_who_taps_a_members_button_does_nothing(
        self, bot: House, telegram: FakeBotApi, max_: FakeUser, stranger: FakeUser
    ) -> None:
        group = telegram.group(-1001, "Sales", [max_, stranger])
        asked = await max_.says(f"@test_bot {ANNA}", chat=group)
        receipt = await max_.hears(chat=group)
        assert answered(receipt) == asked["message_id"]
        await stranger.taps(receipt, "Undo")
        await stranger.says("@test_bot leads", chat=group)
        await max_.says("the weather is fine", chat=group)
        await max_.says("@test_bot leads", chat=group)
        assert "Anna Kern" in (await max_.hears(chat=group))["text"]
        assert max_.unheard(chat=group) == []
        assert stranger.unheard() == []
        assert calls(telegram, "answerCallbackQuery") == []
        assert await count(bot, inbox) == 2

    async def test_a_viewer_reads_and_cannot_write(self, bot: House, telegram: FakeBotApi) -> None:
        olga = telegram.user(222, "Olga", language="ru")
        await olga.says(ANNA)
        assert (await olga.hears())["text"].startswith("⚠")
        assert await addresses(bot) == []

    async def test_the_first_owner_claims_the_bot_with_the_code(
        self, telegram_settings: Settings, telegram: FakeBotApi, max_: FakeUser, stranger: FakeUser
    ) -> None:
        async with bot_running(telegram_settings) as house:
            code = await house.database.write(new_claim_code)
            await stranger.says("/start wrong-code")
            await stranger.hears()
            await max_.says(f"/start {code}")
            await max_.hears()
            await stranger.says(f"/start {code}")
            await max_.says(ANNA)
            await max_.hears()
            assert stranger.unheard() == []
            users = await house.database.read(all_users)
            assert [(user.telegram, user.role) for user in users] == [("111", "owner")]
            assert await addresses(house) == [ANNAS]

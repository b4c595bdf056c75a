"""The fake Bot API proves itself against python-telegram-bot's own client."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputMediaPhoto,
    InputTextMessageContent,
    LinkPreviewOptions,
    MenuButtonCommands,
    Message,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyParameters,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.request import HTTPXRequest

from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_api_faults import Fault, random_faults
from tests.fakes.bot_api_http import Request, Response, serve
from tests.fakes.bot_api_people import FakeUser
from tests.fakes.bot_api_remote import RemoteBotApi
from tests.fakes.bot_api_schema import load_schema

UNDO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Undo", callback_data="u1"), InlineKeyboardButton("Other", url="https://a.example")]]
)


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi(now=lambda: 1_790_000_000) as running:
        yield running


@pytest.fixture
async def bot(api: FakeBotApi) -> AsyncIterator[Bot]:
    async with make_bot(api) as running:
        yield running


@pytest.fixture
async def max_(api: FakeBotApi) -> FakeUser:
    """A person who has started the bot; the update is no longer pending."""
    user = api.user(111, "Max Kern", language="de")
    await user.says("/start")
    api.state.updates.pending.clear()
    return user


def make_bot(api: FakeBotApi) -> Bot:
    return Bot("123:abc", base_url=api.url + "/bot", base_file_url=api.url + "/file/bot")


def texts(updates: tuple[Update, ...]) -> list[str | None]:
    return [update.effective_message.text for update in updates if update.effective_message]


async def post(api: FakeBotApi, method: str, body: dict[str, Any]) -> httpx.Response:
    """Call by hand what the library would never send."""
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.post(f"{api.url}/bot123:abc/{method}", json=body)


class TestPolling:
    async def test_gives_updates_in_order_until_an_offset_confirms_them(self, api: FakeBotApi, bot: Bot) -> None:
        max_ = api.user(111, "Max", language="de")
        await max_.says("one")
        await max_.says("two")
        first = await bot.get_updates()
        assert texts(first) == ["one", "two"]
        assert first[1].update_id == first[0].update_id + 1
        assert first[0].effective_user is not None
        assert first[0].effective_user.language_code == "de"
        assert texts(await bot.get_updates()) == ["one", "two"]
        assert texts(await bot.get_updates(offset=first[1].update_id)) == ["two"]
        assert await bot.get_updates(offset=first[1].update_id + 1) == ()
        await api.all_confirmed(timeout=0)
        api.assert_clean()

    async def test_gives_no_more_than_the_limit(self, api: FakeBotApi, bot: Bot) -> None:
        for number in range(3):
            await api.user(111).says(str(number))
        assert texts(await bot.get_updates(limit=2)) == ["0", "1"]
        assert texts(await bot.get_updates(offset=-1)) == ["2"]
        assert texts(await bot.get_updates()) == ["2"]

    async def test_a_long_poll_ends_when_someone_speaks(self, api: FakeBotApi, bot: Bot) -> None:
        polling = asyncio.create_task(bot.get_updates(timeout=30))
        await api.polled()
        await api.user(111).says("now")
        assert texts(await asyncio.wait_for(polling, 5)) == ["now"]

    async def test_the_older_of_two_polls_is_told_of_the_conflict(self, api: FakeBotApi, bot: Bot) -> None:
        async with make_bot(api) as other:
            older = asyncio.create_task(bot.get_updates(timeout=30))
            await api.polled()
            newer = asyncio.create_task(other.get_updates(timeout=30))
            with pytest.raises(Conflict):
                await asyncio.wait_for(older, 5)
            await api.user(111).says("still there")
            assert texts(await asyncio.wait_for(newer, 5)) == ["still there"]

    async def test_a_poll_whose_client_has_gone_neither_conflicts_nor_swallows(self, api: FakeBotApi, bot: Bot) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", int(api.url.rsplit(":", 1)[1]))
        writer.write(b"GET /bot123:abc/getUpdates?timeout=30 HTTP/1.1\r\n\r\n")
        await api.polled()
        writer.close()
        await writer.wait_closed()
        assert await api.state.bell.until(lambda: not api.state.updates.is_polled or None, 5)
        await api.user(111).says("hi")
        assert texts(await bot.get_updates(timeout=5)) == ["hi"]
        assert api.refused == []

    async def test_redelivers_confirmed_updates_once(self, api: FakeBotApi, bot: Bot) -> None:
        for number in range(3):
            await api.user(111).says(str(number))
        seen = await bot.get_updates()
        offset = seen[-1].update_id + 1
        assert await bot.get_updates(offset=offset) == ()
        api.redeliver(2)
        again = await bot.get_updates(offset=offset)
        assert [u.update_id for u in again] == [u.update_id for u in seen[1:]]
        assert await bot.get_updates(offset=offset) == ()

    async def test_ids_that_begin_anew_are_given_in_spite_of_an_old_offset(self, api: FakeBotApi, bot: Bot) -> None:
        await api.user(111).says("before")
        offset = (await bot.get_updates())[-1].update_id + 1
        api.restart_update_ids()
        await api.user(111).says("after a quiet week")
        updates = await bot.get_updates(offset=offset)
        assert [(u.update_id, t) for u, t in zip(updates, texts(updates), strict=True)] == [(1, "after a quiet week")]

    async def test_gives_only_kinds_that_were_asked_for(self, api: FakeBotApi, bot: Bot) -> None:
        await bot.get_updates(allowed_updates=["edited_message"])
        message = await api.user(111).says("one")
        await api.user(111).edits(message, "two")
        updates = await bot.get_updates()
        assert [u.edited_message.text for u in updates if u.edited_message] == ["two"]
        assert len(updates) == 1


class TestConversation:
    async def test_a_command_is_marked_as_one(self, api: FakeBotApi, bot: Bot) -> None:
        await api.user(111, "Max").says("/start abc max@kern.example")
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert [(e.type, update.message.parse_entity(e)) for e in update.message.entities] == [
            ("bot_command", "/start"),
            ("email", "max@kern.example"),
        ]

    async def test_a_person_hears_each_message_once_and_sees_edits(
        self, api: FakeBotApi, bot: Bot, max_: FakeUser
    ) -> None:
        sent = await bot.send_message(111, "Saved", reply_markup=UNDO)
        heard = await max_.hears()
        assert (heard["text"], heard["message_id"]) == ("Saved", sent.message_id)
        with pytest.raises(AssertionError, match="said nothing new"):
            await max_.hears(timeout=0)
        await bot.edit_message_text("Undone", 111, sent.message_id)
        edited = await max_.sees_edit(sent.message_id)
        assert edited["text"] == "Undone"
        assert "reply_markup" not in edited
        assert [m["text"] for m in api.chat(111).messages] == ["/start", "Undone"]
        assert max_.unheard() == []
        with pytest.raises(AssertionError, match="was not edited"):
            await max_.sees_edit(sent.message_id, timeout=0)
        with pytest.raises(AssertionError, match="was not deleted"):
            await max_.sees_deletion(sent.message_id, timeout=0)

    async def test_hearing_waits_until_the_bot_speaks(self, bot: Bot, max_: FakeUser) -> None:
        hearing = asyncio.create_task(max_.hears())
        await bot.send_message(111, "at last")
        assert (await hearing)["text"] == "at last"

    async def test_a_tap_arrives_and_is_answered(self, api: FakeBotApi, bot: Bot, max_: FakeUser) -> None:
        await bot.send_message(111, "Saved", reply_markup=UNDO)
        tap = await max_.taps(await max_.hears(), "Undo")
        (update,) = await bot.get_updates()
        assert update.callback_query is not None
        assert update.callback_query.data == "u1"
        assert isinstance(update.callback_query.message, Message)
        assert update.callback_query.message.text == "Saved"
        await bot.answer_callback_query(update.callback_query.id, text="Done")
        assert (await max_.sees_answer(tap))["text"] == "Done"
        api.assert_clean()

    async def test_only_buttons_that_are_there_can_be_tapped(self, bot: Bot, max_: FakeUser) -> None:
        sent = await bot.send_message(111, "Saved", reply_markup=UNDO)
        shown = await max_.hears()
        with pytest.raises(AssertionError, match="no button 'Redo' among"):
            await max_.taps(shown, "Redo")
        with pytest.raises(AssertionError, match="not for the bot"):
            await max_.taps(shown, "Other")
        await bot.edit_message_reply_markup(111, sent.message_id)
        with pytest.raises(AssertionError, match="no button 'Undo' among"):
            await max_.taps(shown, "Undo")
        assert (await max_.taps(shown, "Undo", stale=True))["data"] == "u1"

    async def test_a_tap_on_a_deleted_message_knows_only_its_id(self, bot: Bot, max_: FakeUser) -> None:
        sent = await bot.send_message(111, "Saved", reply_markup=UNDO)
        shown = await max_.hears()
        await bot.delete_message(111, sent.message_id)
        await max_.sees_deletion(sent.message_id)
        await max_.taps(shown, "Undo", stale=True)
        (update,) = await bot.get_updates()
        assert update.callback_query is not None
        assert update.callback_query.message is not None
        assert not update.callback_query.message.is_accessible

    async def test_replies_carry_what_they_reply_to(self, bot: Bot, max_: FakeUser) -> None:
        await bot.send_message(111, "Call Ana?")
        await max_.says("done", reply_to=await max_.hears())
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.reply_to_message is not None
        assert update.message.reply_to_message.text == "Call Ana?"
        answer = await bot.send_message(111, "Good", reply_parameters=ReplyParameters(update.message.message_id))
        assert answer.reply_to_message is not None
        assert answer.reply_to_message.text == "done"

    async def test_files_go_both_ways(self, api: FakeBotApi, bot: Bot, max_: FakeUser) -> None:
        data = bytes(range(256)) + b"\r\n--x\r\n\n\r"
        await max_.sends_file("document", data, name="people.csv", mime_type="text/csv", caption="import this")
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.document is not None
        assert update.message.caption == "import this"
        file = await bot.get_file(update.message.document.file_id)
        assert bytes(await file.download_as_bytearray()) == data
        sent = await bot.send_document(111, data, caption="Here", filename="out.bin")
        assert sent.document is not None
        assert api.state.files[sent.document.file_id].data == data
        again = await bot.send_voice(111, (await max_.sends_file("voice", b"ogg"))["voice"]["file_id"])
        assert again.voice is not None
        api.assert_clean()

    async def test_albums_copies_and_forwards(self, api: FakeBotApi, bot: Bot, max_: FakeUser) -> None:
        album = await bot.send_media_group(111, [InputMediaPhoto(b"one", caption="Cards"), InputMediaPhoto(b"two")])
        assert [message.caption for message in album] == ["Cards", None]
        assert len({message.media_group_id for message in album}) == 1
        said = await max_.says("from Ana")
        forwarded = await bot.forward_message(111, 111, said["message_id"])
        assert (forwarded.text, forwarded.forward_origin is not None) == ("from Ana", True)
        copied = await bot.copy_message(111, 111, album[0].message_id, caption="Card")
        assert api.chat(111).messages[-1]["message_id"] == copied.message_id
        assert api.chat(111).messages[-1]["caption"] == "Card"
        edited = await bot.edit_message_caption(111, copied.message_id, caption="Business card")
        assert isinstance(edited, Message)
        assert edited.caption == "Business card"
        await max_.shares_contact("+49301234")
        update = (await bot.get_updates())[-1]
        assert update.message is not None
        assert update.message.contact is not None
        assert update.message.contact.user_id == 111
        api.assert_clean()

    async def test_a_file_that_is_too_big_cannot_be_fetched(self, bot: Bot, max_: FakeUser) -> None:
        message = await max_.sends_file("video", b"tiny", size=21 * 1024 * 1024)
        with pytest.raises(BadRequest, match="File is too big"):
            await bot.get_file(message["video"]["file_id"])

    async def test_groups_have_members_and_privacy(self) -> None:
        async with FakeBotApi(privacy=True) as api, make_bot(api) as bot:
            max_, eve = api.user(111, "Max"), api.user(222, "Eve")
            team = api.group(-100, "Team", [max_])
            await max_.says("lunch?", chat=team)
            await max_.says("/today", chat=team)
            await max_.says("@test_bot who is Ana", chat=team)
            with pytest.raises(AssertionError, match="no member"):
                await eve.says("hello", chat=team)
            assert texts(await bot.get_updates()) == ["/today", "@test_bot who is Ana"]
            assert (await bot.get_chat_member(-100, 111)).status == "creator"
            assert (await bot.get_chat_member(-100, 222)).status == "left"
            assert await bot.get_chat_member_count(-100) == 2
            await bot.send_message(-100, "Nothing today")
            assert (await max_.hears(chat=team))["text"] == "Nothing today"
            max_.kicks_bot(team)
            with pytest.raises(Forbidden, match="kicked"):
                await bot.send_message(-100, "Hello?")
            api.assert_clean()

    async def test_an_inline_query_is_answered(self, bot: Bot, max_: FakeUser) -> None:
        query = await max_.asks_inline("ana")
        await bot.answer_inline_query(
            query["id"], [InlineQueryResultArticle("1", "Ana Kern", InputTextMessageContent("Ana Kern"))]
        )
        answer = await max_.sees_answer(query)
        assert [result["title"] for result in answer["results"]] == ["Ana Kern"]

    async def test_a_business_connection_needs_the_right_to_reply(
        self, api: FakeBotApi, bot: Bot, max_: FakeUser
    ) -> None:
        customer = api.user(333, "Customer")
        api.connect_business("b1", max_)
        api.connect_business("b2", max_, can_reply=False)
        await bot.send_message(customer.id, "Good day", business_connection_id="b1")
        assert (await customer.hears())["business_connection_id"] == "b1"
        for connection in ("b2", "b3"):
            with pytest.raises(BadRequest):
                await bot.send_message(customer.id, "Good day", business_connection_id=connection)
        assert (await bot.get_business_connection("b1")).user.id == 111

    async def test_the_bots_face(self, api: FakeBotApi, bot: Bot) -> None:
        assert (await bot.get_me()).username == "test_bot"
        await bot.set_my_commands([BotCommand("today", "What is due")], language_code="en")
        await bot.set_my_commands([BotCommand("why", "Why")], scope=BotCommandScopeChat(111))
        assert [c.command for c in await bot.get_my_commands(language_code="en")] == ["today"]
        assert await bot.get_my_commands() == ()
        await bot.delete_my_commands(language_code="en")
        assert await bot.get_my_commands(language_code="en") == ()
        await bot.set_my_description("A CRM")
        await bot.set_my_short_description("CRM", language_code="de")
        assert (await bot.get_my_description(language_code="ru")).description == "A CRM"
        await bot.set_chat_menu_button(111, MenuButtonCommands())
        assert (await bot.get_chat_menu_button(111)).type == "commands"
        api.assert_clean()


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("x" * 4097, "Message is too long"),
            ("\U0001f600" * 2049, "Message is too long"),
            ("", "Message text is empty"),
            (" \n", "Message text is empty"),
        ],
    )
    async def test_text(self, bot: Bot, max_: FakeUser, text: str, reason: str) -> None:
        with pytest.raises(BadRequest, match=reason):
            await bot.send_message(max_.id, text)

    async def test_the_longest_text_is_taken(self, bot: Bot, max_: FakeUser) -> None:
        assert (await bot.send_message(max_.id, "\U0001f600" * 2048)).text == "\U0001f600" * 2048

    @pytest.mark.parametrize(("offset", "length"), [(0, 6), (5, 1), (-1, 2), (3, 1), (2, 0)])
    async def test_entities_outside_the_text(self, bot: Bot, max_: FakeUser, offset: int, length: int) -> None:
        with pytest.raises(BadRequest, match="Entity"):
            await bot.send_message(max_.id, "abc\U0001f600", entities=[MessageEntity("bold", offset, length)])

    async def test_entities_move_with_the_trimmed_text(self, bot: Bot, max_: FakeUser) -> None:
        sent = await bot.send_message(max_.id, "  abc ", entities=[MessageEntity("bold", 1, 5)])
        assert (sent.text, sent.entities) == ("abc", (MessageEntity("bold", 0, 3),))

    async def test_caption(self, bot: Bot, max_: FakeUser) -> None:
        with pytest.raises(BadRequest, match="caption is too long"):
            await bot.send_photo(max_.id, b"png", caption="x" * 1025)

    @pytest.mark.parametrize(
        "button",
        [
            {"text": "Undo", "callback_data": "é" * 33},
            {"text": "Undo", "callback_data": ""},
            {"text": "Undo"},
            {"text": " ", "callback_data": "u"},
            {"text": "Undo", "callback_data": "u", "url": "https://a.example"},
            {"text": "Undo", "url": "no address"},
        ],
    )
    async def test_buttons(self, api: FakeBotApi, max_: FakeUser, button: dict[str, str]) -> None:
        markup = {"inline_keyboard": [[button]]}
        answer = await post(api, "sendMessage", {"chat_id": max_.id, "text": "x", "reply_markup": markup})
        assert (answer.status_code, len(api.refused)) == (400, 1)
        api.assert_clean()

    async def test_the_longest_callback_data_is_taken(self, bot: Bot, max_: FakeUser) -> None:
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("Undo", callback_data="é" * 32)]])
        assert (await bot.send_message(max_.id, "x", reply_markup=markup)).reply_markup == markup

    async def test_edits(self, bot: Bot, max_: FakeUser) -> None:
        sent = await bot.send_message(max_.id, "Saved", reply_markup=UNDO)
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await bot.edit_message_text("x", max_.id, 999)
        with pytest.raises(BadRequest, match="Message is not modified"):
            await bot.edit_message_text("Saved", max_.id, sent.message_id, reply_markup=UNDO)
        with pytest.raises(BadRequest, match="can't be edited"):
            await bot.edit_message_text("x", max_.id, 1)
        with pytest.raises(BadRequest, match="Message_too_long"):
            await bot.edit_message_text("x" * 4097, max_.id, sent.message_id)
        with pytest.raises(BadRequest, match="Message to delete not found"):
            await bot.delete_message(max_.id, 999)

    async def test_a_reply_to_nothing(self, bot: Bot, max_: FakeUser) -> None:
        with pytest.raises(BadRequest, match="Message to be replied not found"):
            await bot.send_message(max_.id, "x", reply_parameters=ReplyParameters(999))
        kept = await bot.send_message(
            max_.id, "x", reply_parameters=ReplyParameters(999, allow_sending_without_reply=True)
        )
        assert kept.reply_to_message is None

    async def test_queries_that_are_unknown_or_old(self, api: FakeBotApi, bot: Bot, max_: FakeUser) -> None:
        await bot.send_message(max_.id, "Saved", reply_markup=UNDO)
        tap = await max_.taps(await max_.hears(), "Undo")
        api.expire_queries()
        for query_id in ("77", tap["id"]):
            with pytest.raises(BadRequest, match="Query is too old"):
                await bot.answer_callback_query(query_id)

    async def test_people_who_do_not_want_to_hear(self, api: FakeBotApi, bot: Bot, max_: FakeUser) -> None:
        api.user(222, "Eve")
        with pytest.raises(Forbidden, match="can't initiate"):
            await bot.send_message(222, "Hello")
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(333, "Hello")
        max_.blocks_bot()
        with pytest.raises(Forbidden, match="blocked by the user"):
            await bot.send_message(111, "Hello")
        (update,) = await bot.get_updates()
        assert update.my_chat_member is not None
        assert update.my_chat_member.new_chat_member.status == "kicked"
        max_.unblocks_bot()
        await bot.send_message(111, "Hello")

    @pytest.mark.parametrize("token", ["123:other", "nonsense"])
    async def test_tokens(self, api: FakeBotApi, token: str) -> None:
        async with HTTPXRequest() as request:
            with pytest.raises(InvalidToken):
                await Bot(token, base_url=api.url + "/bot", request=request).get_me()


class TestFaults:
    async def test_too_many_requests(
        self, bot: Bot, api: FakeBotApi, max_: FakeUser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else the library warns of the type to come
        api.fail_next("sendMessage", status=429, retry_after=7)
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(max_.id, "x")
        assert caught.value.retry_after == timedelta(seconds=7)
        await bot.send_message(max_.id, "x")
        assert len(api.chat(max_.id).said) == 1

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            (Fault(status=403), Forbidden),
            (Fault(status=400), BadRequest),
            (Fault(status=409), Conflict),
            (Fault(status=401), InvalidToken),
            (Fault(status=500), NetworkError),
            (Fault(status=502), NetworkError),
            (Fault(status=400, migrate_to_chat_id=-5), ChatMigrated),
            (Fault(drop="before"), NetworkError),
            (Fault(ok_false_200=True), KeyError),
        ],
    )
    @pytest.mark.parametrize("method", ["sendMessage", "getUpdates"])
    async def test_without_effect(
        self, bot: Bot, api: FakeBotApi, max_: FakeUser, method: str, fault: Fault, error: type[Exception]
    ) -> None:
        await max_.says("hello")
        api.faults = lambda called, n: fault if (called, n) == (method, 1) else None
        calls: dict[str, Callable[[], Awaitable[object]]] = {
            "sendMessage": lambda: bot.send_message(max_.id, "x"),
            "getUpdates": lambda: bot.get_updates(offset=2**30),
        }
        with pytest.raises(error) as caught:
            await calls[method]()
        assert type(caught.value) is error
        assert api.chat(max_.id).said == []
        assert len(api.state.updates.pending) == 1
        await calls[method]()
        api.assert_clean()

    @pytest.mark.parametrize("fault", [{"drop": "after"}, {"status": 502, "processed": True}])
    async def test_with_effect_but_without_word_of_it(
        self, bot: Bot, api: FakeBotApi, max_: FakeUser, fault: dict[str, Any]
    ) -> None:
        api.fail_next("sendMessage", **fault)
        with pytest.raises(NetworkError):
            await bot.send_message(max_.id, "x")
        assert [message["text"] for message in api.chat(max_.id).said] == ["x"]

    async def test_an_answer_that_comes_too_late(self, bot: Bot, api: FakeBotApi, max_: FakeUser) -> None:
        api.fail_next("sendMessage", delay=30)
        with pytest.raises(TimedOut):
            await bot.send_message(max_.id, "x", read_timeout=0.05)
        assert (await max_.hears())["text"] == "x"

    async def test_queued_faults_come_in_their_order_and_can_be_cleared(self, bot: Bot, api: FakeBotApi) -> None:
        api.fail_next("*", status=500)
        api.fail_next("getMe", status=403, times=2)
        with pytest.raises(NetworkError):
            await bot.get_me()
        with pytest.raises(Forbidden):
            await bot.get_me()
        api.clear_faults()
        await bot.get_me()

    async def test_random_faults_lose_nothing_that_a_patient_bot_asks_for(
        self, bot: Bot, api: FakeBotApi, max_: FakeUser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PTB_TIMEDELTA", "true")
        api.faults = random_faults(7, 0.5, ("getUpdates",))
        for number in range(30):
            await max_.says(str(number))
        got: list[str | None] = []
        offset, failures = 0, 0
        while len(got) < 30:
            try:
                updates = await bot.get_updates(offset=offset, limit=1)
            except (NetworkError, RetryAfter):
                failures += 1
                continue
            got += texts(updates)
            offset = updates[-1].update_id + 1
        assert got == [str(number) for number in range(30)]
        assert failures > 10
        schedules = [random_faults(seed, 0.5) for seed in (7, 7, 8)]
        fates = [[schedule("getMe", n) for n in range(40)] for schedule in schedules]
        assert fates[0] == fates[1] != fates[2]

    async def test_an_outage_breaks_the_poll_and_keeps_what_people_write(
        self, bot: Bot, api: FakeBotApi, max_: FakeUser
    ) -> None:
        polling = asyncio.create_task(bot.get_updates(timeout=30))
        await api.polled()
        async with api.unreachable():
            with pytest.raises(NetworkError):
                await asyncio.wait_for(polling, 5)
            await max_.says("anyone there?")
            with pytest.raises(NetworkError):
                await bot.get_updates()
        assert texts(await bot.get_updates()) == ["anyone there?"]


class TestSchema:
    @pytest.mark.parametrize(
        ("method", "body", "offence"),
        [
            ("sendMessage", {"chat_id": 111, "text": "x", "colour": "red"}, "unknown parameter 'colour'"),
            ("sendMessage", {"chat_id": 111}, "'text' is missing"),
            ("sendMessage", {"chat_id": 111, "text": 5}, "text is no String"),
            ("sendMessage", {"chat_id": 1.5, "text": "x"}, "chat_id is no"),
            ("sendMessage", {"chat_id": 111, "text": "x", "disable_notification": "maybe"}, "is no Boolean"),
            (
                "sendMessage",
                {"chat_id": 111, "text": "x", "reply_markup": {"inline_keyboard": [{"text": "a"}]}},
                "reply_markup.inline_keyboard",
            ),
            (
                "sendMessage",
                {"chat_id": 111, "text": "x", "reply_markup": '{"inline_keyboard": [[{"txt": "a"}]]}'},
                "isn't known to InlineKeyboardButton",
            ),
            (
                "sendMessage",
                {"chat_id": 111, "text": "x", "reply_parameters": {"message_id": "1"}},
                "message_id is no Integer",
            ),
            (
                "sendMessage",
                {"chat_id": 111, "text": "x", "entities": [{"type": "bold", "offset": 0}]},
                "entities[0].length is missing",
            ),
            (
                "sendMessage",
                {"chat_id": 111, "text": "x", "link_preview_options": {"is_disabled": 1}},
                "is_disabled is no Boolean",
            ),
            ("setMyCommands", {"commands": [], "scope": {"type": "planet"}}, "scope is no BotCommandScope"),
            ("setMyCommands", {"commands": [], "scope": {"type": "chat"}}, "scope.chat_id is missing"),
            ("sendDocument", {"chat_id": 111, "document": ["x"]}, "document is no"),
            ("sendMessage", {"chat_id": 111, "text": "*x*", "parse_mode": "MarkdownV2"}, "doesn't cover parse_mode"),
        ],
    )
    async def test_offences_are_kept_and_refused(
        self, api: FakeBotApi, max_: FakeUser, method: str, body: dict[str, Any], offence: str
    ) -> None:
        answer = await post(api, method, body)
        assert (answer.status_code, answer.json()["ok"]) == (400, False)
        assert any(offence in violation for violation in api.violations), api.violations
        with pytest.raises(AssertionError, match="against the Bot API's rules"):
            api.assert_clean()
        assert max_.unheard() == []

    async def test_an_unknown_method(self, api: FakeBotApi) -> None:
        assert (await post(api, "sendTelepathy", {})).status_code == 404
        assert api.violations == ["unknown method sendTelepathy"]

    async def test_an_update_that_telegram_would_not_send(self, api: FakeBotApi) -> None:
        with pytest.raises(AssertionError, match=r"update\.message\.date is missing"):
            api.push("message", {"message_id": 1, "chat": {"id": 1, "type": "private"}})

    async def test_an_answer_that_telegram_would_not_give(self, api: FakeBotApi, max_: FakeUser, bot: Bot) -> None:
        api.state.bot["first_name"] = None
        with pytest.raises(NetworkError):
            await bot.send_message(max_.id, "x")
        assert "the fake broke" in api.violations[0]

    async def test_what_the_library_sends_is_clean(self, api: FakeBotApi, bot: Bot, max_: FakeUser) -> None:
        await bot.send_message(
            max_.id,
            "Bold link",
            entities=[MessageEntity("bold", 0, 4), MessageEntity("text_link", 5, 4, url="https://a.example")],
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=ReplyKeyboardMarkup([["Yes", "No"]], one_time_keyboard=True),
            disable_notification=True,
            protect_content=True,
        )
        assert api.chat(max_.id).reply_keyboard is not None
        await bot.send_chat_action(max_.id, "typing")
        await bot.set_webhook("https://rapport.example/hook", secret_token="s", certificate=b"pem")
        assert (await bot.get_webhook_info()).url == "https://rapport.example/hook"
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()
        await bot.delete_webhook(drop_pending_updates=True)
        await bot.get_updates(timeout=0, allowed_updates=Update.ALL_TYPES)
        api.assert_clean()

    def test_every_type_that_is_named_is_known(self) -> None:
        schema = load_schema()
        rows = [method.parameters for method in schema.methods.values()] + list(schema.types.values())
        named = {type_name for row in rows for type_name, _ in row.values()}
        named |= {method.returns for method in schema.methods.values()}
        for members in schema.unions.values():
            named |= set(members if isinstance(members, list) else next(iter(members.values())).values())
        single = {part.replace("Array of ", "") for type_name in named for part in type_name.split(" or ")}
        scalars = {"String", "Integer", "Float", "Boolean", "True"}
        assert single - scalars - schema.types.keys() - schema.unions.keys() == set()

    async def test_every_method_answers_by_the_schema_or_has_code(self, api: FakeBotApi) -> None:
        codeless = load_schema().methods.keys() - api.methods._actions.keys() - {"getUpdates"}
        assert {load_schema().methods[name].returns for name in codeless} == {"True"}


class TestWebhook:
    async def test_an_update_comes_again_until_it_is_taken(self, api: FakeBotApi, bot: Bot) -> None:
        got: list[str] = []

        async def listen(request: Request) -> Response:
            assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == "s"
            got.append(request.parameters["message"]["text"])
            return Response(500 if len(got) == 1 else 200, b"")

        async with serve(listen) as port:
            await bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token="s")
            await api.user(111).says("one")
            await api.user(111).says("two")
            await api.all_confirmed()
        assert got == ["one", "one", "two"]
        assert api.methods.webhook_errors == [500]


def test_the_fake_runs_in_a_process_of_its_own() -> None:
    async def answer_hello(api: RemoteBotApi) -> None:
        async with Bot("123:abc", base_url=api.url + "/bot") as bot:
            (update,) = await bot.get_updates(timeout=5)
            assert update.message is not None
            await bot.send_message(111, f"You said {update.message.text}", reply_markup=UNDO)
            await bot.get_updates(offset=update.update_id + 1)

    async def answer_tap(api: RemoteBotApi, message_id: int) -> None:
        async with Bot("123:abc", base_url=api.url + "/bot") as bot:
            (update,) = await bot.get_updates(timeout=5)
            assert update.callback_query is not None
            with pytest.raises(NetworkError):
                await bot.answer_callback_query(update.callback_query.id, "Done")
            await bot.edit_message_text("Undone", 111, message_id)

    with RemoteBotApi.started() as api:
        api.user(111, "Max", language="de")
        assert api.says(111, "hello")["from"]["language_code"] == "de"
        asyncio.run(answer_hello(api))
        api.all_confirmed()
        heard = api.hears(111)
        assert heard["text"] == "You said hello"
        with pytest.raises(AssertionError, match="no button 'Redo'"):
            api.taps(111, heard["message_id"], "Redo")
        tap = api.taps(111, heard["message_id"], "Undo")
        api.fail_next("getUpdates", status=409)
        api.clear_faults()
        api.fail_next("answerCallbackQuery", drop="after")
        asyncio.run(answer_tap(api, heard["message_id"]))
        assert api.sees_answer(tap)["text"] == "Done"
        assert api.sees_edit(111, heard["message_id"])["text"] == "Undone"
        assert [message["text"] for message in api.messages(111)] == ["hello", "Undone"]
        api.group(-100, "Team", [111])
        replied = api.sends_file(111, "document", b"a;b", name="a.csv", caption="import", chat=-100)
        assert replied["document"]["file_name"] == "a.csv"
        assert api.says(111, "done?", chat=-100, reply_to=1)["reply_to_message"]["caption"] == "import"
        assert api.calls()[0] == ("getMe", {})
        with pytest.raises(AssertionError, match="3 updates are not confirmed"):
            api.all_confirmed(timeout=0)
        api.assert_clean()

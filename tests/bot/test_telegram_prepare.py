"""Which updates are for Rapport, and how they stand in the inbox."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Update

from bot.telegram.client import Me
from bot.telegram.place import Place, message_id, place_of, tap_id
from bot.telegram.prepare import prepare
from storage.messages import InboundMessage, Sender
from tests.fakes.bot_api_limits import find_entities

ME = Me(123, "test_bot")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MAX = {"id": 111, "is_bot": False, "first_name": "Max", "last_name": "Kern", "language_code": "de"}
BOT = {"id": 123, "is_bot": True, "first_name": "Bot", "username": "test_bot"}
PRIVATE = {"id": 111, "type": "private", "first_name": "Max"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Sales"}
SENT = 1_795_510_000


def message(text: str | None = None, **fields: Any) -> dict[str, Any]:
    basis: dict[str, Any] = {"message_id": 7, "date": SENT, "from": MAX, "chat": PRIVATE}
    if text is not None:
        basis |= {"text": text, "entities": find_entities(text)}
    return basis | fields


def prepared(kind: str = "message", **payload: Any) -> InboundMessage | None:
    return prepare(Update.de_json({"update_id": 5, kind: payload}), ME, NOW)


def in_group(text: str, **fields: Any) -> str | None:
    found = prepared(**message(text, chat=GROUP, **fields))
    return found.text if found else None


class TestPrivateChat:
    def test_a_message(self) -> None:
        assert prepared(**message("call Anna")) == InboundMessage(
            channel="telegram",
            external_id="123:111:7",
            lane="telegram:111",
            sender=Sender("telegram", "111", "Max Kern"),
            at=datetime.fromtimestamp(SENT, UTC),
            text="call Anna",
            language="de",
        )

    def test_a_caption_is_what_was_said_and_a_file_without_one_says_nothing(self) -> None:
        photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
        assert (found := prepared(**message(photo=photo, caption="note for Anna: card"))) is not None
        assert found.text == "note for Anna: card"
        assert (found := prepared(**message(photo=photo))) is not None
        assert found.text == ""

    def test_an_answer_to_one_of_our_messages_names_it(self) -> None:
        ours = message("card", message_id=3, **{"from": BOT})
        assert (found := prepared(**message("prefers mornings", reply_to_message=ours))) is not None
        assert found.reply_to == "111:3"
        own = message("mine", message_id=3)
        assert (found := prepared(**message("prefers mornings", reply_to_message=own))) is not None
        assert found.reply_to is None

    def test_a_command_with_the_bots_name_is_the_command(self) -> None:
        assert (found := prepared(**message("/tasks@test_bot today"))) is not None
        assert found.text == "/tasks today"

    @pytest.mark.parametrize(
        "fields",
        [
            {"from": BOT | {"id": 9, "username": "other_bot"}},
            {"sender_chat": {"id": -5, "type": "channel", "title": "News"}},
            {"text": None, "delete_chat_photo": True},
        ],
        ids=["a bot", "a channel", "a service message"],
    )
    def test_nobody_speaks(self, fields: dict[str, Any]) -> None:
        assert prepared(**(message("hi") | fields)) is None

    def test_an_edit_names_the_message_that_it_changes(self) -> None:
        found = prepared("edited_message", **message("call Anna", edit_date=SENT + 9))
        assert found is not None
        assert (found.external_id, found.edits) == (f"123:111:7:{SENT + 9}", "123:111:7")
        assert (found.text, found.at) == ("call Anna", datetime.fromtimestamp(SENT + 9, UTC))
        assert place_of(found.external_id) == Place(111, 7)

    @pytest.mark.parametrize(
        "fields",
        [
            {"edit_date": SENT + 48 * 3600 + 1},
            {"edit_date": None},
            {"text": None, "caption": "x", "document": {"file_id": "1", "file_unique_id": "1"}, "edit_date": SENT + 9},
            {"text": None, "photo": [], "edit_date": SENT + 9},
        ],
        ids=["too late", "no date", "below a file", "no words"],
    )
    def test_edits_that_change_nothing(self, fields: dict[str, Any]) -> None:
        assert prepared("edited_message", **(message("call Anna") | fields)) is None

    def test_other_kinds_of_updates_are_not_for_us(self) -> None:
        assert prepared("inline_query", id="1", **{"from": MAX}, query="x", offset="") is None
        assert prepared("channel_post", **message("x", chat={"id": -5, "type": "channel", "title": "News"})) is None


class TestTap:
    QUERY: dict[str, Any] = {"id": "77", "from": MAX, "chat_instance": "1", "data": "token"}  # noqa: RUF012

    def test_a_tap_has_the_querys_id_and_the_present_moment(self) -> None:
        assert prepared("callback_query", **self.QUERY, message=message("card", **{"from": BOT})) == InboundMessage(
            channel="telegram",
            external_id="123:tap:77",
            lane="telegram:111",
            sender=Sender("telegram", "111", "Max Kern"),
            at=NOW,
            tap="token",
            reply_to="111:7",
            language="de",
        )

    def test_on_a_message_that_is_no_longer_accessible(self) -> None:
        gone = {"chat": PRIVATE, "message_id": 7, "date": 0}
        assert (found := prepared("callback_query", **self.QUERY, message=gone)) is not None
        assert (found.lane, found.tap) == ("telegram:111", "token")

    def test_on_a_message_sent_by_inline_mode(self) -> None:
        assert prepared("callback_query", **self.QUERY, inline_message_id="x") is None


class TestGroup:
    @pytest.mark.parametrize(
        ("text", "heard"),
        [
            ("@test_bot tasks", "tasks"),
            ("@Test_Bot, tasks", "tasks"),
            ("🙂 call Anna @test_bot", "🙂 call Anna"),
            ("please @test_bot call Anna", "please call Anna"),
            ("/tasks@test_bot", "/tasks"),
            ("/find@test_bot anna", "/find anna"),
            ("lunch?", None),
            ("@other_bot tasks", None),
            ("/tasks", None),
            ("/tasks@other_bot", None),
            ("mail me@test_bot.example", None),
        ],
    )
    def test_only_what_addresses_the_bot_is_heard(self, text: str, heard: str | None) -> None:
        assert in_group(text) == heard

    def test_an_answer_to_the_bot_is_addressed_to_it(self) -> None:
        assert in_group("yes", reply_to_message=message("sure?", **{"from": BOT}, chat=GROUP)) == "yes"
        assert in_group("yes", reply_to_message=message("sure?", chat=GROUP)) is None

    def test_a_mention_by_link_counts(self) -> None:
        mention = {"type": "text_mention", "offset": 0, "length": 3, "user": BOT}
        assert in_group("Bot tasks", entities=[mention]) == "tasks"

    def test_the_group_is_the_lane_and_its_member_the_sender(self) -> None:
        found = prepared(**message("@test_bot tasks", chat=GROUP))
        assert found is not None
        assert (found.lane, found.sender.value, found.external_id) == ("telegram:-1001", "111", "123:-1001:7")


class TestPlaces:
    def test_each_id_leads_back_to_its_message(self) -> None:
        place = Place(-1001, 7)
        assert str(place) == "-1001:7"
        assert {place_of(str(place)), place_of(message_id(123, place)), place_of(message_id(123, place, 99))} == {place}

    @pytest.mark.parametrize("other", [None, "", tap_id(123, "77"), "console-line", "<a@b>", "1:2:3:4:5", "7"])
    def test_other_ids_lead_nowhere(self, other: str | None) -> None:
        assert place_of(other) is None

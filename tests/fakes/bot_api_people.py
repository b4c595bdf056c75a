"""The people who talk to the bot in a test: what they write, tap, edit, and what they get to see.

Source: https://core.telegram.org/bots/api#update, #message, #callbackquery.
"""
# ruff: noqa: ASYNC109  (a test says in place how long a person waits: await max.hears(timeout=5))

from collections import Counter

from tests.fakes.bot_api_limits import find_entities
from tests.fakes.bot_api_schema import JsonObject
from tests.fakes.bot_api_state import BLOCKED, KICKED, NEVER_STARTED, Chat, State, text_content, text_of


class FakeUser:
    """A person with a Telegram account. Where a chat can be named, the default is the own chat with the bot."""

    def __init__(self, state: State, info: JsonObject) -> None:
        self.info = info
        self.chat = state.chats[info["id"]]
        self._state = state
        self._heard: Counter[int] = Counter()
        self._seen: Counter[tuple[int, int]] = Counter()

    @property
    def id(self) -> int:
        """The user's id, which is the id of the chat with the bot too."""
        return self.chat.id

    async def says(
        self, text: str, *, reply_to: JsonObject | None = None, chat: Chat | None = None, **fields: object
    ) -> JsonObject:
        """Write a message; `fields` are added to it as they are (date, forward_origin, media_group_id ...)."""
        return self._posts(text_content(text) | fields, reply_to, chat)

    async def sends_file(
        self,
        kind: str,
        data: bytes,
        *,
        name: str = "file.bin",
        mime_type: str = "application/octet-stream",
        size: int | None = None,
        caption: str = "",
        reply_to: JsonObject | None = None,
        chat: Chat | None = None,
        **fields: object,
    ) -> JsonObject:
        """Send a document, photo, voice, audio, video or animation (`kind`); `size` may claim more than `data` has."""
        file = self._state.add_file(name, mime_type, data, size)
        content = file_content(kind, file.fields, file.name, file.mime_type)
        if caption:
            content["caption"] = caption
            if entities := find_entities(caption):
                content["caption_entities"] = entities
        return self._posts(content | fields, reply_to, chat)

    async def shares_contact(self, phone: str, *, first_name: str = "", user_id: int | None = None) -> JsonObject:
        """Share a contact; without more, the own one."""
        contact = {"phone_number": phone, "first_name": first_name or self.info["first_name"]}
        if not first_name or user_id is not None:
            contact["user_id"] = self.id if user_id is None else user_id
        return self._posts({"contact": contact}, None, None)

    async def edits(self, message: JsonObject, text: str) -> JsonObject:
        """Change the text, or the caption, of an own message."""
        chat = self._state.chats[message["chat"]["id"]]
        current = chat.message(message["message_id"])
        assert current is not None, f"message {message['message_id']} is gone"
        assert current["from"]["id"] == self.id, "one can edit only one's own messages"
        entities = find_entities(text) or None
        if "text" in current:
            changes: JsonObject = {"text": text, "entities": entities}
        else:
            changes = {"caption": text, "caption_entities": entities}
        changed = self._state.change(chat, current, changes)
        if self._state.bot_sees(chat, changed):
            self._state.updates.put("edited_message", changed)
        return changed

    async def taps(self, message: JsonObject, label: str, *, stale: bool = False) -> JsonObject:
        """Tap a button below a bot's message and give the callback query.

        The button is looked for in the message as it stands now; `stale` takes the given, older state, as a client
        does that has not yet seen an edit.
        """
        chat = self._state.chats[message["chat"]["id"]]
        current = chat.message(message["message_id"])
        seen = message if stale else current
        assert seen is not None, f"message {message['message_id']} is gone"
        buttons = [button for row in seen.get("reply_markup", {}).get("inline_keyboard", []) for button in row]
        labels = [button["text"] for button in buttons]
        assert label in labels, f"no button {label!r} among {labels} below {seen.get('text')!r}"
        button = buttons[labels.index(label)]
        assert "callback_data" in button, f"the button {label!r} is not for the bot: {button}"
        query: JsonObject = {
            "id": self._state.open_query(),
            "from": self.info,
            "chat_instance": str(chat.id * 31),
            # A message that is gone, or too old, is known by its id only.
            "message": current or {"chat": chat.info, "message_id": message["message_id"], "date": 0},
            "data": button["callback_data"],
        }
        self._state.updates.put("callback_query", query)
        return query

    async def asks_inline(self, text: str) -> JsonObject:
        """Type an inline query (@bot text) and give it."""
        query = {"id": self._state.open_query(), "from": self.info, "query": text, "offset": ""}
        self._state.updates.put("inline_query", query)
        return query

    async def sees_answer(self, query: JsonObject, timeout: float = 30) -> JsonObject:
        """Wait for the bot's answer to a tap or an inline query, and give the parameters of the answering call."""
        answer = await self._state.bell.until(lambda: self._state.answers.get(query["id"]), timeout)
        assert answer is not None, f"no answer to the query {query['id']} within {timeout} s"
        return answer

    async def hears(self, timeout: float = 30, *, chat: Chat | None = None) -> JsonObject:
        """Wait for the bot's next message that wasn't heard yet, and give it as it was sent."""
        where = chat or self.chat
        count = self._heard[where.id]
        found = await self._state.bell.until(lambda: next(iter(where.said[count:]), None), timeout)
        assert found is not None, (
            f"the bot said nothing new within {timeout} s; so far: {[text_of(message) for message in where.said]}"
        )
        self._heard[where.id] += 1
        return found

    def unheard(self, *, chat: Chat | None = None) -> list[JsonObject]:
        """Give what the bot has said and nobody has heard yet."""
        where = chat or self.chat
        return where.said[self._heard[where.id] :]

    async def sees_edit(self, message_id: int, timeout: float = 30, *, chat: Chat | None = None) -> JsonObject:
        """Wait for the next edit of a bot's message that wasn't seen yet, and give the message as edited."""
        where = chat or self.chat
        key = (where.id, message_id)
        count = self._seen[key]
        found = await self._state.bell.until(lambda: next(iter(where.edits[message_id][count:]), None), timeout)
        assert found is not None, f"message {message_id} was not edited within {timeout} s"
        self._seen[key] += 1
        return found

    async def sees_deletion(self, message_id: int, timeout: float = 30, *, chat: Chat | None = None) -> None:
        """Wait until a message is gone."""
        where = chat or self.chat
        gone = await self._state.bell.until(lambda: where.message(message_id) is None or None, timeout)
        assert gone, f"message {message_id} was not deleted within {timeout} s"

    def blocks_bot(self) -> None:
        """Block the bot: it is told, and can't write any more."""
        self._membership("member", "kicked")
        self.chat.refusal = BLOCKED

    def unblocks_bot(self) -> None:
        """Take the block away."""
        self._membership("kicked", "member")
        self.chat.refusal = ""

    def kicks_bot(self, chat: Chat) -> None:
        """Throw the bot out of a group."""
        self._membership("member", "kicked", chat)
        chat.refusal = KICKED

    def _membership(self, old: str, new: str, chat: Chat | None = None) -> None:
        def status(kind: str) -> JsonObject:
            until = {"until_date": 0} if kind == "kicked" else {}
            return {"status": kind, "user": self._state.bot, **until}

        change = {
            "chat": (chat or self.chat).info,
            "from": self.info,
            "date": int(self._state.now()),
            "old_chat_member": status(old),
            "new_chat_member": status(new),
        }
        self._state.updates.put("my_chat_member", change)

    def _posts(self, content: JsonObject, reply_to: JsonObject | None, chat: Chat | None) -> JsonObject:
        where = chat or self.chat
        assert where.refusal != BLOCKED, "who has blocked the bot can't write to it: unblocks_bot() first"
        assert where.is_private or self.id in where.members, f"{self.id} is no member of the chat {where.id}"
        if where.refusal == NEVER_STARTED:
            where.refusal = ""
        message = self._state.post(where, self.info, content, reply_to["message_id"] if reply_to else None)
        if self._state.bot_sees(where, message):
            self._state.updates.put("message", message)
        return message


def file_content(kind: str, fields: JsonObject, name: str, mime_type: str) -> JsonObject:
    """Give the field of a message that carries a file of this kind."""
    more: dict[str, JsonObject] = {
        "photo": {"width": 100, "height": 100},
        "document": {"file_name": name, "mime_type": mime_type},
        "voice": {"duration": 1, "mime_type": mime_type},
        "audio": {"duration": 1, "file_name": name, "mime_type": mime_type},
        "video": {"duration": 1, "width": 100, "height": 100, "file_name": name, "mime_type": mime_type},
        "animation": {"duration": 1, "width": 100, "height": 100, "file_name": name, "mime_type": mime_type},
    }
    value = fields | more[kind]
    return {kind: [value] if kind == "photo" else value}

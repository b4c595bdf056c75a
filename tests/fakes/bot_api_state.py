"""What the fake Telegram knows: the bot, people, chats, messages and files.

Source: https://core.telegram.org/bots/api#available-types.
"""

import copy
import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.bot_api_limits import find_entities
from tests.fakes.bot_api_schema import JsonObject, load_schema
from tests.fakes.bot_api_updates import Bell, UpdateQueue

BLOCKED = "Forbidden: bot was blocked by the user"
NEVER_STARTED = "Forbidden: bot can't initiate conversation with a user"
KICKED = "Forbidden: bot was kicked from the supergroup chat"
LEFT = "Forbidden: bot is not a member of the supergroup chat"


@dataclass(frozen=True)
class StoredFile:
    """A file on Telegram's side. `size` may claim more than `data` holds, to play a file that is too big."""

    file_id: str
    name: str
    mime_type: str
    data: bytes
    size: int

    @property
    def unique_id(self) -> str:
        """The id that stays the same for equal content."""
        return hashlib.sha256(self.data).hexdigest()[:16]

    @property
    def path(self) -> str:
        """Where it can be downloaded, below /file/bot<token>/."""
        return f"files/{self.file_id}/{self.name}"

    @property
    def fields(self) -> JsonObject:
        """What all kinds of files tell."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": self.size}


class Chat:
    """One chat: its messages as they stand now, and all that the bot ever said in it."""

    def __init__(self, info: JsonObject, refusal: str = "") -> None:
        self.info = info
        self.refusal = refusal  # why the bot can't write here; empty when it can
        self.members: dict[int, str] = {}
        self.said: list[JsonObject] = []
        self.edits: defaultdict[int, list[JsonObject]] = defaultdict(list)
        self.actions: list[str] = []
        self.reply_keyboard: JsonObject | None = None
        self._messages: dict[int, JsonObject] = {}
        self._next_id = 1

    @property
    def id(self) -> int:
        """The chat's id."""
        return int(self.info["id"])

    @property
    def is_private(self) -> bool:
        """Tell whether it is the chat of one person with the bot."""
        return bool(self.info["type"] == "private")

    @property
    def messages(self) -> list[JsonObject]:
        """The messages as they stand now, edits in, deleted ones out."""
        return copy.deepcopy(list(self._messages.values()))

    def message(self, message_id: int) -> JsonObject | None:
        """Give one message as it stands now."""
        return copy.deepcopy(self._messages.get(message_id))

    def take_id(self) -> int:
        """Give the id of the next message. Each chat counts for itself, so ids of different chats collide."""
        self._next_id += 1
        return self._next_id - 1

    def put(self, message: JsonObject) -> None:
        """Add or replace a message."""
        offences = load_schema().check("Message", message, "message")
        assert not offences, f"the fake built a wrong message: {offences}"
        self._messages[message["message_id"]] = copy.deepcopy(message)

    def remove(self, message_id: int) -> None:
        """Delete a message."""
        del self._messages[message_id]


class State:
    """Everything there is; changed by the bot's calls on one side and by the people on the other."""

    def __init__(self, bot_id: int, now: Callable[[], float], privacy: bool) -> None:
        self.now = now
        self.privacy = privacy
        self.bell = Bell()
        self.updates = UpdateQueue(self.bell)
        self.bot: JsonObject = {
            "id": bot_id,
            "is_bot": True,
            "first_name": "Test bot",
            "username": "test_bot",
        }
        self.people: dict[int, JsonObject] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.open_queries: set[str] = set()
        self.answers: dict[str, JsonObject] = {}
        self.connections: dict[str, JsonObject] = {}
        self._last_id = 4_000_000_000_000_000

    def add_file(self, name: str, mime_type: str, data: bytes, size: int | None = None) -> StoredFile:
        """Keep a file."""
        file = StoredFile(f"file-{len(self.files) + 1}", name, mime_type, data, len(data) if size is None else size)
        self.files[file.file_id] = file
        return file

    def new_id(self) -> int:
        """Give an id for whatever needs one (queries, albums)."""
        self._last_id += 1
        return self._last_id

    def open_query(self) -> str:
        """Give the id of a new query (a tap or an inline query) that the bot may answer."""
        query_id = str(self.new_id())
        self.open_queries.add(query_id)
        return query_id

    def post(self, chat: Chat, sender: JsonObject, content: JsonObject, reply_to: int | None = None) -> JsonObject:
        """Put a new message into a chat."""
        message: JsonObject = {"message_id": chat.take_id(), "from": sender, "chat": chat.info, "date": int(self.now())}
        original = chat.message(reply_to) if reply_to is not None else None
        if original is not None:
            original.pop("reply_to_message", None)
            message["reply_to_message"] = original
        message |= content
        chat.put(message)
        if sender["id"] == self.bot["id"]:
            chat.said.append(copy.deepcopy(message))
        self.bell.ring()
        return message

    def change(self, chat: Chat, message: JsonObject, changes: JsonObject) -> JsonObject:
        """Edit a message: a value of None takes a field away."""
        changed = message | {name: value for name, value in changes.items() if value is not None}
        for name, value in changes.items():
            if value is None:
                changed.pop(name, None)
        changed["edit_date"] = int(self.now())
        chat.put(changed)
        if message["from"]["id"] == self.bot["id"]:
            chat.edits[message["message_id"]].append(copy.deepcopy(changed))
        self.bell.ring()
        return changed

    def bot_sees(self, chat: Chat, message: JsonObject) -> bool:
        """Tell whether the bot gets a message: with privacy mode on, in groups only what addresses it.

        Source: https://core.telegram.org/bots/features#privacy-mode.
        """
        if chat.refusal in (BLOCKED, KICKED, LEFT):
            return False
        if chat.is_private or not self.privacy:
            return True
        text = text_of(message)
        replied = message.get("reply_to_message", {}).get("from", {}).get("id")
        return text.startswith("/") or f"@{self.bot['username']}" in text or replied == self.bot["id"]


def text_content(text: str) -> JsonObject:
    """Give the fields of a person's text message, marked as Telegram marks it."""
    entities = find_entities(text)
    return {"text": text, "entities": entities} if entities else {"text": text}


def text_of(message: JsonObject) -> str:
    """Give what a message says: its text or caption."""
    return str(message.get("text") or message.get("caption") or "")

"""What Telegram refuses although the types are right: lengths, entities, keyboards.

Sources: https://core.telegram.org/bots/api#sendmessage, #messageentity, #inlinekeyboardbutton, #botcommand.
"""

import re
from itertools import accumulate

from tests.fakes.bot_api_schema import JsonObject

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
DOWNLOAD_LIMIT = 20 * 1024 * 1024
_CALLBACK_BYTES = 64
_BUTTON_LIMIT = 100
_COMMAND_LIMIT = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_DESCRIPTION_LIMIT = 256
_ENTITY_TYPES = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic", "underline"}
    | {"strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre", "text_link", "text_mention"}
    | {"custom_emoji", "date_time"}
)
_FOUND_BY_TELEGRAM = (
    ("bot_command", re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w{3,})?")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("url", re.compile(r"https?://\S+")),
    ("mention", re.compile(r"(?<!\S)@\w{3,}")),
)


class Refusal(Exception):
    """Telegram says no, in an answer with ok: false."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.description = description


class NotCoveredError(Exception):
    """The Bot API can do this, the fake can't: a test must not rely on it."""


def bad_request(what: str) -> Refusal:
    """Give the refusal that most mistakes get."""
    return Refusal(400, f"Bad Request: {what}")


def utf16_length(text: str) -> int:
    """Count as Telegram does: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def find_entities(text: str) -> list[JsonObject]:
    """Mark what Telegram itself marks in a user's text: commands, addresses, links, mentions."""
    found: list[JsonObject] = []
    taken: set[int] = set()
    for kind, pattern in _FOUND_BY_TELEGRAM:
        for match in pattern.finditer(text):
            if taken.isdisjoint(range(*match.span())):
                taken |= set(range(*match.span()))
                offset, length = utf16_length(text[: match.start()]), utf16_length(match.group())
                found.append({"type": kind, "offset": offset, "length": length})
    return sorted(found, key=lambda entity: int(entity["offset"]))


def clean_text(text: str, entities: list[JsonObject], limit: int, too_long: str) -> tuple[str, list[JsonObject]]:
    """Give a bot's text as Telegram keeps it, trimmed, its entities moved along; refuse what it refuses."""
    if not text.strip():
        raise bad_request("message text is empty")
    _check_entities(text, entities)
    clean = text.strip()
    if utf16_length(clean) > limit:
        raise bad_request(too_long)
    lead = utf16_length(text[: len(text) - len(text.lstrip())])
    end = utf16_length(clean)
    moved = []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        stop = min(entity["offset"] + entity["length"] - lead, end)
        if start < stop:
            moved.append(entity | {"offset": start, "length": stop - start})
    return clean, moved


def _check_entities(text: str, entities: list[JsonObject]) -> None:
    borders = set(accumulate((utf16_length(letter) for letter in text), initial=0))
    size = utf16_length(text)
    for entity in entities:
        start, stop = entity["offset"], entity["offset"] + entity["length"]
        if entity["type"] not in _ENTITY_TYPES:
            raise bad_request(f"can't parse entities: unsupported entity type {entity['type']!r}")
        if start < 0 or entity["length"] <= 0 or stop > size:
            raise bad_request(
                f"entity beginning at UTF-16 offset {start} ends after the end of the text at UTF-16 offset {size}"
            )
        if not {start, stop} <= borders:
            raise bad_request(f"entity at UTF-16 offset {start} begins or ends in a middle of a UTF-16 symbol")
        if entity["type"] == "text_link" and not entity.get("url"):
            raise bad_request("can't parse entities: a text_link needs its url")


def check_markup(markup: JsonObject | None) -> None:
    """Refuse keyboards that Telegram refuses."""
    rows = (markup or {}).get("inline_keyboard")
    if rows is None:
        return
    buttons = [button for row in rows for button in row]
    if len(buttons) > _BUTTON_LIMIT:
        raise bad_request("reply markup is too long")
    for button in buttons:
        actions = button.keys() - {"text", "icon_custom_emoji_id", "style"}
        if not button["text"].strip():
            raise bad_request("inline keyboard button text must not be empty")
        if not actions:
            raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if len(actions) > 1:
            raise bad_request(f"can't parse inline keyboard button: more than one action: {sorted(actions)}")
        data = button.get("callback_data")
        if data is not None and not 1 <= len(data.encode()) <= _CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
        if "url" in button and not re.match(r"(https?|tg)://\S+$|mailto:\S+$", button["url"]):
            raise bad_request("BUTTON_URL_INVALID")


def check_commands(commands: list[JsonObject]) -> None:
    """Refuse a command list that Telegram refuses."""
    if len(commands) > _COMMAND_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= _DESCRIPTION_LIMIT:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")

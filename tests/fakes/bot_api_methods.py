"""What each method of the Bot API does to the state, and what it answers.

Source: https://core.telegram.org/bots/api#available-methods. The words of the refusals are those of Telegram's server.
"""

from collections.abc import Awaitable

from tests.fakes.bot_api_limits import (
    CAPTION_LIMIT,
    DOWNLOAD_LIMIT,
    TEXT_LIMIT,
    NotCoveredError,
    Refusal,
    bad_request,
    check_markup,
    clean_text,
)
from tests.fakes.bot_api_people import file_content
from tests.fakes.bot_api_profile import Action, Profile
from tests.fakes.bot_api_schema import JsonObject, Upload, load_schema
from tests.fakes.bot_api_state import LEFT, Chat, State, StoredFile

_NOT_COVERED = frozenset(
    {"parse_mode", "quote_parse_mode", "rich_message", "ephemeral_message_parameters", "receiver_user_id"}
    | {"suggested_post_parameters", "direct_messages_topic_id", "allow_paid_broadcast"}
)
_FILE_KINDS = ("photo", "document", "voice", "audio", "video", "animation")


class Methods:
    """The methods. Those without an entry of their own only have their parameters checked, and answer true."""

    def __init__(self, state: State) -> None:
        self.profile = Profile()
        self.webhook: JsonObject = {}
        self.webhook_target = ""  # where updates go instead of the webhook's public address
        self.webhook_errors: list[int] = []  # the status of each failed delivery; 0 when there was no answer
        self._state = state
        self._uploads: dict[str, Upload] = {}
        self._actions: dict[str, Action] = {
            **self.profile.actions,
            "getMe": self._get_me,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._get_webhook_info,
            "sendMessage": self._send_message,
            "sendContact": self._send_contact,
            "sendLocation": self._send_location,
            "sendMediaGroup": self._send_media_group,
            "sendChatAction": self._send_chat_action,
            "forwardMessage": self._forward_message,
            "copyMessage": self._copy_message,
            "editMessageText": self._edit_text,
            "editMessageCaption": self._edit_caption,
            "editMessageReplyMarkup": self._edit_markup,
            "deleteMessage": self._delete_message,
            "deleteMessages": self._delete_messages,
            "answerCallbackQuery": self._answer_callback_query,
            "answerInlineQuery": self._answer_inline_query,
            "getFile": self._get_file,
            "getChat": self._get_chat,
            "getChatMember": self._get_chat_member,
            "getChatAdministrators": self._get_chat_administrators,
            "getChatMemberCount": lambda p: len(self._open_chat(p["chat_id"]).members) + 1,
            "leaveChat": self._leave_chat,
            "getBusinessConnection": lambda p: self._connection(p["business_connection_id"]),
        }
        for kind in _FILE_KINDS:
            self._actions[f"send{kind.capitalize()}"] = self._file_sender(kind)

    async def call(self, method: str, parameters: JsonObject, uploads: dict[str, Upload]) -> object:
        """Carry out a call and give its result.

        Raises Refusal when Telegram would say no, NotCoveredError when the fake doesn't know.
        """
        if odd := sorted(_NOT_COVERED & parameters.keys()):
            raise NotCoveredError(f"{method}: the fake doesn't cover {', '.join(odd)}")
        if method == "getUpdates":
            return await self._get_updates(parameters)
        self._uploads = uploads
        action = self._actions.get(method)
        result = action(parameters) if action else True
        offences = load_schema().check(load_schema().methods[method].returns, result, f"answer to {method}")
        assert not offences, f"the fake answered wrongly: {offences}"
        return result

    def _get_updates(self, p: JsonObject) -> Awaitable[list[JsonObject]]:
        updates = self._state.updates
        if "allowed_updates" in p:
            updates.allowed = p["allowed_updates"]
        return updates.get(p.get("offset", 0), p.get("limit", 100), p.get("timeout", 0))

    def _get_me(self, _: JsonObject) -> JsonObject:
        return self._state.bot | {
            "can_join_groups": True,
            "can_read_all_group_messages": not self._state.privacy,
            "supports_inline_queries": True,
            "can_connect_to_business": True,
            "has_main_web_app": False,
        }

    def _set_webhook(self, p: JsonObject) -> bool:
        if p.get("drop_pending_updates"):
            self._state.updates.pending.clear()
        if "allowed_updates" in p:
            self._state.updates.allowed = p["allowed_updates"]
        self.webhook = p if p["url"] else {}
        self._state.updates.webhook_url = p["url"]
        self._state.bell.ring()
        return True

    def _delete_webhook(self, p: JsonObject) -> bool:
        return self._set_webhook({"url": ""} | p)

    def _get_webhook_info(self, _: JsonObject) -> JsonObject:
        updates = self._state.updates
        info = {
            "url": updates.webhook_url,
            "has_custom_certificate": False,
            "pending_update_count": len(updates.pending),
        }
        if self.webhook_errors:
            info["last_error_message"] = f"Wrong response from the webhook: {self.webhook_errors[-1]}"
        return info | ({"allowed_updates": updates.allowed} if updates.allowed else {})

    # Sending

    def _send_message(self, p: JsonObject) -> JsonObject:
        text, entities = clean_text(p["text"], p.get("entities", []), TEXT_LIMIT, "message is too long")
        content: JsonObject = {"text": text} | ({"entities": entities} if entities else {})
        if "link_preview_options" in p:
            content["link_preview_options"] = p["link_preview_options"]
        return self._send(p, content)

    def _send_contact(self, p: JsonObject) -> JsonObject:
        names = ("phone_number", "first_name", "last_name", "vcard")
        return self._send(p, {"contact": {name: p[name] for name in names if name in p}})

    def _send_location(self, p: JsonObject) -> JsonObject:
        return self._send(p, {"location": {"latitude": p["latitude"], "longitude": p["longitude"]}})

    def _file_sender(self, kind: str) -> Action:
        def send(p: JsonObject) -> JsonObject:
            file = self._file(p[kind])
            return self._send(p, file_content(kind, file.fields, file.name, file.mime_type) | self._caption(p))

        return send

    def _send_media_group(self, p: JsonObject) -> list[JsonObject]:
        album = {"media_group_id": str(self._state.new_id())}
        sent = []
        for item in p["media"]:
            file = self._file(item["media"])
            content = file_content(item["type"], file.fields, file.name, file.mime_type) | self._caption(item)
            sent.append(self._send(p, content | album))
        return sent

    def _send(self, p: JsonObject, content: JsonObject) -> JsonObject:
        chat = self._open_chat(p["chat_id"], p.get("business_connection_id"))
        markup = p.get("reply_markup")
        check_markup(markup)
        reply_to = self._reply_to(chat, p)
        if markup and "inline_keyboard" in markup:
            content["reply_markup"] = markup
        elif markup:
            chat.reply_keyboard = markup
        content |= {name: p[name] for name in ("business_connection_id", "message_thread_id") if name in p}
        return self._state.post(chat, self._state.bot, content, reply_to)

    def _reply_to(self, chat: Chat, p: JsonObject) -> int | None:
        # The two parameters of old are still taken.
        old = {
            "message_id": p.get("reply_to_message_id"),
            "allow_sending_without_reply": p.get("allow_sending_without_reply"),
        }
        reply = p.get("reply_parameters") or old
        message_id = reply.get("message_id")
        if reply.get("chat_id", chat.id) != chat.id:
            raise NotCoveredError("the fake doesn't cover replies across chats")
        if message_id is not None and chat.message(message_id) is not None:
            return int(message_id)
        if (reply is not old or message_id is not None) and not reply.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
        return None

    def _caption(self, p: JsonObject) -> JsonObject:
        if not p.get("caption"):
            return {}
        text, entities = clean_text(
            p["caption"], p.get("caption_entities", []), CAPTION_LIMIT, "message caption is too long"
        )
        return {"caption": text} | ({"caption_entities": entities} if entities else {})

    def _file(self, value: str | Upload) -> StoredFile:
        if isinstance(value, str) and value.startswith("attach://"):
            value = self._uploads[value.removeprefix("attach://")]
        if isinstance(value, Upload):
            if not value.data:
                raise bad_request("file must be non-empty")
            return self._state.add_file(value.name, value.mime_type, value.data)
        if value not in self._state.files:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return self._state.files[value]

    def _send_chat_action(self, p: JsonObject) -> bool:
        self._open_chat(p["chat_id"]).actions.append(p["action"])
        return True

    def _forward_message(self, p: JsonObject) -> JsonObject:
        original = self._original(p, "message to forward not found")
        origin = {"type": "user", "sender_user": original["from"], "date": original["date"]}
        return self._send({"chat_id": p["chat_id"]}, _substance(original) | {"forward_origin": origin})

    def _copy_message(self, p: JsonObject) -> JsonObject:
        content = _substance(self._original(p, "message to copy not found"))
        if "caption" in p:
            content = {name: value for name, value in content.items() if not name.startswith("caption")}
            content |= self._caption(p)
        return {"message_id": self._send(p, content)["message_id"]}

    def _original(self, p: JsonObject, missing: str) -> JsonObject:
        original = self._open_chat(p["from_chat_id"]).message(p["message_id"])
        if original is None:
            raise bad_request(missing)
        return original

    # Editing and deleting

    def _edit_text(self, p: JsonObject) -> JsonObject | bool:
        text, entities = clean_text(p.get("text", ""), p.get("entities", []), TEXT_LIMIT, "MESSAGE_TOO_LONG")
        return self._edit(p, {"text": text, "entities": entities or None}, needs="text")

    def _edit_caption(self, p: JsonObject) -> JsonObject | bool:
        return self._edit(p, {"caption": None, "caption_entities": None} | self._caption(p))

    def _edit_markup(self, p: JsonObject) -> JsonObject | bool:
        return self._edit(p, {})

    def _edit(self, p: JsonObject, changes: JsonObject, needs: str = "") -> JsonObject | bool:
        if "inline_message_id" in p:
            return True
        if "chat_id" not in p or "message_id" not in p:
            raise bad_request("message identifier is not specified")
        chat = self._open_chat(p["chat_id"], p.get("business_connection_id"))
        message = chat.message(p["message_id"])
        if message is None:
            raise bad_request("message to edit not found")
        if message["from"]["id"] != self._state.bot["id"]:
            raise bad_request("message can't be edited")
        if needs and needs not in message:
            raise bad_request(f"there is no {needs} in the message to edit")
        markup = p.get("reply_markup")
        check_markup(markup)
        # An edit without a keyboard takes the keyboard away, and an empty one does too.
        changes["reply_markup"] = markup if markup and markup["inline_keyboard"] else None
        if all(message.get(name) == value for name, value in changes.items()):
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same as "
                "a current content and reply markup of the message"
            )
        return self._state.change(chat, message, changes)

    def _delete_message(self, p: JsonObject) -> bool:
        chat = self._open_chat(p["chat_id"])
        if chat.message(p["message_id"]) is None:
            raise bad_request("message to delete not found")
        chat.remove(p["message_id"])
        self._state.bell.ring()
        return True

    def _delete_messages(self, p: JsonObject) -> bool:
        chat = self._open_chat(p["chat_id"])
        for message_id in p["message_ids"]:
            # Source: deleteMessages, "If some of the specified messages can't be found, they are skipped".
            if chat.message(message_id) is not None:
                chat.remove(message_id)
        self._state.bell.ring()
        return True

    # Queries

    def _answer_callback_query(self, p: JsonObject) -> bool:
        return self._answer(p["callback_query_id"], p)

    def _answer_inline_query(self, p: JsonObject) -> bool:
        return self._answer(p["inline_query_id"], p)

    def _answer(self, query_id: str, p: JsonObject) -> bool:
        if query_id not in self._state.open_queries:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        if len(p.get("text", "")) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        self._state.answers.setdefault(query_id, p)
        self._state.bell.ring()
        return True

    # Files, chats, members

    def _get_file(self, p: JsonObject) -> JsonObject:
        file = self._state.files.get(p["file_id"])
        if file is None:
            raise bad_request("invalid file_id")
        if file.size > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        return file.fields | {"file_path": file.path}

    def _get_chat(self, p: JsonObject) -> JsonObject:
        gifts = load_schema().types["AcceptedGiftTypes"]
        return self._open_chat(p["chat_id"]).info | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts, False),
        }

    def _get_chat_member(self, p: JsonObject) -> JsonObject:
        return self._member(self._open_chat(p["chat_id"]), p["user_id"])

    def _get_chat_administrators(self, p: JsonObject) -> list[JsonObject]:
        chat = self._open_chat(p["chat_id"])
        ranks = ("creator", "administrator")
        return [self._member(chat, user_id) for user_id, status in chat.members.items() if status in ranks]

    def _member(self, chat: Chat, user_id: int) -> JsonObject:
        user = self._state.bot if user_id == self._state.bot["id"] else self._state.people.get(user_id)
        if user is None:
            raise bad_request("PARTICIPANT_ID_INVALID")
        status = chat.members.get(user_id, "member" if user is self._state.bot else "left")
        member: JsonObject = {"status": status, "user": user}
        kind = load_schema().unions["ChatMember"]["status"][status]
        for name, (type_name, required) in load_schema().types[kind].items():
            if required and name not in member:
                member[name] = 0 if type_name == "Integer" else False
        return member

    def _leave_chat(self, p: JsonObject) -> bool:
        self._open_chat(p["chat_id"]).refusal = LEFT
        return True

    def _open_chat(self, chat_id: int | str, business_connection_id: str | None = None) -> Chat:
        """Give a chat that the bot may use."""
        if isinstance(chat_id, str):
            names = {
                f"@{chat.info.get('username')}": chat.id for chat in self._state.chats.values() if not chat.is_private
            }
            chat_id = names.get(chat_id, 0)
        chat = self._state.chats.get(chat_id)
        if chat is None:
            raise bad_request("chat not found")
        if business_connection_id is not None:
            if not self._connection(business_connection_id).get("rights", {}).get("can_reply"):
                raise bad_request("BUSINESS_PEER_USAGE_MISSING")
        elif chat.refusal:
            raise Refusal(403, chat.refusal)
        return chat

    def _connection(self, connection_id: str) -> JsonObject:
        if connection_id not in self._state.connections:
            raise bad_request("business connection not found")
        return self._state.connections[connection_id]


def _substance(message: JsonObject) -> JsonObject:
    """Give what a forward or copy takes along."""
    kept = ("text", "entities", "caption", "caption_entities", "contact", "location", *_FILE_KINDS)
    return {name: message[name] for name in kept if name in message}

"""An update as the inbox keeps it, or None when it isn't for Rapport. Pure.

Sources: https://core.telegram.org/bots/api#update, #message, #callbackquery, #messageentity.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from telegram import CallbackQuery, Contact, Message, MessageEntity, Update, User

from bot.telegram.client import Me
from bot.telegram.files import CARD
from bot.telegram.place import Place, message_id, tap_id
from storage.messages import InboundMessage, Sender, SentFile

_LATEST_EDIT = timedelta(hours=48)  # as long as Telegram's apps let people edit


def prepare(update: Update, me: Me, now: datetime) -> InboundMessage | None:
    """The message or tap in an update; `now` is the moment of a tap, which carries none.

    None: from a bot or a channel, a service message, in a group and not addressed to the bot, or a late edit.
    """
    if update.message is not None:
        return _message(update.message, me)
    if update.edited_message is not None:
        return _edited(update.edited_message, me)
    if update.callback_query is not None:
        return _tap(update.callback_query, me, now)
    return None


def _message(message: Message, me: Me) -> InboundMessage | None:
    user = message.from_user
    if user is None or user.is_bot or message.sender_chat is not None:
        return None
    text = message.text or message.caption
    if text is None and not message.effective_attachment:
        return None  # a service message: someone joined, a message was pinned
    answered = message.reply_to_message
    ours = answered is not None and answered.from_user is not None and answered.from_user.id == me.id
    named = _entities_naming(message, me)
    if message.chat.type != "private" and not (ours or named):
        return None
    return InboundMessage(
        channel="telegram",
        external_id=message_id(me.id, Place(message.chat_id, message.message_id)),
        lane=f"telegram:{message.chat_id}",
        sender=_sender(user),
        at=message.date.astimezone(UTC),
        text=_without(text or "", named),
        file=_file(message),
        reply_to=str(Place(message.chat_id, answered.message_id)) if ours and answered is not None else None,
        language=user.language_code,
    )


def _edited(message: Message, me: Me) -> InboundMessage | None:
    """A message as it is now; its moment is that of the edit. Of what is below a file nothing is done again."""
    made, at = _message(message, me), message.edit_date
    if made is None or made.file is not None or not made.text or at is None or at - message.date > _LATEST_EDIT:
        return None
    place = Place(message.chat_id, message.message_id)
    external_id = message_id(me.id, place, int(at.timestamp()))
    return replace(made, external_id=external_id, edits=made.external_id, at=at.astimezone(UTC))


def _file(message: Message) -> SentFile | None:
    """The file that was sent; a contact that was shared is a card."""
    document, contact = message.document, message.contact
    if document is not None:
        return SentFile(document.file_name or "file", document.file_size or 0, document.file_id)
    if contact is None:
        return None
    return SentFile(f"{_on_one_line(contact.first_name)[:60]}.vcf", 0, CARD + (contact.vcard or _card(contact)))


def _card(contact: Contact) -> str:
    """What the app shares when it has no card of its own: name and number."""
    first, last = (_escaped(_on_one_line(each or "")) for each in (contact.first_name, contact.last_name))
    lines = ("BEGIN:VCARD", "VERSION:3.0", f"N:{last};{first};;;", f"FN:{first} {last}".rstrip())
    return "\r\n".join((*lines, f"TEL:{_on_one_line(contact.phone_number)}", "END:VCARD", ""))


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", text)


def _tap(query: CallbackQuery, me: Me, now: datetime) -> InboundMessage | None:
    if query.data is None or query.message is None or query.from_user.is_bot:
        return None
    chat = query.message.chat.id
    return InboundMessage(
        channel="telegram",
        external_id=tap_id(me.id, query.id),
        lane=f"telegram:{chat}",
        sender=_sender(query.from_user),
        at=now,
        tap=query.data,
        reply_to=str(Place(chat, query.message.message_id)),
        language=query.from_user.language_code,
    )


def _sender(user: User) -> Sender:
    return Sender("telegram", str(user.id), user.full_name)


def _entities_naming(message: Message, me: Me) -> Mapping[MessageEntity, str]:
    """The entities that address the bot, with their words: @its_name, a mention by link, /command@its_name."""
    words = message.parse_entities() | message.parse_caption_entities()
    at_me = f"@{me.username}".lower()
    return {
        entity: word
        for entity, word in words.items()
        if (entity.type == MessageEntity.MENTION and word.lower() == at_me)
        or (entity.type == MessageEntity.BOT_COMMAND and word.lower().endswith(at_me))
        or (entity.type == MessageEntity.TEXT_MENTION and entity.user is not None and entity.user.id == me.id)
    }


def _without(text: str, named: Mapping[MessageEntity, str]) -> str:
    """The text as it would be in a private chat: mentions of the bot taken out, commands without @its_name."""
    units = text.encode("utf-16-le")  # entities count in UTF-16 units
    for entity, word in sorted(named.items(), key=lambda item: item[0].offset, reverse=True):
        kept = word.partition("@")[0] if entity.type == MessageEntity.BOT_COMMAND else ""
        start, stop = 2 * entity.offset, 2 * (entity.offset + entity.length)
        before, after = units[:start].decode("utf-16-le"), units[stop:].decode("utf-16-le")
        if not kept:
            # "@bot, tasks" and "tasks @bot" both say "tasks".
            after = after.lstrip(" ,:") if not before.strip() else after
            before = before.rstrip(" ,") if not after.strip() else before.rstrip(" ") if after[:1] == " " else before
        units = f"{before}{kept}{after}".encode("utf-16-le")
    return units.decode("utf-16-le")

"""Where a message stands: chat and message id, and the ids that the inbox and the outbox know it by.

The inbox knows "bot:chat:message" (and ":edit date"), or "bot:tap:query"; the outbox's sent_ref is "chat:message".
Never update_id, which begins anew after a quiet week.
Source: https://core.telegram.org/bots/api#update.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One message in one chat; its text form is the sent_ref."""

    chat: int
    message: int

    def __str__(self) -> str:
        return f"{self.chat}:{self.message}"


def message_id(bot: int, place: Place, edited: int | None = None) -> str:
    """The external id of a message, or of one edit of it (`edited`: its edit date, seconds since 1970)."""
    return f"{bot}:{place}" if edited is None else f"{bot}:{place}:{edited}"


def tap_id(bot: int, query: str) -> str:
    """The external id of a tap on a button."""
    return f"{bot}:tap:{query}"


def place_of(reference: str | None) -> Place | None:
    """The message that an external id or a sent_ref stands for; None for taps and for other channels' ids."""
    numbers = (reference or "").split(":")
    if not all(number.removeprefix("-").isdecimal() for number in numbers):
        return None
    match [int(number) for number in numbers]:
        case [chat, message] | [_, chat, message] | [_, chat, message, _]:
            return Place(chat, message)
    return None

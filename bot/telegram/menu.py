"""The command menu, in every language that Rapport speaks.

Source: https://core.telegram.org/bots/api#setmycommands.
"""

from __future__ import annotations

from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats

from handlers.words import LANGUAGES, Words

_DEFAULT = "en"


async def set_menu(bot: Bot) -> None:
    """Sets the menu of private chats, English where none of our languages is the user's. Raises TelegramError."""
    for language in LANGUAGES:
        await bot.set_my_commands(
            commands(language),
            scope=BotCommandScopeAllPrivateChats(),
            language_code=None if language == _DEFAULT else language,
        )


def commands(language: str) -> list[BotCommand]:
    """The commands with their descriptions in one language."""
    words = Words(language, "UTC")
    return [
        BotCommand("start", words.say("How to begin")),
        BotCommand("help", words.say("What you can say, by example")),
        BotCommand("today", words.say("What today holds")),
        BotCommand("calendar", words.say("Your calendar for the phone")),
        BotCommand("tasks", words.say("Your open tasks")),
        BotCommand("find", words.say("Find a contact: /find anna")),
        BotCommand("undo", words.say("Take back the last change")),
        BotCommand("leads", words.say("Open leads")),
        BotCommand("pipeline", words.say("Deals by stage")),
        BotCommand("triage", words.say("Messages that wait for your decision")),
    ]

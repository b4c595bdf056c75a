"""Telegram: the token, whether it answers, and the bot's switches at @BotFather.

Source: https://core.telegram.org/bots/api#getme, #getwebhookinfo.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from bot.health.check import Check, fail, ok, warn
from bot.health.network import told
from bot.settings import TELEGRAM, Settings

if TYPE_CHECKING:
    from telegram import WebhookInfo

_FORM = re.compile(r"\d+:[\w-]+")
_SECONDS = 15.0
_COPY_IT = "copy the token from @BotFather (/mybots, API Token) into RAPPORT_TELEGRAM_TOKEN"


async def examine_telegram(settings: Settings) -> list[Check]:
    """The bot, as Telegram sees it."""
    if not settings.telegram_token:
        return [ok("telegram", "off: no RAPPORT_TELEGRAM_TOKEN", "@BotFather gives one, if you want a bot")]
    if not _FORM.fullmatch(settings.telegram_token):
        return [fail("telegram", "the token isn't formed like 123456:ABC-def", _COPY_IT)]
    return await ask_telegram(settings.telegram_token, settings.telegram_api, settings.telegram_webhook)


async def ask_telegram(token: str, api: str, hook: str = "") -> list[Check]:
    """Whom the token belongs to, and how that bot is set up; `hook` is RAPPORT_TELEGRAM_WEBHOOK."""
    from telegram import User
    from telegram.error import InvalidToken, TelegramError

    from bot.telegram.client import Client

    async def ask(client: Client) -> tuple[User, WebhookInfo]:
        async with asyncio.timeout(_SECONDS):
            return await client.bot.get_me(), await client.bot.get_webhook_info()

    try:
        client = Client(token, api)
        try:
            user, told_hook = await ask(client)
        finally:
            await client.close()
    except InvalidToken:
        return [fail("telegram", "Telegram refuses the token", _COPY_IT)]
    except (TelegramError, TimeoutError, KeyError) as error:
        what, todo = told(error)
        where = "Telegram" if api == TELEGRAM else "the Bot API server of RAPPORT_TELEGRAM_API"
        return [fail("telegram", f"{where}: {what}", todo)]
    return [ok("telegram", f"@{user.username or user.id} answers"), _switches(user), *_webhook(told_hook, hook)]


def _switches(user: object) -> Check:
    def has(name: str) -> bool:
        return bool(getattr(user, name, False))

    what = "; ".join(
        (
            "may join groups" if has("can_join_groups") else "may not join groups",
            "reads all in groups" if has("can_read_all_group_messages") else "group privacy on",
            "inline on" if has("supports_inline_queries") else "inline off",
            "business on" if has("can_connect_to_business") else "business off",
        )
    )
    if has("can_read_all_group_messages"):
        return warn("botfather", what, "it needs only what addresses it: @BotFather /setprivacy, Enable")
    return ok("botfather", what)


def _webhook(told_hook: WebhookInfo, ours: str) -> list[Check]:
    pending = told_hook.pending_update_count
    waiting = f"{pending} update{'s' * (pending != 1)} wait{'s' * (pending == 1)} at Telegram"
    if not ours:
        if told_hook.url:
            what = f"a webhook is set, and {waiting}"
            return [warn("webhook", what, "does another program use this bot? `rapport run` ends the webhook")]
        return [ok("updates", waiting)] if pending else []
    if told_hook.url != ours:
        what = "another one is set at Telegram" if told_hook.url else "none is set at Telegram"
        return [
            warn("webhook", f"{what}; {waiting}", "`rapport run` sets RAPPORT_TELEGRAM_WEBHOOK within five minutes")
        ]
    if told_hook.last_error_message and pending:
        # Telegram's own words about the way here: they hold a status or a fault of TLS, and no secret.
        what = f"Telegram can't post to it: {told_hook.last_error_message[:120]}; {waiting}"
        todo = "is `rapport run` up, and does the proxy pass that path on to RAPPORT_LISTEN? See docs/running.md"
        return [fail("webhook", what, todo)]
    return [ok("webhook", f"Telegram posts to it; {waiting}")]

"""`rapport run`: all that is configured; at a terminal without Telegram, the console chat on top."""

from __future__ import annotations

import argparse
import asyncio
import sys

from sqlalchemy import Connection

from bot.log import start_logging
from bot.settings import Settings, load_settings
from storage.meta import claim_code, new_claim_code
from storage.opening import open_database_now
from storage.users import owners


def run(args: argparse.Namespace) -> int:
    """Stays up until SIGTERM or SIGINT, or until the conversation at the terminal ends."""
    settings = load_settings()
    if not settings.telegram_token and sys.stdin.isatty() and sys.stdout.isatty():
        from bot.terminal import chat_at_terminal

        return asyncio.run(chat_at_terminal(settings, name=None, now=None, with_parts=True))
    from bot.wiring import run as run_parts

    start_logging()
    if sys.stderr.isatty():
        _show_claim_code(settings)
    return asyncio.run(run_parts(settings))


def _show_claim_code(settings: Settings) -> None:
    """Shows the code that claims ownership, when nobody owns the database yet; on a terminal only, never in a log."""

    def work(connection: Connection) -> str:
        return "" if owners(connection) else claim_code(connection) or new_claim_code(connection)

    with open_database_now(settings.database) as database:
        if code := database.transact(work):
            print(f"Nobody owns this Rapport yet. Send your bot this code: {code}", file=sys.stderr)

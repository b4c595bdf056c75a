"""`rapport chat`."""

from __future__ import annotations

import argparse
import asyncio
import sys

from bot.settings import load_settings


def chat(args: argparse.Namespace) -> int:
    """Talks at a terminal with line editing and colours; otherwise one message a line."""
    settings = load_settings()
    if sys.stdin.isatty() and sys.stdout.isatty() and not args.json:
        from bot.terminal import chat_at_terminal

        return asyncio.run(chat_at_terminal(settings, name=args.user, now=args.now, with_parts=False))
    from bot.chat import chat_piped

    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    return asyncio.run(chat_piped(settings, name=args.user, now=args.now, as_jsonl=args.json, lines=sys.stdin))

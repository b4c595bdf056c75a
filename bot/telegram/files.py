"""Files that were sent to the bot: fetched when they are needed.

Source: https://core.telegram.org/bots/api#getfile.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.jobs import NotFetched
from storage.messages import SentFile

CARD = "card:"  # what follows is the file itself
_LIMIT = 120.0  # seconds for one file, of 20 MB at most


@dataclass(frozen=True, slots=True)
class TelegramFiles:
    """Fetches by file id."""

    bot: Bot

    async def __call__(self, file: SentFile, folder: Path) -> Path:
        """Where the file is now. Raises NotFetched, and ConnectionError or TimeoutError when it may be tried again."""
        path = folder / f"file{file.suffix}"
        if file.ref.startswith(CARD):
            await asyncio.to_thread(path.write_text, file.ref.removeprefix(CARD), "utf-8", newline="")
            return path
        try:
            async with asyncio.timeout(_LIMIT):
                found = await self.bot.get_file(file.ref)
                await found.download_to_drive(path)
        except BadRequest as error:
            raise NotFetched("too big" if "too big" in str(error).lower() else "gone") from None
        except (Forbidden, InvalidToken):
            raise NotFetched("gone") from None
        except (TelegramError, KeyError) as error:
            raise ConnectionError(type(error).__name__) from None  # its text may hold the token's URL
        return path

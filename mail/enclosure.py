"""A file that is handed over: its bytes, read from the raw message when it is delivered, or made here."""

from __future__ import annotations

import asyncio
from functools import partial

from mail.attachments import attachment_bytes
from mail.errors import NoSuchPart
from storage.database import Database
from storage.inbox import raw_of
from storage.messages import FileRef


async def read_enclosure(database: Database, file: FileRef) -> bytes:
    """Its decoded bytes, found in a thread; raises NoSuchPart when the mail was forgotten meanwhile."""
    if file.content:
        return file.content.encode()
    raw = await database.read(partial(raw_of, inbox_id=file.inbox_id))
    if raw is None:
        raise NoSuchPart("The mail isn't kept any more.")
    return await asyncio.to_thread(attachment_bytes, raw, file.part)

"""The console as a face: lines in, answers and pushes out, as text for people or as JSON for scripts."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from bot.delivery import Delivery
from bot.flow import Flow
from handlers.verbs.files import READABLE
from storage import inbox
from storage.buttons import newest_button
from storage.clock import Clock, new_token
from storage.database import Database
from storage.errors import WrongUsage
from storage.messages import FileRef, InboundMessage, OutgoingMessage, Sender, SentFile, Span
from storage.outbox import Carrier
from storage.users import User

_POLL = 0.02  # seconds between two looks whether another process has handled our line
_LONGEST_PATH = 4 * 4096  # Linux's longest, each byte escaped; shlex's time grows with the square of a word

Show = Callable[[OutgoingMessage, int | None], None]


class ConsoleFace:
    """One user's console: `show` prints what is delivered, with the input line that it answers."""

    def __init__(self, user: User, show: Show, database: Database | None = None, folder: Path | None = None) -> None:
        self._user = user
        self._show = show
        self._database = database
        self._folder = folder  # None: the current one
        self._lines: dict[str, int] = {}

    @property
    def carrier(self) -> Carrier:
        """The rows for this user's console, and whatever is pushed to this user."""
        return Carrier("console", self._user.id)

    async def deliver(self, message: OutgoingMessage) -> str:
        """Prints it; a file is put into the folder, and where it is is said."""
        if message.reply.file is not None and self._database is not None:
            message = await self._put_down(message, message.reply.file)
        self._show(message, self._lines.get(message.in_answer_to or ""))
        return f"console:{message.id}"

    async def _put_down(self, message: OutgoingMessage, file: FileRef) -> OutgoingMessage:
        from bot.downloads import put_down

        assert self._database is not None
        path = await put_down(self._database, file, self._folder)
        words = (*message.reply.spans, Span(f"\n→ {path}")) if path else (Span(file.otherwise or file.name),)
        reply = replace(message.reply, spans=words)
        return replace(message, reply=reply, extra={"file": str(path)} if path else {})

    def expect(self, external_id: str, line: int) -> None:
        """The answers to this message belong to this line of the input."""
        self._lines[external_id] = line


class Console:
    """A conversation of one user: each line is kept, handled and answered before the next.

    Its few look-ups take the writer's way: a piped chat then starts without the async engine, which is slow to import.
    """

    def __init__(
        self,
        user: User,
        face: ConsoleFace,
        flow: Flow,
        database: Database,
        clock: Clock,
        work: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        self._user = user
        self._face = face
        self._flow = flow
        self._database = database
        self._clock = clock
        self._work = work  # does the jobs that wait; None: somebody else does them
        self._delivery = Delivery(database, clock, face)

    async def push(self) -> None:
        """Prints what waits for this user and what is due for them by now."""
        while await self._flow.push_due(self._user.id):
            pass
        await self._delivery.deliver_all()

    async def say(self, text: str, line: int) -> None:
        """One message, and its answers printed."""
        await self._send(line, text=text)

    async def tap(self, label: str, line: int) -> None:
        """Presses the first button of this label on the newest message that has one."""

        def find(connection: Connection) -> str | None:
            return newest_button(connection, self._user.id, label, "console")

        await self._send(line, tap=await self._database.write(find) or "none")

    async def _send(self, line: int, *, text: str = "", tap: str | None = None) -> None:
        external_id = new_token()
        message = InboundMessage(
            channel="console",
            external_id=external_id,
            lane=f"console:{self._user.id}",
            sender=Sender("user", str(self._user.id), self._user.name),
            at=self._clock.now(),
            text="" if (file := _named_file(text)) else text,
            tap=tap,
            file=file,
        )
        self._face.expect(external_id, line)
        kept = await self._flow.keep(message)
        # Another process may take it, or older ones may stand before it: it is done when the inbox says so.
        while not await self._database.write(lambda connection: inbox.is_handled(connection, kept.id)):
            if await self._flow.handle_next() is None:
                await asyncio.sleep(_POLL)
        await self._delivery.deliver_all()
        while self._work is not None and await self._work():
            while await self._flow.handle_next() is not None:
                pass
            await self._delivery.deliver_all()


def _named_file(text: str) -> SentFile | None:
    """A file that was dropped onto the console, which types its path; only of a kind that is imported."""
    if len(text) > _LONGEST_PATH:
        return None
    try:
        [name] = shlex.split(text)
        path = Path(name.removeprefix("file://")).expanduser()
        if not path.is_absolute() or path.suffix.lower() not in READABLE or not path.is_file():
            return None
        return SentFile(path.name, path.stat().st_size, str(path))
    except (ValueError, OSError, RuntimeError):
        return None


def as_json(message: OutgoingMessage, line: int | None) -> str:
    """One delivered message as scripts read it; `line` is null for what nobody asked."""
    reply = message.reply
    shown = {
        "kind": reply.kind,
        "text": reply.text,
        "buttons": [[button.label for button in row] for row in reply.buttons],
        "line": line,
    } | message.extra
    return json.dumps(shown, ensure_ascii=False)


def as_text(message: OutgoingMessage, _line: int | None) -> str:
    """The same for people, without colour; an empty line ends it."""
    rows = ["  ".join(f"[{button.label}]" for button in row) for row in message.reply.buttons]
    return "\n".join([message.reply.text, *rows, ""])


def parse_moment(text: str, zone: str, *, option: str = "") -> datetime:
    """An ISO moment; a naive one is in this zone. Raises ValueError, or WrongUsage when an option gave it."""
    from reminders.zones import resolve

    try:
        moment = datetime.fromisoformat(text.strip())
        return moment if moment.tzinfo else resolve(moment, zone)
    except (ValueError, OverflowError):
        if not option:
            raise ValueError(text) from None
        raise WrongUsage(f"{option}: {text!r} is no moment. Example: {option} 2026-11-24T09:00") from None

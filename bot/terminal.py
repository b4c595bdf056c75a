"""The console chat for people: line editing, history, colours, numbered buttons; reminders appear while one types."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack
from pathlib import Path

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.formatted_text import FormattedText, StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout
from sqlalchemy import Connection

from bot.chat import converse, whose_console
from bot.console import Console, ConsoleFace, parse_moment
from bot.jobs import fetch_here
from bot.loops import handle_messages
from bot.settings import Settings
from bot.wiring import House, Tasks, open_house, running, start_delivery, start_jobs, start_parts
from storage.buttons import newest_buttons
from storage.clock import Clock
from storage.messages import OutgoingMessage
from storage.users import User

_STYLES = {"bold": "bold", "italic": "italic", "code": "ansicyan", "quote": "ansibrightblack", "plain": ""}
_SIGNS = {"reply": "", "notice": "ansiyellow", "reminder": "ansimagenta bold", "digest": "ansicyan"}


async def chat_at_terminal(settings: Settings, *, name: str | None, now: str | None, with_parts: bool) -> int:
    """Talks until the end of input (Ctrl-D); with `with_parts`, all that is configured runs beside it."""
    clock = Clock()
    async with open_house(settings, clock) as house, AsyncExitStack() as parts, running() as tasks:
        user = await whose_console(house.database, settings, clock, name)
        if now is not None:
            clock.set(parse_moment(now, user.timezone, option="--now"))
        if with_parts:
            await start_parts(house, parts, tasks, {"console": fetch_here})
        else:
            _start_own_loops(house, tasks)
        face = ConsoleFace(user, show, house.database)
        _greet(settings, user, with_parts=with_parts)
        with patch_stdout():
            start_delivery(tasks, house, face)
            await _listen(house, user, face)
    return 0


def show(message: OutgoingMessage, _line: int | None) -> None:
    """Prints one message in colour, its buttons as numbered choices."""
    print_formatted_text(FormattedText(_styled(message)))


def _start_own_loops(house: House, tasks: Tasks) -> None:
    bell = house.wakeups.bell("inbox")
    tasks.start("inbox", lambda: handle_messages(house.flow, house.clock, bell))
    start_jobs(house, tasks, {"console": fetch_here})


async def _listen(house: House, user: User, face: ConsoleFace) -> None:
    console = Console(user, face, house.flow, house.database, house.clock)
    session: PromptSession[str] = PromptSession(history=_history(house.settings))
    number = 0
    await console.push()
    while True:
        try:
            line = await session.prompt_async("› ")
        except EOFError:
            return
        except KeyboardInterrupt:
            continue
        number += 1
        await converse(console, house.clock, user, await _as_tap(house, user, line), number)


async def _as_tap(house: House, user: User, line: str) -> str:
    """A number alone presses that button of the newest message that has any."""
    if not line.strip().isdigit():
        return line

    def find(connection: Connection) -> list[str]:
        return newest_buttons(connection, user.id, "console")

    labels = await house.database.read(find)
    place = int(line.strip())
    return f"@tap {labels[place - 1]}" if 1 <= place <= len(labels) else line


def _styled(message: OutgoingMessage) -> StyleAndTextTuples:
    parts: StyleAndTextTuples = []
    first = True
    for span in message.reply.spans:
        for line in span.text.splitlines(keepends=True):
            # The first line names what it is about; the rest are its facts.
            style = f"bold {_SIGNS[message.reply.kind]}" if first else _STYLES[span.style]
            parts.append((style.strip(), line))
            first = first and not line.endswith("\n")
    labels = [button.label for row in message.reply.buttons for button in row]
    if labels:
        parts.append(("", "\n"))
        for place, label in enumerate(labels, 1):
            parts += [("ansibrightblack", f"{place} "), ("ansigreen", label), ("", "   ")]
    parts.append(("", "\n"))
    return parts


def _greet(settings: Settings, user: User, *, with_parts: bool) -> None:
    lines = [f"Rapport · {user.name} · help shows what can be said, Ctrl-D ends"]
    if with_parts and settings.drop is not None:
        lines.append(f"Mail for {settings.team.address} is taken at {settings.drop[0]}:{settings.drop[1]} (SMTP, LMTP)")
    if with_parts:
        print("rapport: ready", file=sys.stderr, flush=True)  # noqa: T201
    for line in lines:
        print(line)  # noqa: T201


def _history(settings: Settings) -> History:
    """What was typed, beside the database file and as private as it."""
    if "://" in settings.database:
        return InMemoryHistory()
    path = Path(settings.database).expanduser().with_suffix(".history")
    path.touch(mode=0o600, exist_ok=True)
    return FileHistory(str(path))

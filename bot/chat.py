"""`rapport chat`: a conversation on the console, piped or typed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TextIO

from sqlalchemy import Connection

from bot.console import Console, ConsoleFace, as_json, as_text, parse_moment
from bot.settings import Settings
from bot.wiring import House, open_house
from storage.clock import Clock
from storage.database import Database
from storage.errors import WrongUsage
from storage.jobs import next_job
from storage.messages import OutgoingMessage
from storage.meta import end_claim
from storage.users import User, add_user, all_users, owners, user_by_name

_SOURCES = ("", "console")


class UnknownUser(WrongUsage):
    """The named user isn't of the team."""


async def chat_piped(settings: Settings, *, name: str | None, now: str | None, as_jsonl: bool, lines: TextIO) -> int:
    """One message a line, answered in order; ends with the input. The exit code."""
    clock = Clock()
    async with open_house(settings, clock) as house:
        user = await whose_console(house.database, settings, clock, name)
        if now is not None:
            clock.set(parse_moment(now, user.timezone, option="--now"))
        render = as_json if as_jsonl else as_text

        def show(message: OutgoingMessage, line: int | None) -> None:
            print(render(message, line), flush=True)  # noqa: T201

        face = ConsoleFace(user, show, house.database)
        console = Console(user, face, house.flow, house.database, clock, await _working(house))
        await console.push()
        number = 0
        while line := await asyncio.to_thread(lines.readline):
            number += 1
            await converse(console, clock, user, line.rstrip("\r\n"), number)
    return 0


async def _working(house: House) -> Callable[[], Awaitable[bool]]:
    """Does the jobs that wait, if there are any; imported only then: most conversations begin none."""
    bell = house.wakeups.bell("jobs")
    if await house.database.write(lambda connection: next_job(connection, _SOURCES)) is not None:
        bell.set()  # of an earlier conversation

    async def work() -> bool:
        if not bell.is_set():
            return False
        from bot.jobs import Jobs, fetch_here

        bell.clear()
        doing, count = Jobs(house.settings, house.database, house.clock, {"console": fetch_here}), 0
        while await doing.do_next():
            count += 1
        return count > 0

    return work


async def converse(console: Console, clock: Clock, user: User, line: str, number: int) -> None:
    """One line of input: a message, or @now and @tap."""
    text = line.strip()
    if not text:
        return
    if text.startswith("@now "):
        try:
            clock.set(parse_moment(text.removeprefix("@now "), user.timezone))
        except ValueError:
            print(f"{text!r} is no moment. Example: @now 2026-11-24T09:00", file=sys.stderr)  # noqa: T201
        await console.push()
    elif text.startswith("@tap "):
        await console.tap(text.removeprefix("@tap ").strip(), number)
    else:
        await console.say(line.replace("\\n", "\n"), number)
    await console.push()


async def whose_console(database: Database, settings: Settings, clock: Clock, name: str | None) -> User:
    """The named user, else the only owner; on an empty database a first owner is made. Raises UnknownUser."""
    return await database.write(lambda connection: _choose_user(connection, settings, clock, name))


def _choose_user(connection: Connection, settings: Settings, clock: Clock, name: str | None) -> User:
    if name is not None:
        user = user_by_name(connection, name)
        if user is None:
            raise UnknownUser(f"There is no user {name!r}. `rapport user list` shows the team.")
        return user
    if not all_users(connection):
        team = settings.team
        add_user(connection, _login(), at=clock.wall(), role="owner", language=team.language, timezone=team.zone)
        end_claim(connection)
    found = owners(connection)
    if len(found) != 1:
        raise UnknownUser("Which user are you? Say it with --user NAME; `rapport user list` shows the team.")
    return found[0]


def _login() -> str:
    import getpass

    try:
        return getpass.getuser().capitalize()
    except (KeyError, OSError):
        return "Owner"

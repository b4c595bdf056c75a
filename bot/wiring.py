"""The one file that wires: settings in, running parts out. Nothing else makes engines, clients or tasks."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.backups import back_up_daily
from bot.delivery import Delivery, Face
from bot.flow import Flow
from bot.loops import handle_messages, keep_running, push_reminders
from bot.settings import Settings
from storage.clock import Clock
from storage.database import Database
from storage.opening import open_database
from storage.wakeup import Wakeups, watching

if TYPE_CHECKING:
    from bot.jobs import Fetch
    from bot.telegram.face import TelegramFace
    from mail.prepare import MailParser

log = logging.getLogger("rapport.run")


@dataclass(frozen=True, slots=True)
class House:
    """The parts that every command with a flow needs."""

    settings: Settings
    clock: Clock
    database: Database
    flow: Flow
    wakeups: Wakeups


class Tasks:
    """What runs beside each other until the block ends; each is restarted after trouble."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group
        self._started: list[asyncio.Task[None]] = []

    def start(self, name: str, loop: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Runs a loop for ever."""
        self._started.append(self._group.create_task(keep_running(name, loop), name=name))

    def cancel(self) -> None:
        """Stops them all."""
        for task in self._started:
            task.cancel()


@asynccontextmanager
async def open_house(settings: Settings, clock: Clock | None = None) -> AsyncIterator[House]:
    """Database, flow and wake-ups, opened together and closed together."""
    clock = clock or Clock()
    async with open_database(settings.database) as database, watching(database) as wakeups:
        yield House(settings, clock, database, Flow(database, clock, settings.team), wakeups)


async def run(settings: Settings) -> int:
    """Starts all that is configured and stays until SIGTERM or SIGINT; the exit code."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with open_house(settings) as house, AsyncExitStack() as parts, running() as tasks:
        await start_parts(house, parts, tasks)
        print("rapport: ready", file=sys.stderr, flush=True)  # noqa: T201
        await stopped.wait()
        log.info("stopping")
    return 0


async def start_parts(
    house: House, parts: AsyncExitStack, tasks: Tasks, fetches: Mapping[str, Fetch] | None = None
) -> None:
    """The loops, and each channel that is configured; one that can't connect is tried again and holds up nothing.

    `fetches`: how files come that are sent by other channels than these.
    """
    settings, flow, clock, wakeups = house.settings, house.flow, house.clock, house.wakeups
    inbox_bell, reminder_bell = wakeups.bell("inbox"), wakeups.bell("reminders")
    tasks.start("inbox", lambda: handle_messages(flow, clock, inbox_bell))
    tasks.start("reminders", lambda: push_reminders(flow, clock, reminder_bell))
    start_backups(house, tasks)
    fetching = dict(fetches or {})
    if settings.drop is not None or settings.imap:
        from mail.prepare import MailParser

        parser = await parts.enter_async_context(MailParser(authserv=settings.authserv))
        start_mailboxes(house, tasks, parser)
    if settings.drop is not None:
        tried = asyncio.Event()
        tasks.start("drop", lambda: _serve_drop(house, parser, tried))
        await tried.wait()
    if settings.telegram_token:
        from bot.telegram.face import TelegramFace
        from bot.telegram.files import TelegramFiles
        from bot.telegram.receive import receive_updates

        face = TelegramFace(settings.telegram_token, settings.telegram_api, house.database)
        await parts.enter_async_context(face)
        fetching["telegram"] = TelegramFiles(face.client.bot)
        start_delivery(tasks, house, face)
        if settings.telegram_webhook:
            await start_webhook(house, tasks, face)
        else:
            tasks.start("telegram", lambda: receive_updates(face, flow, clock))
    if settings.team.public_url and not settings.telegram_webhook:
        await start_calendars(house, tasks)
    if settings.smtp is not None:
        from mail.smtp import MailFace

        by_mail = MailFace(
            settings.smtp,
            settings.team.address,
            house.database,
            clock,
            ca=settings.tls_ca,
            beside_telegram=bool(settings.telegram_token),
        )
        start_delivery(tasks, house, await parts.enter_async_context(by_mail))
    start_jobs(house, tasks, fetching)


async def start_webhook(house: House, tasks: Tasks, face: TelegramFace) -> None:
    """Lets Telegram post updates to us; waits until we listen, or can't."""
    from bot.calendar_feed import PATH, CalendarFeed
    from bot.telegram.webhook import make_hook, serve_updates

    settings, tried = house.settings, asyncio.Event()
    hook = make_hook(settings.telegram_webhook, settings.listen, settings.telegram_token)
    others = {PATH: CalendarFeed(house.database, house.clock)}
    tasks.start("telegram", lambda: serve_updates(hook, face, house.flow, house.clock, tried, others=others))
    await tried.wait()


async def start_calendars(house: House, tasks: Tasks) -> None:
    """Lets phones fetch calendars where no webhook listens already; waits until we listen, or can't."""
    from bot.calendar_feed import CalendarFeed, serve_calendars

    settings, tried = house.settings, asyncio.Event()
    feed = CalendarFeed(house.database, house.clock)
    tasks.start("calendars", lambda: serve_calendars(settings.listen, feed, tried))
    await tried.wait()


def start_backups(house: House, tasks: Tasks) -> None:
    """One backup a day."""
    bell = house.wakeups.bell()
    tasks.start("backup", lambda: back_up_daily(house.settings, house.database, house.clock, bell))


def start_jobs(house: House, tasks: Tasks, fetches: Mapping[str, Fetch]) -> None:
    """Does what takes longer than a transaction may; files come by the channels that `fetches` names."""
    from bot.jobs import Jobs

    doing, bell = Jobs(house.settings, house.database, house.clock, fetches), house.wakeups.bell("jobs")
    tasks.start("jobs", lambda: doing.run(bell))


def start_mailboxes(house: House, tasks: Tasks, parser: MailParser) -> None:
    """Follows each folder of RAPPORT_IMAP."""
    settings = house.settings
    if not settings.imap:
        return
    from bot.imap_in import FolderFollower
    from bot.mail_in import MailIn, key_finder
    from mail.oauth import access_token

    for number, account in enumerate(settings.imap, 1):
        follower = FolderFollower(
            number,
            account,
            taking=MailIn(house.flow, parser, house.clock, key_finder(house.settings)),
            flow=house.flow,
            database=house.database,
            clock=house.clock,
            ca=settings.tls_ca,
            token=partial(access_token, settings.oauth_command),
        )
        tasks.start(f"mailbox {number}", follower.follow)


async def _serve_drop(house: House, parser: MailParser, tried: asyncio.Event) -> None:
    """Takes mail until it is cancelled; `tried` is set when it listens, or can't."""
    from bot.mail_in import MailIn, key_finder
    from mail.drop import serve_drop

    settings = house.settings
    assert settings.drop is not None
    taken = MailIn(house.flow, parser, house.clock, key_finder(settings))
    try:
        async with serve_drop(settings.drop, is_ours=settings.team.is_own, take=taken.take, log_in=house.flow.log_in):
            tried.set()
            await asyncio.Event().wait()
    finally:
        tried.set()


def start_delivery(tasks: Tasks, house: House, face: Face) -> None:
    """Delivers the outbox to one face for as long as the tasks run."""
    delivery = Delivery(house.database, house.clock, face)
    bell = house.wakeups.bell("outbox")
    tasks.start(f"delivery {face.carrier.name}", lambda: delivery.run(bell))


@asynccontextmanager
async def running() -> AsyncIterator[Tasks]:
    """A task group whose tasks are cancelled, and waited for, when the block ends."""
    async with asyncio.TaskGroup() as group:
        tasks = Tasks(group)
        try:
            yield tasks
        finally:
            tasks.cancel()

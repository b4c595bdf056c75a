"""`rapport mail import`: an archive of old mail, taken in and logged in short transactions."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bot.flow import PAUSE
from bot.mail_in import SIZE_LIMIT, MailIn
from bot.settings import Settings, load_settings
from bot.wiring import House, open_house
from mail.archive import Entry, read_archive, size_of
from mail.errors import ArchiveUnreadable, MailUnreadable
from mail.prepare import MailParser
from storage.inbox import unhandled
from storage.messages import InboundMessage
from storage.triage import count_logged

_MOST_MAILS, _MOST_BYTES = 24, 1 << 20  # of a slice, so that keeping it takes some 25 ms
_TOGETHER = 500  # ids that one query asks about
_PATIENCE = 20.0  # seconds that a mail may be in another process's hands, or back off
_POLL = 0.05  # seconds between two looks whether that is over


@dataclass(frozen=True, slots=True)
class Slice:
    """Some mails of the archive, ready to be kept; what is wrong with others; and how far the reading is."""

    mails: list[tuple[InboundMessage, bytes]]
    problems: list[str]
    refused: int
    read: int


def import_mail(args: argparse.Namespace) -> int:
    """Keeps and logs what can be read; each mail that can't is a line, and the counts come last."""
    settings = load_settings()
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    path = Path(args.path)
    try:
        said = asyncio.run(_import(settings, path))
    except KeyboardInterrupt:
        print("rapport: interrupted. The same command goes on where it was; nothing comes twice.", file=sys.stderr)
        raise
    print(f"{path.name or path}: {said}")
    return 0


async def _import(settings: Settings, path: Path) -> str:
    slices = _slices(read_archive(path, SIZE_LIMIT))
    first = next(slices, [])  # what can't be looked into is told before a database is made
    async with open_house(settings) as house, MailParser(authserv=settings.authserv) as parser:
        importing = MailImport(house, MailIn(house.flow, parser, house.clock), Progress(path))
        await importing.run(first, slices)
        if not importing.ids:
            raise ArchiveUnreadable(
                f"{path} holds no mail that can be read. Hand in an mbox file, a Maildir, or a folder of .eml files."
            )
        return await importing.sums()


class MailImport:
    """One archive on its way into the database."""

    def __init__(self, house: House, taking: MailIn, progress: Progress) -> None:
        self._house = house
        self._taking = taking
        self._progress = progress
        self._kept = self._known = self._refused = 0
        self.ids: set[int] = set()  # in the inbox; of what was there already, too

    async def run(self, first: list[Entry], rest: Iterator[list[Entry]]) -> None:
        """Keeps and handles slice by slice; while it does, the next slice is read and parsed."""
        upcoming = asyncio.ensure_future(self._prepare(first))
        try:
            while (ready := await upcoming) is not None:
                upcoming = asyncio.ensure_future(self._prepare_next(rest))
                await self._keep(ready)
                await self._handle()
        finally:
            upcoming.cancel()
            with suppress(asyncio.CancelledError):
                await upcoming
            self._progress.ends()
        await self._wait()

    async def sums(self) -> str:
        """What became of the mails, in numbers."""
        logged = waiting = 0
        ids = sorted(self.ids)
        for start in range(0, len(ids), _TOGETHER):
            some = ids[start : start + _TOGETHER]
            counted = await self._house.database.read(partial(count_logged, inbox_ids=some))
            logged, waiting = logged + counted[0], waiting + counted[1]
        return (
            f"kept {self._kept:,}, already there {self._known:,}, refused {self._refused:,}; "
            f"logged on contacts {logged:,}, waiting in triage {waiting:,}"
        )

    async def _prepare_next(self, rest: Iterator[list[Entry]]) -> Slice | None:
        return await self._prepare(await asyncio.to_thread(next, rest, []))

    async def _prepare(self, entries: list[Entry]) -> Slice | None:
        if not entries:
            return None
        every = await asyncio.gather(*(self._prepare_one(entry) for entry in entries))
        mails = [each for each in every if not isinstance(each, str)]
        problems = [
            each if isinstance(each, str) else f"{entry.place}: {each[0].problem}; it is kept and waits in triage"
            for entry, each in zip(entries, every, strict=True)
            if isinstance(each, str) or each[0].problem
        ]
        return Slice(mails, problems, len(every) - len(mails), entries[-1].read)

    async def _prepare_one(self, entry: Entry) -> tuple[InboundMessage, bytes] | str:
        """One mail, or why there is none. An archive is history, whatever the date of a mail in it."""
        if entry.problem:
            return f"{entry.place}: {entry.problem}"
        try:
            message, packed = await self._taking.prepare(entry.raw)
        except MailUnreadable as error:
            return f"{entry.place}: {error}"
        return replace(message, silent=True, archived=True), packed

    async def _keep(self, ready: Slice) -> None:
        every = await self._house.flow.keep_all(ready.mails)
        self.ids.update(each.id for each in every)
        fresh = sum(each.fresh for each in every)
        self._kept, self._known = self._kept + fresh, self._known + len(every) - fresh
        self._refused += ready.refused
        self._progress.shows(self._kept + self._known + self._refused, ready)

    async def _handle(self) -> None:
        more = True
        while more:
            await asyncio.sleep(PAUSE)
            more = await self._house.flow.handle_some()

    async def _wait(self) -> None:
        """Until all is handled, whoever does it; a mail that backs off for long is left to `rapport run`."""
        enough = time.monotonic() + _PATIENCE
        while self.ids & await self._house.database.read(unhandled) and time.monotonic() < enough:
            await self._handle()
            await asyncio.sleep(_POLL)


class Progress:
    """Tells on stdout what can't be read, and on a terminal how far it is."""

    def __init__(self, path: Path) -> None:
        self._watched = sys.stderr.isatty()
        self._size = size_of(path) if self._watched else 0
        self._shown = 0.0

    def shows(self, count: int, ready: Slice) -> None:
        """A slice is kept."""
        if ready.problems:
            self.ends()
            for problem in ready.problems:
                print(problem, flush=True)
        if self._watched and time.monotonic() - self._shown > 0.2:
            self._shown = time.monotonic()
            percent = min(100, 100 * ready.read // max(1, self._size))
            print(f"\r\x1b[K{count:,} mails, {percent} %", end="", file=sys.stderr, flush=True)

    def ends(self) -> None:
        """The line is free again."""
        if self._watched:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _slices(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    """The mails in lists of a few, and of few bytes; a big one goes alone."""
    some: list[Entry] = []
    size = 0
    for entry in entries:
        if some and (len(some) == _MOST_MAILS or size + len(entry.raw) > _MOST_BYTES):
            yield some
            some, size = [], 0
        some.append(entry)
        size += len(entry.raw)
    if some:
        yield some

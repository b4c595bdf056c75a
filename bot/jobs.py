"""Does the jobs: what takes longer than a handler's transaction may. Each outcome goes to the inbox."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection

from bot.settings import Settings
from storage import jobs
from storage.changes import Trail
from storage.clock import Clock
from storage.codec import to_json, unpack
from storage.database import Database
from storage.errors import is_trouble
from storage.importing.asked import Asked
from storage.jobs import ATTEMPTS, Job
from storage.messages import InboundMessage, Outcome, Sender, SentFile
from storage.opening import file_of
from storage.undoing import FIRST_SLICE, SLICE_SECONDS, Undone, undo_slice
from storage.wakeup import LONGEST_SLEEP, sleep

log = logging.getLogger("rapport.jobs")

_ROOT = Path(__file__).resolve().parent.parent
_SILENCE = 60.0  # seconds in which the worker must say something
_RENEWED = 0.5  # seconds between two looks whether the job is still wanted
_PAUSE = 0.010  # seconds between two transactions of an undoing, in which others may write
_MOST_STAYING = 20  # contacts that are told by name
_RETRY = timedelta(seconds=5)
_LONGEST_LINE = 1 << 20


class NotFetched(Exception):
    """The file can't be fetched at all; the text is for its user."""


class Fetch(Protocol):
    """Brings a file that was sent into a chat."""

    async def __call__(self, file: SentFile, folder: Path) -> Path:
        """Where it is now. Raises NotFetched, and for the network's trouble OSError or TimeoutError."""


async def fetch_here(file: SentFile, folder: Path) -> Path:
    """A file of this machine, where it is."""
    return Path(file.ref)


class Jobs:
    """Does jobs one after the other; `fetches` by source: whoever has none of a source leaves its jobs alone."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, fetches: Mapping[str, Fetch]) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._fetches = fetches
        self._sources = ("", *fetches)

    async def run(self, bell: asyncio.Event) -> None:
        """Does them for ever."""
        while True:
            if not await self.do_next():
                await sleep(bell, await self._pause())

    async def do_next(self) -> bool:
        """Does the next job; False when there is none now. Raises the machine's trouble, after which it waits."""
        wall = self._clock.wall()
        job = await self._database.write(lambda connection: jobs.claim_job(connection, self._sources, wall=wall))
        if job is None:
            return False
        try:
            outcome = await self._tried(job)
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                await asyncio.shield(self._database.write(lambda connection: jobs.release(connection, job.id)))
            raise
        except Exception as error:
            trouble = is_trouble(error) or isinstance(error, TimeoutError)
            if not trouble:
                log.exception("job %d failed", job.id)
            log.warning("job %d is tried again: %s", job.id, type(error).__name__)
            until = self._clock.wall() + _RETRY * job.attempts
            await self._database.write(lambda connection: jobs.release(connection, job.id, until=until, counted=True))
            return True
        if outcome is not None:
            message, ended = self._told(job, outcome), self._clock.wall()
            await self._database.write(lambda connection: jobs.finish_job(connection, job.id, message, wall=ended))
        return True

    async def _tried(self, job: Job) -> Outcome | None:
        """What became of it; None when it was stopped."""
        nothing = Outcome(job.id, job.kind, job.inbox_id, _file(job))
        if job.attempts > ATTEMPTS:
            return replace(nothing, error="failed")
        if job.kind == "undo":
            return await self._undo(job)
        with tempfile.TemporaryDirectory(prefix="rapport-") as folder:
            file = _file(job)
            assert file is not None
            try:
                path = await self._fetches[job.arguments["source"]](file, Path(folder))
            except NotFetched as error:
                return replace(nothing, error=str(error))
            return await self._read(job, file, path)

    async def _read(self, job: Job, file: SentFile, path: Path) -> Outcome | None:
        """Lets the worker read the file."""
        habits, now = self._settings.habits, self._clock.now()
        database = _setting_of(self._database) if job.kind == "import" else ""
        team_zone = self._settings.team.zone
        asked = Asked(
            *(str(path), habits.country, habits.month_first, team_zone, now, job.user_id, job.inbox_id), database
        )
        last: dict[str, Any] = {}
        async with _worker() as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(to_json(asked).encode() + b"\n")
            await process.stdin.drain()
            while line := await self._line(process.stdout, job):
                if line == b"stopped":
                    return None
                last = json.loads(line)
            code = await process.wait()
        if code == os.EX_TEMPFAIL:
            raise TimeoutError("the database can't be written now")
        outcome = Outcome(job.id, job.kind, job.inbox_id, file)
        if not last.pop("end", False):
            return replace(outcome, error="The file is damaged, or too big. Save it anew, or as CSV.")
        return unpack(Outcome, {"job": job.id, "kind": job.kind, "changes": job.inbox_id, "file": _packed(job)} | last)

    async def _line(self, stream: asyncio.StreamReader, job: Job) -> bytes:
        """The worker's next line; empty at its end, `stopped` when the job was. Keeps the job ours meanwhile."""
        reading = asyncio.ensure_future(stream.readline())
        try:
            async with asyncio.timeout(_SILENCE):
                while not (await asyncio.wait([reading], timeout=_RENEWED))[0]:
                    if not await self._renew(job):
                        return b"stopped"
            return reading.result() if await self._renew(job) else b"stopped"
        finally:
            reading.cancel()

    async def _renew(self, job: Job) -> bool:
        wall = self._clock.wall()
        return await self._database.write(lambda connection: jobs.renew(connection, job.id, wall=wall))

    async def _undo(self, job: Job) -> Outcome | None:
        """Takes the changes of a message back, slice by slice, pausing between them for the others who write."""
        assert job.about is not None
        about, at, before, count, staying = job.about, self._clock.now(), 1 << 62, 0, list[str]()
        most, took = FIRST_SLICE, 0.0
        while True:

            def work(connection: Connection, before: int = before, most: int = most) -> Undone | None:
                nonlocal took
                begun = time.monotonic()
                trail = Trail(connection, at=at, user_id=job.user_id, inbox_id=job.inbox_id)
                going = jobs.renew(connection, job.id, wall=self._clock.wall())
                undone = undo_slice(trail, about, before, most) if going else None
                took = time.monotonic() - begun
                return undone

            undone = await self._database.write(work)
            most = max(10, min(1000, int(most * SLICE_SECONDS / took))) if took else most
            if undone is None:
                return None
            count, staying = count + undone.count, staying + list(undone.staying)
            if undone.before is None:
                names = tuple(staying[:_MOST_STAYING])
                return Outcome(job.id, "undo", job.inbox_id, rows=count, names=names, skipped=len(staying))
            before = undone.before
            await asyncio.sleep(_PAUSE)

    async def _pause(self) -> float:
        due = await self._database.read(lambda connection: jobs.next_job(connection, self._sources))
        return LONGEST_SLEEP if due is None else max(0.1, (due - self._clock.wall()).total_seconds())

    def _told(self, job: Job, outcome: Outcome) -> InboundMessage:
        """The outcome as the inbox keeps it, in the lane of who asked."""
        return InboundMessage(
            channel=job.channel,  # type: ignore[arg-type]
            external_id=f"job:{job.id}",
            lane=job.lane,
            sender=Sender("user", str(job.user_id)),
            at=self._clock.now(),
            reply_to=job.arguments.get("answers"),
            received=self._clock.now(),
            outcome=outcome,
        )


@asynccontextmanager
async def _worker() -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that reads a file, stopped at the end of the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.import_worker",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        cwd=_ROOT, limit=_LONGEST_LINE,
    )  # fmt: skip
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _setting_of(database: Database) -> str:
    """The database as another process, in another folder, can open it."""
    path = file_of(database)
    return database.url.render_as_string(hide_password=False) if path is None else str(path)


def _file(job: Job) -> SentFile | None:
    packed = _packed(job)
    return None if packed is None else unpack(SentFile, packed)


def _packed(job: Job) -> Any:
    return job.arguments.get("file")

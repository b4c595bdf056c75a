"""One backup a day beside the work, at a quiet moment of the night; what was missed while down is made up for."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.settings import Settings, data_folder
from storage.backup import CannotBackUp, back_up
from storage.backups import drop_old, kept_backups, next_backup, next_name
from storage.clock import Clock
from storage.database import Database, database_url
from storage.meta import write_meta
from storage.opening import file_of
from storage.wakeup import LONGEST_SLEEP

log = logging.getLogger("rapport.backup")

LAST = "last_backup"  # in the table meta: when the newest one was made, wherever it went
_QUIET = 15.0  # seconds without a write
_PATIENCE = 900.0  # seconds after which it needn't be quiet any more
_AGAIN = 3600.0  # seconds after a failure

Stop = Callable[[], bool]


def backup_folder(setting: str) -> Path:
    """Where the daily backups are: beside the SQLite file; those of PostgreSQL in the user's data folder."""
    url = database_url(setting)
    sqlite = url.get_backend_name() == "sqlite"
    return (Path(str(url.database)).resolve().parent if sqlite else data_folder()) / "backups"


def make_backup(database: Database, target: Path, clock: Clock, stop: Stop = lambda: False) -> None:
    """Writes a backup of an opened database to `target`, of whichever kind it is. Raises CannotBackUp."""
    file = file_of(database)
    if file is not None:
        back_up(file, target, wall=clock.wall(), stop=stop)
    else:
        from storage.dumping import dump

        dump(database.url, target, stop=stop)


async def back_up_daily(settings: Settings, database: Database, clock: Clock, bell: asyncio.Event) -> None:
    """Makes the backups that are due, for ever; `bell` rings when something is written."""
    folder = backup_folder(settings.database)
    while True:
        due = next_backup(folder, settings.team.zone, clock.wall())
        if (seconds := (due - clock.wall()).total_seconds()) > 0:
            await asyncio.sleep(min(seconds, LONGEST_SLEEP))
            continue
        await _quiet(bell)
        try:
            await _make(folder, database, clock)
        except (CannotBackUp, OSError) as error:
            log.error("no daily backup: %s", error if isinstance(error, CannotBackUp) else type(error).__name__)  # noqa: TRY400
            await asyncio.sleep(_AGAIN)


async def _make(folder: Path, database: Database, clock: Clock) -> None:
    begun = clock.wall()
    stop = threading.Event()
    try:
        size = await asyncio.to_thread(_make_and_drop, folder / next_name(begun), database, clock, stop.is_set)
    finally:
        stop.set()  # the thread gives up when this task is cancelled
    await database.write(lambda connection: write_meta(connection, LAST, begun.isoformat()))
    log.info("backed up: %d bytes", size)


def _make_and_drop(target: Path, database: Database, clock: Clock, stop: Stop) -> int:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_backup(database, target, clock, stop)
    drop_old(target.parent, target)
    return target.stat().st_size


async def _quiet(bell: asyncio.Event) -> None:
    """Waits until nothing was written for a while, but not for ever."""
    try:
        async with asyncio.timeout(_PATIENCE):
            while True:
                bell.clear()
                try:
                    async with asyncio.timeout(_QUIET):
                        await bell.wait()
                except TimeoutError:
                    return
    except TimeoutError:
        return


def last_backup(setting: str, told: str) -> datetime | None:
    """When the newest backup was made, as the folder and the database (`told`, of LAST) say; None without any."""
    moments = [kept.at for kept in kept_backups(backup_folder(setting))]
    if told:
        moments.append(datetime.fromisoformat(told))
    return max(moments, default=None)

"""The machine below: room on the disk, the clock, the age of the newest backup, who can read the settings."""

from __future__ import annotations

import shutil
import stat
from datetime import datetime, timedelta
from pathlib import Path

from bot.backups import backup_folder, last_backup
from bot.health.check import Check, fail, ok, size, span, warn
from bot.health.facts import Facts
from bot.settings import Settings
from storage.database import database_url

_LITTLE, _TOO_LITTLE = 1_000_000_000, 100_000_000  # bytes
_EARLIEST = datetime.fromisoformat("2026-01-01T00:00+00:00")
_DRIFT = timedelta(minutes=2)
_OLD = timedelta(hours=48)


def examine_machine(settings: Settings, facts: Facts | None, wall: datetime) -> list[Check]:
    """Disk, clock and backups."""
    file = _file(settings)
    return [
        *([] if file is None else [_disk(file)]),
        _clock(file, facts, wall, settings.team.zone),
        _backup(settings, facts, wall),
        *_private(),
    ]


def _file(settings: Settings) -> Path | None:
    url = database_url(settings.database)
    return Path(str(url.database)).resolve() if url.get_backend_name() == "sqlite" else None


def _disk(file: Path) -> Check:
    folder = next(parent for parent in file.parents if parent.is_dir())
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return fail("disk", f"{folder} can't be looked at ({error.strerror})", "is the disk mounted?")
    needed = file.stat().st_size if file.is_file() else 0
    what, todo = f"{size(free)} free at {folder}", "make room, or move the database (RAPPORT_DATABASE)"
    if free < _TOO_LITTLE:
        return fail("disk", what, todo)
    return warn("disk", what, todo) if free < _LITTLE + needed else ok("disk", what)


def _clock(file: Path | None, facts: Facts | None, wall: datetime, zone: str) -> Check:
    what = f"{wall:%Y-%m-%d %H:%M:%S} UTC, the team's zone is {zone}"
    todo = "set the machine's clock, best by NTP (timedatectl set-ntp true)"
    known = [moment for moment in (facts.newest if facts else None, _written(file, wall)) if moment]
    newest = max(known, default=wall)
    if wall < _EARLIEST:
        return fail("clock", f"{what}: that is long past", todo)
    if wall < newest - _DRIFT:
        return fail("clock", f"{what}: {span(newest - wall)} before the newest entry of the database", todo)
    return ok("clock", what)


def _written(file: Path | None, wall: datetime) -> datetime | None:
    if file is None or not file.is_file():
        return None
    return datetime.fromtimestamp(file.stat().st_mtime, wall.tzinfo)


def _backup(settings: Settings, facts: Facts | None, wall: datetime) -> Check:
    folder = backup_folder(settings.database)
    newest = last_backup(settings.database, facts.last_backup if facts else "")
    todo = f"rapport backup FILE now; `rapport run` makes one a day in {folder}"
    if newest is None:
        return warn("backup", "there is none", todo)
    age = wall - newest
    what = f"the newest is {span(age)} old"
    return warn("backup", what, todo) if age > _OLD else ok("backup", what)


def _private() -> list[Check]:
    file = Path("rapport.toml")
    try:
        mode = file.stat().st_mode
    except OSError:
        return []
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        return [warn("settings", f"other users of this machine can read {file.resolve()}", "chmod 600 rapport.toml")]
    return []

"""The folder of the daily backups: when the next one is due, and which ones are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

KEPT = 7
_HOUR = 3  # of the team's night
_NAME = re.compile(r"rapport-(\d{8}T\d{6})Z\.backup")
_FORM = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True)
class Kept:
    """One backup in the folder, and when it was begun."""

    path: Path
    at: datetime


def kept_backups(folder: Path) -> list[Kept]:
    """The daily backups, oldest first; what else lies there isn't ours."""
    if not folder.is_dir():
        return []
    found = ((path, _NAME.fullmatch(path.name)) for path in folder.iterdir())
    dated = [Kept(path, datetime.strptime(name[1], _FORM).replace(tzinfo=UTC)) for path, name in found if name]
    return sorted(dated, key=lambda kept: kept.at)


def next_name(wall: datetime) -> str:
    """What a backup that begins now is called."""
    return f"rapport-{wall.astimezone(UTC).strftime(_FORM)}Z.backup"


def next_backup(folder: Path, zone: str, wall: datetime) -> datetime:
    """When the next one is due: at three in the morning, or now when the last such hour brought none.

    One that is dated in the future (the machine's clock was wrong then) counts for nothing.
    """
    today = wall.astimezone(ZoneInfo(zone)).replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    last = today if today <= wall else today - timedelta(days=1)
    done = any(last <= kept.at <= wall for kept in kept_backups(folder))
    return last + timedelta(days=1) if done else wall


def drop_old(folder: Path, newest: Path) -> None:
    """Keeps the newest seven, the one just made among them in any case."""
    others = [kept.path for kept in kept_backups(folder) if kept.path != newest]
    for path in others[: max(0, len(others) - (KEPT - 1))]:
        path.unlink(missing_ok=True)

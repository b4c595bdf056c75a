"""Who has a database file open: all share a lock on a file beside it, and a restore needs it for itself.

SQLite's own locks don't tell this: a process that waits for one would go on with the file that was replaced. The
kernel lets go of a lock when its process ends, in whatever way.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from storage.errors import RapportError

_PATIENCE = 10.0  # seconds that opening waits for a restore's end
_LOOK = 0.02  # seconds between two looks


class InUse(RapportError):
    """Another process has the database open."""


class BeingRestored(RapportError, TimeoutError):
    """A restore is under way; the same can be tried again soon."""


@contextmanager
def shared(database: Path) -> Iterator[None]:
    """Has the file open among others, until the block ends. Raises BeingRestored."""
    descriptor = _open(database)
    try:
        if descriptor is not None and not _lock(descriptor, fcntl.LOCK_SH, _PATIENCE):
            raise BeingRestored(f"{database} is being restored from a backup. Try again in a minute.")
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """Nobody else of ours has the file open, or opens it, until the block ends. Raises InUse."""
    descriptor = _open(database)
    try:
        if descriptor is not None and not _lock(descriptor, fcntl.LOCK_EX, 0):
            raise InUse(f"A process has {database} open (run, chat or a mail server's pipe). Stop it first.")
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def give_like(path: Path, pattern: Path) -> None:
    """The same owner and rights as another file has, as far as we may: root works for the service's user."""
    with suppress(OSError):
        like = pattern.stat()
        path.chmod(like.st_mode & 0o666)
        os.chown(path, like.st_uid, like.st_gid)


def _open(database: Path) -> int | None:
    """The lock file, made as private as the database; None where none can be made: SQLite's own locks must do."""
    path = database.with_name(database.name + ".lock")
    try:
        fresh = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    if fresh:
        give_like(path, database)
    return descriptor


def _lock(descriptor: int, kind: int, patience: float) -> bool:
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(_LOOK)
        except OSError:
            return True  # a file system without locks
        else:
            return True

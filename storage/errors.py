"""The one tree of errors. A subclass names the situation; its message tells the user what to do next."""

from __future__ import annotations

# SQLite reports its own faults and ours under one class; these words tell which are the machine's.
_SQLITE_TROUBLE = ("locked", "busy", "full", "disk", "readonly", "unable to open", "i/o", "out of memory", "malformed")


class RapportError(Exception):
    """Something went wrong that a person can do something about: the message says what."""


class WrongUsage(RapportError):
    """The command was called in a way that can't work; nothing was done."""


class WrongSetting(RapportError):
    """A setting can't be used; the message names it and an example that works."""


class AccessRefused(RapportError):
    """A server refuses who we say we are: asked again soon and often, it may lock the account."""


class NewerSchema(RapportError):
    """The database was made by a newer Rapport."""


class CannotUndo(RapportError):
    """What was done can't be taken back any more; `task_id` is the task whose reminder has come since."""

    def __init__(self, message: str, task_id: int | None = None) -> None:
        super().__init__(message)
        self.task_id = task_id


class ChangedMeanwhile(RapportError):
    """Somebody else changed the record between our read and our write; the same step can be tried again."""


class NotFound(RapportError):
    """The record that was named isn't there (any more)."""


def is_trouble(error: BaseException) -> bool:
    """Is it the machine's fault (locks, disk, connection), so that no message may be blamed for it?"""
    # Imported here: the mail worker needs this tree, and no database.
    from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

    if isinstance(error, OperationalError | InterfaceError):
        if error.orig is not None and type(error.orig).__module__.startswith("sqlite3"):
            words = str(error.orig).lower()
            return any(word in words for word in _SQLITE_TROUBLE)
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated
    return isinstance(error, OSError | MemoryError)


def is_race(error: BaseException) -> bool:
    """Did another writer get there first, so that the same step may simply be tried again?"""
    from sqlalchemy.exc import IntegrityError

    return isinstance(error, IntegrityError | ChangedMeanwhile)

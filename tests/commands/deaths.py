"""A command that dies at its n-th step: python -m tests.commands.deaths FOLDER COMMAND..., a line of JSON for each n.

A step is whatever changes the folder (renaming, linking, removing, making, opening for SQLite) and each pause while
pages are copied; Python tells of each before it is done. Every death is forked from this one process.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import bot.commands.backup  # noqa: F401  (what is imported once, every life has)
from bot.cli import main

_STEPS = frozenset(("os.rename", "os.link", "os.remove", "os.chmod", "open", "sqlite3.connect", "time.sleep"))
_MOST = 300


def mark_of(database: Path) -> str:
    """What a test wrote into a database; "damaged", or "none" where there is no file."""
    if not database.exists():
        return "none"
    try:
        with closing(sqlite3.connect(database)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                return "damaged"
            return str(connection.execute("SELECT value FROM meta WHERE name = 'mark'").fetchone()[0])
    except sqlite3.DatabaseError:
        return "damaged"


def _die_at(number: int, folder: Path) -> None:
    left = number

    def hook(name: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if name not in _STEPS or not (name == "time.sleep" or str(folder) in str(arguments[0])):
            return
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _live(pristine: Path, folder: Path, words: list[str], number: int) -> dict[str, object]:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(pristine, folder)
    child = os.fork()
    if child == 0:
        _die_at(number, folder)
        sys.stdout = sys.stderr
        os._exit(main(words))
    _, status = os.waitpid(child, 0)
    return {
        "died": os.WIFSIGNALED(status),
        "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "database": mark_of(folder / "rapport.db"),
        "copy": mark_of(folder / "copy.backup"),
        "files": sorted(path.name for path in folder.iterdir()),
    }


if __name__ == "__main__":
    place = Path(sys.argv[1])
    for n in range(1, _MOST):
        found = _live(place / "pristine", place / "rapport", sys.argv[2:], n)
        print(json.dumps(found), flush=True)
        if not found["died"]:
            break

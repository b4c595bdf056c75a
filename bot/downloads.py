"""A file of a logged mail put onto the disk of who sits at the console: over no other file, readable by them alone."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from mail.enclosure import read_enclosure
from mail.errors import NoSuchPart
from storage.database import Database
from storage.messages import FileRef

_MOST = 1_000  # names that are tried


async def put_down(database: Database, file: FileRef, folder: Path | None) -> Path | None:
    """Where it is now: in this folder, else the current one or, where nothing can be written there, one of its own.

    None when the mail was forgotten meanwhile.
    """
    try:
        content = await read_enclosure(database, file)
    except NoSuchPart:
        return None
    return await asyncio.to_thread(_written, folder or Path.cwd(), file.name, content)


def _written(folder: Path, name: str, content: bytes) -> Path:
    try:
        return _write(folder, name, content)
    except OSError:
        return _write(Path(tempfile.mkdtemp(prefix="rapport-")), name, content)


def _write(folder: Path, name: str, content: bytes) -> Path:
    """Under its own name or, where that is taken, `offer (2).pdf`; nothing that is there is touched or followed."""
    plain = Path(name)
    for number in range(1, _MOST):
        path = folder / (name if number == 1 else f"{plain.stem} ({number}){plain.suffix}")
        try:
            place = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with open(place, "wb") as target:  # noqa: PTH123 (an open file, not a path)
            target.write(content)
        return path
    raise FileExistsError(name)

"""Mail that somebody kept: an mbox file, a Maildir, a folder of .eml files, or one mail; read one after the other."""

from __future__ import annotations

import gzip
import os
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

from mail.errors import ArchiveUnreadable
from mail.mbox import KNOWN_HEADER, is_mbox, split_mbox

_SUFFIXES = frozenset((".eml", ".emlx", ".mbox", ".mbx", ".gz", ""))  # Thunderbird's folders have none
_MAILDIR = ("cur", "new", "tmp")
_HEAD = 8192  # bytes that tell what a file is


@dataclass(frozen=True, slots=True)
class Entry:
    """One mail of an archive, or what is there instead of one."""

    place: str  # for people: the file and, in an mbox, where in it
    raw: bytes = b""
    problem: str = ""  # why there is no mail
    read: int = 0  # bytes of the archive that are behind it


def read_archive(path: Path, limit: int) -> Iterator[Entry]:
    """Its mails in order, those of a folder by name. Raises ArchiveUnreadable when there is nothing to look into.

    A mail of more than `limit` bytes, a file that breaks off and one that can't be opened are entries with a problem.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise ArchiveUnreadable(f"{path}: {error.strerror}.") from None
    if stat.S_ISREG(found.st_mode):
        yield from _file(path, path.name, limit, asked=True)
    elif stat.S_ISDIR(found.st_mode):
        behind = 0
        for file, is_mail in _files(path):
            for entry in _file(file, str(file.relative_to(path)), limit, asked=is_mail):
                yield replace(entry, read=behind + entry.read)
            behind += _size(file)
    else:
        raise ArchiveUnreadable(f"{path} is neither a file nor a folder.")


def size_of(path: Path) -> int:
    """Bytes of all that read_archive looks into, for telling how far it is."""
    return sum(_size(file) for file, _ in _files(path)) if path.is_dir() else _size(path)


def _files(folder: Path) -> Iterator[tuple[Path, bool]]:
    """The files below a folder that may hold mail, and whether they can't be anything else.

    A link to a folder may lead in a circle, and reading a pipe never ends: both are left out.
    """
    with os.scandir(folder) as entries:
        inside = sorted(entries, key=lambda entry: entry.name)
    folders = [entry.name for entry in inside if entry.is_dir(follow_symlinks=False)]
    is_maildir = {"cur", "new"} <= set(folders)
    if is_maildir:  # what lies beside the two is its server's, and what is in tmp never arrived
        for name in ("cur", "new"):
            yield from _files(folder / name)
    else:
        of_maildir = folder.name in ("cur", "new")
        for entry in inside:
            path = Path(entry.path)
            suffix = path.suffix.lower()
            if entry.is_file() and (of_maildir or suffix in _SUFFIXES):
                yield path, of_maildir or suffix in (".eml", ".emlx")
    for name in folders:
        if not (is_maildir and name in _MAILDIR):
            yield from _files(folder / name)


def _file(path: Path, place: str, limit: int, *, asked: bool) -> Iterator[Entry]:
    """What is in a file, told by its content. `asked`: that it is no mail is a problem, not a file to pass over."""
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            source = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if zipped else file
            head = source.read(_HEAD)
            source.seek(0)
            if is_mbox(head):
                for piece in split_mbox(source, limit):
                    where = f"{place}, mail {piece.number} (byte {piece.at})"
                    yield _entry(where, piece.raw, piece.size, limit, file.tell())
            elif asked or KNOWN_HEADER.search(head):
                yield _one(source, path, place, limit, _size(path))
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield Entry(place, problem="The compressed file is damaged: what follows can't be read.")
    except OSError as error:
        yield Entry(place, problem=f"{error.strerror or 'It cannot be read'}.")


def _one(source: BinaryIO, path: Path, place: str, limit: int, size: int) -> Entry:
    """A file that is one mail; Apple Mail's .emlx says in its first line how long it is, and goes on behind it."""
    raw: bytes = source.read(limit + _HEAD)
    if path.suffix.lower() == ".emlx":
        length, _, rest = raw.partition(b"\n")
        if length.strip().isdigit():
            raw = rest[: int(length)]
    elif raw and not KNOWN_HEADER.search(raw, 0, _HEAD):
        return Entry(place, problem="It is neither a mail nor an mbox file.", read=size)
    return _entry(place, raw, max(len(raw), size if len(raw) > limit else 0), limit, size)


def _entry(place: str, raw: bytes | None, size: int, limit: int, read: int) -> Entry:
    if raw is not None and len(raw) <= limit:
        return Entry(place, raw, read=read)
    problem = f"The mail has {size >> 20} MB; {limit >> 20} MB is the most that is taken."
    return Entry(place, problem=problem, read=read)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0

"""Tables in text files: separator and header found by looking, rows with the line that they begin on."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from storage.importing.encodings import encoding_of
from storage.importing.recognise import weight
from storage.importing.records import CannotImport, Problem

Row = tuple[int, list[str]]  # the line that it begins on, and its cells

LONGEST = 1 << 20  # characters of one row: a longer one is a quote that nobody closed
PREAMBLE = 30  # rows among which the header is looked for
_SEPARATORS = (",", ";", "\t", "|")
_SEP = re.compile(r"^\ufeff?sep=(.)\s*$", re.IGNORECASE)
_PATIENCE = 50  # broken rows after which the lines that they swallowed aren't read again


def read_delimited(path: Path, *, system: str | None = None) -> Iterator[Row | Problem]:
    """The rows of a CSV or TSV file from its first line on, empty ones left out. Raises CannotImport."""
    encoding = encoding_of(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        separator = _separator(list(islice(_lines(file), 200)), system)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        yield from rows_of(_lines(file), separator)


def rows_of(lines: Iterable[str], separator: str) -> Iterator[Row | Problem]:
    """The rows of these lines. A row that is broken is a problem of its first line; the next line starts anew."""
    csv.field_size_limit(LONGEST)
    feed = _Feed(lines)
    broken = 0
    while True:
        feed.begin()
        try:
            cells = next(csv.reader(feed, delimiter=separator))
        except StopIteration:
            return
        except csv.Error:
            cells = None
        if cells is not None and not feed.unclosed:
            if any(cells) and not _SEP.match(separator.join(cells)):
                yield feed.start, [cell.replace("\0", "").strip() for cell in cells]
            continue
        broken += 1
        feed.back(whole=broken <= _PATIENCE)
        yield Problem(feed.start, "a quote isn't closed, or the row is longer than a million characters", lost=True)


class _Feed:
    """Lines for the reader of one row at a time; remembers them, so that all but the first can be read again."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: list[str] = []
        self._taken: list[str] = []
        self._next = 1
        self._size = 0
        self.start = 1

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if self._size > LONGEST:
            raise csv.Error("too long")
        line = self._again.pop() if self._again else next(self._lines)
        self._taken.append(line)
        self._size += len(line)
        if len(line) > LONGEST:
            raise csv.Error("too long")
        return line

    @property
    def unclosed(self) -> bool:
        """Did the row run to the end of the file inside a quote?"""
        if len(self._taken) < 2 or self._again:
            return False
        if sum(line.count('"') for line in self._taken) % 2 == 0:
            return False
        following = next(self._lines, None)
        if following is not None:
            self._again.append(following)
        return following is None

    def begin(self) -> None:
        """The next row begins on the next line."""
        self._next += len(self._taken)
        self.start = self._next
        self._taken, self._size = [], 0

    def back(self, *, whole: bool) -> None:
        """Only the first line was the broken row; the others are read again."""
        if whole:
            self._again.extend(reversed(self._taken[1:]))
            self._taken = self._taken[:1]


def _lines(file: TextIO) -> Iterator[str]:
    """Lines of bounded length: a file without line breaks mustn't fill the memory."""
    while line := file.readline(LONGEST + 1):
        yield line
        while len(line) > LONGEST and not line.endswith(("\n", "\r")):
            line = file.readline(LONGEST + 1)


def _separator(sample: list[str], system: str | None) -> str:
    """The separator under which a header is recognised, or else the rows are alike."""
    if not sample:
        raise CannotImport("The file is empty.")
    if told := _SEP.match(sample[0]):
        return told[1]
    return max(_SEPARATORS, key=lambda each: _fit(sample, each, system))


def _fit(sample: list[str], separator: str, system: str | None) -> tuple[int, int]:
    rows = [row[1] for row in islice(rows_of(sample, separator), 100) if not isinstance(row, Problem)]
    widths = [len(row) for row in rows if len(row) > 1]
    common = max(map(widths.count, set(widths)), default=0)
    return max((weight(row, system) for row in rows[:PREAMBLE]), default=0), common

"""Workbooks (XLSX, XLS, ODS) and the HTML tables that some systems name .xls: the same rows as a text table's."""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

from storage.importing.encodings import encoding_of
from storage.importing.recognise import weight
from storage.importing.records import CannotImport
from storage.importing.tables import LONGEST, PREAMBLE, Row

_MOST_CELLS = 40_000_000  # of a sheet: it is held as a whole, some 30 bytes a cell
_MOST_BYTES = 2 << 30  # of a workbook, unpacked
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
_CHARSET = re.compile(rb"charset=[\"']?([\w-]{3,20})", re.IGNORECASE)
_CHUNK = 1 << 18


def read_workbook(path: Path, *, system: str | None = None) -> Iterator[Row]:
    """The rows of the sheet that looks most like a table of people or deals. Raises CannotImport."""
    from python_calamine import CalamineError, CalamineWorkbook

    _check_size(path)
    try:
        with CalamineWorkbook.from_path(path) as book:
            best, most = 0, -1
            for place in range(min(len(book.sheet_names), 20)):
                found = max((weight(row, system) for _, row in _head(book.get_sheet_by_index(place))), default=0)
                if found > most:
                    best, most = place, found
            if most < 0:
                raise CannotImport("The workbook has no sheets.")
            sheet = book.get_sheet_by_index(best)
            for line, values in enumerate(sheet.iter_rows(), 1):
                cells = [_text(value) for value in values]
                if any(cells):
                    yield line, cells
    except CalamineError as error:
        raise CannotImport("The workbook is damaged, or locked by a password. Save it anew, or as CSV.") from error


def read_html(path: Path) -> Iterator[Row]:
    """The rows of an HTML file's tables, numbered from 1."""
    with path.open("rb") as file:
        told = _CHARSET.search(file.read(4096))
    encoding = encoding_of(path)
    if encoding.startswith("cp") and told:
        encoding = _known_encoding(told[1].decode()) or encoding
    parser = _TableParser()
    number = 0
    with path.open(encoding=encoding, errors="replace") as text:
        while chunk := text.read(_CHUNK):
            parser.feed(chunk)
            for cells in parser.taken():
                number += 1
                if any(cells):
                    yield number, cells
    parser.close()
    for cells in parser.taken():
        number += 1
        if any(cells):
            yield number, cells


class _TableParser(HTMLParser):
    """Collects the cells of rows; nested tables are text of their cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._rows: list[list[str]] = []
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._size = 0

    def taken(self) -> list[list[str]]:
        """The rows that are complete by now, once each."""
        rows, self._rows = self._rows, []
        return rows

    def close(self) -> None:
        """The end of the file ends the last row."""
        super().close()
        self._end_row()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._end_row()
            self._row = []
        elif tag in ("td", "th") and self._row is not None:
            self._end_cell()
            self._cell, self._size = [], 0
        elif tag in ("br", "p", "div") and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and self._size < LONGEST:
            self._cell.append(data)
            self._size += len(data)

    def _end_cell(self) -> None:
        if self._cell is not None and self._row is not None:
            lines = (" ".join(line.split()) for line in "".join(self._cell).split("\n"))
            self._row.append("\n".join(line for line in lines if line))
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row:
            self._rows.append(self._row)
        self._row = None


def _head(sheet: object) -> Iterator[Row]:
    rows = sheet.to_python(skip_empty_area=False, nrows=PREAMBLE)  # type: ignore[attr-defined]
    for line, values in enumerate(rows, 1):
        yield line, [_text(value) for value in values]


def _text(value: object) -> str:
    """A cell as people write it: whole numbers without a point, moments in ISO."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).replace("\0", "").strip()[:LONGEST]


def _check_size(path: Path) -> None:
    """Refuses a workbook that would fill the memory: its sheets are held densely, up to their last cell."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(each.file_size for each in archive.infolist()) > _MOST_BYTES:
                raise CannotImport("The workbook is too big. Split it, or save it as CSV.")
            for each in archive.infolist():
                if each.filename.startswith("xl/worksheets/") and each.filename.endswith(".xml"):
                    _check_sheet(archive, each)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise CannotImport("The workbook is damaged. Save it anew, or as CSV.") from error


def _check_sheet(archive: zipfile.ZipFile, each: zipfile.ZipInfo) -> None:
    width = height = 1
    rest = b""
    with archive.open(each) as file:
        while chunk := file.read(_CHUNK):
            for column, row in _CELL.findall(rest + chunk):
                width = max(width, _number(column))
                height = max(height, int(row))
            rest = chunk[-30:]
            if width * height > _MOST_CELLS:
                raise CannotImport("The sheet is too big. Split it, or save it as CSV.")


def _number(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""

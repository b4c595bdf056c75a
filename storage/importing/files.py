"""A file of any kind as steps to be taken: told by its first bytes, read bit by bit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from storage.changes import BulkTrail
from storage.importing import own_people, own_work
from storage.importing.encodings import encoding_of, is_text
from storage.importing.jsonl import Line, WrongValue, read_lines
from storage.importing.known import Known
from storage.importing.offers import put_offer
from storage.importing.people import put_firm, put_person
from storage.importing.recognise import recognise, weight
from storage.importing.records import CannotImport, Counts, Firm, Offer, Person, Problem, Record, Source
from storage.importing.rows import RowReader, habits_of
from storage.importing.sheets import read_html, read_workbook
from storage.importing.tables import PREAMBLE, Row, read_delimited
from storage.importing.values import Habits
from storage.importing.vcards import read_cards

_HEAD = 1000  # rows that tell how a file writes its days
_COUNTED = {"added": Counts(added=1), "updated": Counts(updated=1), "unchanged": Counts(unchanged=1)}


@dataclass(frozen=True, slots=True)
class Step:
    """One record, and what is to be done with it in a transaction."""

    line: int
    run: Callable[[BulkTrail, Known], Counts]
    name: str = ""  # whom it is about


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that can be read: what it was recognised as, and its steps and problems in order."""

    label: str
    steps: Iterator[Step | Problem]


def open_file(path: Path, habits: Habits, system: str | None = None) -> Opened:
    """Looks what a file is. Raises CannotImport when it is nothing that we can read."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise CannotImport(f"{path}: {error.strerror or 'it cannot be read'}") from error
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise CannotImport(f"{path.name}: the file is empty.")
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _table(path, read_workbook(path, system=system), habits, system)
    if not is_text(head):
        raise CannotImport(f"{path.name} is none of CSV, TSV, XLSX, ODS, XLS, vCard and our own .jsonl.")
    start = head.decode(encoding_of(path), "replace").lstrip("\ufeff \t\r\n")
    if start[:11].upper() == "BEGIN:VCARD":
        return Opened("vCard", map(_step(Source("vcard", "vCard", "contacts")), read_cards(path, habits)))
    if start.startswith("{"):
        return Opened("Rapport", _own(path))
    if start.startswith("<"):
        return _table(path, read_html(path), habits, system)
    return _table(path, read_delimited(path, system=system), habits, system)


def _table(path: Path, rows: Iterator[Row] | Iterator[Row | Problem], habits: Habits, system: str | None) -> Opened:
    """Finds the header among the first rows; what stands above it is no data."""
    first = list(islice(rows, PREAMBLE))
    weights = [0 if isinstance(row, Problem) else weight(row[1], system) for row in first]
    place = max(range(len(first)), key=lambda each: weights[each], default=0)
    header = first[place] if first else None
    columns = recognise(header[1], system) if header is not None and not isinstance(header, Problem) else None
    if columns is None:
        raise CannotImport(
            f"{path.name}: no row names its columns. The first one should read, for example: Name,Email,Phone,Company"
        )
    data = list(chain(first[place + 1 :], islice(rows, _HEAD)))
    cells = [row[1] for row in data if not isinstance(row, Problem)]
    reader = RowReader(columns, habits_of(columns, cells, habits))
    step = _step(columns.source)

    def steps() -> Iterator[Step | Problem]:
        for row in chain(data, rows):
            if isinstance(row, Problem):
                yield row
            elif not _is_footer(row[1], len(columns.fields)):
                yield from map(step, reader.read(*row))

    label = " ".join(filter(None, (columns.source.label, columns.source.kind)))
    return Opened(label, steps())


def _is_footer(row: list[str], width: int) -> bool:
    """Reports end with lines of totals and copyrights: one cell where the header had many."""
    return width > 3 and len(row) == 1


def _step(source: Source) -> Callable[[Record | Problem], Step | Problem]:
    def made(record: Record | Problem) -> Step | Problem:
        if isinstance(record, Problem):
            return record

        def run(trail: BulkTrail, known: Known) -> Counts:
            if isinstance(record, Person):
                return _COUNTED[put_person(trail, known, record, source)[1]]
            if isinstance(record, Firm):
                return _COUNTED[put_firm(trail, known, record, source)[1]]
            if isinstance(record, Offer):
                return _COUNTED[put_offer(trail, known, record, source)[1]]
            return Counts(skipped=1)

        return Step(record.line, run, record.name if isinstance(record, Person | Firm) else "")

    return made


_PASSES: tuple[dict[str, Callable[[BulkTrail, Known, Line], Counts]], ...] = (  # who is referred to comes first
    {"user": own_people.put_user, "company": own_people.put_company, "contact": own_people.put_contact},
    {"deal": own_work.put_deal, "interaction": own_work.put_interaction},
    {"note": own_work.put_note, "task": own_work.put_task},
    {"reminder": own_work.put_reminder},
    {"company": own_work.put_listed_notes, "contact": own_work.put_listed_notes, "task": own_work.put_parent},
)


def _own(path: Path) -> Iterator[Step | Problem]:
    """An export is read several times, so that nothing refers to what isn't there yet, and little is remembered."""
    for number, kinds in enumerate(_PASSES):
        for line in read_lines(path, frozenset(kinds), tell=number == 0):
            yield line if isinstance(line, Problem) else _own_step(line, kinds[line.type])


def _own_step(line: Line, put: Callable[[BulkTrail, Known, Line], Counts]) -> Step:
    def run(trail: BulkTrail, known: Known) -> Counts:
        try:
            return put(trail, known, line)
        except WrongValue as error:
            known.tell(line.number, str(error))
            return Counts(skipped=1)

    name = line.values.get("name")
    return Step(line.number, run, name if isinstance(name, str) and line.type == "contact" else "")

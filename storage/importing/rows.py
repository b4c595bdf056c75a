"""One row of a recognised table becomes one record; what can't be read of it is told, the rest goes in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from storage.importing.headers import address_part, meaning, plain, says_company
from storage.importing.recognise import Columns
from storage.importing.records import Firm, Offer, Person, Problem, Record, Skipped
from storage.importing.values import (
    Habits,
    amount_in,
    clean,
    day_in,
    domain_in,
    emails_in,
    is_no_day,
    is_true,
    month_first,
    percent_in,
    phones_in,
    tags_in,
    telegram_in,
)

_RELATION = re.compile(r"^[A-Za-z]+::::")
_TYPED = ("website", "linkedin", "industry", "nickname", "tax_id")  # the team's own fields, kept by their name
_SHOWN = 60  # characters of a value that a problem names
_Cells = dict[str, list[tuple[str, str]]]  # field -> its headers and values, in the file's order


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the rows of one file."""

    columns: Columns
    habits: Habits

    def read(self, line: int, row: Sequence[str]) -> Iterator[Record | Problem]:
        """A problem for each cell that can't be read, and the record, unless nothing of the row is left."""
        cells = self._cells(row)
        if any(is_true(value) for _, value in cells.get("deleted", ())):
            yield Skipped(line)
            return
        problems: list[Problem] = []
        kind = self.columns.source.kind
        if kind == "companies" or any(says_company(value) for _, value in cells.get("type", ())):
            record: Record | None = self._firm(line, cells)
        elif kind == "deals":
            record = self._offer(line, cells, problems)
        else:
            record = self._person(line, cells, problems)
        yield from problems
        if record is not None:
            yield record
        elif kind in ("companies", "deals"):
            yield Problem(line, "the row has no name", lost=True)
        else:
            yield Problem(line, "the row has no name, address or number", lost=True)

    def _cells(self, row: Sequence[str]) -> _Cells:
        cells: _Cells = {}
        for place, value in enumerate(row):
            value = clean(value)
            if not value or place >= len(self.columns.fields):
                if value:
                    cells.setdefault("", []).append(("", value))
                continue
            field = self.columns.fields[place]
            if field != "-":
                cells.setdefault(field, []).append((self.columns.headers[place], _RELATION.sub("", value)))
        return cells

    def _person(self, line: int, cells: _Cells, problems: list[Problem]) -> Person | Firm | None:
        rest: list[tuple[str, str]] = []
        emails = _read(line, cells, ("email",), emails_in, "is no mail address", problems)
        phones = _read(
            line,
            cells,
            ("phone", "mobile"),
            lambda text: phones_in(text, self.habits.country),
            "is no number",
            problems,
        )
        first, middle, last = (_first(cells, each) for each in ("first_name", "middle_name", "last_name"))
        name = " ".join(filter(None, (first, middle, last))) or _first(cells, "full_name")
        company = _first(cells, "company")
        if self.columns.source.system == "rapport" and "full_name" in cells:
            name = _first(cells, "full_name")
        leads = self.columns.source.kind == "leads"
        title = _first(cells, "title")
        if leads and not (name or company):
            name, title = title[:300], ""
        if not (name or emails or phones or telegram_in(_first(cells, "telegram"))):
            return self._firm(line, cells)
        status, told = self._status(cells)
        if told:
            rest.append(told)
        rest += [(header, value) for header, value in cells.get("title", ()) if title and value == title]
        named = (field for field in _TYPED if field in cells)
        fields = [(field, _first(cells, field)) for field in named]
        if self.columns.source.system == "rapport":
            fields += _own_fields(_first(cells, "fields"))
            cells.pop("fields", None)
        addresses, parts = self._addresses(cells)
        return Person(
            line,
            name=" ".join(name.split())[:300],
            first_name=first[:150],
            last_name=last[:150],
            company=company[:300],
            title=_first(cells, "job_title")[:200],
            emails=emails,
            phones=phones,
            telegram=telegram_in(_first(cells, "telegram")),
            addresses=addresses,
            birthday=self._day(line, cells, "birthday", problems),
            status=status,
            source=_first(cells, "source")[:200],
            owner=_first(cells, "owner"),
            tags=tuple(dict.fromkeys(tag for _, value in cells.get("tags", ()) for tag in tags_in(value))),
            fields=tuple(fields),
            notes=_notes(cells),
            rest=(*rest, *self._rest(cells, _PERSON, parts)),
            external_id=_first(cells, "external_id")[:200],
        )

    def _firm(self, line: int, cells: _Cells) -> Firm | None:
        name = _first(cells, "company") or _first(cells, "full_name")
        if not name:
            return None
        domain = domain_in(_first(cells, "website"))
        taken = _FIRM | ({"website"} if domain else set())
        return Firm(line, name[:300], (domain,) if domain else (), _notes(cells), self._rest(cells, taken, set()))

    def _offer(self, line: int, cells: _Cells, problems: list[Problem]) -> Offer | None:
        title = _first(cells, "title") or _first(cells, "full_name")
        company = _first(cells, "company")
        person = self._contact(line, cells, problems)
        if not title:
            title = company or (person.name if person else "")
        if not title:
            return None
        amount, currency = None, _first(cells, "currency").upper()
        if text := _first(cells, "amount"):
            amount, told = amount_in(text)
            currency = currency or told
            if amount is None:
                problems.append(Problem(line, f"{shown(text)} is no amount"))
        chance = _first(cells, "probability")
        stage = _first(cells, "stage")
        return Offer(
            line,
            title[:300],
            person,
            company=company[:300],
            amount=amount,
            currency=currency if re.fullmatch(r"[A-Z]{3}", currency) else "",
            stage=stage[:100],
            outcome=meaning("stages", _first(cells, "status")) or meaning("stages", stage),
            probability=percent_in(chance) if chance else None,
            close_on=self._day(line, cells, "close_date", problems),
            owner=_first(cells, "owner"),
            notes=_notes(cells),
            rest=self._rest(cells, _OFFER, set()),
            external_id=_first(cells, "external_id")[:200],
        )

    def _contact(self, line: int, cells: _Cells, problems: list[Problem]) -> Person | None:
        """The person whom a deal's row names."""
        first, last = _first(cells, "contact_first_name"), _first(cells, "contact_last_name")
        name = " ".join(filter(None, (first, last))) or _first(cells, "contact")
        emails = _read(line, cells, ("contact_email", "email"), emails_in, "is no mail address", problems)
        phones = _read(
            line,
            cells,
            ("contact_phone", "phone", "mobile"),
            lambda text: phones_in(text, self.habits.country),
            "is no number",
            problems,
        )
        if not (name or emails or phones):
            return None
        person = Person(line, name=" ".join(name.split())[:300], emails=emails, phones=phones)
        return replace(
            person,
            first_name=first[:150],
            last_name=last[:150],
            company=_first(cells, "company")[:300],
            title=_first(cells, "job_title")[:200],
        )

    def _status(self, cells: _Cells) -> tuple[str, tuple[str, str] | None]:
        """Our status, and the column to be noted when its word isn't ours."""
        for field in ("status", "lifecycle"):
            for header, value in cells.get(field, ()):
                if self.columns.source.system == "rapport":
                    return value[:40], None
                known = meaning("statuses", value)
                if known:
                    return known, None
                return "lead" if self.columns.source.kind == "leads" else "", (header, value)
        return ("lead", None) if self.columns.source.kind == "leads" else ("", None)

    def _addresses(self, cells: _Cells) -> tuple[tuple[str, ...], set[str]]:
        """Whole addresses, and those that are spread over columns; which headers the latter took."""
        found = [value for _, value in cells.get("address", ())]
        if self.columns.source.system == "rapport":
            found = [line for value in found for line in value.split("\n") if line]
        groups: dict[str, list[str]] = {}
        parts = set()
        for field in ("", "city", "country"):
            for header, value in cells.get(field, ()):
                group, is_part = address_part(plain(header)) if header else ("", False)
                if is_part:
                    parts.add(header)
                    groups.setdefault(group, []).append(" ".join(value.split()))
        found += [", ".join(dict.fromkeys(values)) for values in groups.values()]
        return tuple(dict.fromkeys(each[:1000] for each in found)), parts

    def _day(self, line: int, cells: _Cells, field: str, problems: list[Problem]) -> str:
        text = _first(cells, field)
        if not text or is_no_day(text):
            return ""
        day = day_in(text, self.habits)
        if not day or (field == "close_date" and day.startswith("--")):
            problems.append(Problem(line, f"{shown(text)} is no date"))
            return ""
        return day

    def _rest(self, cells: _Cells, taken: frozenset[str] | set[str], parts: set[str]) -> tuple[tuple[str, str], ...]:
        return tuple(
            pair for field, pairs in cells.items() if field not in taken for pair in pairs if pair[0] not in parts
        )


_PERSON = frozenset(
    [
        "first_name",
        "middle_name",
        "last_name",
        "full_name",
        "company",
        "title",
        "job_title",
        "email",
        "phone",
        "mobile",
        "telegram",
        "address",
        "birthday",
        "status",
        "lifecycle",
        "source",
        "owner",
        "tags",
        "notes",
        "external_id",
        "deleted",
        "type",
        "salutation",
    ]
) | set(_TYPED)
_FIRM = frozenset({"company", "full_name", "notes", "external_id", "deleted", "type"})
_OFFER = frozenset(
    [
        "title",
        "full_name",
        "company",
        "contact",
        "contact_first_name",
        "contact_last_name",
        "contact_email",
        "contact_phone",
        "email",
        "phone",
        "mobile",
        "job_title",
        "amount",
        "currency",
        "stage",
        "status",
        "probability",
        "close_date",
        "owner",
        "notes",
        "external_id",
        "deleted",
    ]
)


def habits_of(columns: Columns, rows: Sequence[Sequence[str]], habits: Habits) -> Habits:
    """How this file writes days, told by its first rows."""
    days = {place for place, field in enumerate(columns.fields) if field in ("birthday", "close_date")}
    texts = [row[place] for row in rows for place in days if place < len(row)]
    return replace(habits, month_first=month_first(texts, habits.month_first))


def _first(cells: _Cells, field: str) -> str:
    pairs = cells.get(field)
    return pairs[0][1].strip() if pairs else ""


def _notes(cells: _Cells) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for _, value in cells.get("notes", ())))


def _read(
    line: int,
    cells: _Cells,
    fields: tuple[str, ...],
    read: Callable[[str], tuple[list[str], list[str]]],
    wrong: str,
    problems: list[Problem],
) -> tuple[str, ...]:
    found: list[str] = []
    for field in fields:
        for _, value in cells.get(field, ()):
            good, bad = read(value)
            found += [each for each in good if each not in found]
            problems += [Problem(line, f"{shown(each)} {wrong}") for each in bad]
    return tuple(found)


def _own_fields(text: str) -> list[tuple[str, str]]:
    pairs = (line.partition(": ") for line in text.split("\n"))
    return [(name, value) for name, _, value in pairs if name]


def shown(text: str) -> str:
    """A value as a problem names it."""
    text = " ".join(text.split())
    return f"“{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}”"

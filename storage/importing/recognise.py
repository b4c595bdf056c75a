"""Whose file it is: the header row, the system that wrote it, and what each column is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.importing.headers import Layout, common_field, is_ignored, layouts, plain
from storage.importing.records import Source

UNKNOWN = Source("table", "", "contacts")
_NAMING = frozenset({"full_name", "first_name", "last_name", "email", "phone", "mobile", "company", "title", "contact"})
_PERSONAL = frozenset({"full_name", "first_name", "last_name", "email", "phone", "mobile"})


@dataclass(frozen=True, slots=True)
class Columns:
    """A recognised header: `fields` by place, "" for what has no place of ours, "-" for what is left out."""

    source: Source
    headers: tuple[str, ...]
    fields: tuple[str, ...]


def recognise(header: Sequence[str], system: str | None = None) -> Columns | None:
    """What a header row's columns are; None when it doesn't name people, firms or deals."""
    names = [plain(each) for each in header]
    layout = _layout(set(names), system)
    fields = tuple(_field(name, layout) for name in names)
    if not _NAMING & set(fields):
        return None
    source = UNKNOWN if layout is None else Source(layout.system, layout.label, layout.kind)
    if layout is None:
        source = _unknown(set(fields), system)
    headers = tuple(" ".join(each.replace("\ufeff", "").split()) for each in header)
    return Columns(source, headers, fields)


def weight(header: Sequence[str], system: str | None = None) -> int:
    """How much a row looks like a header: its known column names; a known system's counts more than all else."""
    names = [plain(each) for each in header]
    if not 0 < len([name for name in names if name]) <= 2000:
        return 0
    layout = _layout(set(names), system)
    fields = {name: _field(name, layout) for name in names}
    if not _NAMING & set(fields.values()):
        return 0
    return sum(1 for field in fields.values() if field not in ("", "-")) + (100 if layout else 0)


def _layout(names: set[str], system: str | None) -> Layout | None:
    """The layout whose telling headers are all there; a deals file may carry its people's columns too."""
    fitting = [
        each
        for each in layouts()
        if each.detect <= names and not each.without & names and system in (None, each.system)
    ]
    if not fitting and system:
        known = [each for each in layouts() if each.system == system]
        fitting = [each for each in known if sum(each.field_of(name) != "" for name in names) >= min(3, len(names))]
    best = max(fitting, key=lambda each: (each.kind == "deals", _known(each, names), len(each.detect)), default=None)
    return best if best is not None and _known(best, names) else None


def _known(layout: Layout, names: set[str]) -> int:
    return sum(1 for name in names if layout.field_of(name))


def _field(name: str, layout: Layout | None) -> str:
    if not name:
        return ""
    found = layout.field_of(name) if layout is not None else ""
    if found or is_ignored(name):
        return found or "-"
    common = common_field(name)
    if layout is None:
        return common
    # Beside a system's own columns only what can't be mistaken: its words for the rest may mean something else.
    return common if common in ("email", "phone", "mobile", "telegram", "birthday", "website") else ""


def _unknown(fields: set[str], system: str | None) -> Source:
    kind = "contacts"
    if ("stage" in fields and fields & {"title", "full_name"}) or {"title", "amount"} <= fields:
        kind = "deals"
    elif not fields & _PERSONAL and "company" in fields:
        kind = "companies"
    elif "lead_status" in fields:
        kind = "leads"
    return Source(system or UNKNOWN.system, "", kind)

"""The column names of other systems' exports, from headers.json: recognition compares headers in one plain form."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_DASHES = str.maketrans("–—‑−", "----")
_LABEL = re.compile(r"\s*\(([^()]{1,30})\)$")
_DIGITS = re.compile(r"\d+")
_LAST_NUMBER = re.compile(r"\s*[-#]?\s*\d+$")


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of file of one system: which headers tell it, and what its columns are (plain header -> our field)."""

    system: str
    label: str
    kind: str  # contacts, leads, companies, deals
    detect: frozenset[str]
    without: frozenset[str]
    columns: dict[str, str]

    def field_of(self, header: str) -> str:
        """Our field for a plain header; "" when it is none of this layout's."""
        for form in (header, _LABEL.sub(r" - \1", header), _DIGITS.sub("#", header), _LAST_NUMBER.sub("", header)):
            if form in self.columns:
                return self.columns[form]
        return ""


def plain(header: str) -> str:
    """A header as it is compared: no BOM, blanks or required mark, one case, one dash, ё as е."""
    text = header.replace("\ufeff", "").translate(_DASHES).casefold().replace("ё", "е")
    return " ".join(text.split()).rstrip("*: ").strip()


@cache
def layouts() -> tuple[Layout, ...]:
    """Every known layout."""
    found = []
    for system, about in _data()["systems"].items():
        for each in about["layouts"]:
            columns = {plain(header): field for header, field in each["columns"].items()}
            for header, field in list(columns.items()):
                columns.setdefault(_DIGITS.sub("#", header), field)
            found.append(
                Layout(
                    system,
                    about["label"],
                    each["kind"],
                    frozenset(map(plain, each["detect"])),
                    frozenset(map(plain, each.get("without", ()))),
                    columns,
                )
            )
    return tuple(found)


def systems() -> dict[str, str]:
    """The known systems: key -> label."""
    return {key: about["label"] for key, about in _data()["systems"].items()}


def common_field(header: str) -> str:
    """Our field for a plain header that could be anybody's; "" when it says nothing."""
    known = _synonyms()
    for form in (header, _LABEL.sub("", header), _LAST_NUMBER.sub("", header), header.replace("_", " ")):
        if form in known:
            return known[form]
    return ""


def address_part(header: str) -> tuple[str, bool]:
    """Of which address a column is a part: what stands before the part's name, and whether it is one at all."""
    for part in _address_parts():
        if header == part or header.endswith((f" {part}", f"- {part}", f": {part}")):
            return header[: -len(part)].rstrip(" -:"), True
    return "", False


def is_ignored(header: str) -> bool:
    """Says nothing about a person or a deal: the kind of a number, a checksum, when the row was last saved."""
    return any(header == each or (each.startswith(" - ") and header.endswith(each)) for each in _ignored())


def meaning(group: str, text: str) -> str:
    """What a word of another system stands for: `stages` won or lost, `statuses` lead, customer, ...; "" if unknown."""
    return _meanings(group).get(plain(text), "")


def says_company(text: str) -> bool:
    """Does a type column say that the row is a company?"""
    return plain(text) in _data()["companies"]


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "headers.json").read_text(encoding="utf-8"))
    return found


@cache
def _synonyms() -> dict[str, str]:
    return {plain(header): field for field, headers in _data()["synonyms"].items() for header in headers}


@cache
def _address_parts() -> tuple[str, ...]:
    return tuple(sorted(map(plain, _data()["address_parts"]), key=len, reverse=True))


@cache
def _ignored() -> tuple[str, ...]:
    return tuple(each if each.startswith(" - ") else plain(each) for each in _data()["ignored"])


@cache
def _meanings(group: str) -> dict[str, str]:
    return {plain(word): name for name, words in _data()[group].items() for word in words}

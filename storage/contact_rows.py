"""Contacts as the rows of a table and as vCards, for other programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from storage.export import Record, contact_records

HEADER = (
    "Name",
    "First name",
    "Last name",
    "Company",
    "Job title",
    "Emails",
    "Phones",
    "Telegram",
    "Addresses",
    "Birthday",
    "Status",
    "Source",
    "Owner",
    "Tags",
    "Fields",
    "Notes",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ESCAPED = re.compile(r"([\\,;])")
_FOLD = 73  # octets of a vCard's line, its break not counted


def contact_rows(connection: Connection) -> Iterator[tuple[str, ...]]:
    """The header, then a row a contact. No cell can be taken for a formula: such a one begins with an apostrophe."""
    yield HEADER
    for record in contact_records(connection):
        cells = (
            record["name"],
            record["first_name"],
            record["last_name"],
            record["company"],
            record["title"],
            "; ".join(record["emails"]),
            "; ".join(record["phones"]),
            record["telegram"],
            "\n".join(record["addresses"]),
            record["birthday"],
            record["status"],
            record["source"],
            record["owner"],
            "; ".join(record["tags"]),
            "\n".join(f"{name}: {value}" for name, value in record["fields"].items()),
            "\n\n".join(record["notes"]),
        )
        yield tuple(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells)


def contact_cards(connection: Connection) -> Iterator[str]:
    """A vCard 3.0 (RFC 2426) a contact, its lines folded and ended as the standard wants."""
    for record in contact_records(connection):
        yield "".join(map(_folded, _card(record)))


def _card(record: Record) -> Iterator[str]:
    yield "BEGIN:VCARD"
    yield "VERSION:3.0"
    yield f"FN:{_escaped(record['name'])}"
    yield f"N:{_escaped(record['last_name'])};{_escaped(record['first_name'])};;;"
    if record["company"]:
        yield f"ORG:{_escaped(record['company'])}"
    if record["title"]:
        yield f"TITLE:{_escaped(record['title'])}"
    yield from (f"EMAIL;TYPE=INTERNET:{_escaped(each)}" for each in record["emails"])
    yield from (f"TEL:{_escaped(each)}" for each in record["phones"])
    if record["telegram"]:
        yield f"X-TELEGRAM:{_escaped(record['telegram'])}"
    yield from (f"ADR:;;{_escaped(each)};;;;" for each in record["addresses"])
    if record["birthday"]:
        yield f"BDAY:{record['birthday']}"
    if record["tags"]:
        yield "CATEGORIES:" + ",".join(map(_escaped, record["tags"]))
    fields: dict[str, Any] = record["fields"]
    if fields.get("website"):
        yield f"URL:{_escaped(str(fields['website']))}"
    yield from (f"NOTE:{_escaped(each)}" for each in record["notes"])
    yield "END:VCARD"


def _escaped(text: str) -> str:
    return re.sub(r"\r\n|\r|\n", r"\\n", _ESCAPED.sub(r"\\\1", text))


def _folded(line: str) -> str:
    parts, part, size = [], "", 0
    for sign in line:
        width = len(sign.encode("utf-8", "replace"))
        if size + width > _FOLD:
            parts.append(part)
            part, size = "", 0
        part += sign
        size += width
    return "\r\n ".join([*parts, part]) + "\r\n"

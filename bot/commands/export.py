"""`rapport export`: everything as JSON Lines, or the contacts for other programs."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection

from bot.settings import load_settings
from storage.contact_rows import contact_cards, contact_rows
from storage.export import export_records
from storage.opening import open_database_now


def export(args: argparse.Namespace) -> int:
    """Everything in an order that imports; or the contacts as a table, a workbook or vCards."""
    write = {"jsonl": _write_lines, "csv": _write_csv, "xlsx": _write_workbook, "vcard": _write_cards}[args.format]
    with open_database_now(load_settings().database) as database:
        if args.out:
            with Path(args.out).open("wb") as file:
                database.look(lambda connection: write(connection, file))
        else:
            database.look(lambda connection: write(connection, sys.stdout.buffer))
            sys.stdout.buffer.flush()
    return 0


def _write_lines(connection: Connection, file: BinaryIO) -> None:
    file.writelines(
        json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        for record in export_records(connection)
    )


def _write_csv(connection: Connection, file: BinaryIO) -> None:
    file.write(b"\xef\xbb\xbf")  # without the mark Excel takes UTF-8 for its own code page
    file.writelines(line.encode("utf-8", "replace") for line in _csv_lines(connection))


def _csv_lines(connection: Connection) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in contact_rows(connection):
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _write_workbook(connection: Connection, file: BinaryIO) -> None:
    import xlsxwriter

    # Nothing but text: a cell that looks like a formula, a link or a number stays what it is.
    plain = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole, plain) as book:
        sheet = book.add_worksheet("Contacts")
        for number, row in enumerate(contact_rows(connection)):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell[:32_767])
    file.write(whole.getbuffer())


def _write_cards(connection: Connection, file: BinaryIO) -> None:
    file.writelines(card.encode("utf-8", "replace") for card in contact_cards(connection))

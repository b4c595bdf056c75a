"""Workbooks: the rows and numbers of a sheet, wherever its table begins."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter

from storage.importing.files import open_file
from storage.importing.records import CannotImport
from tests.importing.office import GERMAN, Office


def workbook(*rows: tuple[object, ...], first: int = 0) -> bytes:
    """An XLSX file whose second sheet has these rows."""
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole, {"default_date_format": "yyyy-mm-dd"}) as book:
        book.add_worksheet("About").write_string(0, 0, "nothing to see")
        sheet = book.add_worksheet("People")
        for number, row in enumerate(rows, first):
            sheet.write_row(number, 0, row)
    return whole.getvalue()


async def test_a_sheet_of_people(office: Office) -> None:
    octets = workbook(
        ("List of customers",),
        ("Name", "E-Mail", "Telefon", "Geburtstag"),
        ("Anna Kern", "anna@nordwind.example", 4930901820, date(1986, 5, 17)),
        ("Bert", "wrong", "", ""),
        first=2,
    )
    assert office.takes(octets, "people.xlsx") == ["line 6: “wrong” is no mail address"]
    anna = office.one(name="Anna Kern")
    assert (anna["phones"], anna["birthday"]) == (["+4930901820"], "1986-05-17")


async def test_dynamics_with_its_hidden_columns(office: Office) -> None:
    octets = workbook(
        ("(Do Not Modify) Lead", "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On", "Topic", " First Name",
         "Last Name", "Email", "Status Reason"),
        ("guid-1", "x==", "2026-01-01", "Lamps", "Ida", "Moe", "ida@moe.example", "New"),
    )  # fmt: skip
    assert office.takes(octets, "leads.xlsx") == []
    ida = office.one()
    assert (ida["status"], ida["name"]) == ("lead", "Ida Moe")
    assert ida["notes"] == ["Microsoft Dynamics 365:\nTopic: Lamps\nStatus Reason: New"]
    office.takes(octets, "leads.xlsx")
    assert office.counts.unchanged == 1


def test_a_sheet_that_would_fill_the_memory_is_refused(office: Office) -> None:
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "Name")
        sheet.write_string(1_048_575, 16_383, "far away")
    with pytest.raises(CannotImport, match="too big"):
        list(open_file(office.file(whole.getvalue(), "far.xlsx"), GERMAN).steps)


def test_a_damaged_workbook_is_refused_in_words(office: Office) -> None:
    octets = workbook(("Name", "Email"), ("Anna", "a@n.example"))
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("hello.txt", "no workbook")
    for broken in (octets[: len(octets) // 2], octets[:200] + b"\0" * 300 + octets[500:], whole.getvalue()):
        with pytest.raises(CannotImport, match=r"damaged|no row"):
            list(open_file(office.file(broken, "broken.xlsx"), GERMAN).steps)

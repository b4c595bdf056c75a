"""What an import does to what is there: nothing twice, nothing overwritten, all of it undone at once."""

from __future__ import annotations

import pytest

from storage.changes import Trail
from storage.importing.files import open_file
from storage.importing.importer import Import, run_import
from storage.joining import merge_contacts, remove_contact
from tests.importing.office import GERMAN, NOW, Office, table

HUBSPOT = [
    "Record ID",
    "First Name",
    "Last Name",
    "Email",
    "Phone Number",
    "Company Name",
    "Job Title",
    "Favourite colour",
]
ANNA = [51, "Anna", "Kern", "anna@nordwind.example", "+49 30 901820", "Nordwind GmbH", "", "blue"]


async def test_again_is_nothing_twice(each_office: Office) -> None:
    office = each_office
    text = table(
        HUBSPOT, ANNA, [52, "Bert", "Olsen", "", "", "", "", ""], [53, "Ida", "Moe", "", "+4722001122", "", "", ""]
    )
    office.takes(text)
    assert office.counts.added == 3
    before = office.export()
    office.takes(text)
    assert (office.counts.unchanged, office.counts.total) == (3, 3)
    assert office.export() == before


async def test_a_later_file_fills_what_was_lacking_and_overwrites_nothing(each_office: Office) -> None:
    office = each_office
    office.takes(table(HUBSPOT, ANNA))
    office.takes(table(HUBSPOT, [51, "Anna", "Kern-Voss", "new@nordwind.example", "", "Other AG", "Boss", "red"]))
    anna = office.one()
    assert anna["emails"] == ["anna@nordwind.example", "new@nordwind.example"]
    assert (anna["name"], anna["company"], anna["title"]) == ("Anna Kern", "Nordwind GmbH", "Boss")
    assert anna["notes"] == ["HubSpot:\nFavourite colour: blue\nFavourite colour: red"]


async def test_people_are_found_by_their_handles(office: Office) -> None:
    office.takes("Name,Email\nAnna Kern,anna@nordwind.example\n")
    office.takes("Name,Phone,Email\nAnna M. Kern,030 901820,ANNA@nordwind.example\n")
    assert office.counts.updated == 1
    assert office.one()["phones"] == ["+4930901820"]


async def test_one_address_of_two_people_doesnt_join_them(office: Office) -> None:
    text = "Name,Email\nAnna Kern,info@nordwind.example\nBert Olsen,info@nordwind.example\n"
    assert office.takes(text) == ["line 3: info@nordwind.example is Anna Kern's too: kept as shared"]
    assert [contact["emails"] for contact in office.all("contact")] == [["info@nordwind.example"]] * 2
    before = office.export()
    office.takes(text)
    assert office.counts.unchanged == 2
    assert office.export() == before


async def test_names_alone_are_found_again_too(office: Office) -> None:
    text = "Name,Company\nAnna Kern,Nordwind GmbH\nAnna Kern,Fjord AS\nBert,\n"
    office.takes(text)
    assert office.counts.added == 3
    office.takes(text)
    assert office.counts.unchanged == 3


async def test_a_firm_in_a_list_of_people_is_a_company(office: Office) -> None:
    office.takes("Name,Company,Website\n,Nordwind GmbH,https://www.nordwind.example/home\n")
    assert office.all("contact") == []
    assert office.one("company")["domains"] == ["nordwind.example"]


async def test_stages_of_other_systems(office: Office) -> None:
    header = "Deal name,Stage,Amount,Currency,Company\n"
    text = header + "A,Переговоры,5,EUR,X\nB,переговоры,6,EUR,X\nC,Gewonnen,7,EUR,X\nD,,8,,\n"
    assert office.takes(text) == []
    stages = [(deal["title"], deal["stage"], deal["status"]) for deal in office.all("deal")]
    assert stages == [
        ("A", "Переговоры", "open"),
        ("B", "Переговоры", "open"),
        ("C", "won", "won"),
        ("D", "new", "open"),
    ]
    before = office.export()
    office.takes(text)
    assert office.export() == before


async def test_undo_takes_the_whole_import_back(each_office: Office) -> None:
    office = each_office
    office.takes("Name,Email\nAnna Kern,anna@nordwind.example\n")
    before = office.export()
    people = [[n, f"First{n}", f"Last{n}", f"p{n}@n.example", "", f"Firm {n % 7}", "", "green"] for n in range(700)]
    office.takes(
        table(HUBSPOT, ["x9", "Anna", "Kern", "anna@nordwind.example", "+49 30 901820", "N", "", "x"], *people)
    )
    assert (office.counts.added, office.counts.updated) == (700, 1)
    office.undoes()
    assert office.export() == before


async def test_an_imported_contact_can_be_merged_and_deleted(office: Office) -> None:
    office.takes(table(HUBSPOT, ANNA, [52, "Anna", "Kern", "", "", "", "", ""]))
    office.database.transact(lambda connection: merge_contacts(Trail(connection, NOW, office.max, None), 1, 2))
    office.takes(table(HUBSPOT, [52, "Anna", "Kern", "a52@n.example", "", "", "", ""]))
    assert office.one()["emails"] == ["anna@nordwind.example", "a52@n.example"]
    office.database.transact(lambda connection: remove_contact(Trail(connection, NOW, office.max, None), 1))
    assert office.all("contact") == []


async def test_others_write_between_the_slices(office: Office) -> None:
    people = [[n, f"First{n}", f"Last{n}", f"p{n}@n.example", "", "", "", ""] for n in range(300)]
    opened = open_file(office.file(table(HUBSPOT, *people)), GERMAN)
    asked = Import(NOW, office.max, None, GERMAN, "Europe/Berlin")
    reports = []
    for report in run_import(asked, opened, office.database.transact):
        reports.append(report.counts.added)
        office.database.transact(lambda connection: None)
    assert reports[-1] == 300
    assert len(set(reports)) > 3


async def test_widths_and_letters_that_no_column_takes(each_office: Office) -> None:
    office = each_office
    long = "x" * 2000
    header = ["Name", "Company", "Job title", "Email", "Tags", "Source", "Notes"]
    office.takes(table(header, [long, long, long, f"{long}@n.example", long, long, "a\x00b"]))
    contact = office.one()
    assert (len(contact["name"]), len(contact["title"]), len(contact["company"])) == (300, 200, 300)
    assert contact["notes"] == ["ab"]


async def test_a_told_system_is_believed(office: Office) -> None:
    office.takes("Record ID,Email,First Name\n5,a@n.example,Anna\n", system="hubspot")
    assert office.label == "HubSpot contacts"
    assert office.one()["source"] == "HubSpot"


@pytest.mark.parametrize(
    ("first", "second", "people"),
    [
        ("Klaus Hauser", "Monika Hauser", 2),
        ("Klaus Hauser", "K. Hauser", 1),
        ("Klaus Hauser", "Claus Hauser", 1),
        ("Klaus Hauser", "Klaus-Dieter Hauser", 1),
        ("Stephen Hill", "Steven Hill", 1),
        ("Anna Kern", "Anna Meyer", 1),  # married
        ("Anna Kern", "Kern Anna", 1),
        ("Иван Петров", "Мария Петров", 2),
    ],
)
async def test_two_of_a_family_with_one_mailbox_are_two(office: Office, first: str, second: str, people: int) -> None:
    told = office.takes(f"Name,Email\n{first},home@hauser.example\n{second},home@hauser.example\n")
    assert len(office.all("contact")) == people
    assert bool(told) == (people == 2)

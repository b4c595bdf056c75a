"""Files in the style of other systems: each is recognised, and its people, firms and deals are the same as there."""

from __future__ import annotations

import pytest

from storage.importing.recognise import recognise
from tests.importing.office import AMERICAN, Office, table


async def test_google_contacts(office: Office) -> None:
    header = [
        "First Name",
        "Middle Name",
        "Last Name",
        "Phonetic First Name",
        "File As",
        "Organization Name",
        "Organization Title",
        "Birthday",
        "Notes",
        "Labels",
        "E-mail 1 - Label",
        "E-mail 1 - Value",
        "E-mail 2 - Label",
        "E-mail 2 - Value",
        "Phone 1 - Label",
        "Phone 1 - Value",
        "Address 1 - Street",
        "Address 1 - City",
        "Address 1 - Postal Code",
        "Website 1 - Value",
    ]
    row = [
        "Anna",
        "Maria",
        "Kern",
        "",
        "",
        "Nordwind GmbH",
        "Leiterin",
        "1986-05-17",
        "Line one\nline two",
        "* myContacts ::: Suppliers",
        "Work",
        "anna@nordwind.example ::: a.kern@nordwind.example",
        "Home",
        "anna@home.example",
        "Work",
        "+49 30 901820 ::: +49 171 1234567",
        "Wall 1",
        "Berlin",
        "10115",
        "https://nordwind.example",
    ]
    assert office.takes("\ufeff" + table(header, row)) == []
    anna = office.one()
    assert office.label == "Google Contacts contacts"
    assert (anna["name"], anna["first_name"], anna["last_name"]) == ("Anna Maria Kern", "Anna", "Kern")
    assert anna["emails"] == ["anna@nordwind.example", "a.kern@nordwind.example", "anna@home.example"]
    assert anna["phones"] == ["+4930901820", "+491711234567"]
    assert (anna["company"], anna["title"], anna["birthday"]) == ("Nordwind GmbH", "Leiterin", "1986-05-17")
    assert anna["tags"] == ["Suppliers"]
    assert anna["addresses"] == ["Wall 1, Berlin, 10115"]
    assert anna["fields"] == {"website": "https://nordwind.example"}
    assert anna["notes"] == ["Line one\nline two"]


async def test_outlook(office: Office) -> None:
    header = [
        "First Name", "Last Name", "Company", "Job Title", "Business Street", "Business City", "Home City",
        "Business Phone", "Business Phone 2", "Mobile Phone", "TTY/TDD Phone", "Birthday", "E-mail Address",
        "E-mail Display Name", "E-mail 2 Address", "Categories", "Notes", "Spouse",
    ]  # fmt: skip
    row = [
        "Bert", "Olsen", "Fjord AS", "CEO", "Quay 2", "Oslo", "Bergen", "+47 22 00 11 22", "+47 22 00 11 23", "", "",
        "0/0/00", "bert@fjord.example", "Bert Olsen", "b@fjord.example", "VIP;Norway", "", "Ida",
    ]  # fmt: skip
    assert office.takes(table(header, row)) == []
    bert = office.one()
    assert bert["phones"] == ["+4722001122", "+4722001123"]
    assert bert["emails"] == ["bert@fjord.example", "b@fjord.example"]
    assert bert["addresses"] == ["Quay 2, Oslo", "Bergen"]
    assert (bert["birthday"], bert["tags"]) == ("", ["VIP", "Norway"])
    assert bert["notes"] == ["Outlook:\nSpouse: Ida"]


async def test_linkedin_with_lines_before_its_header(office: Office) -> None:
    text = 'Notes:\n"When exporting your connection data, you may notice, that some are missing."\n\n' + table(
        ["First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On"],
        ["Ida", "Moe", "https://linkedin.example/in/ida", "", "Fjord AS", "Buyer", "12 Mar 2025"],
        ["", "", "", "broken", "", "", ""],
    )
    assert office.takes(text) == [
        "line 6: “broken” is no mail address",
        "line 6: the row has no name, address or number",
    ]
    ida = office.one()
    assert (ida["name"], ida["title"], ida["fields"]) == (
        "Ida Moe",
        "Buyer",
        {"linkedin": "https://linkedin.example/in/ida"},
    )
    assert ida["notes"] == ["LinkedIn:\nConnected On: 12 Mar 2025"]


async def test_hubspot_contacts_and_deals(office: Office) -> None:
    people = table(
        [
            "Record ID",
            "First Name",
            "Last Name",
            "Email",
            "Phone Number",
            "Contact owner",
            "Lifecycle Stage",
            "Company Name",
        ],
        [51, "Anna", "Kern", "anna@nordwind.example", "+49 30 901820", "Max Kern", "Customer", "Nordwind GmbH"],
        [52, "Ida", "Moe", "ida@moe.example", "", "Somebody", "Other", ""],
    )
    assert office.takes(people) == []
    anna = office.one(name="Anna Kern")
    assert (anna["owner"], anna["status"], anna["source"]) == ("Max Kern", "customer", "HubSpot")
    assert office.one(name="Ida Moe")["notes"] == ["HubSpot:\nOwner: Somebody\nLifecycle Stage: Other"]
    deals = table(
        [
            "Record ID",
            "Deal Name",
            "Deal Stage",
            "Pipeline",
            "Amount",
            "Close Date",
            "Deal owner",
            "Associated Contact",
        ],
        [7, "Lamps", "closedwon", "Sales", "1200.50", "2026-12-01 10:00", "Max Kern", "Anna Kern"],
        [8, "Chairs", "Site visit", "Sales", "300", "", "", "Nobody Known"],
    )
    assert office.takes(deals) == []
    lamps, chairs = office.all("deal")
    assert (lamps["stage"], lamps["status"], lamps["amount"], lamps["close"]) == ("won", "won", 1200.5, "2026-12-01")
    assert lamps["contact_id"] == anna["id"]
    assert (chairs["stage"], chairs["status"], chairs["contact"]) == ("Site visit", "open", "Nobody Known")
    assert len(office.all("contact")) == 3


async def test_salesforce_leaves_out_what_was_deleted(office: Office) -> None:
    text = table(
        ["Id", "IsDeleted", "MasterRecordId", "LastName", "FirstName", "Email", "Phone", "SystemModstamp"],
        ["003A", "false", "", "Kern", "Anna", "anna@nordwind.example", "030 901820", "2026-01-01"],
        ["003B", "true", "", "Gone", "Carl", "carl@gone.example", "", "2026-01-01"],
    )
    office.takes(text)
    assert [contact["name"] for contact in office.all("contact")] == ["Anna Kern"]
    assert (office.counts.added, office.counts.skipped) == (1, 1)


async def test_bitrix_leads_in_cp1251(office: Office) -> None:
    text = table(
        ["ID", "Название лида", "Имя", "Фамилия", "Рабочий телефон", "Рабочий e-mail", "Контакт Telegram",
         "Название компании", "Стадия", "Возможная сумма", "Валюта", "Ответственный", "Населенный пункт"],
        [1, "Заявка с сайта", "Анна", "Кернова", "+7 495 123-45-67", "anna@sever.example", "@anna_k", "ООО Север",
         "Новый", "7 000,50", "RUB", "Макс", "Москва"],
        [2, "Звонок", "", "", "+7 495 123-45-68", "", "", "", "Новый", "", "", "", ""],
        separator=";",
    )  # fmt: skip
    assert office.takes(text.encode("cp1251")) == []
    anna = office.one(name="Анна Кернова")
    assert (anna["status"], anna["company"], anna["telegram"]) == ("lead", "ООО Север", "anna_k")
    assert anna["addresses"] == ["Москва"]
    assert "Возможная сумма: 7 000,50" in anna["notes"][0]
    assert "Название лида: Заявка с сайта" in anna["notes"][0]
    assert office.one(name="Звонок")["phones"] == ["+74951234568"]


async def test_bitrix_deals_as_an_html_table_whose_lines_are_products(office: Office) -> None:
    html = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body><table border="1">'
        "<tr><th>ID</th><th>Стадия сделки</th><th>Название сделки</th><th>Сумма</th><th>Валюта</th><th>Контакт</th>"
        "<th>Товар</th></tr>"
        "<tr><td>9</td><td>Сделка успешна</td><td>Лампы</td><td>7&nbsp;000,50</td><td>RUB</td><td>Анна Кернова</td>"
        "<td>Лампа</td></tr>"
        "<tr><td>9</td><td>Сделка успешна</td><td>Лампы</td><td>7&nbsp;000,50</td><td>RUB</td><td>Анна Кернова</td>"
        "<td>Кабель</td></tr></table></body></html>"
    )
    assert office.takes(html, "DEAL.xls") == []
    deal = office.one("deal")
    assert (deal["title"], deal["amount"], deal["status"], deal["contact"]) == ("Лампы", 7000.5, "won", "Анна Кернова")
    assert office.one("note")["text"] == "Bitrix24:\nТовар: Лампа\nТовар: Кабель"
    before = office.export()
    office.takes(html, "DEAL.xls")
    assert office.export() == before


async def test_amocrm_deals_with_headers_that_come_twice(office: Office) -> None:
    text = table(
        ["ID", "Название сделки", "Бюджет ", "Этап сделки", "Воронка", "Полное имя контакта", "Компания контакта",
         "Рабочий телефон", "Рабочий email", "Источник", "Товар", "Источник", "Примечание", "Примечание 2"],
        [5, "Окна", "15000", "Закрыто и не реализовано", "Продажи", "Борис Лунин", "ООО Юг", "'+74951234567",
         "boris@yug.example", "Сайт", "Окно", "Реклама", "первое", "второе"],
    )  # fmt: skip
    assert office.takes(text) == []
    deal = office.one("deal")
    assert (deal["stage"], deal["amount"], deal["company"]) == ("lost", 15000.0, "ООО Юг")
    boris = office.one()
    assert (boris["phones"], boris["emails"]) == (["+74951234567"], ["boris@yug.example"])
    assert {note["text"] for note in office.all("note")} >= {"первое", "второе"}


async def test_amocrm_people_and_companies_in_one_file(office: Office) -> None:
    text = table(
        ["ID", "Тип", "Полное имя контакта", "Название компании", "Дата создания контакта", "Рабочий email"],
        [1, "контакт", "Анна Кернова", "ООО Север", "01-02-2024 10:00:00", "anna@sever.example"],
        [2, "компания", "", "ООО Юг", "01-02-2024 10:00:00", ""],
    )
    assert office.takes(text) == []
    assert [contact["name"] for contact in office.all("contact")] == ["Анна Кернова"]
    assert [company["name"] for company in office.all("company")] == ["ООО Север", "ООО Юг"]


async def test_pipedrives_mixed_sheet_makes_all_three(office: Office) -> None:
    text = table(
        ["Deal - Title *", "Deal - Value", "Deal - Currency", "Deal – Stage", "Deal - Status", "Organization - Name",
         "Person - Name", "Person - Email (Work)", "Person - Phone (Work)"],
        ["Lamps", "5,000.00", "EUR", "Contact Made", "Open", "Nordwind GmbH", "Anna Kern", "anna@nordwind.example", ""],
        ["Chairs", "100", "EUR", "Contact Made", "Won", "Nordwind GmbH", "Anna Kern", "anna@nordwind.example", ""],
    )  # fmt: skip
    assert office.takes(text) == []
    anna = office.one()
    lamps, chairs = office.all("deal")
    assert {lamps["contact_id"], chairs["contact_id"]} == {anna["id"]}
    assert (lamps["stage"], lamps["amount"], chairs["status"]) == ("Contact Made", 5000.0, "won")
    assert office.one("company")["name"] == "Nordwind GmbH"


async def test_suitecrm_mailchimp_and_espocrm(office: Office) -> None:
    suite = table(
        ["First Name", "Last Name", "ID", "Email Address", "Phone Mobile", "Alternate Address Street", "Birthdate",
         "Assigned User ID", "Deleted"],
        ["Anna", "Kern", "a-1", "anna@nordwind.example", "0171 1234567", "", "05/17/1986", "1", "0"],
        ["Carl", "Gone", "a-2", "carl@gone.example", "", "", "", "1", "1"],
    )  # fmt: skip
    assert office.takes(suite, habits=AMERICAN) == ["line 2: “0171 1234567” is no number"]
    assert office.one()["birthday"] == "1986-05-17"
    mailchimp = table(
        ["Email Address", "First Name", "Last Name", "MEMBER_RATING", "OPTIN_TIME", "LEID", "TAGS"],
        ["ida@moe.example", "Ida", "Moe", "2", "2024-01-01 10:00:00", "77", '"Fair","North"'],
    )
    assert office.takes(mailchimp) == []
    assert office.one(name="Ida Moe")["tags"] == ["Fair", "North"]
    espo = table(
        ["id", "firstName", "lastName", "accountName", "emailAddress", "phoneNumber", "assignedUserId"],
        ["e1", "Bert", "Olsen", "Fjord AS", "bert@fjord.example", "+47 22 00 11 22", "u"],
    )
    assert office.takes(espo) == []
    assert office.one(name="Bert Olsen")["company"] == "Fjord AS"


@pytest.mark.parametrize(
    ("header", "label", "kind"),
    [
        (["Deal - Title", "Deal - Stage"], "Pipedrive", "deals"),
        (["Organization - Name", "Organization - Owner"], "Pipedrive", "companies"),
        (["(Do Not Modify) Contact", " Full Name", "Email"], "Microsoft Dynamics 365", "contacts"),
        (["Lead Number", "Designation", "First Name", "Company"], "vTiger CRM", "leads"),
        (["Opportunity name", "Budget Amount", "Status Id"], "OroCRM", "deals"),
        (["Lead Owner", "Mobile No.", "Full Name", "Status"], "Frappe CRM", "leads"),
        (["Vorname", "Nachname", "E-Mail-Adresse", "Firma"], "", "contacts"),
        (["ФИО", "Телефон", "Эл. почта"], "", "contacts"),
        (["Deal name", "Stage", "Amount"], "", "deals"),
        (["Firma", "Webseite"], "", "companies"),
    ],
)
def test_who_wrote_a_header(header: list[str], label: str, kind: str) -> None:
    columns = recognise(header)
    assert columns is not None
    assert (columns.source.label, columns.source.kind) == (label, kind)


@pytest.mark.parametrize("header", [["a", "b"], [], [""], ["1", "2", "3"], ["Anna Kern", "anna@nordwind.example"]])
def test_what_is_no_header(header: list[str]) -> None:
    assert recognise(header) is None

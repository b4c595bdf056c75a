"""Text tables: separators, encodings, line numbers, and whatever is broken in them."""

from __future__ import annotations

import codecs
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.importing.encodings import encoding_of
from storage.importing.files import open_file
from storage.importing.records import CannotImport, Problem
from storage.importing.tables import LONGEST, read_delimited, rows_of
from storage.importing.values import Habits, amount_in, day_in, emails_in, month_first, phones_in
from tests.importing.office import AMERICAN, GERMAN, Office

GERMANS = "Name;E-Mail;Telefon\nJürgen Müßig;j@müller.example;030 901820\n"
RUSSIANS = (
    "ФИО;Почта;Телефон;Комментарий\nАнна Кернова;anna@sever.example;+7 495 123-45-67;Постоянный клиент из Твери\n"
)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
async def test_each_separator_is_seen(office: Office, separator: str) -> None:
    lines = ["Name,Email,Note", 'Anna,anna@n.example,"a, b; c | d"', "Bert,bert@n.example,plain"]
    text = "\n".join(lines).replace(",", separator).replace(f"a{separator} b", "a, b")
    assert office.takes(text) == []
    assert office.one(name="Anna")["emails"] == ["anna@n.example"]


async def test_a_line_that_tells_the_separator(office: Office) -> None:
    assert office.takes("sep=;\r\nName;Email\r\nAnna;wrong\r\n") == ["line 3: “wrong” is no mail address"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMANS, "utf-8"),
        (GERMANS, "utf-8-sig"),
        (GERMANS, "utf-16"),
        (GERMANS, "utf-16-le"),
        (GERMANS, "utf-16-be"),
        (GERMANS, "cp1252"),
        (RUSSIANS, "utf-8"),
        (RUSSIANS, "utf-16"),
        (RUSSIANS, "cp1251"),
        (RUSSIANS, "koi8-r"),
        (RUSSIANS, "cp866"),
    ],
)
async def test_each_encoding_is_seen(office: Office, text: str, encoding: str) -> None:
    office.takes(text.encode(encoding))
    assert office.one()["name"] in ("Jürgen Müßig", "Анна Кернова")


def test_letters_that_come_late_in_the_file_count(tmp_path: Path) -> None:
    path = tmp_path / "late.csv"
    path.write_bytes(b"Name,Email\n" + b"Anna,anna@n.example\n" * 5000 + "Müller,m@n.example\n".encode("cp1252"))
    assert encoding_of(path) == "cp1252"


async def test_line_numbers_are_where_a_record_starts(office: Office) -> None:
    text = 'Name,Email,Notes\r\n"Anna",a@n.example,"one\r\ntwo\r\nthree"\r\n\r\nBert,wrong,"x\ny"\nCarl,bad,z\n'
    assert office.takes(text) == ["line 6: “wrong” is no mail address", "line 8: “bad” is no mail address"]


async def test_a_quote_that_nobody_closed_costs_one_row(office: Office) -> None:
    text = 'Name,Email\nAnna,a@n.example\n"Bert,b@n.example\nCarl,c@n.example\nDora,d@n.example\n'
    [problem] = office.takes(text)
    assert problem.startswith("line 3: a quote isn't closed")
    assert [contact["name"] for contact in office.all("contact")] == ["Anna", "Carl", "Dora"]
    assert (office.counts.added, office.counts.skipped) == (3, 1)


async def test_quotes_inside_a_field_are_a_persons_own(office: Office) -> None:
    assert office.takes('Name,Email\nAnna "Annie" Kern,a@n.example\n') == []
    assert office.one()["name"] == 'Anna "Annie" Kern'


async def test_huge_fields(office: Office) -> None:
    text = f"Name,Notes\nAnna,{'x' * 900_000}\nBert,{'y' * (LONGEST + 5)}\nCarl,z\n"
    [problem] = office.takes(text)
    assert problem.startswith("line 3: ")
    assert len(office.one(name="Anna")["notes"][0]) == 900_000
    assert office.one(name="Carl")["notes"] == ["z"]


async def test_only_a_header(office: Office) -> None:
    assert office.takes("Name,Email\n") == []
    assert office.counts.total == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xef\xbb\xbf",
        b"   \n\n",
        b"\x00" * 500,
        b"a,b\n1,2\n",
        b"hello",
        bytes(range(256)) * 20,
        b"PK\x03\x04junk",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        b"<html><body>nothing</body></html>",
        b"%PDF-1.4\n\x01\x02",
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(CannotImport, match=r"\w"):
        open_file(path, GERMAN)


def test_a_missing_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(CannotImport, match="No such file"):
        open_file(tmp_path / "nothing.csv", GERMAN)


@pytest.mark.parametrize(
    ("text", "german", "american"),
    [
        ("1986-05-17", "1986-05-17", "1986-05-17"),
        ("1986-05-17 10:00:00", "1986-05-17", "1986-05-17"),
        ("17.05.1986", "1986-05-17", "1986-05-17"),
        ("05.06.1986", "1986-06-05", "1986-06-05"),
        ("05/06/1986", "1986-06-05", "1986-05-06"),
        ("5/17/86", "1986-05-17", "1986-05-17"),
        ("17/5/1986", "1986-05-17", "1986-05-17"),
        ("17 May 1986", "1986-05-17", "1986-05-17"),
        ("May 17, 1986", "1986-05-17", "1986-05-17"),
        ("17. Mai 1986", "1986-05-17", "1986-05-17"),
        ("19860517", "1986-05-17", "1986-05-17"),
        ("--05-17", "--05-17", "--05-17"),
        ("--02-29", "--02-29", "--02-29"),
        ("31.02.1986", "", ""),
        ("soon", "", ""),
        ("9999999999", "", ""),
    ],
)
def test_days(text: str, german: str, american: str) -> None:
    assert (day_in(text, GERMAN), day_in(text, AMERICAN)) == (german, american)


def test_a_value_that_is_no_month_decides_for_its_column() -> None:
    assert month_first(["05/06/1986", "05/17/1986"], default=False) is True
    assert month_first(["05/06/1986", "17/05/1986"], default=True) is False
    assert month_first(["05/06/1986", "", "x"], default=True) is True


async def test_a_columns_order_holds_for_its_ambiguous_days(office: Office) -> None:
    office.takes("Name,Birthday\nAnna,05/06/1986\nBert,12/24/1990\n")
    assert office.one(name="Anna")["birthday"] == "1986-05-06"


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("7 000,50", 700050, ""),
        ("7\u00a0000,50 ₽", 700050, "RUB"),
        ("$5,000.00", 500000, "USD"),
        ("5.000,00 €", 500000, "EUR"),
        ("5.000", 500000, ""),
        ("1'200.5 CHF", 120050, "CHF"),
        ("-3", -300, ""),
        ("about five", None, ""),
        ("5 apples", None, ""),
    ],
)
def test_amounts(text: str, amount: int | None, currency: str) -> None:
    assert amount_in(text) == (amount, currency)


def test_addresses_and_numbers_in_one_cell() -> None:
    assert emails_in("Anna <A@N.example>; b@n.example ::: a@n.example, nobody") == (
        ["a@n.example", "b@n.example"],
        ["nobody"],
    )
    assert phones_in("+49 30 901820, 0171 1234567; 12", "DE") == (["+4930901820", "+491711234567"], ["12"])
    assert phones_in("493090182012", None) == (["+493090182012"], [])


@given(st.text(alphabet=st.sampled_from('ab,;"\n\r\t\0|=é'), max_size=300))
def test_rows_are_never_lost_track_of(text: str) -> None:
    lines = text.splitlines(keepends=True)
    numbers = [row.line if isinstance(row, Problem) else row[0] for row in rows_of(lines, ",")]
    assert numbers == sorted(set(numbers))
    assert all(1 <= number <= len(lines) for number in numbers)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.binary(max_size=300).map(lambda octets: b"Name,Email,Phone,Birthday\n" + octets),
        st.binary(max_size=300).map(lambda octets: b"BEGIN:VCARD\nFN:A\n" + octets),
        st.binary(max_size=300).map(lambda octets: b'{"type": "contact", "id": 1, ' + octets),
        st.binary(max_size=300).map(lambda octets: b"<table><tr><th>Name<th>Email" + octets),
        st.binary(max_size=300).map(lambda octets: codecs.BOM_UTF16_LE + octets),
        st.binary(max_size=300).map(lambda octets: b"PK\x03\x04" + octets),
    )
)
def test_reading_never_fails_but_in_words(tmp_path: Path, octets: bytes) -> None:
    path = tmp_path / "any"
    path.write_bytes(octets)
    with suppress(CannotImport):
        for step in open_file(path, Habits("DE")).steps:
            assert step.line >= 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.text(max_size=200))
def test_any_text_is_some_rows(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(("Name,Email\n" + text).encode("utf-8", "surrogatepass"))
    assert list(read_delimited(path))

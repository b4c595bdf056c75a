"""Money, numbers and addresses as people write them; Russian names back to the nominative."""

from __future__ import annotations

from decimal import Decimal

import pytest

from handlers.understand.pieces import find_pieces
from handlers.understand.russian import nominative


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("5k", "5000", None),
        ("~5k.", "5000", None),
        ("5.000 €", "5000", "EUR"),
        ("€5,000.50", "5000.5", "EUR"),
        ("2,5 тыс. руб", "2500", "RUB"),
        ("1.2m usd", "1200000", "USD"),
        ("20 Mio Euro", "20000000", "EUR"),
        ("300 000 руб.", "300000", "RUB"),
        ("$12,000", "12000", "USD"),
        ("1'500 CHF", "1500", "CHF"),
        ("12.500,75 EUR", "12500.75", "EUR"),
        ("3500 pounds", "3500", "GBP"),
        ("180 TEUR", "180000", "EUR"),
        ("60т.р.", "60000", "RUB"),
        ("25 тр", "25000", "RUB"),
        ("500р", "500", "RUB"),
        ("18 Mille", "18000", None),
        ("8-10k eur", "10000", "EUR"),
        ("budget 3000", "3000", None),
        ("бюджет около 50 000", "50000", None),
    ],
)
def test_money(text: str, amount: str, currency: str | None) -> None:
    (piece,) = find_pieces(text, "DE")
    assert (piece.kind, piece.amount, piece.currency) == ("money", Decimal(amount), currency)


@pytest.mark.parametrize(
    "text",
    [
        "20 licences",
        "at 14:00",
        "2h",
        "5 m",
        "version 1.2.3",
        "50%",
        "3.12.2026",
        "24/7",
        "4711",
        "3-4 people",
        "budget 2026-05",
    ],
)
def test_what_is_no_money(text: str) -> None:
    assert not find_pieces(text, "DE")


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("+49 30 901820", None, "+4930901820"),
        ("030 901820", "DE", "+4930901820"),
        ("8 (912) 345-67-89", "RU", "+79123456789"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("tel:+44 20 7946 0958", None, "+442079460958"),
        ("+49 (0)30 901820", None, "+4930901820"),
    ],
)
def test_phone(text: str, region: str | None, number: str) -> None:
    assert [(piece.kind, piece.value) for piece in find_pieces(text, region)] == [("phone", number)]


def test_email_keeps_its_local_part() -> None:
    (piece,) = find_pieces("mail Jo.Doe+x@Example.ORG.", None)
    assert piece.value == "Jo.Doe+x@example.org"


@pytest.mark.parametrize(
    ("words", "case", "expected"),
    [
        ("Петрову", "datv", "Петров"),
        ("Петрова", "gent", "Петров"),
        ("Петрова", None, "Петрова"),
        ("Кузнецовой", "ablt", "Кузнецова"),
        ("Анной Керн", "ablt", "Анна Керн"),
        ("Иванову Ивану Ивановичу", "datv", "Иванов Иван Иванович"),
        ("Дмитрием Ким", "ablt", "Дмитрий Ким"),
        ("петрову", "datv", "петров"),
        ("Anna", "datv", "Anna"),
        ("Марко", "datv", "Марко"),
    ],
)
def test_nominative(words: str, case: str | None, expected: str) -> None:
    assert " ".join(nominative(words.split(), case)) == expected

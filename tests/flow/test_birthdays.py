"""Birthdays: as they are said, shown, refused and forgotten."""

from __future__ import annotations

import pytest

from tests.house import TestHouse


@pytest.fixture
async def anna(house: TestHouse) -> None:
    """Anna is known."""
    await house.max.says("new lead Anna Kern, Nordwind GmbH")


@pytest.mark.parametrize(
    ("said", "kept", "shown"),
    [
        ("Anna's birthday is 17 May 1986", "1986-05-17", "Birthday: 17 May 1986"),
        ("Annas Geburtstag ist der 29.2.", "--02-29", "Birthday: 29 Feb"),
        ("Anna hat am 17. Mai Geburtstag", "--05-17", "Birthday: 17 May"),
        ("день рождения Анны 29.2.1980", "1980-02-29", "Birthday: 29 Feb 1980"),
    ],
)
async def test_a_birthday_is_kept_and_shown(house: TestHouse, anna: None, said: str, kept: str, shown: str) -> None:
    assert shown in await house.max.says(said)
    [contact] = await house.rows("contacts")
    assert contact["birthday"] == kept
    assert shown in await house.max.says("anna")


async def test_a_birthday_that_is_yet_to_come_is_none(house: TestHouse, anna: None) -> None:
    assert "“1.1.2050” is no birthday." in await house.max.says("Anna's birthday is 1.1.2050")
    [contact] = await house.rows("contacts")
    assert contact["birthday"] == ""


@pytest.mark.parametrize(
    "said",
    ["delete Anna's birthday", "remove the birthday of Anna", "lösche Annas Geburtstag", "удали день рождения Анны"],
)
async def test_a_birthday_is_forgotten_and_brought_back(house: TestHouse, anna: None, said: str) -> None:
    await house.max.says("Anna's birthday is 17 May 1986")
    assert "Birthday: forgotten" in await house.max.says(said)
    assert "Birthday" not in await house.max.says("anna")
    assert "I know no birthday of Anna Kern." in await house.max.says(said)
    await house.max.says("undo")
    assert "17 May 1986" in await house.max.says("anna")


@pytest.mark.parametrize(
    "said",
    [
        "new contact Bert Busch, birthday 29.2.1980, prefers mornings",
        "neuer Kontakt Bert Busch, Geburtstag 29.2.1980, prefers mornings",
    ],
)
async def test_a_new_contact_comes_with_a_birthday(house: TestHouse, said: str) -> None:
    answer = await house.max.says(said)
    assert "Birthday: 29 Feb 1980 · Note: prefers mornings" in answer
    [contact] = await house.rows("contacts")
    assert (contact["name"], contact["birthday"]) == ("Bert Busch", "1980-02-29")

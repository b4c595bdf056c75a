"""One mailbox is found by each way in which its address is written."""

from __future__ import annotations

import pytest

from storage.spellings import spellings


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Anna@Kern.example", "anna@kern.example"),
        ("anna+shop@kern.example", "anna@kern.example"),
        ("anna@googlemail.com", "anna@gmail.com"),
        ("anna@gmail.com", "anna@googlemail.com"),
        ("anna.kern+shop@googlemail.com", "annakern@gmail.com"),
        ("anna@k\u00e4rn.example", "anna@xn--krn-qla.example"),
        ("anna@xn--krn-qla.example", "anna@k\u00e4rn.example"),
        ("a@\u043f\u043e\u0447\u0442\u0430.\u0440\u0444", "a@xn--80a1acny.xn--p1ai"),
        ("anna@ka\u0308rn.example", "anna@k\u00e4rn.example"),
    ],
)  # fmt: skip
def test_both_are_one(written: str, kept: str) -> None:
    assert kept in spellings(written)


def test_the_address_itself_comes_first() -> None:
    for address in ("anna@kern.example", "anna.kern+shop@gmail.com", "anna@googlemail.com", "+49301234@kern.example"):
        assert spellings(address)[0] == address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna.kern@kern.example", "annakern@kern.example"),
        ("anna@kern.example", "anna@kern2.example"),
        ("anna+a@kern.example", "anna+b@kern.example"),
    ],
)
def test_others_stay_others(one: str, other: str) -> None:
    assert other not in spellings(one)


@pytest.mark.parametrize(
    "written", ["", "anna", "@", "anna@", "@kern.example", "a@" + "x" * 400, "a@xn--\u00e9", "a@xn--zzzzzz99"]
)
def test_what_is_no_address_is_itself_alone(written: str) -> None:
    assert spellings(written)[0] == written.lower()

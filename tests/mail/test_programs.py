"""Forwards of many programs and in rare shapes: every field that can be told is right."""

from __future__ import annotations

import pytest

from tests.mail.corpus.programs import PROGRAMS
from tests.mail.corpus.shapes import SHAPES
from tests.mail.corpus.wanted import Wanted, wrong_fields


@pytest.mark.parametrize("wanted", [*PROGRAMS, *SHAPES], ids=lambda wanted: wanted.label)
def test_all_fields_of_a_forward(wanted: Wanted) -> None:
    assert wrong_fields(wanted) == {}

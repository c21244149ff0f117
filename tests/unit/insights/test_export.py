"""Cells that no spreadsheet runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.insights.export import SCHEMA, Line, harmless


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", "  =1"])
def test_a_formula_is_text(text: str) -> None:
    assert harmless([text]) == ["'" + text]


@given(st.text())
def test_no_cell_begins_a_formula(text: str) -> None:
    (cell,) = harmless([text])
    assert isinstance(cell, str)
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell in (text, "'" + text)


def test_numbers_stay_numbers() -> None:
    assert harmless([-3, 0.5, None]) == [-3, 0.5, None]


def test_every_column_has_its_type() -> None:
    assert list(Line._fields) == SCHEMA.names

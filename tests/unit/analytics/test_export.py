"""Cells that no spreadsheet runs."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.insights.export import SCHEMA, ConversationRow, escape_formulas, for_spreadsheet


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", "  =1"])
def test_a_formula_is_text(text: str) -> None:
    assert escape_formulas([text]) == ["'" + text]


@given(st.text())
def test_no_cell_begins_a_formula(text: str) -> None:
    (cell,) = escape_formulas([text])
    assert isinstance(cell, str)
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell in (text, "'" + text)


def test_numbers_stay_numbers() -> None:
    assert escape_formulas([-3, 0.5, None]) == [-3, 0.5, None]


def test_every_column_has_its_type() -> None:
    assert list(ConversationRow._fields) == SCHEMA.names


def test_a_french_spreadsheet_reads_numbers_and_local_times() -> None:
    moment = datetime(2026, 11, 28, 6, 37, 3, 506304, tzinfo=UTC)
    read = for_spreadsheet(["a", 2, 0.97511, None, moment], ZoneInfo("Europe/Paris"))
    assert read == ["a", 2, "0,975", None, "2026-11-28 07:37:03"]

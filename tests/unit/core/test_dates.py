from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import format_day, is_old, old_before


@pytest.mark.parametrize(
    ("language", "text"),
    [("fr", "04/11/2026"), ("en", "4 November 2026"), ("es", "4 de noviembre de 2026"), ("xx", "04/11/2026")],
)
def test_a_day_in_words_of_the_language(language: str, text: str) -> None:
    assert format_day(date(2026, 11, 4), language) == text


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.integers(1, 60))
def test_old_before_is_the_first_day_that_is_not_old(today: date, months: int) -> None:
    first = old_before(months, today)
    assert not is_old(first, months, today)
    assert is_old(first - timedelta(days=1), months, today)


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 3, 31), date(2026, 3, 1)),  # there is no 31 February
        (date(2026, 3, 28), date(2026, 2, 28)),
        (date(2026, 1, 15), date(2025, 12, 15)),
    ],
)
def test_one_month_before_a_day(today: date, first: date) -> None:
    assert old_before(1, today) == first

from __future__ import annotations

from datetime import date

import pytest

from core.dates import format_day


@pytest.mark.parametrize(
    ("language", "text"),
    [("fr", "04/11/2026"), ("en", "4 November 2026"), ("es", "4 de noviembre de 2026"), ("xx", "04/11/2026")],
)
def test_a_day_in_words_of_the_language(language: str, text: str) -> None:
    assert format_day(date(2026, 11, 4), language) == text

"""Numbers and amounts as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core.web.typesetting import age, decimal, euros, language_name, moment, short_day, whole_number

THIN, FIXED = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [(0, "0,00", "0.00"), (1234.5, f"1{THIN}234,50", "1,234.50"), (-9876543.216, f"-9{THIN}876{THIN}543,22", "-9,876,543.22")],
)
def test_decimals_and_thousands(value: float, fr: str, en: str) -> None:
    assert (decimal(value, "fr"), decimal(value, "en")) == (fr, en)
    assert (euros(value, "fr"), euros(value, "en")) == (f"{fr}{FIXED}€", f"€{en}")


def test_whole_numbers_are_rounded() -> None:
    assert (whole_number(1234.6, "fr"), whole_number(1234.6, "en")) == (f"1{THIN}235", "1,235")


@pytest.mark.parametrize(("language", "text"), [("fr", "01/03/2026"), ("en", "1 March 2026")])
def test_short_day_is_in_figures_where_they_are_read_alike(language: str, text: str) -> None:
    assert short_day("2026-03-01", language) == text


def test_no_line_breaks_within_the_time_of_day() -> None:
    at = datetime(2026, 3, 1, 13, 5, tzinfo=UTC)
    assert (moment(at, "fr"), moment(at, "en")) == (f"1er mars 2026 à 14{FIXED}h{FIXED}05", "1 March 2026, 14:05")


def test_languages_have_names_and_what_is_none_stays_as_it_is() -> None:
    assert (language_name("uk", "fr"), language_name("uk", "en"), language_name("fr", "fr")) == (
        "ukrainien",
        "Ukrainian",
        "français",
    )
    assert (language_name("xx", "fr"), language_name("", "fr"), language_name("français", "en")) == ("xx", "", "français")


@pytest.mark.parametrize(
    ("then", "fr", "en"),
    [
        ("2020-08-26", "il y a 6 ans", "6 years ago"),
        ("2025-11-30", "il y a 1 an", "1 year ago"),
        ("2025-12-01", "il y a 11 mois", "11 months ago"),
        ("2026-10-31", "il y a 30 jours", "30 days ago"),
        ("2026-11-30", "", ""),
        ("2026-12-24", "", ""),
    ],
)
def test_age_is_in_the_largest_unit_that_fits(then: str, fr: str, en: str) -> None:
    today = date(2026, 11, 30)
    assert (age(then, "fr", today), age(then, "en", today)) == (fr, en)

"""The report of a run: self-contained, readable without seeing, and nothing of a question acts as markup."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import html

from retrieval.evaluation.runs import Configuration, new_run
from tests.unit.tools.evaluation.rows import row
from tools.evaluation.answers import answer_figures
from tools.evaluation.charts import bars, coverage_chart, recall_by, reliability_chart
from tools.evaluation.report import failures, worst, write_report

CONFIGURATION = Configuration(snapshot="s1", stage="full", model="m", revision="r", entries=3, thresholds={"answered": 0.5})


@pytest.fixture
def page() -> str:
    rows = [row(number, number % 5 or None, number / 40, theme=f"Thème {number % 2}") for number in range(40)]
    rows[0] = rows[0].model_copy(update={"question": "<script>alert(1)</script>", "confidence": 1.0})
    run = new_run("answers", CONFIGURATION, {"": answer_figures(rows)}, rows)
    charts = [reliability_chart(rows), coverage_chart(rows), recall_by(rows, lambda one: one.theme, "Par thème")]
    return write_report(run, [chart for chart in charts if chart])


def found(page: str, path: str) -> list[Any]:
    """What an XPath selects; the library's own types say less than is known here."""
    selected: Any = html.fromstring(page).xpath(path)
    return list(selected)


def test_nothing_is_fetched_from_anywhere(page: str) -> None:
    assert not found(page, "//script | //link | //img | //iframe")
    assert not [value for value in found(page, "//@src | //@href") if not value.startswith("#")]
    assert not re.search(r"url\((?!#)|@import", page)


def test_what_citizens_wrote_is_text(page: str) -> None:
    assert "&lt;script&gt;alert(1)" in page


def test_each_chart_has_its_table_and_headings_are_in_order(page: str) -> None:
    assert len(found(page, "//svg")) == 3
    assert len(found(page, "//figure[.//table[caption]]")) == 3
    assert all(drawn.get("aria-hidden") == "true" for drawn in found(page, "//svg"))
    assert len(found(page, "//h1")) == 1
    assert not found(page, "//h3")
    assert found(page, "//table[not(caption)]") == []
    assert html.fromstring(page).get("lang") in {"fr", "en"}
    ids = found(page, "//@id")
    assert len(ids) == len(set(ids))


def test_the_worst_are_the_surest_of_those_that_found_nothing(page: str) -> None:
    rows = [row(1, 1, 0.9), row(2, None, 0.2), row(3, None, 0.8), row(4, 7, 0.9), row(5, 2, 0.9)]
    assert [one.id for one in worst(rows, 3)] == ["3", "2", "4"]


def test_a_passage_run_shows_the_section_that_was_shown_instead() -> None:
    right = row(1, 1, given_right=True, expected="Passeport > Coût", shown="Coût")
    wrong = row(2, 1, 0.9, kind="cost", given_right=False, expected="Passeport > Coût", shown="Délai")
    run = new_run("passages", CONFIGURATION, {"": {"n": 2}}, [right, wrong])
    (told,) = failures(run)
    assert (told.expected, told.instead, told.part) == ("Passeport > Coût", ("Passeport > Délai",), "cost")
    assert found(write_report(run, []), "//td[.='Passeport > Délai']")


def test_a_run_of_what_has_no_answer_shows_what_was_answered() -> None:
    rows = [row(1, None, 0.6, gold=(), part="chat"), row(2, None, 0.9, gold=()), row(3, None, gold=(), decision="no_answer")]
    told = failures(new_run("oos", CONFIGURATION, {"chat": {"n": 3}}, rows))
    assert [(one.question, one.instead[0]) for one in told] == [
        ("question 2 ?", "1. Fiche 1 (F1)"),
        ("question 1 ?", "1. Fiche 1 (F1)"),
    ]


def test_a_group_of_two_questions_says_nothing() -> None:
    assert recall_by([row(1, 1, theme="a"), row(2, 1, theme="b")], lambda one: one.theme, "t") is None


def test_values_of_a_chart_stand_in_its_table() -> None:
    chart = bars("Parts", {"a": 0.25, "b": 0.5}, "part")
    assert chart.cells == (("a", "0.250"), ("b", "0.500"))

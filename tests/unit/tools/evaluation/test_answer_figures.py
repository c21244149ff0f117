"""Figures of answers: worked out by hand on a few rows."""

from __future__ import annotations

import pytest

from tests.unit.tools.evaluation.rows import row
from tools.evaluation.answers import answer_figures, expected_calibration_error, reliability, risk_coverage

ROWS = [
    row(1, 1, 0.9),
    row(2, 1, 0.8),
    row(3, 2, 0.7),
    row(4, 3, 0.5, decision="choices"),
    row(5, 9, 0.4, decision="choices"),
    row(6, None, 0.1, decision="no_answer"),
]


def test_shares_of_outcomes_and_precision() -> None:
    figures = answer_figures(ROWS)
    assert figures["answered"] == pytest.approx(3 / 6)
    assert figures["precision"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["choices_right"] == pytest.approx(1 / 2)  # the ninth is not offered
    assert figures["precision@50"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["precision@20"] == 1.0


def test_the_curve_goes_from_the_surest_question_to_all() -> None:
    curve = risk_coverage(ROWS)
    assert [point.precision for point in curve[:3]] == [1.0, 1.0, pytest.approx(2 / 3)]
    assert curve[-1].coverage == 1.0
    assert curve[-1].precision == pytest.approx(2 / 6)
    assert [point.confidence for point in curve] == sorted((row.confidence for row in ROWS), reverse=True)


def test_a_confidence_that_tells_the_truth_has_no_calibration_error() -> None:
    honest = [row(number, 1 if number < 5 else 2, 0.5) for number in range(10)]
    assert expected_calibration_error([*honest] * 10) < 0.51
    boastful = [row(number, 2, 1.0) for number in range(20)]
    assert expected_calibration_error(boastful) == pytest.approx(1.0)
    assert expected_calibration_error([row(number, 1, 1.0) for number in range(20)]) == pytest.approx(0.0)


def test_bins_hold_every_row_once_in_order() -> None:
    bins = reliability(ROWS, bins=3)
    assert [one.count for one in bins] == [2, 2, 2]
    assert [one.confidence for one in bins] == sorted(one.confidence for one in bins)
    assert reliability([]) == []


def test_no_question_no_figure_above_nothing() -> None:
    assert set(answer_figures([]).values()) == {0.0}

"""Reliability diagrams and risk-coverage curves."""

from __future__ import annotations

import pytest

from retrieval.decision.risk import at_threshold, calibration_error, reliability, risk_coverage


def test_bins_hold_what_was_predicted_and_what_was_right() -> None:
    found = reliability([0.05, 0.15, 0.95, 1.0], [False, False, True, False])
    assert [(one.low, one.count) for one in found] == [(0.0, 1), (0.1, 1), (0.9, 2)]
    assert found[-1].predicted == pytest.approx(0.975)
    assert found[-1].right == 0.5
    assert calibration_error(found) == pytest.approx((0.05 + 0.15 + 2 * 0.475) / 4)
    assert calibration_error([]) == 0


def test_the_curve_goes_from_the_most_confident_to_all() -> None:
    curve = risk_coverage([0.9, 0.8, 0.3, 0.2], [True, True, True, False], [0.85, 0.1], steps=4)
    assert [point.answered for point in curve] == [0.25, 0.5, 0.75, 1.0]
    assert [point.right for point in curve] == [1.0, 1.0, 1.0, 0.75]
    assert [point.withheld for point in curve] == [0.0, 0.5, 0.5, 0.5]
    assert risk_coverage([], []) == []


def test_a_threshold_that_nothing_reaches_answers_nothing() -> None:
    point = at_threshold([0.2], [True], [], 0.5)
    assert (point.answered, point.right, point.withheld) == (0.0, 0.0, 0.0)

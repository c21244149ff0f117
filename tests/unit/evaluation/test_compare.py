"""Comparing runs: paired by question, honest about noise."""

from __future__ import annotations

import pytest

from retrieval.evaluation.compare import compare, interval
from tests.unit.evaluation.rows import row


def test_a_run_compared_with_itself_shows_no_difference() -> None:
    rows = [row(number, number % 4 or None) for number in range(60)]
    for one in compare(rows, rows):
        assert (one.low, one.high, one.after - one.before) == (0.0, 0.0, 0.0)
        assert not one.certain


def test_a_clear_improvement_is_certain_and_one_question_is_noise() -> None:
    before = [row(number, 2) for number in range(60)]
    better = [row(number, 1 if number < 40 else 2) for number in range(60)]
    slightly = [row(number, 1 if number < 1 else 2) for number in range(60)]
    gained = {one.metric: one for one in compare(before, better)}
    assert gained["recall@1"].certain
    assert gained["recall@1"].low < 40 / 60 < gained["recall@1"].high
    assert not gained["recall@5"].certain
    assert not next(one for one in compare(before, slightly) if one.metric == "recall@1").certain


def test_only_questions_that_both_asked_count() -> None:
    assert compare([row(1, 1), row(2, 1)], [row(2, 1), row(3, None)])[0].n == 1
    with pytest.raises(ValueError, match="no question in common"):
        compare([row(1, 1)], [row(2, 1)])


def test_parts_are_not_mixed_up() -> None:
    assert compare([row(1, 1, part="sms"), row(1, 2, part="clean")], [row(1, 2, part="clean")])[0].n == 1


def test_an_interval_is_reproducible_and_holds_the_mean() -> None:
    values = [1.0] * 30 + [0.0] * 20
    low, high = interval(values)
    assert (low, high) == interval(values)
    assert low < 0.6 < high
    assert interval([]) == (0.0, 0.0)

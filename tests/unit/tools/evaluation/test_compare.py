"""Comparing runs: paired by question, honest about noise."""

from __future__ import annotations

import pytest

from retrieval.evaluation.rows import Row
from tests.unit.tools.evaluation.rows import row
from tools.evaluation.compare import Difference, compare, interval


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


def told(found: list[Difference]) -> dict[tuple[str, str], Difference]:
    return {(one.part, one.metric): one for one in found}


def test_passages_are_compared_by_the_section_that_is_right() -> None:
    def asked(right: int) -> list[Row]:
        kinds = [row(number, 1, kind="cost" if number % 2 else "delay") for number in range(60)]
        return [one.model_copy(update={"given_right": number < right}) for number, one in enumerate(kinds)]

    found = told(compare(asked(20), asked(50), kind="passages"))
    whole = found["", "right, entry given"]
    assert (whole.n, whole.before, whole.after, whole.certain) == (60, round(20 / 60, 4), round(50 / 60, 4), True)
    assert found["cost", "right, entry given"].n == 30
    assert not found["", "entry first"].certain


def test_what_has_no_answer_is_compared_by_outcome_and_themes_stand_together() -> None:
    def asked(decision: str, scope: str) -> list[Row]:
        themes = [row(number, None, gold=(), part=f"Thème {number % 3}", decision=decision) for number in range(30)]
        return [*themes, *(row(number, None, gold=(), part="chat", decision="choices", scope=scope) for number in range(40))]

    before, after = asked("answered", "enquiry"), asked("no_answer", "outside")
    found = told(compare(before, after, kind="oos", named=["withheld", "chat"]))
    assert {part for part, _ in found} == {"withheld", "chat"}
    assert (found["withheld", "answered"].before, found["withheld", "answered"].after) == (1.0, 0.0)
    assert found["chat", "out_of_scope"].certain
    assert found["chat", "out_of_scope"].after == 1.0


def test_each_kind_of_noise_stands_apart_and_its_cost_is_compared() -> None:
    def asked(noisy: int | None) -> list[Row]:
        return [row(number, 1 if part == "clean" else noisy, part=part) for number in range(40) for part in ("clean", "sms")]

    found = told(compare(asked(None), asked(2), kind="noise"))
    assert found["sms", "lost"].before == 1.0
    assert found["sms", "lost"].after == 0.0
    assert found["sms", "lost"].high < 0
    assert not found["clean", "recall@5"].certain
    assert ("clean", "lost") not in found


def test_languages_are_compared_one_by_one() -> None:
    def asked(language: str) -> list[Row]:
        return [row(number, 1, part=part, language=language) for number in range(40) for part in ("tr", "uk")]

    found = told(compare(asked("tr"), asked("uk"), kind="languages"))
    assert (found["tr", "detected"].before, found["tr", "detected"].after) == (1.0, 0.0)
    assert (found["uk", "detected"].before, found["uk", "detected"].after) == (0.0, 1.0)


def test_precision_counts_what_was_answered_only() -> None:
    held = [row(number, None, decision="choices") for number in range(30)]
    before = [*(row(100 + number, 1) for number in range(10)), *held]
    after = [*(row(100 + number, 1 if number < 5 else None) for number in range(10)), *held]
    found = told(compare(before, after, kind="answers"))
    assert (found["", "precision"].before, found["", "precision"].after) == (1.0, 0.5)


def test_an_interval_is_reproducible_and_holds_the_mean() -> None:
    values = [1.0] * 30 + [0.0] * 20
    low, high = interval(values)
    assert (low, high) == interval(values)
    assert low < 0.6 < high
    assert interval([]) == (0.0, 0.0)

"""Recall, reciprocal rank, percentiles, and files of questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.evaluation import read_questions
from retrieval.evaluation.metrics import first_right, percentiles, recall_and_mrr


def test_the_first_right_entry_counts() -> None:
    assert first_right(["a", "b", "c"], {"c", "b"}) == 2
    assert first_right(["a"], {"z"}) is None
    assert first_right([], {"z"}) is None


def test_recall_and_reciprocal_rank() -> None:
    figures = recall_and_mrr([1, 2, 6, None])
    assert figures == {
        "recall@1": 0.25,
        "recall@3": 0.5,
        "recall@5": 0.5,
        "recall@10": 0.75,
        "mrr@10": pytest.approx((1 + 0.5 + 1 / 6) / 4, abs=1e-4),
    }
    assert recall_and_mrr([])["recall@1"] == 0


def test_percentiles_of_nothing_are_zero() -> None:
    assert percentiles([]) == {"p50_ms": 0.0, "p95_ms": 0.0}
    assert percentiles([1, 2, 3])["p50_ms"] == 2


def test_a_line_that_is_no_question_is_named(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": "1", "question": "où ?", "gold": ["F1"], "theme": "x"}\n\n{"id": "2"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="line 3"):
        read_questions(path)
    path.write_text('{"id": "1", "question": "où ?", "gold": ["F1"]}\n', encoding="utf-8")
    assert read_questions(path)[0].gold == ("F1",)

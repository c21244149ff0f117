"""Runs a file of questions with known answers through a retriever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from retrieval.contracts import Retriever
from retrieval.metrics import first_right, percentiles, recall_and_mrr

DEPTH = 10


class Question(BaseModel):
    """One line of an evaluation file. ``gold`` are ids of which any one is right; none where nothing is known to be."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = ""
    question: str
    gold: tuple[str, ...] = ()


def read_questions(path: Path) -> list[Question]:
    """Raises ``ValueError`` that names the line which is not a question."""
    questions = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            questions.append(Question.model_validate_json(line))
        except ValidationError as error:
            problem = error.errors()[0]["msg"]
            raise ValueError(f'{path}, line {number}: {problem}. Each line is {{"id", "question", "gold": [ids]}}.') from error
    return questions


def evaluate_retrieval(
    questions: Sequence[Question],
    retriever: Retriever,
    *,
    collection: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, float]:
    """Figures over the questions that have a gold entry. What a decision held back (``rejected``) counts as found:
    this measures the ranking, not the confidence."""
    judged = [question for question in questions if question.gold]
    ranks, times = [], []
    for number, question in enumerate(judged, start=1):
        result = retriever.search(question.question, locale="fr", collection=collection, audience=None, limit=DEPTH)
        ranks.append(first_right([hit.entry_id for hit in (*result.hits, *result.rejected)], question.gold))
        times.append(result.timings_ms["total"])
        if progress:
            progress(number, len(judged))
    return {"n": len(judged), **recall_and_mrr(ranks), **percentiles(times)}

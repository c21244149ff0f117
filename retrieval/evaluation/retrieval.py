"""Asks a retriever questions with known answers."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from core.entry import Entry
from retrieval.contracts import RetrievalResult
from retrieval.evaluation.metrics import percentiles, recall_and_mrr
from retrieval.evaluation.questions import Question
from retrieval.evaluation.rows import Found, Row

DEPTH = 10
Progress = Callable[[int, int], None]  # done, total


class Searcher(Protocol):
    """The part of ``retrieval.service.Engine`` that evaluations use."""

    def search(
        self,
        query: str,
        *,
        locale: str = "fr",
        collection: str | None = None,
        audience: str | None = None,
        limit: int = 5,
        withheld: Collection[str] = (),
    ) -> RetrievalResult: ...

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None: ...


def ask(
    questions: Sequence[Question],
    engine: Searcher,
    *,
    collection: str | None = None,
    part: str = "",
    withheld: Collection[str] = (),
    progress: Progress | None = None,
) -> list[Row]:
    """Returns a row for each of ``questions``. Entries that the decision ``rejected`` count as found: ranking and decision are
    judged separately.
    """
    rows = []
    for number, question in enumerate(questions, start=1):
        result = engine.search(question.question, collection=collection, limit=DEPTH, withheld=withheld)
        right = next((entry for name in question.gold if (entry := engine.entry(name, collection))), None)
        rows.append(
            Row(
                id=question.id,
                question=question.question,
                gold=(*question.gold, *_twins_of(right, question.gold, result, engine)) if right else question.gold,
                expected=right.title if right else "",
                theme=right.theme[0] if right and right.theme else "",
                kind=question.kind,
                part=part,
                language=result.language,
                found=tuple(Found(id=hit.entry_id, title=hit.title) for hit in (*result.hits, *result.rejected)),
                confidence=result.confidence,
                decision=result.decision,
                scope=result.scope,
                ms=result.timings_ms["total"],
            )
        )
        if progress:
            progress(number, len(questions))
    return rows


def _twins_of(right: Entry, gold: Sequence[str], result: RetrievalResult, engine: Searcher) -> list[str]:
    """Returns the entries found from other sources than the ``right`` one that answer the same as one of ``gold``, or are
    shown with it.
    """
    found: list[str] = []
    for hit in (*result.hits, *result.rejected):
        if hit.collection != right.collection and (entry := engine.entry(hit.entry_id, hit.collection)):
            same = (*hit.local, *(name.partition("/")[2] for name in entry.twins))
            found += [hit.entry_id] if any(name in gold for name in same) else []
    return found


def recall(rows: Sequence[Row]) -> dict[str, float]:
    """Returns ``n``, recall, MRR and milliseconds of ``rows``, all of which have a gold entry."""
    return {"n": len(rows), **recall_and_mrr([row.rank for row in rows]), **percentiles([row.ms for row in rows])}


def evaluate_retrieval(
    questions: Sequence[Question], engine: Searcher, *, collection: str | None = None, progress: Progress | None = None
) -> dict[str, float]:
    """Returns figures over the questions that have a gold entry. They judge the ranking, independently of the confidence."""
    judged = [question for question in questions if question.gold]
    return recall(ask(judged, engine, collection=collection, progress=progress))

"""Evaluates whether the passage that is shown is the one that answers."""

from __future__ import annotations

from collections.abc import Sequence

from core.entry import Entry, Passage, passages
from retrieval.evaluation.questions import Question
from retrieval.evaluation.retrieval import DEPTH, Progress
from retrieval.evaluation.rows import Found, Row
from retrieval.service import SearchService


def ask_passages(
    questions: Sequence[Question], engine: SearchService, collection: str | None, progress: Progress | None = None
) -> list[Row]:
    """Returns a row for each question whose entry is in the index."""
    rows = []
    for number, question in enumerate(questions, start=1):
        entry = engine.entry(question.entry, collection)
        if entry is None:
            continue
        result = engine.search(question.question, collection=collection, limit=DEPTH)
        hits = (*result.hits, *result.rejected)
        given = passage_at(entry, engine.passage(question.question, entry.id, collection))
        first = engine.entry(hits[0].entry_id, hits[0].collection) if hits else None
        shown = passage_at(first, hits[0].passage) if first else None
        found_right = first is not None and first.id == entry.id and shown is not None and answers(shown, question)
        rows.append(
            Row(
                id=question.id,
                question=question.question,
                gold=(question.entry,),
                expected=" > ".join((entry.title, *question.headings)),
                theme=entry.theme[0] if entry.theme else "",
                kind=question.kind,
                language=result.language,
                found=tuple(Found(id=hit.entry_id, title=hit.title) for hit in hits),
                confidence=result.confidence,
                decision=result.decision,
                scope=result.scope,
                ms=result.timings_ms["total"],
                passage_right=found_right,
                given_right=answers(given, question),
                heading_right=under_heading(given, question),
                shown=" > ".join((*given.headings, *given.cases)),
            )
        )
        if progress:
            progress(number, len(questions))
    return rows


def passage_figures(rows: Sequence[Row]) -> dict[str, float]:
    """Returns shares of the questions whose right section is chosen: with the right entry given, without and with its case, and
    end to end. If the page is shown from its beginning, which does not answer, no part was likely enough.
    """
    count = max(len(rows), 1)
    return {
        "n": len(rows),
        "right heading, entry given": round(sum(bool(row.heading_right) for row in rows) / count, 4),
        "right, entry given": round(sum(bool(row.given_right) for row in rows) / count, 4),
        "page's head, entry given": round(sum(row.at_head for row in rows) / count, 4),
        "right, end to end": round(sum(bool(row.passage_right) for row in rows) / count, 4),
        "entry first": round(sum(row.right for row in rows) / count, 4),
    }


def passage_at(entry: Entry, order: int) -> Passage:
    """Returns the passage with this order, or the first: the one that the answer card shows."""
    found = passages(entry)
    return found[order] if 0 <= order < len(found) else found[0]


def under_heading(passage: Passage, question: Question) -> bool:
    """Decides whether ``passage`` is under a heading that answers."""
    return passage.headings in (question.headings, *question.also)


def answers(passage: Passage, question: Question) -> bool:
    """Decides whether ``passage`` is under a heading that answers, and under the case if the question names one."""
    return passage.headings in question.also or (
        passage.headings == question.headings and (not question.cases or passage.cases == question.cases)
    )

"""Fits the weights of the features of a page's parts, for the choice of the part that answers, from questions on real pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from core.entry import Entry, passages
from retrieval.contracts import Embedder
from retrieval.evaluation.questions import Question
from retrieval.index.vectors import Progress
from retrieval.passages.choice import VALUES, Asked, Parts, part_values, parts_of
from retrieval.query.query import analyse
from retrieval.query.synonyms import built_in
from retrieval.service import nearness
from retrieval.snapshots.snapshot import Snapshot
from tools.training.choice import Numbers, conditional_logit

FOLDS = 5
_DIGITS = 2
_BUT_NEAR = np.asarray([name != "near" for name in VALUES], np.float64)


@dataclass(frozen=True)
class Example:
    """One question: the features of its page's parts, and which of them answer."""

    entry: str
    values: Numbers
    right: NDArray[np.bool_]


def examples(asked: Sequence[Question], snapshot: Snapshot, embedder: Embedder, progress: Progress) -> list[Example]:
    """Returns the examples of those ``asked`` whose page is in the index, with the heading that answers."""
    found = []
    for number, question in enumerate(asked, start=1):
        entry = snapshot.entries.find(question.entry)
        parts = parts_of(passages(entry)) if entry else {}
        right = np.array([headings in (question.headings, *question.also) for headings in parts], np.bool_)
        if entry and right.any():
            found.append(Example(entry.id, _values(question.question, entry, parts, snapshot, embedder), right))
        progress(number, len(asked))
    return found


def _values(text: str, entry: Entry, parts: Parts, snapshot: Snapshot, embedder: Embedder) -> Numbers:
    place = snapshot.entries.place(entry.id, entry.collection)
    assert place is not None
    query = analyse(text, snapshot.vocabulary, built_in())
    near = nearness(snapshot, place, embedder.embed_queries([query.text])[0])
    asked = Asked.of(query, entry.title, snapshot.lexical.rarity)
    return np.asarray(part_values(asked, parts, snapshot.terms.passages(place, asked.wanted.keys()), near), np.float64)


def fit(found: Sequence[Example]) -> Numbers:
    """Returns the weights under which the right parts are likeliest among those of their pages."""
    return conditional_logit([(example.values, example.right) for example in found])


def cross_validated(found: Sequence[Example]) -> float:
    """Returns the share of right choices with weights from other pages' questions."""
    pages = {entry: number for number, entry in enumerate(sorted({example.entry for example in found}))}
    right = 0
    for fold in range(FOLDS):
        weights = fit([example for example in found if pages[example.entry] % FOLDS != fold])
        right += sum(chosen(example, weights) for example in found if pages[example.entry] % FOLDS == fold)
    return right / len(found)


def chosen(example: Example, weights: Numbers) -> bool:
    """Decides whether the part chosen by ``weights`` is a right one."""
    return bool(example.right[int(np.argmax(example.values @ weights))])


def write(found: Sequence[Example], path: Path) -> dict[str, float]:
    """Fits the weights on all of ``found``, writes them to ``path`` with their figures, and returns these.

    A second set is fitted for an index of titles only, which has no distances of parts from the question.
    """
    weights = np.round(fit(found), _DIGITS)
    titles = [replace(example, values=example.values * _BUT_NEAR) for example in found]
    by_titles = np.round(fit(titles), _DIGITS)
    figures = {
        "questions": len(found),
        "pages": len({example.entry for example in found}),
        "right, cross-validated by page": round(cross_validated(found), 3),
        "right, as fitted": round(sum(chosen(example, weights) for example in found) / len(found), 3),
        "right by titles only, cross-validated by page": round(cross_validated(titles), 3),
        "right by titles only, as fitted": round(sum(chosen(example, by_titles) for example in titles) / len(found), 3),
    }
    content = {
        "weights": dict(zip(VALUES, weights.tolist(), strict=True)),
        "titles": dict(zip(VALUES, by_titles.tolist(), strict=True)),
        "figures": figures,
    }
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return figures

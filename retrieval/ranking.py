"""Entries in order for one query: lexical and dense scores, standardised and added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.contracts import Vectors
from retrieval.dense.index import Numbers, VectorIndex
from retrieval.lexical.index import LexicalIndex

# Chosen on service_public_dev (151 questions) / code_du_travail_dev (356), collection service-public; R@1, R@5, MRR@10:
#   lexical alone  .497 .775 .616 / .584 .834 .694      heads alone  .272 .517 .371 / .556 .809 .660
#   sections alone .291 .517 .393 / .500 .758 .615      all          .530 .808 .648 / .649 .868 .742
# cnil_dev, on which nothing was chosen: .595 .821 .698. Neighbouring weights stay within 2 points; so do BM25 of the best
# passage instead of the body, reciprocal ranks instead of standard scores, and the share of the title that is asked for.
FIELD_WEIGHTS = {"title": 1.0, "summary": 0.3, "body": 1.2}
LEXICAL_WEIGHT = 1.0
HEAD_WEIGHT = 0.6
SECTION_WEIGHT = 0.8
CANDIDATES = 200  # vectors asked of each FAISS index, and entries of the lexical index, before exact scoring


@dataclass(frozen=True)
class Ranked:
    """One entry in order. ``place`` is its place in the snapshot; ``nearest`` the passage of its best vector.

    ``lexical`` and ``dense`` are standard scores, ``head`` and ``section`` cosines (-1 without a vector).
    """

    place: int
    score: float
    lexical: float
    dense: float
    head: float
    section: float
    nearest: int

    def parts(self) -> dict[str, float]:
        names = ("lexical", "dense", "head", "section")
        return {name: round(float(getattr(self, name)), 4) for name in names}


def lexical_scores(index: LexicalIndex, query: Mapping[str, float], allowed: NDArray[np.bool_] | None) -> Vectors:
    """Weighted sum of the fields' BM25, as standard scores over the allowed entries (all 0 where no term is known)."""
    total: Vectors = sum(
        (FIELD_WEIGHTS[field] * scores for field, scores in index.scores(query).items()), start=np.zeros(1, np.float32)
    )
    among = total if allowed is None else total[allowed]
    spread = float(among.std()) if len(among) else 0.0
    if spread < 1e-9:
        return np.zeros_like(total)
    return np.asarray((total - float(among.mean())) / spread, dtype=np.float32)


def dense_candidates(heads: VectorIndex, sections: VectorIndex, query: Vectors, allowed: NDArray[np.bool_] | None) -> Numbers:
    """Places of the entries that own the nearest vectors."""
    return np.union1d(heads.nearest(query, CANDIDATES, allowed), sections.nearest(query, CANDIDATES, allowed))


def fuse(
    lexical: Vectors,
    heads: VectorIndex,
    sections: VectorIndex,
    query: Vectors,
    near: Numbers,
    allowed: NDArray[np.bool_] | None,
    limit: int,
) -> list[Ranked]:
    """The best ``limit`` of the dense candidates ``near`` and the lexical ones, best first, with exact scores."""
    eligible = lexical if allowed is None else np.where(allowed, lexical, -np.inf)
    worded = np.argpartition(-eligible, min(CANDIDATES, len(eligible)) - 1)[:CANDIDATES]
    places = np.union1d(near, worded[np.isfinite(eligible[worded])]).astype(np.int64)
    head, _ = heads.best(query, places)
    section, nearest = sections.best(query, places)
    dense = HEAD_WEIGHT * heads.moments.standardise(head, query)
    if len(sections.owners):
        # An entry without sections (a short page) is judged by its head on both counts.
        section_or_head = np.where(section > -1, section, head)
        dense = dense + SECTION_WEIGHT * sections.moments.standardise(section_or_head, query)
    scores = LEXICAL_WEIGHT * lexical[places] + dense
    order = np.argsort(-scores, kind="stable")[:limit]
    return [
        Ranked(
            place=int(places[at]),
            score=float(scores[at]),
            lexical=float(lexical[places[at]]),
            dense=float(dense[at]),
            head=float(head[at]),
            section=float(section[at]),
            nearest=int(nearest[at]) if section[at] > head[at] else 0,
        )
        for at in order
    ]

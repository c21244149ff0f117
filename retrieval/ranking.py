"""Entries in order for one query: lexical and dense scores, standardised and added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.contracts import Vectors
from retrieval.dense.index import Numbers, VectorIndex
from retrieval.lexical.index import LexicalIndex

# Chosen on the project's own 161 questions, service_public_dev (151) and code_du_travail_dev (356), all service-public, with
# the encoder tuned on the pages; R@1, R@5, R@10:
#   lexical alone  .435 .658 .783 / .490 .781 .848 / .612 .843 .888
#   heads alone    .416 .665 .733 / .424 .762 .841 / .615 .848 .888
#   sections alone .410 .689 .795 / .457 .748 .821 / .624 .834 .890
#   all            .590 .770 .839 / .570 .828 .881 / .674 .871 .930; cnil_dev, on which nothing was chosen: .560 .821 .905.
# Dense weights from half to twice these stay within 3 points. What else was tried, a learned re-ranker above all: ADR 0007.
FIELD_WEIGHTS = {"title": 1.0, "summary": 0.3, "body": 1.2}
LEXICAL_WEIGHT = 1.0
HEAD_WEIGHT = 0.9
SECTION_WEIGHT = 1.2
CANDIDATES = 200  # vectors asked of each FAISS index, and entries of the lexical index, before exact scoring


@dataclass(frozen=True)
class Ranked:
    """One entry in order. ``place`` is its place in the snapshot; ``nearest`` the passage of its best vector.

    ``lexical`` and ``dense`` are standard scores, ``head`` and ``section`` cosines (-1 without a vector); ``burden`` is what
    the score lost because the page is for people that the message does not name. ``order.reorder`` puts the score and its
    parts into log-odds, and adds ``standing``, what the page has whatever is asked, ``unmatched`` and ``titled``: the share of
    the message that the entry does not hold, and that of its title that the message holds.
    """

    place: int
    score: float
    lexical: float
    dense: float
    head: float
    section: float
    nearest: int
    burden: float = 0.0
    standing: float = 0.0
    unmatched: float = 0.0
    titled: float = 0.0

    def parts(self) -> dict[str, float]:
        names = ("lexical", "dense", "head", "section", "burden", "standing")
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
    """Places of the entries that own the nearest vectors; one may stand twice."""
    return np.concatenate([heads.nearest(query, CANDIDATES, allowed), sections.nearest(query, CANDIDATES, allowed)])


def fuse(
    lexical: Vectors,
    heads: VectorIndex,
    sections: VectorIndex,
    query: Vectors,
    near: Numbers,
    allowed: NDArray[np.bool_] | None,
    limit: int,
    burden: Vectors | None = None,
) -> list[Ranked]:
    """The best ``limit`` of the dense candidates ``near`` and the lexical ones, best first, with exact scores.

    ``burden`` is what each entry loses (``publics.NarrowPages``).
    """
    eligible = lexical if allowed is None else np.where(allowed, lexical, -np.inf)
    worded = np.argpartition(-eligible, min(CANDIDATES, len(eligible)) - 1)[:CANDIDATES]
    chosen = np.zeros(len(lexical), np.bool_)
    chosen[near] = chosen[worded[np.isfinite(eligible[worded])]] = True
    places = np.flatnonzero(chosen)
    head, _ = heads.best(query, places)
    section, nearest = sections.best(query, places)
    dense = HEAD_WEIGHT * heads.moments.standardise(head, query)
    if len(sections.owners):
        # An entry without sections (a short page) is judged by its head on both counts.
        section_or_head = np.where(section > -1, section, head)
        dense = dense + SECTION_WEIGHT * sections.moments.standardise(section_or_head, query)
    lost = np.zeros(len(places), np.float32) if burden is None else burden[places]
    scores = LEXICAL_WEIGHT * lexical[places] + dense - lost
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
            burden=float(lost[at]),
        )
        for at in order
    ]

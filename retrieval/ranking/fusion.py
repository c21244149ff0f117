"""Ranks entries for one query: lexical and dense scores, standardised and added."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.contracts import Vectors
from retrieval.index.lexical_index import LexicalIndex
from retrieval.index.vector_index import Numbers, VectorIndex

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
# How many entries are scored exactly for each one wanted: with rough products of all vectors, and with clusters. For 700
# questions on 27,963 sections in clusters, with 200, 20 or 5 vectors looked up, a factor of four kept the first page always and
# .9987 or more of the first ten; a factor of two .9971 and .985 or more.
SCORED, SCORED_OF_CLUSTERS = 2, 4


@dataclass(frozen=True)
class Ranked:
    """One entry of a ranking. ``place`` is its place in the snapshot; ``nearest`` the passage of its best vector.

    ``lexical`` and ``dense`` are standard scores, ``head`` and ``section`` cosines (-1 without a vector). ``penalty`` is the
    penalty of a page for an audience that the message does not name. ``order.reorder`` turns the score and its parts into
    log-odds. It adds ``prior``, the page's prior; ``unmatched``, the share of the message that the entry does not hold; and
    ``titled``, the share of its title that the message holds.
    """

    place: int
    score: float
    lexical: float
    dense: float
    head: float
    section: float
    nearest: int
    penalty: float = 0.0
    prior: float = 0.0
    unmatched: float = 0.0
    titled: float = 0.0

    def parts(self) -> dict[str, float]:
        names = ("lexical", "dense", "head", "section", "penalty", "prior")
        return {name: round(float(getattr(self, name)), 4) for name in names}


def lexical_scores(index: LexicalIndex, query: Mapping[str, float], allowed: NDArray[np.bool_] | None) -> Vectors:
    """Returns the weighted sum of the fields' BM25, as standard scores over the allowed entries (all 0 if no term is known)."""
    total: Vectors = sum(
        (FIELD_WEIGHTS[field] * scores for field, scores in index.scores(query).items()), start=np.zeros(1, np.float32)
    )
    among = total if allowed is None else total[allowed]
    spread = float(among.std()) if len(among) else 0.0
    if spread < 1e-9:
        return np.zeros_like(total)
    return np.asarray((total - float(among.mean())) / spread, dtype=np.float32)


class Meaning:
    """Compares a query's vector with the vectors of heads and of sections."""

    def __init__(self, heads: VectorIndex, sections: VectorIndex, query: Vectors) -> None:
        self.heads, self.sections, self.query = heads, sections, query
        self._of_heads, self._of_sections = heads.moments.standard(query), sections.moments.standard(query)

    def scores(self, head: Vectors, section: Vectors) -> Vectors:
        """Returns standard scores of entries, from the products of their heads and of their best sections (-1 without any)."""
        dense = HEAD_WEIGHT * self._of_heads.of(head)
        if len(self.sections.owners):
            # An entry without sections (a short page) gets its head's score twice.
            dense = dense + SECTION_WEIGHT * self._of_sections.of(np.where(section > -1, section, head))
        return dense


def candidates(
    lexical: Vectors,
    meaning: Meaning,
    allowed: NDArray[np.bool_] | None,
    limit: int,
    penalty: Vectors | None = None,
) -> Numbers:
    """Returns a few times ``limit`` places of entries, in order, by rough products. The best ``limit`` entries are among
    them.
    """
    eligible = lexical if allowed is None else np.where(allowed, lexical, np.float32(-np.inf))
    vectors = (meaning.heads, meaning.sections)
    head, section = (index.roughly(meaning.query, len(lexical), allowed) for index in vectors)
    scores = np.asarray(LEXICAL_WEIGHT * eligible + meaning.scores(head, section), np.float32)
    several = SCORED_OF_CLUSTERS if any(index.clustered for index in vectors) else SCORED
    return _highest(scores if penalty is None else scores - penalty, several * limit)


def _highest(scores: Vectors, count: int) -> Numbers:
    """Returns the places of the ``count`` highest of ``scores``, in order, without those of entries that are not allowed."""
    found = np.sort(np.argpartition(-scores, min(count, len(scores)) - 1)[:count])
    return found[np.isfinite(scores[found])]


def fuse(
    lexical: Vectors,
    meaning: Meaning,
    places: Numbers,
    limit: int,
    penalty: Vectors | None = None,
) -> list[Ranked]:
    """Returns the best ``limit`` of the entries at ``places`` (from ``candidates``), best first, with exact scores.

    ``penalty`` is the penalty of each entry (``audience_penalty.AudiencePages``).
    """
    head, _ = meaning.heads.best(meaning.query, places)
    section, nearest = meaning.sections.best(meaning.query, places)
    dense = meaning.scores(head, section)
    lost = np.zeros(len(places), np.float32) if penalty is None else penalty[places]
    scores = LEXICAL_WEIGHT * lexical[places] + dense - lost
    order = np.argsort(-scores, kind="stable")[:limit]
    passage = np.where(section > head, nearest, 0)
    columns = (places, scores, lexical[places], dense, head, section, passage, lost)
    return [Ranked(*row) for row in zip(*(column[order].tolist() for column in columns), strict=True)]

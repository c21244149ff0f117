"""Which passage of an entry answers the question: words in its text, headings and cases, and the nearest section."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.entry import Entry, passages
from retrieval.lexical.analysis import terms

HEADING_WEIGHT = 1.5
CASE_WEIGHT = 1.5
DENSE_BONUS = 0.25  # for passages of the section whose vector is nearest, as a share of the query's weight
FIRST_BONUS = 0.15  # the introduction answers what no other passage answers clearly better


@dataclass(frozen=True)
class PassageTerms:
    """The terms of one passage. ``order`` is its place in ``core.entry.passages``."""

    order: int
    heading: frozenset[str]
    case: frozenset[str]
    text: frozenset[str]


def passage_terms(entry: Entry) -> tuple[PassageTerms, ...]:
    return tuple(
        PassageTerms(
            passage.order,
            frozenset(terms(" ".join(passage.headings))),
            frozenset(terms(" ".join(passage.cases))),
            frozenset(terms(passage.markdown)),
        )
        for passage in passages(entry)
    )


def choose_passage(
    query: Sequence[str], title: Sequence[str], found: Sequence[PassageTerms], nearest: int, rarity: Callable[[str], float]
) -> int:
    """The order of the best passage; 0 where nothing tells them apart.

    Words of the entry's own title say nothing about which passage is meant, so they do not count.
    """
    wanted = {term: rarity(term) for term in set(query) - set(title)}
    total = sum(wanted.values())
    if not found or not total:
        return nearest
    near = next((passage.heading for passage in found if passage.order == nearest), None) if nearest else None
    best, best_score = 0, -1.0
    for passage in found:
        score = sum(weight * _worth(term, passage) for term, weight in wanted.items()) / total
        score += FIRST_BONUS * (passage.order == 0) + DENSE_BONUS * (passage.order > 0 and passage.heading == near)
        if score > best_score:
            best, best_score = passage.order, score
    return best


def _worth(term: str, passage: PassageTerms) -> float:
    return max(float(term in passage.text), HEADING_WEIGHT * (term in passage.heading), CASE_WEIGHT * (term in passage.case))

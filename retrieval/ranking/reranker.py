"""The order of the first entries: features of each, weighted by a model that was fitted on questions.

The sum of ``ranking.py`` finds the right page among the first forty for .97 of service_public_dev and .98 of
code_du_travail_dev. This module decides which of these comes first. The weights (``calibration.json``, fitted by ``./guichet
index calibrate``) make a score the log-odds that an entry is the right one, so that the confidence can use it.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from retrieval.contracts import Vectors
from retrieval.index.lexical_index import LexicalIndex
from retrieval.index.vector_index import Numbers, VectorIndex
from retrieval.query.query import Query
from retrieval.ranking.fusion import Ranked
from retrieval.terms.analysis import fold

REORDERED = 40
# Words: the sum of the fields' BM25; the share of the message, by rarity of its terms, that the entry does not hold; the share
# of its title that the message holds. Meaning, in tenths of a cosine: its title and description, the two nearest of its
# sections, of its other wordings and of the questions that its sentences answer. Whether it is for an audience that the message
# does not name. And the page's prior (``page_priors.py``), which does not depend on the query. ADRs 0046, 0047 and 0064 list
# the effect of each.
VALUES = (
    "lexical",
    "unmatched",
    "titled",
    "head",
    "section",
    "second",
    "wording",
    "second_wording",
    "question",
    "second_question",
    "narrow",
    "linked",
    "length",
    "theme",
)
_WORD = re.compile(r"[^\W_]+")
_WORDS, _MEANING, _NARROW, _PRIOR = slice(0, 3), slice(3, 10), 10, slice(11, 14)
THEME = 13
_TENTHS = 10.0
_MIDDLE = 0.6  # about the mean cosine of this encoder; without it editors would see scores of about 30
# A message that is a title, word for word, means that page. The training data has too few (5 of 3,117 messages) to fit this.
# With all 3,371 titles as queries, 75 pages did not come first without it; with it, only the second of two pages with the same
# title (11). Of 11 labelled messages that are a title, 9 mean its page.
LEAD = 1.0
_STEP = 0.05  # cosine below the nearest if there is no second text: .025 on average for sections, .055 for wordings
# Cosine of an entry without questions below that of its nearest other text: the mean of wrong pages with questions.
_QUESTION_STEP = 0.022
Values = NDArray[np.float64]


def values(
    ranked: Sequence[Ranked],
    asked: Query,
    vector: Vectors,
    lexical: LexicalIndex,
    sections: VectorIndex,
    questions: VectorIndex,
    title_of: Callable[[int], Mapping[str, float]],
    priors: Values,
) -> Values:
    """Returns the features, (entries, ``VALUES``), of each of ``ranked`` for the message ``asked`` with the vector ``vector``.

    ``title_of`` returns the terms of an entry's title with their rarities, by place. ``priors`` are those of all
    entries.
    """
    places = np.asarray([one.place for one in ranked], np.int64)
    head = np.asarray([one.head for one in ranked], np.float64)
    near = _nearest(sections, questions, vector, places, head)
    said = asked.added.union(asked.terms)
    found = np.empty((len(ranked), len(VALUES)))
    found[:, 0] = [one.lexical for one in ranked]
    found[:, 1] = _unmatched(lexical, places, asked)
    found[:, 2] = [_titled(title_of(one.place), said) for one in ranked]
    found[:, _MEANING] = (np.column_stack((head, near)) - _MIDDLE) * _TENTHS
    found[:, _NARROW] = [one.penalty for one in ranked]
    found[:, _PRIOR] = priors[places]
    return found


def title_equals(ranked: Sequence[Ranked], message: str, titles: Sequence[str]) -> NDArray[np.bool_]:
    """Returns, (entries,), whether the title of each of ``ranked`` equals ``message``, word for word. ``titles`` are by
    place.
    """
    said = _words_of(message)
    return np.asarray([_words_of_title(titles[one.place]) == said for one in ranked], np.bool_)


def reorder(
    ranked: Sequence[Ranked],
    known: Values,
    weights: Sequence[float],
    limit: int | None = None,
    named: NDArray[np.bool_] | None = None,
) -> list[Ranked]:
    """Returns the first ``REORDERED`` of ``ranked``, ordered by their features ``known``, then the others; the best ``limit``
    of them. Scores are log-odds. Entries that the message has ``named`` come first, with a lead of ``LEAD``.

    ``lexical``, ``dense`` and ``prior`` become the contributions of words, meaning and prior to the score; ``penalty``
    becomes the penalty.
    """
    parts = known * np.asarray(weights)
    if named is not None and named.any() and not named.all():
        ahead = parts.sum(axis=1)
        parts[named, 0] += max(0.0, ahead[~named].max() + LEAD - ahead[named].max())
    scores = parts.sum(axis=1)
    order = [*np.argsort(-scores[:REORDERED], kind="stable"), *(REORDERED + np.argsort(-scores[REORDERED:], kind="stable"))]
    return [
        replace(
            ranked[at],
            score=float(scores[at]),
            lexical=float(parts[at, _WORDS].sum()),
            dense=float(parts[at, _MEANING].sum()),
            penalty=-float(parts[at, _NARROW]),
            prior=float(parts[at, _PRIOR].sum()),
            unmatched=float(known[at, 1]),
            titled=float(known[at, 2]),
        )
        for at in order[:limit]
    ]


def _nearest(sections: VectorIndex, questions: VectorIndex, query: Vectors, places: Numbers, head: Values) -> Values:
    """Returns cosines, (entries, 6): of the two nearest sections, other wordings and questions of each entry."""
    scores, passages, counts = sections.each(query, places)
    owners = np.repeat(np.arange(len(places)), counts)
    section, wording = (_two_best(owners[chosen], scores[chosen], head) for chosen in (passages > 0, passages == 0))
    scores, _, counts = questions.each(query, places)
    instead = np.maximum(section[:, 0], wording[:, 0]) - _QUESTION_STEP
    question = _two_best(np.repeat(np.arange(len(places)), counts), scores, instead)
    return np.column_stack((section, wording, question))


def _two_best(owners: Numbers, scores: Vectors, instead: Values) -> Values:
    """Returns the two best scores of each entry, (entries, 2). For an entry without any, ``instead`` is used."""
    found = np.full((len(instead), 2), np.nan)
    order = np.lexsort((-scores, owners))
    owners, scores = owners[order], scores[order]
    ranks = np.arange(len(owners)) - np.searchsorted(owners, owners)
    for rank in (0, 1):
        found[owners[ranks == rank], rank] = scores[ranks == rank]
    best = np.where(np.isnan(found[:, 0]), instead, found[:, 0])
    return np.column_stack((best, np.where(np.isnan(found[:, 1]), best - _STEP, found[:, 1])))


def _unmatched(lexical: LexicalIndex, places: Numbers, asked: Query) -> Values:
    rarity = {term: lexical.rarity(term) for term in asked.terms}
    weights = np.asarray(list(rarity.values()), np.float64)
    held = lexical.holds(list(rarity), places)
    return np.asarray(weights @ ~held / (weights.sum() or 1.0), np.float64)


def _words_of(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(text)))


_words_of_title = lru_cache(maxsize=10_000)(_words_of)  # only titles are cached; citizens' messages are not kept in memory


def _titled(title: Mapping[str, float], said: Collection[str]) -> float:
    held = sum(rarity for term, rarity in title.items() if term in said)
    return held / (sum(title.values()) or 1.0)

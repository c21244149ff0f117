"""The order of the first entries: what is known of each, weighed by what was learned from questions.

The sum of ``ranking.py`` finds the right page among the first forty for .97 of service_public_dev and .98 of
code_du_travail_dev; which of these comes first is decided here. The weights (``calibration.json``, fitted by
``./guichet index calibrate``) make a score the log-odds that an entry is the one asked for, so that the confidence can read it
as such.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from retrieval.contracts import Vectors
from retrieval.dense.index import Numbers, VectorIndex
from retrieval.index.lexical_index import LexicalIndex
from retrieval.lexical.analysis import fold
from retrieval.lexical.query import Query
from retrieval.ranking import Ranked

REORDERED = 40
# Words: the sum of the fields' BM25; the share of the message, by rarity of its terms, that the entry does not hold; the share
# of its title that the message holds. Meaning, in tenths of a cosine: its title and description, the two nearest of its
# sections and of its other wordings. Whether it is for people whom the message does not name. And how the page stands
# (``standing.py``), whatever is asked. ADRs 0046 and 0047 have what each gives.
VALUES = (
    "lexical",
    "unmatched",
    "titled",
    "head",
    "section",
    "second",
    "wording",
    "second_wording",
    "narrow",
    "linked",
    "length",
    "theme",
)
_WORD = re.compile(r"[^\W_]+")
_WORDS, _MEANING, _NARROW, _STANDING = slice(0, 3), slice(3, 8), 8, slice(9, 12)
THEME = 11
_TENTHS = 10.0
_MIDDLE = 0.6  # of the cosines that this encoder gives: without it, scores that an editor sees would be about 30
# Who writes a title word for word asks for that page. Too few of those learned from do (5 of 3,117 messages) to fit it, but
# whoever searches does: of all 3,371 titles, asked as they stand, 75 pages did not come first ("mariage en france" 9th, "carte
# grise" 8th), now none but the second of two pages of one title (11). Of 11 labelled messages that are a title 9 mean its page.
LEAD = 1.0
_STEP = 0.05  # of a cosine, where there is no next text: sections are .025 behind the nearest on average, wordings .055
Values = NDArray[np.float64]


def values(
    ranked: Sequence[Ranked],
    asked: Query,
    vector: Vectors,
    lexical: LexicalIndex,
    sections: VectorIndex,
    title_of: Callable[[int], Mapping[str, float]],
    standing: Values,
) -> Values:
    """(entries, ``VALUES``) what is known of each of ``ranked`` about the message ``asked``, whose vector is ``vector``.

    ``title_of`` gives the terms of an entry's title with their rarities, by its place; ``standing`` is that of all entries.
    """
    places = np.asarray([one.place for one in ranked], np.int64)
    head = np.asarray([one.head for one in ranked], np.float64)
    near = _nearest(sections, vector, places, head)
    said = asked.added.union(asked.terms)
    found = np.empty((len(ranked), len(VALUES)))
    found[:, 0] = [one.lexical for one in ranked]
    found[:, 1] = _unmatched(lexical, places, asked)
    found[:, 2] = [_titled(title_of(one.place), said) for one in ranked]
    found[:, _MEANING] = (np.column_stack((head, near)) - _MIDDLE) * _TENTHS
    found[:, _NARROW] = [one.burden for one in ranked]
    found[:, _STANDING] = standing[places]
    return found


def titled_so(ranked: Sequence[Ranked], message: str, titles: Sequence[str]) -> NDArray[np.bool_]:
    """(entries,) whether the title of each of ``ranked`` is what ``message`` says, word for word; ``titles`` by place."""
    said = _words_of(message)
    return np.asarray([_words_of_title(titles[one.place]) == said for one in ranked], np.bool_)


def reorder(
    ranked: Sequence[Ranked],
    known: Values,
    weights: Sequence[float],
    limit: int | None = None,
    named: NDArray[np.bool_] | None = None,
) -> list[Ranked]:
    """The first ``REORDERED`` of ``ranked`` by what is ``known`` of them, then the others, with their scores in log-odds; the
    best ``limit`` of them. Those that are ``named`` by the message come first, ``LEAD`` ahead.

    ``lexical``, ``dense`` and ``standing`` become what words, meaning and the page itself add to the score, ``burden`` what it
    loses.
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
            burden=-float(parts[at, _NARROW]),
            standing=float(parts[at, _STANDING].sum()),
            unmatched=float(known[at, 1]),
            titled=float(known[at, 2]),
        )
        for at in order[:limit]
    ]


def _nearest(sections: VectorIndex, query: Vectors, places: Numbers, head: Values) -> Values:
    """(entries, 4) cosines of the two nearest sections and the two nearest other wordings of each entry."""
    scores, passages, counts = sections.each(query, places)
    owners = np.repeat(np.arange(len(places)), counts)
    kinds = [_two_best(owners[chosen], scores[chosen], head) for chosen in (passages > 0, passages == 0)]
    return np.column_stack(kinds)


def _two_best(owners: Numbers, scores: Vectors, head: Values) -> Values:
    """(entries, 2). An entry that has none is judged by its ``head``."""
    found = np.full((len(head), 2), np.nan)
    order = np.lexsort((-scores, owners))
    owners, scores = owners[order], scores[order]
    ranks = np.arange(len(owners)) - np.searchsorted(owners, owners)
    for rank in (0, 1):
        found[owners[ranks == rank], rank] = scores[ranks == rank]
    best = np.where(np.isnan(found[:, 0]), head, found[:, 0])
    return np.column_stack((best, np.where(np.isnan(found[:, 1]), best - _STEP, found[:, 1])))


def _unmatched(lexical: LexicalIndex, places: Numbers, asked: Query) -> Values:
    rarity = {term: lexical.rarity(term) for term in asked.terms}
    weights = np.asarray(list(rarity.values()), np.float64)
    held = lexical.holds(list(rarity), places)
    return np.asarray(weights @ ~held / (weights.sum() or 1.0), np.float64)


def _words_of(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(text)))


_words_of_title = lru_cache(maxsize=10_000)(_words_of)  # titles only: what citizens write is not kept in memory


def _titled(title: Mapping[str, float], said: Collection[str]) -> float:
    held = sum(rarity for term, rarity in title.items() if term in said)
    return held / (sum(title.values()) or 1.0)

"""Finds twins: pairs of entries of two collections of which the newer one gives the same answer as the older one.

It compares content, by the vectors of a snapshot. The result must be read by a person: of 60 random pairs a reader accepted 52,
and of all 118 under the present rule 102 (docs/adr/0062). The importer uses the accepted pairs (``twins.jsonl``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.snapshots.snapshot import Snapshot
from retrieval.terms.analysis import terms

type Vectors = NDArray[np.float32]

# The similarity of two entries: the cosine of their heads, plus the mean, over the older one's sections, of the cosine of the
# nearest section of the newer one ("covered"), plus half the share of these sections to which no other entry is nearer.
_ALIKE, _TITLED, _QUESTION = 1.80, 0.80, 1.95
_HEADS = 0.92  # practically equal heads
_COVERED = 0.69
_RANK = 2  # at most so many older entries may be nearer to the newer one
_CANDIDATES = 5
_FOR_ALL = "entreprise mineur"  # pages for these people have twins as well; those for civil servants have none


class Twin(NamedTuple):
    """A pair. ``entry`` is the id of the older one, ``twin`` of the newer one. ``alike`` is between 0 and 2.5."""

    entry: str
    twin: str
    alike: float


def find_twins(snapshot: Snapshot, older: str, newer: str) -> list[Twin]:
    """Returns, for each entry of collection ``older``, the one of ``newer`` with the same answer, best first.

    Entries for civil servants only have none, nor has an entry that was verified after the other.
    """
    entries = snapshot.entries
    heads = _heads(snapshot)
    old, new = ([at for at, name in enumerate(entries.collections) if name == one and at in heads] for one in (older, newer))
    if not old or not new:
        return []
    narrow = snapshot.audience_pages.penalty(terms(_FOR_ALL))
    sections = _Sections(snapshot, new)
    near = np.stack([heads[at] for at in old]) @ np.stack([heads[at] for at in new]).T
    ranks = np.argsort(np.argsort(-near, axis=0), axis=0)
    found: list[Twin] = []
    for row, at in enumerate(old):
        best: tuple[float, int] = (0.0, 0)
        if narrow[at] > 0:
            continue
        for column in np.argsort(-near[row])[:_CANDIDATES]:
            covered, share = sections.covered(at, new[column])
            alike = float(near[row, column]) + covered + share / 2
            best = max(best, (alike, int(column))) if covered >= _COVERED else best
        alike, column = best
        other = new[column]
        later = entries.verified_on[at] < entries.verified_on[other]
        if later and ranks[row, column] <= _RANK and _is_twin(entries.titles[at], alike, near[row, column], ranks[row, column]):
            found.append(Twin(entries.ids[at], entries.ids[other], round(alike, 2)))
    return sorted(found, key=lambda twin: (-twin.alike, twin.entry))


def _is_twin(title: str, alike: float, heads: float, rank: int) -> bool:
    if title.endswith("?"):  # a single question on a subject that another entry treats as a whole
        return heads >= _HEADS or (alike >= _QUESTION and rank == 0)
    return heads >= _HEADS or alike >= _QUESTION or (alike >= _ALIKE and heads >= _TITLED)


class _Sections:
    """The section vectors of the ``new`` entries, for comparison with others."""

    def __init__(self, snapshot: Snapshot, new: list[int]) -> None:
        self._index = snapshot.sections
        self._own = np.flatnonzero(np.isin(self._index.owners, new))
        self._vectors, self._owners = self._index.vectors(self._own), self._index.owners[self._own]

    def covered(self, entry: int, other: int) -> tuple[float, float]:
        """Returns how near the sections of ``entry`` are to those of ``other``, and for which share of them ``other`` is the
        nearest.
        """
        own = self._index.vectors(np.flatnonzero(self._index.owners == entry))
        of_other = np.flatnonzero(self._owners == other)
        if not len(own) or not len(of_other):
            return 0.0, 0.0
        products = own @ self._vectors.T
        nearest = self._owners[products.argmax(axis=1)] == other
        return float(products[:, of_other].max(axis=1).mean()), float(nearest.mean())


def _heads(snapshot: Snapshot) -> dict[int, Vectors]:
    index = snapshot.heads
    vectors = index.vectors(np.arange(len(index.keys)))
    return {int(owner): vector for owner, vector in zip(index.owners, vectors, strict=True)}

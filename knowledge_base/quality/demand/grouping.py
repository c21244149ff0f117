"""Groups messages by subject: groups of near vectors, and names from each group's own words. Deterministic; no I/O."""

from collections import Counter
from collections.abc import Callable, Sequence
from math import log1p

import numpy as np

from retrieval.contracts import Vectors
from retrieval.terms.analysis import normal, term, tokens

DISTANCE = 0.65  # mean cosine distance up to which groups are joined (docs/evaluation.md)
JOIN = 0.45  # least cosine with a group's centroid at which a later message belongs to its subject
TERMS = 4  # terms in a name
_CENTRAL = 5  # the central messages of a group, from which its title is chosen
_LONG = 110  # characters of a title
_DIGITS = 2  # shorter numbers have no meaning


def centred(vectors: Vectors, mean: Vectors) -> Vectors:
    """Returns unit vectors relative to ``mean``: the part common to all questions says nothing of their subjects."""
    moved = vectors - mean
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9), np.float32)


def group(vectors: Vectors, distance: float = DISTANCE) -> list[list[int]]:
    """Groups the rows of ``vectors`` (centred) by subject: the largest group first, then the earliest row."""
    count = len(vectors)
    if count < 2:
        return [[row] for row in range(count)]
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415 - a second to import, only where it is used

    apart = np.clip(1.0 - vectors @ vectors.T, 0.0, 2.0)
    model = AgglomerativeClustering(n_clusters=None, metric="precomputed", linkage="average", distance_threshold=distance)
    members: dict[int, list[int]] = {}
    for row, label in enumerate(model.fit_predict(apart)):
        members.setdefault(int(label), []).append(row)
    return sorted(members.values(), key=lambda rows: (-len(rows), rows[0]))


def centroid(vectors: Vectors) -> Vectors:
    """Returns the unit vector in the middle of ``vectors``."""
    middle = vectors.mean(axis=0)
    return np.asarray(middle / max(float(np.linalg.norm(middle)), 1e-9), np.float32)


def names(groups: Sequence[Sequence[str]], rarity: Callable[[str], float]) -> list[tuple[str, ...]]:
    """Returns, for each group of texts, the ``TERMS`` most typical terms, as the citizens write them.

    Class-based TF-IDF: the score of a term is the share of the group's texts that have it, weighted by how few other groups
    have it and by its ``rarity`` in the knowledge base. Two words that mostly occur next to each other are one term ("carte
    grise").
    """
    counted = [_terms(texts) for texts in groups]
    holders = Counter(name for counts, _ in counted for name in counts)
    return [
        _best(counts, spelled, holders, len(groups), len(texts), rarity)
        for (counts, spelled), texts in zip(counted, groups, strict=True)
    ]


def title(texts: Sequence[str], words: Sequence[str]) -> str:
    """Returns the message that represents a group to readers; empty if there is none.

    Of the central messages (``texts``, nearest first) it is the one with most of ``words``, the group's own terms, that is not
    too long.
    """
    if not texts:
        return ""
    wanted = [set(filter(None, map(term, one.split()))) for one in words]

    def worth(text: str) -> tuple[bool, int]:
        terms_here = {term(token.word) for token in tokens(normal(text))}
        return len(text) <= _LONG, sum(one <= terms_here for one in wanted)

    chosen = " ".join(max(texts[:_CENTRAL], key=worth).split())  # of equal ones the most central
    return chosen if len(chosen) <= _LONG else chosen[: _LONG - 1].rsplit(" ", 1)[0] + "…"


def _terms(texts: Sequence[str]) -> tuple[Counter[tuple[str, ...]], dict[tuple[str, ...], Counter[str]]]:
    """Returns each term (one stem or two) with the number of texts that have it, and the ways in which it is written."""
    counts: Counter[tuple[str, ...]] = Counter()
    spelled: dict[tuple[str, ...], Counter[str]] = {}
    for text in texts:
        seen: set[tuple[str, ...]] = set()
        found = tokens(normal(text))
        before: tuple[str, int, str] | None = None
        for place, token in enumerate(found):
            stem = term(token.word)
            if not stem or (token.word.isdigit() and len(token.word) <= _DIGITS) or len(token.word) < 2:
                continue
            seen.add((stem,))
            spelled.setdefault((stem,), Counter())[token.word] += 1
            if before is not None and place - before[1] <= 2 and before[0] != stem:
                pair = (before[0], stem)
                seen.add(pair)
                between = " ".join(one.word for one in found[before[1] : place + 1])
                spelled.setdefault(pair, Counter())[between] += 1
            before = (stem, place, token.word)
        counts.update(seen)
    return counts, spelled


def _best(
    counts: Counter[tuple[str, ...]],
    spelled: dict[tuple[str, ...], Counter[str]],
    holders: Counter[tuple[str, ...]],
    groups: int,
    texts: int,
    rarity: Callable[[str], float],
) -> tuple[str, ...]:
    common = max(2, texts // 4) if texts > 2 else 1  # a term of one citizen among many is not the subject
    heavy = {
        name: count
        / texts
        * log1p(groups / holders[name])
        * (sum(map(rarity, name)) / len(name))
        * (1.25 if len(name) > 1 else 1.0)
        for name, count in counts.items()
        if count >= common and (len(name) == 1 or 2 * count >= min(counts[(part,)] for part in name))
    }
    if not heavy:
        heavy = {name: sum(map(rarity, name)) for name in counts if len(name) == 1}
    chosen: list[tuple[str, ...]] = []
    for name in sorted(heavy, key=lambda one: (-heavy[one], one)):
        if not any(set(name) & set(other) for other in chosen):
            chosen.append(name)
        if len(chosen) == TERMS:
            break
    return tuple(min(spelled[name].items(), key=lambda one: (-one[1], len(one[0]), one[0]))[0] for name in chosen)

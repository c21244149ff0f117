"""The prior of a page, independent of the query: how many pages link to it, its length, and how much its theme is asked
about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

# The last part of a link's address, by which `service-public` and the editors' own links name an entry; and related entries.
_TO = re.compile(rb'\]\([^)\s]*/([\w-]+)\)|"entry":"([\w-]+)"')
# Pseudo-count: questions spread over the themes like the pages, added to those counted. R@1 on blind questions, writers held
# out in turn: .742 with 20 or 50, .743 with 200, .744 with 800.
EVEN = 200.0
Numbers = NDArray[np.float64]


def linked(names: Sequence[tuple[str, str]], contents: Sequence[bytes]) -> NDArray[np.int32]:
    """Returns, for each entry, how many others link to it. ``names`` are the collection and id of each, ``contents`` its
    JSON.
    """
    places = {name: place for place, name in enumerate(names)}
    found = np.zeros(len(names), np.int32)
    for (collection, own), content in zip(names, contents, strict=True):
        targets = {(collection, (first or second).decode()) for first, second in _TO.findall(content)}
        targets.discard((collection, own))
        for place in (places[target] for target in targets if target in places):
            found[place] += 1
    return found


def theme_of(theme: Sequence[str]) -> str:
    """Returns the name of a theme with the one above it; narrower themes have too few questions."""
    return " > ".join(theme[:2])


def asked_about(asked: Mapping[str, int], pages: Mapping[str, int], less: str = "") -> dict[str, float]:
    """Returns, for each theme, the logarithm of its share of the questions ``asked``, relative to its share of the ``pages``.

    One question on the theme ``less`` is not counted, so that no question is used to predict itself.
    """
    counted = Counter(asked)
    if less:
        counted[less] -= 1
    questions, all_pages = sum(counted.values()) + EVEN, sum(pages.values())
    shares = {name: number / all_pages for name, number in pages.items()}
    return {name: round(float(np.log((counted[name] + EVEN * share) / questions / share)), 3) for name, share in shares.items()}


def standing(
    links: NDArray[np.int32],
    lengths: NDArray[np.int64],
    themes: Sequence[str],
    told: Mapping[str, float],
    collections: Sequence[str],
) -> Numbers:
    """Returns logarithms, (entries, 3): of how many pages link to each entry, of its number of terms, and of how much its theme
    is asked about (``told``; an unknown theme counts as the mean). Each is relative to the mean of the entry's collection, so
    that a town's short pages, which have few links between them, are not at a disadvantage to a ministry's.
    """
    found = np.column_stack((np.log1p(links), np.log1p(lengths), [told.get(theme, np.nan) for theme in themes]))
    owners = np.asarray(collections)
    for name in np.unique(owners):
        own = owners == name
        known = np.ma.masked_invalid(found[own])
        found[own] = (known - known.mean(axis=0)).filled(0.0)
    return found

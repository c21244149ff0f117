"""What the prior of a page depends on: the links to it, and its theme."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# The last part of a link's address, by which `service-public` and the editors' own links name an entry; and related entries.
_TO = re.compile(rb'\]\([^)\s]*/([\w-]+)\)|"entry":"([\w-]+)"')


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

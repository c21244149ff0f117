"""Words that a message or a label negates: "pas d'enfant", "sans contrat", "hors zone tendue"."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from actions.situation.reading import flat
from retrieval.terms.analysis import terms

# For folded text: "hors secteur protégé", "ville non tendue", "pas en zone tendue".
_DENIED = re.compile(
    r"\b(?:hors|non|sans|ni|pas|sauf|jamais|aucune?|absence|en dehors|ex)\b(?:[ -](?:eu|de|du|des|en|dans|une?|la|les?))*"
    r"(?P<words>(?:[ -](?!(?:ni|mais|et|ou)\b)(?:[dl]')?\w+){1,2})"
)


class _Words(NamedTuple):
    """The terms of a text that it affirms, and those of each phrase that it negates."""

    affirmed: frozenset[str]
    denied: tuple[frozenset[str], ...]


def affirmed_terms(text: str) -> frozenset[str]:
    """Returns the terms of ``text`` that it does not negate."""
    return _read(text).affirmed


def without_denied(folded: str) -> str:
    """Returns ``folded`` text without the words that it negates."""
    return _DENIED.sub(" ; ", folded)


def denies(label: str) -> bool:
    """Decides whether ``label`` negates anything."""
    return bool(_of_label(label).denied)


def contradicted(labels: Sequence[str], text: str) -> frozenset[int]:
    """Returns the numbers of the cases whose labels affirm what ``text`` denies, where another label denies it too; never all.

    "Sans enfant" excludes "Le défunt a eu des enfants" beside "Le défunt n'a pas eu d'enfants". Without such a counterpart the
    words may be about something else.
    """
    if not _DENIED.search(flat(text)):  # most texts; asked for each fork of a page
        return frozenset()
    said = _read(text)
    denied = [phrase for phrase in said.denied if phrase and not phrase & said.affirmed]
    read = [_of_label(label) for label in labels]
    in_labels = frozenset[str]().union(*(phrase for label in read for phrase in label.denied))
    return frozenset(
        number
        for number, label in enumerate(read)
        if not label.denied and any(phrase <= label.affirmed and phrase & in_labels for phrase in denied)
    )


@lru_cache(maxsize=4096)  # labels are few and belong to the pages; citizens' texts are not cached
def _of_label(label: str) -> _Words:
    return _read(label)


def _read(text: str) -> _Words:
    folded = flat(text)
    denied = tuple(frozenset(terms(found["words"])) for found in _DENIED.finditer(folded))
    return _Words(frozenset(terms(without_denied(folded))), denied)

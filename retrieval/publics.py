"""Pages for some people only. They come after pages for everyone, unless the message names these people.

Three in ten errors on the labour-law questions were the civil servants' page before that of all other employees. Their titles
and texts differ by words that citizens leave out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, TypeAdapter

from core.yaml_text import load as load_yaml
from retrieval.contracts import Vectors
from retrieval.index.terms_file import Terms
from retrieval.lexical.analysis import terms

_FILE = Path(__file__).with_name("publics.yml")


class Public(BaseModel):
    """One group of people, as described in ``publics.yml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    public: str
    less: float
    title: tuple[str, ...] = ()
    audience: str = ""
    named: str

    def named_by(self, asked: Collection[str]) -> bool:
        """Decides whether the terms ``asked`` contain a word for these people."""
        return not _named(self).isdisjoint(asked)


@cache
def publics() -> tuple[Public, ...]:
    """Returns all groups of the file."""
    return tuple(TypeAdapter(list[Public]).validate_python(load_yaml(_FILE.read_text(encoding="utf-8"))))


@cache
def _named(public: Public) -> frozenset[str]:
    return frozenset(terms(public.named))


class NarrowPages:
    """The audiences of a snapshot's entries. Immutable."""

    def __init__(self, indexed: Terms, audiences: Sequence[Sequence[str]]) -> None:
        self._size = len(audiences)
        self._pages = [(public, _pages(public, indexed, audiences)) for public in publics()]

    def burden(self, asked: Collection[str], audience: str | None = None) -> Vectors:
        """Returns the penalty of each entry, (entries,), for a message with the terms ``asked``.

        ``audience`` is the one whose pages are searched; its pages get no penalty.
        """
        total = np.zeros(self._size, np.float32)
        for public, pages in self._pages:
            if public.audience != (audience or " ") and not public.named_by(asked):
                total[pages] += np.float32(public.less)
        return total


def _pages(public: Public, indexed: Terms, audiences: Sequence[Sequence[str]]) -> NDArray[np.int64]:
    """Returns the places of the entries for this public."""
    found = {place for place, own in enumerate(audiences) if public.audience and list(own) == [public.audience]}
    titles = indexed.field("title")
    owners = titles.owners()
    numbers = {term: number for number, term in enumerate(indexed.vocabulary)}
    for phrase in public.title:
        holding = [set(owners[titles.values == numbers.get(term, -1)].tolist()) for term in terms(phrase)]
        found |= set.intersection(*holding) if holding else set()
    return np.asarray(sorted(found), np.int64)

"""Pages for some people only. They come after pages for everyone, unless the message names these people.

Three in ten errors on the labour-law questions were the civil servants' page before that of all other employees. Their titles
and texts differ by words that citizens leave out.
"""

from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, TypeAdapter

from core.yaml_text import load as load_yaml
from retrieval.contracts import Vectors
from retrieval.index.terms_file import Terms
from retrieval.terms.analysis import terms

_FILE = Path(__file__).with_name("audience_penalty.yml")


class LimitedAudience(BaseModel):
    """One group of people, as described in ``audience_penalty.yml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    penalty: float
    title: tuple[str, ...] = ()
    audience: str = ""
    words: str

    def named_by(self, asked: Collection[str]) -> bool:
        """Decides whether the terms ``asked`` contain a word for these people."""
        return not _named(self).isdisjoint(asked)


@cache
def limited_audiences() -> tuple[LimitedAudience, ...]:
    """Returns all groups of the file."""
    return tuple(TypeAdapter(list[LimitedAudience]).validate_python(load_yaml(_FILE.read_text(encoding="utf-8"))))


@cache
def _named(group: LimitedAudience) -> frozenset[str]:
    return frozenset(terms(group.words))


class AudiencePages:
    """The audiences of a snapshot's entries. Immutable."""

    def __init__(self, indexed: Terms, audiences: Sequence[Sequence[str]]) -> None:
        self._size = len(audiences)
        self._pages = [(group, _pages(group, indexed, audiences)) for group in limited_audiences()]

    def penalty(self, asked: Collection[str], audience: str | None = None) -> Vectors:
        """Returns the penalty of each entry, (entries,), for a message with the terms ``asked``.

        ``audience`` is the one whose pages are searched; its pages get no penalty.
        """
        total = np.zeros(self._size, np.float32)
        for group, pages in self._pages:
            if group.audience != (audience or " ") and not group.named_by(asked):
                total[pages] += np.float32(group.penalty)
        return total


def _pages(group: LimitedAudience, indexed: Terms, audiences: Sequence[Sequence[str]]) -> NDArray[np.int64]:
    """Returns the places of the entries for this group."""
    found = {place for place, own in enumerate(audiences) if group.audience and list(own) == [group.audience]}
    titles = indexed.field("title")
    owners = titles.owners()
    numbers = {term: number for number, term in enumerate(indexed.vocabulary)}
    for phrase in group.title:
        holding = [set(owners[titles.values == numbers.get(term, -1)].tolist()) for term in terms(phrase)]
        found |= set.intersection(*holding) if holding else set()
    return np.asarray(sorted(found), np.int64)

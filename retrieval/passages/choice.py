"""The choice of the passage that answers: first the part of the page, then the citizen's case within it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import orjson

from core.entry import Entry, Passage, passages
from retrieval.contracts import Stage
from retrieval.index.passage_terms import PassageTerms
from retrieval.passages.aspects import Aspect, asked_of_page, asking_words, in_heading, in_texts, stands_out
from retrieval.query.query import ADDED_WEIGHT, Query
from retrieval.terms.analysis import fold, terms

# The part under one heading path is chosen by a weighted sum, in log-odds, of the features from `part_values`. The weights are
# a conditional logit fitted by `./guichet train passages`: right for .798 of the training questions, cross-validated by page.
# ADR 0048 has the figures on held-out sets. Alternatives that were tried: ADRs 0022, 0033, 0044.
WEIGHTS = Path(__file__).with_name("weights.json")
VALUES = (
    "near",  # ten times the cosine of the part's section, minus the mean of the entry's sections
    "words",  # share of the question's words (by rarity, the title's apart) that the part's best passage holds
    "heading_words",  # share that its headings hold
    "asked_for",  # share that its other wordings hold
    "announced",  # a general aspect asked for (cost, delay …) is in the heading
    "said",  # … is in the text
    "particular",  # a particular aspect asked for (an end, a loss …) is in this heading and in few others
    "introduction",  # the part before the first heading
    "definition",  # defines the subject of the page
    "outer",  # has parts of its own
    "first",  # comes right after the introduction
    "place",  # from 0 at the beginning of the page to 1 at its end
    "length",  # the logarithm of its characters
)
_DEFINES = re.compile(r"de quoi s'agit|definition|objet\b|qu'est-ce")
# A remark next to the rule does not count in favour of its part.
_NOTE = re.compile(r"\W{0,8}(?:à (?:noter|savoir)|attention|exemple|rappel)\b", re.IGNORECASE)
CASE_WEIGHT = 1.5
# How much larger the share of the question's words in another passage must be than in the passage that begins the part. From
# .15 on, the share of first replies that state what was asked is constant; with 0 it is four points lower (ADR 0059).
FIRST_SHARE = 0.3
# While an index has titles only, there are no section vectors. The weights are then those fitted without them (`titles` in the
# file), and a part is shown from this likelihood on, below which it is wrong more often than right (.60 right from .4 to .5,
# .48 from .3 to .4: ADR 0050).
SURE = 0.4
type Parts = dict[tuple[str, ...], list[Passage]]


@dataclass(frozen=True)
class Nearness:
    """Cosines of the question with the embedded texts of an entry: ``head``, and ``sections`` by the first passage of each.
    ``mean`` is the mean of the sections.
    """

    head: float = 0.0
    sections: Mapping[int, float] | None = None

    @property
    def mean(self) -> float:
        found = (self.sections or {}).values()
        return sum(found) / len(found) if found else self.head

    def best(self, among: Collection[int]) -> int:
        """Returns the passage of the nearest section that begins with one of ``among``; 0 if the head is nearer."""
        found = {order: near for order, near in (self.sections or {}).items() if order in among}
        order = max(found, key=found.__getitem__, default=0)
        return order if found and found[order] > self.head else 0


@dataclass(frozen=True)
class Asked:
    """A question in relation to one page: the aspects that it asks for, and its words that the title does not hold, with their
    weights.

    ``text`` is the question itself.
    """

    aspects: Sequence[Aspect]
    wanted: Mapping[str, float]
    text: str = ""

    @classmethod
    def of(cls, query: Query, title: str, rarity: Callable[[str], float]) -> Asked:
        known = set(terms(title))
        words = {**dict.fromkeys(query.added, ADDED_WEIGHT), **dict.fromkeys(query.terms, 1.0)}
        wanted = {term: weight * rarity(term) for term, weight in words.items() if term not in known}
        return cls(asked_of_page(query.text), wanted, query.text)

    def without_aspect_words(self) -> Asked:
        """Returns the question without the words that ask for a general aspect (cost, delay, papers …)."""
        asking = set(terms(asking_words(self.text, self.aspects)))
        return replace(self, wanted={term: weight for term, weight in self.wanted.items() if term not in asking})

    def share(self, held: Collection[str]) -> float:
        """Returns the share of the words, by weight, that are in ``held``."""
        total = sum(self.wanted.values())
        return sum(weight for term, weight in self.wanted.items() if term in held) / total if total else 0.0


class Chosen(NamedTuple):
    """The result of the choice. ``begin`` is the passage to begin with; ``ranked`` are the best passages of all parts, best
    part first; ``likelihood`` (0 to 1) is that of the best part. ``odds`` are the log-odds of each part relative to the
    likeliest (0 or less), by its best passage.
    """

    begin: int
    ranked: list[int]
    likelihood: float = 1.0
    odds: Mapping[int, float] = MappingProxyType({})


@cache
def weights(stage: Stage = "full") -> tuple[float, ...]:
    """Returns the weights of ``VALUES``, as fitted for an index in this ``stage``."""
    found: dict[str, float] = orjson.loads(WEIGHTS.read_bytes())["weights" if stage == "full" else stage]
    return tuple(found[name] for name in VALUES)


def choose_passages(
    query: Query,
    entry: Entry,
    found: Sequence[PassageTerms],
    near: Nearness,
    rarity: Callable[[str], float],
    among: Sequence[int] | None = None,
    *,
    stage: Stage = "full",
) -> Chosen:
    """Chooses the passage of ``entry`` to begin with, and ranks the best passages of its parts. ``found`` are the terms of all
    passages (those of ``query`` are enough). If ``among`` is given, only these passages are considered.

    A question without words beyond the title is answered by the nearest passage. If only titles are indexed and no part is
    ``SURE``, the answer begins at the head of the page (or of ``among``). A part that only defines words comes first only if
    the question asks for it, or if there is no other.
    """
    asked = Asked.of(query, entry.title, rarity)
    parts = parts_of([passage for passage in passages(entry) if among is None or passage.order in among])
    worth = [
        sum(weight * value for weight, value in zip(weights(stage), values, strict=True))
        for values in part_values(asked, parts, found, near)
    ]
    words_held = {one.order: sum(weight * _holds(term, one) for term, weight in asked.wanted.items()) for one in found}
    answering = [_answering(members, asked) for members in parts.values()]
    first = FIRST_SHARE * sum(asked.wanted.values())
    best = [
        max(members, key=lambda passage: words_held.get(passage.order, 0.0) + first * (passage is members[0])).order
        for members in answering
    ]
    ranked = [best[at] for at in sorted(range(len(best)), key=worth.__getitem__, reverse=True)]
    if ranked and not asked.aspects and not asked.wanted:
        part_of = {member.order: best[at] for at, members in enumerate(answering) for member in members}
        nearest = near.best(part_of)
        nearest = nearest if nearest in part_of else min(part_of)
        ranked = [nearest, *(order for order in ranked if order != part_of[nearest])]
    begin = ranked[0] if ranked else 0
    likelihood = _likelihood(worth) if worth else 1.0
    if stage == "titles" and ranked and likelihood < SURE:
        begin = _head(parts, begin)
    most = max(worth, default=0.0)
    return Chosen(begin, ranked, likelihood, {order: one - most for order, one in zip(best, worth, strict=True)})


def _answering(members: list[Passage], asked: Asked) -> list[Passage]:
    """Returns those of a part's ``members`` with which an answer may begin."""
    if not any(aspect.heading.search("definition") for aspect in asked.aspects):
        members = [member for member in members if not member.defines] or members
    return [member for member in members if _NOTE.match(member.markdown) is None] or members


def _head(parts: Parts, likeliest: int) -> int:
    """Returns the passage that introduces all ``parts``; the ``likeliest`` passage if there is none, as in a case that begins
    with a heading.
    """
    first = min((members[0] for members in parts.values()), key=lambda passage: passage.order)
    above = first.headings
    return first.order if all(headings[: len(above)] == above for headings in parts) else likeliest


def _likelihood(worth: Sequence[float]) -> float:
    """Returns the likelihood of the best part, from the log-odds ``worth`` of all parts."""
    most = max(worth)
    return 1 / sum(math.exp(one - most) for one in worth)


def parts_of(found: Sequence[Passage]) -> Parts:
    """Returns the passages by heading path, in reading order: all cases together."""
    parts: Parts = {}
    for passage in found:
        parts.setdefault(passage.headings, []).append(passage)
    return parts


def part_values(asked: Asked, parts: Parts, found: Sequence[PassageTerms], near: Nearness) -> list[tuple[float, ...]]:
    """Returns the ``VALUES`` of each of ``parts``, in order."""
    held = {one.order: asked.share(one.text | one.case) for one in found}
    in_headings = {one.order: asked.share(one.heading) for one in found}
    in_wordings = {one.order: asked.share(one.wordings) for one in found if one.wordings}
    particular = stands_out(asked.aspects, [_last(headings) for headings in parts])
    return [
        (
            10 * _nearness(members, near),
            max(held.get(member.order, 0.0) for member in members),
            in_headings.get(members[0].order, 0.0),
            in_wordings.get(members[0].order, 0.0),
            in_heading(asked.aspects, _last(headings)),
            in_texts(asked.aspects, [member.markdown for member in members]),
            stands,
            not headings,
            bool(_DEFINES.search(fold(_last(headings)))),
            bool(headings) and any(other != headings and other[: len(headings)] == headings for other in parts),
            number == 1,
            number / max(len(parts) - 1, 1),
            math.log1p(sum(len(member.markdown) for member in members) / 500),
        )
        for number, ((headings, members), stands) in enumerate(zip(parts.items(), particular, strict=True))
    ]


def _last(headings: tuple[str, ...]) -> str:
    return headings[-1] if headings else ""


def _nearness(members: Sequence[Passage], near: Nearness) -> float:
    known = near.sections or {}
    first = next((member.order for member in members if member.order in known), None)
    if first is not None:
        return known[first] - near.mean
    return 0.0 if members[0].headings else near.head - near.mean  # the last parts of a long page have no vector


def _holds(term: str, passage: PassageTerms) -> float:
    return max(float(term in passage.text), CASE_WEIGHT * (term in passage.case))

"""Which passage of an entry answers the question: the part of the page first, then the citizen's case within it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.entry import Entry, Passage, passages
from retrieval.lexical.analysis import fold, terms
from retrieval.lexical.query import ADDED_WEIGHT, Query
from retrieval.passage_aspects import asked_of_page, in_heading, in_texts, stands_out

# The part under one heading path is chosen by a sum, in log-odds: a conditional logit on tests/evaluation/passages/dev and
# more, rounded (235 questions, the entry given): right for .750 and .790, .774 in eight-fold cross-validation; of the sets kept
# apart, never read, .565 (sealed) and .729 (held_out). What was tried besides: ADR 0022.
NEARNESS = 34.0  # by cosine of the part's section, against the mean of the entry's
WORDS = 2.5  # by the share of the question's words (by rarity, the title's apart) that the part's best passage holds
ANNOUNCED, SAID = 2.1, 1.6  # what is asked for in general (cost, delay …) stands in the heading, in the text
PARTICULAR = 2.0  # what is asked for in particular (an end, a loss …) stands in this heading and in few others
INTRODUCTION, DEFINITION, OUTER = -2.4, -1.5, -1.5  # what comes first, tells what the page is about, has parts of its own
UNEMBEDDED = -0.05  # as a cosine: the last parts of a long page have no vector
_DEFINES = re.compile(r"de quoi s'agit|definition|objet\b|qu'est-ce")
CASE_WEIGHT = 1.5


@dataclass(frozen=True)
class PassageTerms:
    """The terms of one passage. ``order`` is its place in ``core.entry.passages``."""

    order: int
    heading: frozenset[str]
    case: frozenset[str]
    text: frozenset[str]


def passage_terms(entry: Entry) -> tuple[PassageTerms, ...]:
    return tuple(
        PassageTerms(
            passage.order,
            frozenset(terms(" ".join(passage.headings))),
            frozenset(terms(" ".join(passage.cases))),
            frozenset(terms(passage.markdown)),
        )
        for passage in passages(entry)
    )


@dataclass(frozen=True)
class Nearness:
    """Cosines of the question with what is embedded of an entry: its ``head``, and ``sections`` by the passage that each begins
    with. ``mean`` is that of the sections."""

    head: float = 0.0
    sections: Mapping[int, float] | None = None

    @property
    def mean(self) -> float:
        found = (self.sections or {}).values()
        return sum(found) / len(found) if found else self.head

    @property
    def best(self) -> int:
        """The passage of the nearest section, 0 where the head is nearer."""
        found = self.sections or {}
        order = max(found, key=lambda one: found[one], default=0)
        return order if found and found[order] > self.head else 0


def choose_passage(
    query: Query,
    entry: Entry,
    found: Sequence[PassageTerms],
    near: Nearness,
    rarity: Callable[[str], float],
    among: Sequence[int] | None = None,
) -> int:
    """The order of the best passage of ``entry``, of those in ``among``; ``found`` are the terms of all its passages.

    A question that asks for nothing but what the title says is answered by what is nearest.
    """
    title = set(terms(entry.title))
    words = {**dict.fromkeys(query.added, ADDED_WEIGHT), **dict.fromkeys(query.terms, 1.0)}
    wanted = {term: weight * rarity(term) for term, weight in words.items() if term not in title}
    asked = asked_of_page(query.text)
    allowed = [passage for passage in passages(entry) if among is None or passage.order in among]
    if not allowed:
        return 0
    orders = [passage.order for passage in allowed]
    if not asked and not wanted:
        return near.best if near.best in orders else orders[0]
    held = {one.order: _held(wanted, one) for one in found}
    parts: dict[tuple[str, ...], list[Passage]] = {}
    for passage in allowed:
        parts.setdefault(passage.headings, []).append(passage)

    particular = dict(zip(parts, stands_out(asked, [headings[-1] if headings else "" for headings in parts]), strict=True))

    def worth(headings: tuple[str, ...]) -> float:
        members = parts[headings]
        heading = headings[-1] if headings else ""
        outer = bool(headings) and any(other != headings and other[: len(headings)] == headings for other in parts)
        return (
            NEARNESS * _nearness(members, near)
            + WORDS * max(held.get(member.order, 0.0) for member in members)
            + ANNOUNCED * in_heading(asked, heading)
            + PARTICULAR * particular[headings]
            + SAID * in_texts(asked, [member.markdown for member in members])
            + INTRODUCTION * (not headings)
            + DEFINITION * bool(_DEFINES.search(fold(heading)))
            + OUTER * outer
        )

    best = parts[max(parts, key=worth)]
    told = {one.order: sum(weight * _told(term, one) for term, weight in wanted.items()) for one in found}
    return max(best, key=lambda passage: told.get(passage.order, 0.0)).order


def _nearness(members: Sequence[Passage], near: Nearness) -> float:
    known = near.sections or {}
    first = next((member.order for member in members if member.order in known), None)
    if first is not None:
        return known[first] - near.mean
    return UNEMBEDDED if members[0].headings else near.head - near.mean


def _held(wanted: Mapping[str, float], passage: PassageTerms) -> float:
    """The share of ``wanted`` that the passage's text and case hold."""
    total = sum(wanted.values())
    return sum(weight for term, weight in wanted.items() if term in passage.text | passage.case) / total if total else 0.0


def _told(term: str, passage: PassageTerms) -> float:
    return max(float(term in passage.text), CASE_WEIGHT * (term in passage.case))

"""Decides whether a message is a follow-up on the page in focus, by the search for it and by its wording."""

from __future__ import annotations

from collections.abc import Callable, Set
from functools import cache
from math import exp
from pathlib import Path
from typing import NamedTuple

import orjson

from actions.messages.follow_up_parser import FollowUp, headed, pattern
from actions.messages.plain_words import plain
from core.entry import Entry
from retrieval.contracts import Decision, RetrievalResult
from retrieval.terms.analysis import terms

_MOST_TERMS, _MOST_REST, _MOST_UNHELD = 8, 6, 4  # larger counts make it no surer


class FollowUpFeatures(NamedTuple):
    """Features for and against a follow-up. All values are from 0 to 1, except the counts.

    ``unheld``: number of terms that the page does not contain; ``foreign``: their share of the rest.
    ``terms``: of the message.
    ``rest``: those that neither an aspect nor the title explains; ``whole``: there are none.
    ``headed``: the share of the rest in the page's headings and cases.
    ``alone``, ``with_page``: the confidence of the search for the message, and for it after the page's title.
    ``another``: the share of the rest in the first title found alone.
    ``covered``: the share of that title in the message.
    ``several``: the titles that contain all of the rest.
    ``named``: the page's own subject is named.
    ``fragment``: the message alone says nothing.
    ``stands_in``: a pronoun refers to what was said.
    ``points``: other words refer to it.
    ``turns``: the message begins like another case of the same.
    """

    unheld: float
    terms: float
    rest: float
    whole: float
    headed: float
    alone: float
    with_page: float
    another: float
    covered: float
    several: float
    named: float
    fragment: float
    stands_in: float
    points: float
    turns: float
    foreign: float


# The minimum likelihood of a follow-up, by the decision of the search for the message alone. `./guichet train follow-ups` fits
# the logistic regression, and writes its figures next to it.
LEAST: dict[Decision, float] = {"answered": 0.5, "choices": 0.4, "no_answer": 0.3}
WEIGHTS = Path(__file__).with_name("follow_up_classifier.json")


class Fitted(NamedTuple):
    """The log-odds of a follow-up: ``intercept``, and the weight of each of the ``FollowUpFeatures``."""

    weights: tuple[float, ...]
    intercept: float

    @classmethod
    @cache
    def read(cls) -> Fitted:
        """Returns the weights in use."""
        found = orjson.loads(WEIGHTS.read_bytes())
        return cls(tuple(found["weights"][name] for name in FollowUpFeatures._fields), found["intercept"])


def is_follow_up(features: FollowUpFeatures, decision: Decision, with_page: Callable[[], float]) -> bool:
    """Decides whether a message with ``features`` is a follow-up on the page, given the ``decision`` for it alone.

    ``with_page`` searches for the message after the page's title. It is called only if it could decide, since a search takes
    a third of a turn.
    """
    least = LEAST[decision]
    if likelihood(features._replace(with_page=1.0)) < least:
        return False
    return (
        likelihood(features._replace(with_page=0.0)) >= least or likelihood(features._replace(with_page=with_page())) >= least
    )


def follow_up_features(text: str, entry: Entry, found: FollowUp, alone: RetrievalResult, spoken: Set[str]) -> FollowUpFeatures:
    """Returns the features of ``text`` after an answer from ``entry``, without ``with_page``.

    ``found`` is the message read as a follow-up on ``entry``; ``spoken`` those of ``found.unexplained_terms`` that the page
    contains.
    """
    folded, rest, own = plain(text), found.unexplained_terms, set(terms(text))
    titles = [set(terms(hit.title)) for hit in alone.hits or alone.rejected]
    first = titles[0] if titles else set()
    return FollowUpFeatures(
        unheld=min(len(rest - spoken), _MOST_UNHELD),
        terms=min(len(own), _MOST_TERMS),
        rest=min(len(rest), _MOST_REST),
        whole=not rest,
        headed=_share(rest & headed(entry), rest),
        alone=alone.confidence,
        with_page=0.0,
        another=_share(rest & first, rest),
        covered=_share(first & own, first),
        several=sum(bool(rest) and rest <= title for title in titles) / max(1, len(titles)),
        named=found.names_entry,
        fragment=alone.scope != "enquiry",
        stands_in=pattern("stands_in").search(folded) is not None,
        points=pattern("points").search(folded) is not None,
        turns=pattern("turns").match(folded) is not None,
        foreign=_share(rest - spoken, rest),
    )


def likelihood(features: FollowUpFeatures) -> float:
    """Returns the probability (0 to 1) that a message with these features is a follow-up on the page."""
    fitted = Fitted.read()
    total = fitted.intercept + sum(weight * float(value) for weight, value in zip(fitted.weights, features, strict=True))
    return 1 / (1 + exp(-total))


def _share(part: Set[str], whole: Set[str]) -> float:
    return len(part) / len(whole) if whole else 0.0

"""Whether a message hangs on to the page talked about: the search for it alone and with the page, and how it is worded."""

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
from retrieval.lexical.analysis import terms

_MOST_TERMS, _MOST_REST, _MOST_UNHELD = 8, 6, 4  # longer is no surer a sign


class Signs(NamedTuple):
    """What speaks for a follow-up, and against it. All from 0 to 1, but for the counts.

    ``unheld``: terms that the page does not speak of; ``terms``: of the message; ``rest``: those that neither an aspect nor the
    title accounts for, ``whole`` where there are none; ``headed``: the share of these in the page's headings and cases;
    ``alone``, ``with_page``: the confidence of the search for the message, and for it behind the page's title; ``another``: the
    share of the rest in the title found first alone, ``covered``: of that title in the message; ``several``: the titles that
    hold all of the rest; ``named``: the page's own subject is named; ``fragment``: alone it says nothing; ``stands_in``: a
    pronoun stands for what was said; ``points``: other words do; ``turns``: it begins as another case of the same does.
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


# A logistic regression on the signs of turns that go on or change, and of first messages after a page that they are not about:
# `./guichet train follow-ups` fits it, and writes its figures beside. At .4 and .3 where the message alone would be answered by
# a choice or not at all. Tried besides, and no better: the intent's probability, other patterns of pronouns, the page's rank
# among a hundred, how many of the first share its theme.
HANGS_ON: dict[Decision, float] = {"answered": 0.5, "choices": 0.4, "no_answer": 0.3}
WEIGHTS = Path(__file__).with_name("follow_up_classifier.json")


class Fitted(NamedTuple):
    """The log-odds of a message to hang on: ``intercept``, and what each of its ``Signs`` adds."""

    weights: tuple[float, ...]
    intercept: float

    @classmethod
    @cache
    def read(cls) -> Fitted:
        """What is in use."""
        found = orjson.loads(WEIGHTS.read_bytes())
        return cls(tuple(found["weights"][name] for name in Signs._fields), found["intercept"])


def hangs_on(told: Signs, decision: Decision, with_page: Callable[[], float]) -> bool:
    """Whether a message with the signs ``told`` hangs on to the page, where it alone would be answered by ``decision``.

    ``with_page`` searches for that sign: only where it could decide, since a search is a third of a turn.
    """
    least = HANGS_ON[decision]
    if likelihood(told._replace(with_page=1.0)) < least:
        return False
    return likelihood(told._replace(with_page=0.0)) >= least or likelihood(told._replace(with_page=with_page())) >= least


def signs(text: str, entry: Entry, found: FollowUp, alone: RetrievalResult, spoken: Set[str]) -> Signs:
    """The signs of ``text`` after an answer from ``entry``, but for ``with_page``; ``found`` is what it would be as a follow-up
    on it, ``spoken`` what the page has of ``found.rest``."""
    folded, rest, own = plain(text), found.rest, set(terms(text))
    titles = [set(terms(hit.title)) for hit in alone.hits or alone.rejected]
    first = titles[0] if titles else set()
    return Signs(
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
        named=found.named,
        fragment=alone.scope != "enquiry",
        stands_in=pattern("stands_in").search(folded) is not None,
        points=pattern("points").search(folded) is not None,
        turns=pattern("turns").match(folded) is not None,
    )


def likelihood(found: Signs) -> float:
    """The probability (0 to 1) that a message with these signs hangs on to the page."""
    fitted = Fitted.read()
    total = fitted.intercept + sum(weight * float(sign) for weight, sign in zip(fitted.weights, found, strict=True))
    return 1 / (1 + exp(-total))


def _share(part: Set[str], whole: Set[str]) -> float:
    return len(part) / len(whole) if whole else 0.0

"""The first answer from a page: the part that was found, and what other likely parts say, each under its heading."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from actions.cards import Card
from actions.case_tree import Fork
from actions.cases.known_case import excluded_cases
from actions.replies.extract import Worth
from actions.replies.page_extract import PagePart, arranged, best_sentences, left_out, page_text
from actions.replies.page_parts import holding, likely_parts, part_of
from actions.replies.piece_sets import APART
from actions.replies.style import Style
from actions.subject import Situation, Subject
from core.decision_trace import note
from core.entry import Entry, passages
from retrieval.contracts import Retriever

# From this likelihood on a part clearly answers. Below it, more of the other parts are offered (ADR 0054).
CLEAR = 0.8


def is_first(subject: Subject | None, entry: Entry) -> bool:
    """Decides whether ``entry`` answers what was asked first of it: no case was chosen since, and nothing else was asked."""
    if subject is None or subject.entry != entry.id:
        return False
    return bool(subject.query) and not subject.latest and not subject.chosen


def is_open(retriever: Retriever, subject: Subject | None, entry: Entry) -> bool:
    """Decides whether no part of ``entry`` clearly answers what was asked first of it."""
    return subject is not None and is_first(subject, entry) and retriever.part_likelihood(entry, subject.query) < CLEAR


class Session(Protocol):
    """What an answer needs to know of the turn: what is asked of which page, and of the citizen."""

    retriever: Retriever
    style: Style
    subject: Subject | None
    situation: Situation

    def worth(self, entry: Entry) -> Worth: ...
    def case(self, subject: Subject, fork: Fork) -> int | None: ...
    def best(self, entry: Entry, orders: Sequence[int]) -> int: ...


def first_answer(session: Session, entry: Entry) -> FirstAnswer | None:
    """Returns what adds other parts of ``entry`` to its first answer; ``None`` by SMS, and where it is no first answer."""
    subject = session.subject
    if subject is None or session.style.by_sms or not is_first(subject, entry):
        return None
    case_of = partial(session.case, subject)
    excluded_at = partial(excluded_cases, subject=subject, situation=session.situation)
    holds = holding(entry, case_of, partial(session.best, entry), excluded_at)
    odds = session.retriever.part_odds(entry, subject.query)
    return FirstAnswer(entry, session.style, session.worth(entry), odds, holds, subject.told)


class FirstAnswer:
    """Adds to the cards of one page and one question what other likely parts of the page say.

    ``worth`` tells what sentences say of the question, ``odds`` how likely each part answers it, ``holds`` whether a passage
    holds for the citizen; ``told`` are the passages that were shown before.
    """

    def __init__(
        self,
        entry: Entry,
        style: Style,
        worth: Worth,
        odds: Mapping[int, float],
        holds: Callable[[int], bool],
        told: Collection[int] = (),
    ) -> None:
        self._entry, self._style, self._worth = entry, style, worth
        self._odds, self._holds, self._told = odds, holds, told

    def wider(self, card: Card, passage: int) -> Card:
        """Returns ``card``, which shows an extract of passage number ``passage``, with more of this part and of others.

        A card of nothing but links stays as it is.
        """
        if not card.pieces:
            return card
        headings = passages(self._entry)[passage].headings
        main = replace(part_of(self._entry, passage), label="".join(headings[-1:]))  # the card names the cases
        parts = [main, *self._others({headings})]
        shown = {passage: frozenset(card.pieces)}
        chosen = best_sentences(parts, self._worth, self._style.limits.page, shown)
        note("page_extract", parts=len(chosen))
        if chosen == shown:
            return card
        display = arranged(parts, chosen, first_label="")
        changes: dict[str, Any] = {"body": self._style.dated(self._entry, page_text(display, chosen))}
        if display[0].order != passage:  # the heading stands above the part itself, not above the introduction
            changes["headings"] = ()
        own = chosen[passage]
        block = card.block.model_copy(update=changes)
        return card._replace(block=block, pieces=tuple(sorted(own)), shortened=left_out(main, own))

    def below(self, card: Card, lead: int | None) -> Card:
        """Returns ``card``, which shows the cases of a fork, with what other parts say below them.

        ``lead``: the passage that stands above the cases, if any.
        """
        body = card.block.body
        without = {(), card.headings} | ({passages(self._entry)[lead].headings} if lead is not None else set())
        parts = self._others(without)
        more = page_text(parts, best_sentences(parts, self._worth, self._style.limits.page, above=body))
        if not more:
            return card
        note("page_extract_below")
        body = APART.join((body, self._style.dated(self._entry, more)))
        return card._replace(block=card.block.model_copy(update={"body": body}))

    def _others(self, without: Collection[tuple[str, ...]]) -> list[PagePart]:
        return likely_parts(self._entry, self._odds, self._holds, without, self._told)

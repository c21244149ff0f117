"""The first answer from a page: the part that was found, and what other likely parts say, each under its heading."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from actions.cases.case_tree import Fork
from actions.cases.dialogue_state import Focus, UserFacts
from actions.replies.cards import Card
from actions.replies.page_extract import Chosen, arranged, best_sentences, left_out, page_text
from actions.replies.page_opening import page_opening
from actions.replies.page_parts import CLEAR, PageQuestion, likely_parts, page_question, part_of
from actions.replies.piece_sets import APART
from actions.replies.style import Style
from actions.replies.truncated_description import stand_in
from core.decision_trace import note
from core.entry import Entry, passages
from retrieval.contracts import Retriever


def is_first(focus: Focus | None, entry: Entry) -> bool:
    """Decides whether ``entry`` answers what was asked first of it: no case was chosen since, and nothing else was asked."""
    if focus is None or focus.entry != entry.id:
        return False
    return bool(focus.query) and not focus.latest and not focus.chosen


def is_open(retriever: Retriever, focus: Focus | None, entry: Entry) -> bool:
    """Decides whether no part of ``entry`` clearly answers what was asked first of it."""
    return focus is not None and is_first(focus, entry) and retriever.part_likelihood(entry, focus.query) < CLEAR


class AskedTurn(Protocol):
    """What an answer needs to know of the turn: what is asked of which page, and of the citizen."""

    @property
    def retriever(self) -> Retriever: ...
    @property
    def style(self) -> Style: ...
    @property
    def focus(self) -> Focus | None: ...
    @property
    def user(self) -> UserFacts: ...

    def case(self, focus: Focus, fork: Fork) -> int | None: ...
    def best(self, entry: Entry, orders: Sequence[int]) -> int: ...


def first_answer(turn: AskedTurn, entry: Entry) -> FirstAnswer | None:
    """Returns what adds the opening and other parts of ``entry`` to its first answer; ``None`` where it is no first answer."""
    focus = turn.focus
    if focus is None or not is_first(focus, entry):
        return None
    case_of, best_of = partial(turn.case, focus), partial(turn.best, entry)
    asked = page_question(turn.retriever, entry, focus, turn.user, case_of, best_of)
    return FirstAnswer(asked, turn.style, focus.passages_shown)


class FirstAnswer:
    """Adds to the cards of one page its opening, and what other likely parts of it say of the question ``asked``.

    ``seen`` are the passages that the citizen was shown before.
    """

    def __init__(self, asked: PageQuestion, style: Style, seen: Collection[int] = ()) -> None:
        self._asked, self._entry, self._style, self._seen = asked, asked.entry, style, seen

    def wider(self, card: Card, passage: int) -> Card:
        """Returns ``card``, which shows an extract of passage number ``passage``, with more of this part and of others.

        Where the part does not clearly answer, the page's opening stands before it. A card of nothing but links stays as it is.
        """
        if not card.pieces:
            return card
        if self._style.pays_by_segment:
            return self._behind_opening(card, passage)
        headings = passages(self._entry)[passage].headings
        main = replace(part_of(self._entry, passage), label="".join(headings[-1:]))  # the card names the cases
        parts = [main, *likely_parts(self._asked, {headings}, {*self._seen, passage})]
        opening = page_opening(self._asked, self._style, self._seen, above=card.block.body)
        shown: Chosen = {passage: frozenset(card.pieces)}
        chosen = best_sentences(parts, self._asked.worth, self._style.limits.page, shown, above=opening)
        note("page_extract", parts=len(chosen))
        if chosen == shown and not opening:
            return card
        display = arranged(parts, chosen, first_label=main.label if opening else "")
        body = self._style.dated(self._entry, page_text(display, chosen))
        changes: dict[str, Any] = {"body": APART.join(filter(None, (opening, body)))}
        if opening or display[0].order != passage:  # the heading stands above the part itself, not above what comes before it
            changes["headings"] = ()
        own = chosen[passage]
        block = card.block.model_copy(update=changes)
        return card._replace(block=block, pieces=tuple(sorted(own)), shortened=left_out(main, own))

    def below(self, card: Card, lead: int | None) -> Card:
        """Returns ``card``, which shows the cases of a fork, with the page's opening above and what other parts say below them.

        ``lead``: the passage that stands above the cases, if any.
        """
        if self._style.pays_by_segment:
            return card
        opening = page_opening(self._asked, self._style, self._seen, above=card.block.body)
        body = APART.join(filter(None, (opening, card.block.body)))
        without = {(), card.headings} | ({passages(self._entry)[lead].headings} if lead is not None else set())
        parts = likely_parts(self._asked, without, {*self._seen, stand_in(self._entry, 0)})
        more = page_text(parts, best_sentences(parts, self._asked.worth, self._style.limits.page, above=body))
        if more:
            note("page_extract_below")
        elif not opening:
            return card
        body = APART.join(filter(None, (body, self._style.dated(self._entry, more))))
        return card._replace(block=card.block.model_copy(update={"body": body}))

    def _behind_opening(self, card: Card, passage: int) -> Card:
        """Returns ``card`` behind the page's opening, where passage number ``passage`` holds none of it: the first SMS is the
        opening, SUITE shows the passage."""
        opening = page_opening(self._asked, self._style, self._seen, without=passage)
        if not opening:
            return card
        changes = {"body": APART.join((opening, card.block.body)), "sms_text": opening}
        return card._replace(block=card.block.model_copy(update=changes))

"""The first answer from a page: the found part and what other likely parts say, each under its heading."""

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
    """Decides whether ``entry`` now answers the first question about it: no case was chosen since, nothing else was asked."""
    if focus is None or focus.entry != entry.id:
        return False
    return bool(focus.query) and not focus.latest and not focus.chosen


def is_open(retriever: Retriever, focus: Focus | None, entry: Entry) -> bool:
    """Decides whether no part of ``entry`` clearly answers the first question about it."""
    return focus is not None and is_first(focus, entry) and retriever.part_likelihood(entry, focus.query) < CLEAR


class AskedTurn(Protocol):
    """The part of a turn that an answer needs: what is asked of which page, and the facts about the citizen."""

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
    """Returns the object that extends the first answer from ``entry``; ``None`` if this is not the first answer."""
    focus = turn.focus
    if focus is None or not is_first(focus, entry):
        return None
    case_of, best_of = partial(turn.case, focus), partial(turn.best, entry)
    asked = page_question(turn.retriever, entry, focus, turn.user, case_of, best_of)
    return FirstAnswer(asked, turn.style, focus.passages_shown)


class FirstAnswer:
    """Adds to the cards of one page its opening, and what other likely parts of it say about the question ``asked``.

    ``seen``: the passages that the citizen was shown before.
    """

    def __init__(self, asked: PageQuestion, style: Style, seen: Collection[int] = ()) -> None:
        self._asked, self._entry, self._style, self._seen = asked, asked.entry, style, seen

    def wider(self, card: Card, passage: int) -> Card:
        """Returns ``card``, an extract of passage number ``passage``, extended with more of this part and of others.

        If the part does not clearly answer, the page's opening stands before it. A card with nothing but links is not
        changed.
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
        if opening or display[0].order != passage:  # the heading stands above the part itself, not above the text before it
            changes["headings"] = ()
        own = chosen[passage]
        block = card.block.model_copy(update=changes)
        return card._replace(block=block, pieces=tuple(sorted(own)), shortened=left_out(main, own))

    def below(self, card: Card, lead: int | None) -> Card:
        """Returns ``card``, which shows the cases of a fork, with the page's opening above them and other parts below.

        ``lead``: the passage above the cases, if any.
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
        """Returns ``card`` after the page's opening, if passage number ``passage`` contains none of it: the first SMS is the
        opening, and SUITE shows the passage.
        """
        opening = page_opening(self._asked, self._style, self._seen, without=passage)
        if not opening:
            return card
        changes = {"body": APART.join((opening, card.block.body)), "sms_text": opening}
        return card._replace(block=card.block.model_copy(update=changes))

"""The first answer from a page: the sentences that answer, wherever they stand, each behind its heading and its cases."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from actions.cases.case_tree import Fork
from actions.cases.dialogue_state import Focus, UserFacts
from actions.replies.cards import Card
from actions.replies.page_extract import Chosen, PagePart, best_sentences, left_out, most_useful_first, page_text
from actions.replies.page_parts import CLEAR, PageQuestion, open_parts, page_question, part_of
from actions.replies.piece_sets import APART, visible_chars
from actions.replies.piece_sets import left_out as not_shown
from actions.replies.pieces import joined
from actions.replies.side_by_side import LABELS
from actions.replies.style import Style
from core.decision_trace import note
from core.entry import Entry, passages
from retrieval.contracts import Retriever

_SMS_MARGIN = 1.5  # log-odds behind the best sentence: in one SMS there is room for one or two
_LONG_SMS = 230  # characters: with title and date still two segments mostly


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
    """Puts the sentences of one page that answer the question ``asked`` on its cards.

    ``seen``: the passages that the citizen was shown before.
    """

    def __init__(self, asked: PageQuestion, style: Style, seen: Collection[int] = ()) -> None:
        self._asked, self._entry, self._style, self._seen = asked, asked.entry, style, seen

    def of_part(self, card: Card, passage: int) -> Card:
        """Returns ``card``, an extract of passage number ``passage``, with the best sentences of the page instead.

        The text for a case that the citizen named stays, with other sentences below it. A card with nothing but links is not
        changed.
        """
        if not card.pieces:
            return card
        if self._style.pays_by_segment:
            return self._by_sms(card, passage)
        main, heading = part_of(self._entry, passage), "".join(passages(self._entry)[passage].headings[-1:])
        parts = [replace(part, label=heading) if part.order == passage else part for part in self._parts(passage)]
        named = {passage: frozenset(card.pieces)} if card.block.cases else None
        easy = self._easy_text()
        chosen = best_sentences(parts, self._asked.worth, self._style.limits.page - visible_chars(easy), named)
        if not chosen:
            return card
        note("page_extract", parts=len(chosen))
        first, *others = most_useful_first(parts, chosen)
        leads = first.order == passage and not easy  # its heading stands above the card
        changes: dict[str, Any] = {} if leads else {"headings": ()}
        text = self._text([replace(first, label="") if leads else first, *others], chosen)
        changes["body"] = APART.join(filter(None, (easy, text)))
        own = chosen.get(passage, frozenset())
        block = card.block.model_copy(update=changes)
        return card._replace(block=block, pieces=tuple(sorted(own)), shortened=left_out(main, own))

    def of_cases(self, card: Card, *, complete: bool) -> Card:
        """Returns ``card``, which shows cases of a fork, with the best sentences of the page above them, each after its cases;
        instead of them if not all cases are shown (``complete``).
        """
        if self._style.pays_by_segment:
            return card
        limits, easy, cases = self._style.limits, self._easy_text(), card.block.body if complete else ""
        room = (limits.answer if complete else limits.page) - visible_chars(easy)
        parts = self._parts()
        chosen = best_sentences(parts, self._asked.worth, room, below=cases)
        if not chosen:
            return card
        note("page_extract_above_cases", parts=len(chosen))
        body = APART.join(filter(None, (easy, self._text(most_useful_first(parts, chosen), chosen), cases)))
        return card._replace(block=card.block.model_copy(update={"body": body}))

    def _parts(self, *more: int) -> list[PagePart]:
        """Returns the parts that may answer, and those of the passages ``more``."""
        parts = open_parts(self._asked, self._seen)
        return [*parts, *(part_of(self._entry, order) for order in more if all(part.order != order for part in parts))]

    def _text(self, parts: Sequence[PagePart], chosen: Chosen) -> str:
        return self._style.dated(self._entry, page_text(parts, chosen))

    def _easy_text(self) -> str:
        """Returns the easy words that editors wrote for the page, if they fit and no part clearly answers."""
        easy = self._entry.easy_text
        fits = not self._asked.is_clear and visible_chars(easy) <= self._style.limits.card
        return self._style.dated(self._entry, easy) if fits else ""

    def _by_sms(self, card: Card, passage: int) -> Card:
        """Returns ``card`` with the best sentences as its first message, and the rest of the passage for SUITE.

        The text for a case that the citizen named stays.
        """
        if card.block.cases:
            return card
        known, main = passages(self._entry), part_of(self._entry, passage)
        parts = [replace(part, label=LABELS.join(known[part.order].cases)) for part in self._parts(passage)]
        for room in (self._style.limits.page, _LONG_SMS):  # a long sentence that answers, rather than a short one that does not
            if chosen := best_sentences(parts, self._asked.worth, room, margin=_SMS_MARGIN):
                break
        else:
            return card
        text, own = self._text(most_useful_first(parts, chosen), chosen), chosen.get(passage, frozenset())
        rest = joined([main.pieces[at] for at in not_shown(main.pieces, own)])
        body = APART.join(filter(None, (text, self._style.dated(self._entry, rest))))
        block = card.block.model_copy(update={"body": body, "sms_text": text})
        return card._replace(block=block, pieces=tuple(sorted(own)), shortened=left_out(main, own))

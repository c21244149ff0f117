"""The first answer from a page, or for a case of it: the sentences that answer, wherever they stand, each behind its heading
and its cases.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from actions.cases.case_tree import read, steps_to
from actions.cases.dialogue_state import Focus
from actions.replies.cards import Card
from actions.replies.page_extract import Chosen, best_sentences, most_useful_first, page_text, short_extract
from actions.replies.page_question import (
    BETWEEN,
    CLEAR,
    PageQuestion,
    SplitPassage,
    briefly_labelled,
    candidate_passages,
    split_passage,
)
from actions.replies.piece_sets import APART, is_note, left_out, visible_chars
from actions.replies.pieces import text_of
from actions.replies.style import Style
from core.decision_trace import note
from core.entry import Entry, passages
from retrieval.contracts import Retriever


def is_first(focus: Focus | None, entry: Entry) -> bool:
    """Decides whether ``entry`` now answers the first question about it: nothing else was asked since."""
    if focus is None or focus.entry != entry.id:
        return False
    return bool(focus.query) and not focus.latest


def outside_choice(entry: Entry, focus: Focus) -> list[int]:
    """Returns the numbers of the passages that are not for the case chosen last; none if no case is chosen.

    What holds for everyone was shown before the choice.
    """
    try:
        [*_, (fork, case)] = steps_to(entry, read(focus.chosen[-1]))
    except (LookupError, ValueError):  # no case is chosen, or the entry has changed in the meantime
        return []
    return [one.order for one in passages(entry) if fork.labels[case] not in one.cases]


def is_open(retriever: Retriever, focus: Focus | None, entry: Entry) -> bool:
    """Decides whether no part of ``entry`` clearly answers the first question about it."""
    return (
        focus is not None
        and is_first(focus, entry)
        and not focus.chosen
        and retriever.part_likelihood(entry, focus.query) < CLEAR
    )


class FirstAnswer:
    """Puts the sentences of one page that answer the question ``asked`` on its cards; none of the passages ``without``."""

    def __init__(self, asked: PageQuestion, style: Style, without: Collection[int] = ()) -> None:
        self._asked, self._entry, self._style, self._without = asked, asked.entry, style, without

    def of_part(self, card: Card, passage: int) -> Card:
        """Returns ``card``, an extract of passage number ``passage``, with the best sentences of the page instead.

        The text for a case that the citizen named stays, with other sentences below it. A card with nothing but links is not
        changed.
        """
        if not card.pieces:
            return card
        if self._style.pays_by_segment:
            return self._by_sms(card, passage)
        known, easy = passages(self._entry), self._easy_text()
        candidates = [self._below_cases(one, known[passage].cases) for one in self._candidates(passage)]
        named = {passage: frozenset(card.pieces)} if card.block.cases else {}
        limits, easy_chars = self._style.limits, _room_for(easy)
        room, with_list = limits.page - easy_chars, limits.with_list - easy_chars
        chosen = best_sentences(candidates, self._asked.worth, room, named, with_list=with_list)
        if not chosen:
            return _changed(card, easy, card.block.body)
        note("page_extract", parts=len(chosen))
        first, *others = most_useful_first(candidates, chosen, leading=named)
        lead = passage if passage in chosen else first.order
        # The heading of the first part stands above the card, with the cases that the card names.
        above = first.order == lead and not easy and (lead == passage or not known[lead].cases)
        display = [replace(first, label="") if above else first, *others]
        headings, own = known[lead].headings, chosen[lead]
        source = card.block.source.model_copy(update={"url": self._entry.url_at(headings)})
        shortened = len(own) < len(split_passage(self._entry, lead).pieces)
        card = card._replace(shortened=shortened, pieces=tuple(sorted(own)), headings=headings, passage=lead)
        return _changed(card, easy, self._text(display, chosen), headings=headings if above else (), source=source)

    def of_cases(self, card: Card, *, complete: bool) -> Card:
        """Returns ``card``, with cases of a fork, below the best sentences; these alone, if the cases are not ``complete``."""
        if self._style.pays_by_segment:
            return card if complete else self._case_by_sms(card)
        limits, easy, cases = self._style.limits, self._easy_text(), card.block.body if complete else ""
        candidates = [self._below_cases(one, card.block.cases) for one in self._candidates()]
        room = (limits.answer if complete else limits.page) - _room_for(easy)
        with_list = 0 if complete else limits.with_list - _room_for(easy)
        chosen = best_sentences(candidates, self._asked.worth, room, below=cases, with_list=with_list)
        if not chosen or (complete and _only_notes(candidates, chosen)):  # the cases say the rule
            return _changed(card, easy, card.block.body)
        note("page_extract_above_cases" if complete else "page_extract_instead_of_cases", parts=len(chosen))
        heading = "".join(f"**{heading}**" for heading in card.block.headings[-1:] if cases)
        return _changed(card, easy, self._text(most_useful_first(candidates, chosen), chosen), heading, cases, headings=())

    def _candidates(self, *more: int) -> list[SplitPassage]:
        """Returns the passages that may answer, and the passages ``more``."""
        found = candidate_passages(self._asked, self._without)
        return [*found, *(split_passage(self._entry, order) for order in more if all(one.order != order for one in found))]

    def _below_cases(self, candidate: SplitPassage, cases: Sequence[str]) -> SplitPassage:
        """Returns ``candidate`` with a label that does not repeat the ``cases``, which the card names."""
        passage = passages(self._entry)[candidate.order]
        if passage.cases[: len(cases)] != tuple(cases):
            return candidate
        return replace(candidate, label=BETWEEN.join((*passage.headings[-1:], *passage.cases[len(cases) :])))

    def _text(self, candidates: Sequence[SplitPassage], chosen: Chosen) -> str:
        return self._style.on_card(self._entry, page_text(candidates, chosen))

    def _easy_text(self) -> str:
        """Returns the easy words that editors wrote for the page, if they fit and no part clearly answers."""
        easy = self._entry.easy_text
        fits = not self._asked.is_clear and visible_chars(easy) <= self._style.limits.card
        return self._style.on_card(self._entry, easy) if fits else ""

    def _by_sms(self, card: Card, passage: int) -> Card:
        """Returns ``card`` with the best sentences as its first message, and the rest of the passage for SUITE.

        Editors' own words for SMS stay. If the citizen named a case, the sentences are from it.
        """
        if self._entry.sms_text and card.block.sms_text == self._entry.sms_text:
            return card
        known, main, named = passages(self._entry), split_passage(self._entry, passage), card.block.cases
        candidates = [one for one in self._candidates(passage) if known[one.order].cases[: len(named)] == named]
        text, chosen = self._short_text(briefly_labelled(self._entry, candidates, named))
        if not text:
            return card
        note("page_extract", parts=len(chosen))
        own = chosen.get(passage, frozenset())
        rest = text_of(main.pieces, left_out(main.pieces, own))
        card = card._replace(pieces=tuple(sorted(own)), shortened=len(own) < len(main.pieces))
        return _changed(card, text, self._style.on_card(self._entry, rest), sms_text=text)

    def _case_by_sms(self, card: Card) -> Card:
        """Returns ``card``, which shows some cases of a fork, with the best sentences as its first message."""
        text, chosen = self._short_text(briefly_labelled(self._entry, self._candidates(), card.block.cases))
        if not text:
            return card
        note("page_extract_instead_of_cases", parts=len(chosen))
        return _changed(card, text, "" if card.block.body in text else card.block.body, sms_text=text, headings=())

    def _short_text(self, candidates: Sequence[SplitPassage]) -> tuple[str, Chosen]:
        """Returns the best sentences for one SMS, and the numbers of their pieces."""
        limits = self._style.limits
        chosen = short_extract(candidates, self._asked.worth, limits.page, limits.longest_page)
        return self._text(most_useful_first(candidates, chosen), chosen), chosen


def _only_notes(candidates: Sequence[SplitPassage], chosen: Chosen) -> bool:
    """Decides whether all ``chosen`` pieces are notes on a rule that is not among them."""
    return all(is_note(one.pieces[at].text) for one in candidates for at in chosen.get(one.order, ()))


def _changed(card: Card, *texts: str, **fields: object) -> Card:
    """Returns ``card`` with other ``fields`` of its block, and those of ``texts`` that are not empty as its body."""
    return card._replace(block=card.block.model_copy(update={"body": APART.join(filter(None, texts)), **fields}))


def _room_for(text: str) -> int:
    """Returns how many characters ``text`` takes above others."""
    return visible_chars(text) + len(APART) if text else 0

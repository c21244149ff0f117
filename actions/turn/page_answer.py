"""Answers from a page: with the passage that applies to the citizen, or with the question that decides it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

from actions.cases.assumed_case import assumed_cases, case_to_assume
from actions.cases.case_resolution import Guidance, may_hold, once_for_each
from actions.cases.case_tree import Fork, fork_at, written
from actions.cases.dialogue_state import Focus, packed
from actions.messages.aspects import Aspect, passages_on
from actions.replies.cards import Card, answer_card, empty_card, whole_fork_card
from actions.replies.first_answer import FirstAnswer, is_first, outside_choice
from actions.replies.fork_card import ForkCard, fork_card
from actions.replies.page_extract import is_labelled
from actions.replies.page_question import page_question
from actions.replies.piece_sets import visible_chars
from actions.replies.side_by_side import OpenFork
from actions.replies.truncated_description import is_broken, stand_in
from actions.replies.utterance import Reply
from actions.situation.reading import facts_in, passing
from actions.turn.presenter import UNSEARCHED, SearchContext, ask, show
from actions.turn.repeat_detection import repeats_card, say_nothing_else
from actions.turn.resolution import reconsidered, resolve
from actions.turn.turn import Turn
from core.entry import Entry, passages
from retrieval.terms.analysis import terms

_ONLY_A_LINK = re.compile(r"(?:[-*] )?\[[^\[\]]+\]\([^()\s]*/([A-Z]\d+)\)\.?")


def open_page(
    turn: Turn, entry: Entry, passage: int, query: str, context: SearchContext = UNSEARCHED, aspect: Aspect | None = None
) -> Reply:
    """Puts ``entry`` in focus and answers ``query`` from ``passage``, or from the passage about ``aspect``, if there is one.

    Cases that were chosen on this page before stay chosen, unless ``query`` contradicts them.
    """
    before = turn.focus_on(entry)
    on_aspect = passages_on(entry, aspect) if aspect else []
    facts = passing(facts_in(query))
    start = on_aspect[0] if on_aspect else passage
    focus = Focus(
        entry=entry.id,
        query=query,
        opened_by=turn.opened_by or before.opened_by or before.query or query,
        continued_by=turn.continued_by,
        start=start,
        chosen=before.chosen,
        facts=packed(facts),
        aspect=aspect.name if aspect else "",
        offered=turn.focus.offered if turn.focus and entry.id in turn.focus.offered else (),
        passages_shown=before.passages_shown,
    )
    turn, _ = reconsidered(turn.with_focus(focus), entry, query)
    return answer_from(turn, entry, start, context._replace(named=context.named or aspect is not None))


def answer_from(turn: Turn, entry: Entry, start: int, context: SearchContext = UNSEARCHED) -> Reply:
    """Shows the text that applies to the citizen, from passage ``start`` on, or asks for their case."""
    way = resolve(turn, entry, start)
    if way.asked is not None:
        return _answer_open_case(turn, entry, way, start, context)
    assert way.passage is not None  # no question is needed
    if followed := _answer_from_link(turn, entry, way.passage):
        return followed
    passage = stand_in(entry, way.passage)
    return _answer_from_passage(turn, entry, passage, way, context)


def _answer_from_passage(turn: Turn, entry: Entry, passage: int, way: Guidance, context: SearchContext) -> Reply:
    """Shows ``passage``, to which ``way`` leads; with other sentences of the page if this is the first answer from it.

    Says that there is nothing else if the same card was just shown.
    """
    focus = turn.focus_on(entry)
    first = None if context.named else _first_answer(turn, entry)
    is_opening = first is not None and not focus.chosen  # after a choice the chosen text stands whole
    style = turn.style.for_follow_up() if focus.latest else turn.style.for_first_answer() if is_opening else turn.style
    cases = None if way.alike is None else len(way.alike.cases)
    card = answer_card(entry, passage, turn.snapshot, style, cases, turn.worth(entry), focus.question)
    if first:
        card = first.of_part(card, passage)
        passage = passage if card.passage is None else card.passage
    if repeats_card(turn, card.block.body):
        return say_nothing_else(turn, entry, passage)
    pieces = card.pieces if card.shortened else ()
    turn = turn.with_focus(focus).with_focus_changes(
        asked=None, shown=passage, pieces=pieces, passages_shown=focus.shown_with(passage)
    )
    assumed = assumed_cases(entry, way.taken, focus, turn.user)
    taken = [(fork_at(entry, address), case) for address, case in way.taken.items()]
    remembered = [
        fork.labels[case]
        for fork, case in taken
        if (fork, case) not in assumed and turn.case(focus, fork, remembered=False) != case
    ]
    back = bool(card.block.cases) and not assumed
    return show(turn, entry, card, context, remembered=remembered, assumed=assumed, back=back)


def _answer_open_case(turn: Turn, entry: Entry, way: Guidance, start: int, context: SearchContext) -> Reply:
    """Answers with all cases side by side if they fit, with the case that may be assumed, or with a text and the question."""
    fork = way.asked
    assert fork is not None
    focus, pending_fork = turn.focus_on(entry), written(fork.address)
    turn = turn.with_focus(focus)
    lead = None if way.passage is None or is_broken(entry, way.passage) else way.passage
    # After a button, except that of a part, the question of a fork does not count as asked before.
    before = turn.before if turn.typed or context.named else None
    again = before is not None and (before.entry, before.asked) == (entry.id, pending_fork)
    case_of, excluded_at = once_for_each(partial(turn.case, focus)), once_for_each(partial(turn.excluded, focus))
    open_fork = OpenFork(entry, fork, start, turn.worth(entry), case_of, excluded_at, focus.question)
    shown = fork_card(open_fork, lead, turn.snapshot, turn.style)
    likely = None if shown.complete or again else case_to_assume(fork, entry, focus, turn.user, turn.settings)
    if likely is not None:
        with_likely = (*focus.assumed, written((*fork.address, likely)))
        return answer_from(turn.with_focus_changes(assumed=with_likely), entry, start, context)
    if not context.named and not again:
        shown = _with_best_sentences(turn, entry, fork, shown)
    if not shown.complete and (again or (context.named and not turn.style.pays_by_segment)):
        shown = _with_all_cases(turn, entry, fork, shown, start, again=again, only_part=context.named)
    if context.named and not (shown.complete or _says_cases(shown)):
        shown = _with_best_of_part(turn, entry, fork, shown, start)
    passages_shown = focus.passages_shown if lead is None else focus.shown_with(lead)
    turn = turn.with_focus_changes(asked=pending_fork, shown=lead, pieces=(), passages_shown=passages_shown)
    card, assumed = shown.card, assumed_cases(entry, way.taken, focus, turn.user)
    if card is not None and repeats_card(turn, card.block.body):
        return say_nothing_else(turn, entry, start)
    if card is None or not shown.complete:
        part = passages(entry)[start].headings if context.named else ()
        only = _still_possible(fork, shown.others, excluded_at(fork))
        return ask(turn, entry, fork, card, part=part, only=only, confidence=context.confidence, assumed=assumed)
    back = bool(fork.cases) and not assumed
    return show(turn, entry, card, context, cases=[(fork, None)], assumed=assumed, back=back)


def _still_possible(fork: Fork, others: Sequence[int], excluded: Collection[int]) -> list[int]:
    """Returns the numbers of the cases to offer, of ``others`` or of all, without those ``excluded``; none if all are to be."""
    possible = [number for number in (others or range(len(fork.labels))) if number not in excluded]
    return possible if others or excluded else []


def _with_best_sentences(turn: Turn, entry: Entry, fork: Fork, shown: ForkCard) -> ForkCard:
    """Returns ``shown`` with the best sentences of the page, if this is the first answer from it and it has any."""
    first = _first_answer(turn, entry)
    if first is None:
        return shown
    card = first.of_cases(shown.card or empty_card(entry, fork, turn.snapshot, turn.style), complete=shown.complete)
    return _with_card(shown, fork, card)


def _with_best_of_part(turn: Turn, entry: Entry, fork: Fork, shown: ForkCard, start: int) -> ForkCard:
    """Returns ``shown`` with the best sentences of the part of passage ``start``, which was asked for and does not fit."""
    focus, part = turn.focus_on(entry), passages(entry)[start].headings
    others = [one.order for one in passages(entry) if one.headings != part]
    asked = page_question(turn.retriever, entry, focus.model_copy(update={"query": focus.question}), turn.user, turn.settings)
    card = shown.card or empty_card(entry, fork, turn.snapshot, turn.style)
    card = FirstAnswer(replace(asked, odds={}), turn.style, others).of_cases(card, complete=False)
    return _with_card(shown, fork, card)


def _with_card(shown: ForkCard, fork: Fork, card: Card) -> ForkCard:
    """Returns ``shown`` with ``card``, unless that is empty; the cases of ``fork`` that its SMS does not name stay on offer."""
    if not card.block.body:
        return shown
    others = tuple(number for number, label in enumerate(fork.labels) if not is_labelled(card.block.sms_text, label))
    return shown._replace(card=card, others=others)


def _with_all_cases(
    turn: Turn, entry: Entry, fork: Fork, shown: ForkCard, start: int, *, again: bool, only_part: bool
) -> ForkCard:
    """Returns the card with the text of every case, if it fits; the same question is not asked ``again``."""
    focus = turn.focus_on(entry)
    case_of, excluded_at = once_for_each(partial(turn.case, focus)), once_for_each(partial(turn.excluded, focus))
    holds = partial(may_hold, entry, case_of=case_of, excluded_at=excluded_at)
    whole = whole_fork_card(entry, fork, turn.snapshot, start, turn.style, only_part=only_part, holds=holds)
    fits = visible_chars(whole.block.body) <= turn.style.limits.rest
    return shown._replace(card=whole if fits or (again and not _says_cases(shown)) else shown.card, complete=again or fits)


def _says_cases(shown: ForkCard) -> bool:
    """Decides whether the card names cases; else it is an extract of the text for everyone, or there is none."""
    return shown.card is not None and not shown.card.pieces


def _first_answer(turn: Turn, entry: Entry) -> FirstAnswer | None:
    """Returns what puts sentences of other parts on the card; ``None`` if this is not the first answer from ``entry``.

    After a choice these are sentences for the chosen case.
    """
    focus = turn.focus
    if focus is None or not is_first(focus, entry):
        return None
    asked = page_question(turn.retriever, entry, focus, turn.user, turn.settings)
    chooses = turn.before is not None and turn.before.query == focus.query
    return FirstAnswer(asked, turn.style, outside_choice(entry, focus) if chooses else ())


def unasked_card(turn: Turn, entry: Entry, focus: Focus, start: int) -> Card:
    """Returns the card that answers ``focus`` from passage ``start`` on, with no question about the case.

    If the case is open and no text stands before its fork, the card shows the cases.
    """
    worth = partial(turn.retriever.sentence_worth, entry, focus.query)
    way = resolve(turn, entry, start, focus)
    if way.passage is None and way.asked is not None:
        open_fork = OpenFork(entry, way.asked, start, worth, question=focus.query)
        card = fork_card(open_fork, None, turn.snapshot, turn.style).card
        return card or whole_fork_card(entry, way.asked, turn.snapshot, start, turn.style)
    return answer_card(entry, way.passage or 0, turn.snapshot, turn.style, worth=worth, question=focus.query)


def leads_to(entry: Entry, order: int) -> str:
    """Returns the id of the page that passage ``order`` of ``entry`` links to, if the passage is only a link; else ""."""
    link = _ONLY_A_LINK.fullmatch(passages(entry)[order].markdown.strip())
    return link[1] if link else ""


def _answer_from_link(turn: Turn, entry: Entry, order: int) -> Reply | None:
    """Answers from another page of ours, if passage ``order`` is only a link to it."""
    linked = leads_to(entry, order)
    other = turn.retriever.entry(linked, entry.collection) if linked else None
    if other is None or turn.focus is None or other.id in (entry.id, *turn.focus.offered):
        return None
    question = turn.focus.query
    query = other.title if len(terms(question)) <= len(terms(entry.title)) else f"{other.title} {question}"
    start = turn.retriever.best_passage(other, question) if question else 0
    focus = Focus(entry=other.id, query=query, start=start, facts=turn.focus.facts, offered=(*turn.focus.offered, entry.id))
    turn, _ = reconsidered(turn.with_focus(focus), other, query)
    return answer_from(turn, other, start)

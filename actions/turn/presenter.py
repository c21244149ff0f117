"""Shows a card, or asks for the citizen's case, with other offers below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from actions.cases.case_tree import Fork
from actions.replies.cards import Card, other_cases, rest_card, rest_payload
from actions.replies.first_answer import is_open
from actions.replies.related import MOST_AT_HEAD, MOST_PARTS, older_twin, related_options, same_page_options, unread_first
from actions.replies.reply_builder import Besides, WhichCase
from actions.replies.utterance import Reply
from actions.turn.resolution import has_part
from actions.turn.turn import Turn
from core.entry import Entry
from core.turns import Option
from retrieval.contracts import Hit


class SearchContext(NamedTuple):
    """How a page was found: the ``confidence`` of the search, and the ``others`` to offer.

    ``named``: the citizen asked for this very part of the page, so a question names it.
    """

    confidence: float | None = None
    others: Sequence[Hit] = ()
    named: bool = False


UNSEARCHED = SearchContext()


def show(
    turn: Turn,
    entry: Entry,
    card: Card,
    context: SearchContext = UNSEARCHED,
    *,
    assumed: Sequence[str] = (),
    supposed: Sequence[tuple[Fork, int]] = (),
    cases: Sequence[tuple[Fork, int | None]] = (),
    back: bool = False,
    again: bool = False,
) -> Reply:
    """Answers with ``card``, and with other offers below it.

    ``assumed``: cases taken from what the citizen said before. ``supposed``: forks at which a case was taken that nobody
    said. ``cases``: forks whose cases can be chosen below. ``back``: the last case can be taken back. ``again``: the card
    was just shown.
    """
    related, alike = related_options(entry, context.others, turn.retriever)
    also = older_twin(entry, turn.focus.query if turn.focus else "", turn.retriever)
    same_page, shown, rest = parts_besides(turn, entry, card.headings), turn.focus.shown if turn.focus else None, ""
    if shown is not None and card.shortened and card.pieces and not turn.style.pays_by_segment:
        rest = rest_payload(entry.id, shown)
    return turn.reply(
        turn.replies.answer(
            entry,
            card,
            Besides(same_page, related, alike, *other_cases(entry.id, [*cases, *supposed]), rest, also),
            language=turn.language,
            confidence=context.confidence,
            assumed=assumed,
            supposed=[fork.labels[case] for fork, case in supposed],
            back=back,
            again=again,
        )
    )


def show_rest(turn: Turn, entry: Entry, order: int) -> Reply:
    """Continues passage ``order`` where it was cut."""
    card = rest_card(entry, order, turn.focus.pieces if turn.focus else (), turn.snapshot, turn.style)
    return show(turn.with_focus(pieces=card.pieces), entry, card)


def ask(
    turn: Turn,
    entry: Entry,
    question: WhichCase,
    card: Card | None = None,
    confidence: float | None = None,
    supposed: Sequence[tuple[Fork, int]] = (),
) -> Reply:
    """Asks ``question`` about the citizen's case. ``card``: content that can be shown before it. ``supposed``: as in
    ``show``.
    """
    return turn.reply(
        turn.replies.ask(
            entry,
            question,
            card,
            language=turn.language,
            snapshot=turn.snapshot,
            confidence=confidence,
            supposed=[fork.labels[case] for fork, case in supposed],
            others=other_cases(entry.id, supposed)[0],
        )
    )


def parts_besides(turn: Turn, entry: Entry, shown: tuple[str, ...]) -> tuple[Option, ...]:
    """Returns other parts of the page than ``shown`` that may answer. None by SMS: each line costs."""
    focus = turn.focus
    if focus is None or not focus.question or turn.style.pays_by_segment:
        return ()
    ranked = unread_first(entry, turn.retriever.ranked_passages(entry, focus.question), focus.passages_shown)
    most = MOST_AT_HEAD if is_open(turn.retriever, focus, entry) else MOST_PARTS
    return same_page_options(entry, shown, (order for order in ranked if has_part(turn, entry, order)), most)

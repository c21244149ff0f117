"""What a page does not say, its nearest neighbour may."""

from __future__ import annotations

from collections.abc import Sequence

from actions.messages.aspects import aspects
from actions.replies.cards import entry_option
from actions.replies.style import PAGES
from actions.replies.utterance import Reply
from actions.situation.matching import borne_out
from actions.situation.reading import Facets, demanded
from actions.turn.page_answer import open_page
from actions.turn.presenter import SearchContext
from actions.turn.turn import Turn
from core.entry import Entry
from retrieval.contracts import Hit, RetrievalResult
from retrieval.lexical.analysis import terms

_SAME_MATTER = 0.5  # share of the terms of two titles from which their pages are about the same matter
_MOST_OFFERED = 3


def answer_from_neighbour(turn: Turn, entry: Entry, facts: Facets, *, same_question: bool = False) -> Reply:
    """Answers from the page for the very situation ``facts``; else says that ``entry`` does not say it, and offers pages.

    ``same_question``: only the situation is another ("et pour mon fils de 12 ans ?"), and what was asked before is still asked.
    """
    result, near = _neighbours(turn, entry)
    hit = _meant_for(entry, near, facts)
    other = turn.search.entry_of(hit) if hit else None
    turn = turn.hearing()
    if hit is None or other is None:
        options = [entry_option(one.title, one.entry_id, one.passage) for one in near[:_MOST_OFFERED]]
        return turn.reply(turn.replies.not_on_page(entry, options, snapshot=result.snapshot))
    context = SearchContext(result.confidence, near)
    focus = turn.focus
    if same_question and focus and focus.query:
        start = turn.retriever.best_passage(other, focus.query)
        return open_page(turn, other, start, f"{focus.query} {turn.text}", context, aspects().get(focus.aspect))
    return open_page(turn, other, hit.passage, f"{entry.title} {turn.text}", context)


def has_neighbour_for(turn: Turn, entry: Entry, facts: Facets) -> bool:
    """Decides whether a page that is close to ``entry`` is meant for the situation ``facts``."""
    return _meant_for(entry, _neighbours(turn, entry)[1], facts) is not None


def _neighbours(turn: Turn, entry: Entry) -> tuple[RetrievalResult, list[Hit]]:
    """Returns what is found for the message behind the title of ``entry``, and the other entries of it, best first."""
    result = turn.search.pages(f"{entry.title} {turn.text}", PAGES)
    return result, [hit for hit in result.hits or result.rejected if hit.entry_id != entry.id]


def _meant_for(entry: Entry, near: Sequence[Hit], facts: Facets) -> Hit | None:
    """Returns the page among ``near`` that is meant for the situation ``facts`` and closest to ``entry``, if any is close."""
    # A cost or a place is every page's own: a neighbour is answered from only if it is meant for another situation.
    fitting = [hit for hit in near if facts and borne_out(demanded(hit.title), facts)]
    closest = max(fitting, key=lambda hit: _closeness(hit.title, entry.title), default=None)
    return closest if closest and _closeness(closest.title, entry.title) >= _SAME_MATTER else None


def _closeness(title: str, other: str) -> float:
    """Returns the share (0 to 1) of the shorter title's terms that both have."""
    first, second = set(terms(title)), set(terms(other))
    return len(first & second) / max(1, min(len(first), len(second)))

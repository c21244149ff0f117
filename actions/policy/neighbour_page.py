"""Answers from a neighbour of the page in focus what that page does not say."""

from collections.abc import Sequence

from actions.messages.aspects import aspects
from actions.messages.follow_up_parser import FollowUp
from actions.policy.another_situation import first_for
from actions.replies.cards import entry_option
from actions.replies.style import PAGES
from actions.replies.utterance import Reply
from actions.situation.reading import Facets
from actions.turn.page_answer import open_page
from actions.turn.presenter import SearchContext
from actions.turn.turn import Turn
from core.entry import Entry
from retrieval.contracts import Hit, RetrievalResult
from retrieval.terms.analysis import terms

_SAME_MATTER = 0.5  # share of common terms in two titles from which their pages are about the same matter
_MOST_OFFERED = 3


def answer_from_neighbour(turn: Turn, entry: Entry, found: FollowUp, *, same_question: bool = False) -> Reply:
    """Answers from the page for the situation in the message; else says that ``entry`` has no answer, and offers pages.

    ``same_question``: only the situation differs ("et pour mon fils de 12 ans ?"), and the previous question is still asked.
    """
    result, near = _neighbours(turn, entry)
    hit = _meant_for(entry, near, found.facts)
    other = turn.search.entry_of(hit) if hit else None
    turn = turn.with_stated_facts()
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
    """Decides whether there is a page close to ``entry`` for the situation ``facts``."""
    return _meant_for(entry, _neighbours(turn, entry)[1], facts) is not None


def _neighbours(turn: Turn, entry: Entry) -> tuple[RetrievalResult, list[Hit]]:
    """Returns the result for the message after the title of ``entry``, and the other entries in it, best first."""
    result = turn.search.pages(f"{entry.title} {turn.text}", PAGES)
    return result, [hit for hit in result.hits or result.rejected if hit.entry_id != entry.id]


def _meant_for(entry: Entry, near: Sequence[Hit], facts: Facets) -> Hit | None:
    """Returns the page among ``near`` that is for the situation ``facts`` and closest to ``entry``, if any is close."""
    close = sorted(_close(entry, near), key=lambda hit: -_closeness(hit.title, entry.title))
    number = first_for([hit.title for hit in close], facts)
    return None if number is None else close[number]


def _close(entry: Entry, near: Sequence[Hit]) -> list[Hit]:
    return [hit for hit in near if _closeness(hit.title, entry.title) >= _SAME_MATTER]


def _closeness(title: str, other: str) -> float:
    """Returns the share (0 to 1) of the shorter title's terms that are in both."""
    first, second = set(terms(title)), set(terms(other))
    return len(first & second) / max(1, min(len(first), len(second)))

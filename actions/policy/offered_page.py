"""Step: pages were offered, and the message names one of them or adds to the same question."""

from __future__ import annotations

from collections.abc import Sequence

from actions.messages.follow_up_parser import as_follow_up, is_short
from actions.policy.another_situation import is_for_others
from actions.policy.neighbour_page import answer_from_neighbour, has_neighbour_for
from actions.policy.subject_change import begins_new_subject
from actions.replies.style import PAGES
from actions.replies.utterance import Reply
from actions.situation.matching import borne_out, picked
from actions.situation.reading import Facets, demanded, facts_in
from actions.turn.page_answer import open_page
from actions.turn.presenter import SearchContext
from actions.turn.turn import Turn
from core.entry import Entry


def offered_page(turn: Turn) -> Reply | None:
    """Answers from the page that is named, that is for the citizen's situation, or that now fits best."""
    focus = turn.focus
    if focus is None or focus.entry:
        return None
    entries = [entry for one in focus.offered if (entry := turn.search.entry(one))]
    if not entries:
        return None
    first, found = entries[0], as_follow_up(turn.text, entries[0])
    only_situation = not found.unexplained_terms and is_for_others(first, found.facts)
    if only_situation and has_neighbour_for(turn, first, found.facts):  # "et si on me l'a volé ?", after a page about a loss
        return answer_from_neighbour(turn, first, found.facts, same_question=True)
    query = f"{focus.query} {turn.text}"
    chosen = picked([entry.title for entry in entries], turn.text) if is_short(turn.text) else None
    if chosen is None:
        if begins_new_subject(turn, first):
            return None
        chosen = _for_situation(entries, facts_in(turn.text))
    turn = turn.hearing()
    if chosen is None:
        return _best_fitting(turn, entries, query)
    return open_page(turn, entries[chosen], turn.retriever.best_passage(entries[chosen], query), query)


def _for_situation(entries: Sequence[Entry], facts: Facets) -> int | None:
    """Returns the index of the first of ``entries`` whose title is for the situation ``facts``."""
    fitting = (number for number, entry in enumerate(entries) if facts and borne_out(demanded(entry.title), facts))
    return next(fitting, None)


def _best_fitting(turn: Turn, entries: Sequence[Entry], query: str) -> Reply:
    """Answers a citizen who asks on without choosing: from the page found for all that was asked, or from the first."""
    result, facts = turn.search.pages(query, PAGES), facts_in(turn.text)
    best = next((entry for entry in entries if result.hits and entry.id == result.hits[0].entry_id), entries[0])
    if is_for_others(best, facts):  # only a page for adults was offered, and the question is about a son of twelve
        return answer_from_neighbour(turn, best, facts, same_question=True)
    start, aspect = turn.retriever.best_passage(best, turn.text), as_follow_up(turn.text, best).aspect
    return open_page(turn, best, start, query, SearchContext(result.confidence, result.hits), aspect)

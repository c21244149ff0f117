"""Step: pages were offered, and the message names one of them or adds to the same question."""

from __future__ import annotations

from collections.abc import Sequence

from actions.messages.aspects import passages_on
from actions.messages.follow_up_parser import FollowUp, Kind, as_follow_up, is_short
from actions.policy.another_situation import first_for, is_for_others
from actions.policy.easy_words import page_in_short
from actions.policy.neighbour_page import answer_from_neighbour, has_neighbour_for
from actions.policy.subject_change import begins_new_subject
from actions.replies.style import PAGES
from actions.replies.utterance import Reply
from actions.situation.matching import picked
from actions.turn.page_answer import open_page
from actions.turn.presenter import SearchContext
from actions.turn.turn import Turn
from core.entry import Entry
from retrieval.terms.analysis import terms


def offered_page(turn: Turn) -> Reply | None:
    """Answers from the page that is named, that is for the citizen's situation, or that now fits best."""
    focus = turn.focus
    entries = [entry for one in focus.offered if (entry := turn.search.entry(one))] if focus and not focus.entry else []
    if focus is None or not entries:
        return None
    first, found = entries[0], as_follow_up(turn.text, entries[0])
    only_situation = not found.unexplained_terms and is_for_others(first.title, found.facts)
    if only_situation and has_neighbour_for(turn, first, found.facts):  # "et si on me l'a volé ?", after a page about a loss
        return answer_from_neighbour(turn, first, found, same_question=True)
    query, titles = f"{focus.query} {turn.text}", [entry.title for entry in entries]
    chosen = picked(titles, turn.text) if is_short(turn.text) else None
    if chosen is None and begins_new_subject(turn, first):
        return None
    if chosen is None and found.kind is Kind.EXPLAIN:
        return page_in_short(turn, first)
    chosen = first_for(titles, found.facts) if chosen is None else chosen
    turn = turn.hearing()
    if chosen is None:
        return _best_fitting(turn, entries, found, query)
    return open_page(turn, entries[chosen], turn.retriever.best_passage(entries[chosen], query), query)


def _best_fitting(turn: Turn, entries: Sequence[Entry], found: FollowUp, query: str) -> Reply:
    """Answers a citizen who asks on without choosing: from the page found for all that was asked, or from the first; from the
    one whose title names what is new in the message, or that says the aspect asked for, if the best one does not.
    """
    result, facts = turn.search.pages(query, PAGES), turn.user.facts_for(query)
    others = [entry for hit in result.hits if (entry := turn.search.entry_of(hit))]
    best = others[0] if others and others[0] in entries else entries[0]
    if is_for_others(best.title, found.facts):  # only a page for adults was offered, and the question is about a son of twelve
        return answer_from_neighbour(turn, best, found, same_question=True)

    wanted = found.unexplained_terms

    def misses(page: Entry) -> tuple[bool, bool, int]:
        named = set(terms(page.title)) | (turn.retriever.spoken(page, wanted) if page == best else set())
        return (
            is_for_others(page.title, facts),
            found.aspect is not None and not passages_on(page, found.aspect),
            len(wanted - named),
        )

    chosen = min((best, *entries, *others), key=misses)
    start = turn.retriever.best_passage(chosen, turn.text)
    return open_page(turn, chosen, start, query, SearchContext(result.confidence, result.hits), found.aspect)

"""Step: pages were offered, and the message names one of them, or tells whose it is."""

from actions.messages.follow_up_parser import Kind, as_follow_up, is_short
from actions.policy.another_situation import first_for, is_for_others
from actions.policy.easy_words import page_in_short
from actions.policy.neighbour_page import answer_from_neighbour, has_neighbour_for
from actions.policy.subject_change import continues
from actions.replies.utterance import Reply
from actions.situation.matching import picked
from actions.turn.page_answer import open_page
from actions.turn.turn import Turn


def offered_page(turn: Turn) -> Reply | None:
    """Answers from the page that is named or that is for the citizen's situation, or explains the first one in short."""
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
    if chosen is None:
        if not continues(turn):
            return None
        if found.kind is Kind.EXPLAIN:
            return page_in_short(turn, first)
        chosen = first_for(titles, found.facts)
    if chosen is None:
        return None
    return open_page(turn.hearing(), entries[chosen], turn.retriever.best_passage(entries[chosen], query), query)

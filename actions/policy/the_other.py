"""Step: "l'autre", of two cases or of the pages that were offered."""

from __future__ import annotations

from actions.cases.case_tree import steps_to
from actions.messages.follow_up_parser import pattern
from actions.messages.plain_words import plain
from actions.policy.page_button import answer_for_case
from actions.replies.utterance import Reply
from actions.turn.choice_list import offer_again
from actions.turn.page_answer import open_page
from actions.turn.resolution import place_in
from actions.turn.turn import Turn

_TWO = 2


def the_other(turn: Turn) -> Reply | None:
    """Answers for the other one of two cases, or from the other one of two pages; of more pages, offers them again."""
    focus, entry = turn.focus, turn.entry_in_focus()
    if focus is None or entry is None or pattern("the_other").fullmatch(plain(turn.text)) is None:
        return None
    try:
        steps = steps_to(entry, place_in(entry, focus))
    except LookupError:  # the entry has changed in the meantime
        steps = ()
    if steps and focus.asked is None and len(steps[-1].fork.options) == _TWO:
        fork, case = steps[-1]
        return answer_for_case(turn, entry, (*fork.address, 1 - case))
    pages = [page for one in focus.offered if one != entry.id and (page := turn.search.entry(one))]
    if len(pages) == 1:
        return open_page(turn, pages[0], turn.retriever.best_passage(pages[0], focus.query), focus.query)
    return offer_again(turn)

"""Steps: a few words answer the pending question about the citizen's case, or name the other one of two cases or pages."""

from actions.cases.case_tree import fork_at, read, steps_to
from actions.messages.follow_up_parser import is_short, pattern
from actions.messages.plain_words import plain
from actions.policy.page_button import answer_for_case
from actions.policy.subject_change import continues_on_page
from actions.replies.utterance import Reply
from actions.situation.matching import left_by, picked
from actions.turn.choice_list import offer_again
from actions.turn.page_answer import open_page
from actions.turn.presenter import ask
from actions.turn.resolution import place_in
from actions.turn.turn import Turn
from core.entry import Entry
from retrieval.terms.analysis import terms

_TWO = 2  # terms; cases of a fork


def reply_to_question(turn: Turn) -> Reply | None:
    """Answers for the case that the message names, or asks among the cases that are still possible."""
    focus, entry = turn.focus, turn.entry_in_focus()
    if focus is None or focus.asked is None or entry is None or not is_short(turn.text):
        return None
    try:
        fork = fork_at(entry, read(focus.asked))
    except LookupError:  # the entry has changed in the meantime
        return None
    case = picked(fork.labels, turn.text)
    if case is not None and not _asks_something_else(turn, entry, fork.labels[case]):
        return answer_for_case(turn.with_stated_facts(), entry, (*fork.address, case))
    if case is not None:
        return None
    possible = left_by(fork.labels, turn.text)
    if not possible or len(possible) == len(fork.labels):
        return None
    return ask(turn.with_stated_facts(), entry, fork, only=possible)  # "à l'étranger": in Europe or elsewhere?


def _asks_something_else(turn: Turn, entry: Entry, label: str) -> bool:
    """Decides whether a message that names the case ``label`` ("Perte") is a question of its own ("j'ai perdu ma carte
    d'identité"): it has two terms more, and does not continue on the page.
    """
    return len(set(terms(turn.text)) - set(terms(label))) >= _TWO and continues_on_page(turn, entry) is None


def the_other(turn: Turn) -> Reply | None:
    """Answers "l'autre": for the other one of two cases, or from the other one of two pages; of more pages, offers them
    again.
    """
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

"""Step and reply for a message that does not name its subject."""

from collections.abc import Sequence

from actions.cases.dialogue_state import Focus
from actions.messages.aspects import names_nothing
from actions.replies.style import PAGES
from actions.replies.utterance import Reply
from actions.turn.choice_list import CHOICES, offer, themes
from actions.turn.page_answer import open_page
from actions.turn.turn import Turn
from core.decision_trace import note
from retrieval.contracts import Hit, RetrievalResult


def missing_subject(turn: Turn) -> Reply | None:
    """Asks for the subject of a question that names none ("c'est payant ?")."""
    if turn.focus is not None or not names_nothing(turn.text):
        return None
    note("names_nothing")
    return clarify(turn, (), turn.search.pages(turn.text, PAGES))


def clarify(turn: Turn, hits: Sequence[Hit], result: RetrievalResult) -> Reply:
    """Takes a fragment for a question about the page in focus, or the pages offered; else asks for the subject.

    ``result`` is the search result for it; the themes of ``hits`` are offered too.
    """
    entry, focus = turn.entry_in_focus(), turn.focus
    if entry is not None:
        return open_page(turn, entry, turn.retriever.best_passage(entry, turn.text), turn.text)
    if focus and focus.offered and focus.query:  # pages were offered and none is chosen yet: it is about them
        query = f"{focus.query} {turn.text}"
        narrowed = turn.search.pages(query, CHOICES)
        if narrowed.hits:
            return offer(turn, narrowed.hits, query, narrowed)
    turn = turn.about(Focus(entry="", query=turn.text))
    options = themes(turn, hits)
    return turn.reply(turn.replies.menu("utter_clarify", options, snapshot=result.snapshot, confidence=result.confidence))

"""Step: a message about what another administration handles, by the topics that the desk has written."""

from actions.cases.dialogue_state import Focus
from actions.replies.cards import entry_option
from actions.replies.style import PAGES
from actions.replies.utterance import Reply
from actions.turn.turn import Turn
from core.decision_trace import note

_MOST_TITLES = 3


def another_administration(turn: Turn) -> Reply | None:
    """Says who handles the matter, with the titles of the nearest pages; passes if a page answers surely.

    By SMS only the titles of pages that were found: each line costs.
    """
    result = turn.search.pages(turn.text, PAGES)
    topic = result.topic
    if topic is None:
        return None
    note("handed_on", topic=topic.name, body=topic.body)
    pages = result.hits if turn.style.pays_by_segment else result.hits or result.rejected
    titles = [entry_option(hit.title, hit.entry_id, hit.passage) for hit in pages[:_MOST_TITLES]]
    turn = turn.with_focus(Focus(entry="", query=turn.text, opened_by=turn.opened_by, continued_by=turn.continued_by))
    return turn.reply(
        turn.replies.hand_on(
            topic, language=turn.language, snapshot=result.snapshot, confidence=result.confidence, nearest=titles
        )
    )

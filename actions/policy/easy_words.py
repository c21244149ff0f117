"""Step: the entry shown last in easy words, if its editors wrote some."""

from __future__ import annotations

from actions.replies.cards import plain_card
from actions.replies.reply_builder import Besides
from actions.replies.utterance import Reply, say
from actions.turn.turn import Turn
from core.turns import Outcome


def easy_words(turn: Turn) -> Reply:
    """Shows ``easy_text``. Without any, says so and where else to ask: easy words are never generated."""
    entry = turn.entry_shown_last()
    if entry is None:
        return Reply((say("utter_simplify_what", {"outcome": Outcome.SMALL_TALK}),))
    if not entry.easy_text:
        return Reply((say("utter_not_simpler", {"outcome": Outcome.NO_ANSWER}),))
    card = plain_card(entry, turn.snapshot, turn.style)
    return Reply(tuple(turn.replies.answer(entry, card, Besides(), language=turn.language, confidence=None)))

"""The first two pages have the same content for two situations: the one that fits answers, the other is offered."""

from __future__ import annotations

from actions.cases.dialogue_state import Focus
from actions.replies.audience_variants import are_twins, meant
from actions.replies.cards import entry_option
from actions.replies.utterance import Reply
from actions.turn.turn import Turn
from actions.turn.unasked_card import unasked_card
from core.decision_trace import note
from retrieval.contracts import RetrievalResult


def answer_from_twin(turn: Turn, result: RetrievalResult) -> Reply | None:
    """Answers from the one of the first two pages that fits the citizen; ``None`` if they are no twins."""
    if len(result.hits) < 2:
        return None
    pair = result.hits[:2]
    titles = (pair[0].title, pair[1].title)
    if not are_twins(*titles):
        return None
    entries = [entry for hit in pair if (entry := turn.search.entry_of(hit))]
    if len(entries) < 2:
        return None
    number = meant(titles, turn.user.facts_for(turn.text))
    note("twins", shown=titles[number], other=titles[1 - number])
    entry, other, start = entries[number], entries[1 - number], pair[number].passage
    offered = tuple(one.id for one in entries)
    focus = Focus(entry=entry.id, query=turn.text, start=start, offered=offered)
    turn = turn.about(focus)
    card = unasked_card(turn, entry, focus, start)
    option = entry_option(other.title, other.id, pair[1 - number].passage)
    return turn.reply(turn.replies.answer_or_twin(entry, card, option, language=turn.language, confidence=result.confidence))

"""Step: the page shown last in easy words, if its editors wrote some; for a citizen who has not understood it, in few words."""

from actions.messages.follow_up_parser import pattern
from actions.messages.plain_words import plain
from actions.replies.cards import entry_option, plain_card
from actions.replies.utterance import Reply, say
from actions.turn.turn import Turn
from core.entry import Entry, passages
from core.turns import Outcome

_MOST_CHAPTERS = 4


def easy_words(turn: Turn) -> Reply:
    """Shows ``easy_text``. Without any, shows the page in short to a citizen who has not understood it, and says to others that
    there is no easy version: easy words are never generated.
    """
    entry = turn.entry_shown_last() or turn.entry_in_focus()
    if entry is None:
        return Reply((say("utter_simplify_what", {"outcome": Outcome.SMALL_TALK}),))
    if entry.easy_text:
        card = plain_card(entry, turn.snapshot, turn.style)
        return Reply(tuple(turn.replies.answer(entry, card, language=turn.language)))
    if pattern("explain").search(plain(turn.text)):
        return page_in_short(turn, entry)
    return Reply((say("utter_not_simpler", {"outcome": Outcome.NO_ANSWER}),))


def page_in_short(turn: Turn, entry: Entry) -> Reply:
    """Shows ``entry`` in few words, and its chapters as buttons."""
    chapters: dict[str, int] = {}
    for passage in passages(entry):
        name = (*passage.headings, *passage.cases)[:1]
        if name:
            chapters.setdefault(name[0], passage.order)
    options = [entry_option(name, entry.id, order) for name, order in list(chapters.items())[:_MOST_CHAPTERS]]
    card = plain_card(entry, turn.snapshot, turn.style)
    turn = turn.with_focus_changes(asked=None)
    return turn.reply(turn.replies.explain(entry, card, options, language=turn.language))

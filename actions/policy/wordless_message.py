"""Step: a message without a word ("👍", "😡", "?", "…", "3"). Nothing can be searched for, but each says something."""

from __future__ import annotations

import re

from actions.policy.page_in_short import page_in_short
from actions.replies.utterance import Reply
from actions.turn.choice_list import offer_again
from actions.turn.turn import Turn
from core.decision_trace import note

# What people send instead of words; skin tones and the other signs around them change nothing.
_GLAD = frozenset("👍👌🙏❤♥💙💚💛🧡💜🤍😊🙂😀😁😃😄😉😍🥰🤗👏✅✔💪🤝🎉😘☺")
_CROSS = frozenset("👎😡🤬😠😤🖕😒🙄💩😾👿")
_NUMBER = re.compile(r"\d{1,2}[.)!?]*")


def wordless_message(turn: Turn) -> Reply | None:
    """Answers a message that has no letter and no number, or a number alone where there is nothing to choose from."""
    reply = _answer_to(turn)
    if reply is not None:
        note("no_words")
    return reply


def _answer_to(turn: Turn) -> Reply | None:
    if turn.focus is None and _NUMBER.fullmatch(turn.text.strip()):
        return turn.reply(turn.replies.acknowledge("utter_help"))
    if any(character.isalnum() for character in turn.text) or not turn.text.strip():
        return None
    signs = set(turn.text)
    if signs & _CROSS:
        return turn.reply(turn.replies.acknowledge("utter_insult"))
    if signs & _GLAD:
        return turn.reply(turn.replies.acknowledge("utter_thank"))
    return _answer_to_asking_sign(turn)


def _answer_to_asking_sign(turn: Turn) -> Reply | None:
    """Answers "?" or "…", which is about what was said last: the page in few words, or the choice once more."""
    if turn.focus is not None and turn.focus.asked is not None:
        return None  # the question waits, and is put again
    entry = turn.entry_in_focus()
    if entry is not None:
        return page_in_short(turn, entry)
    return offer_again(turn) or turn.reply(turn.replies.acknowledge("utter_help"))

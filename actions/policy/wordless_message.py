"""Step: a message without a word ("👍", "😡", "?", "…", "3"). Nothing can be searched for, but each has a meaning."""

import re

from actions.policy.easy_words import page_in_short
from actions.replies.utterance import Reply
from actions.turn.choice_list import offer_again
from actions.turn.turn import Turn
from core.decision_trace import note

# Signs that people send instead of words. Skin tones and other signs around them make no difference.
_GLAD = frozenset("👍👌🙏❤♥💙💚💛🧡💜🤍😊🙂😀😁😃😄😉😍🥰🤗👏✅✔💪🤝🎉😘☺")
_CROSS = frozenset("👎😡🤬😠😤🖕😒🙄💩😾👿")
_NUMBER = re.compile(r"\d{1,2}[.)!?]*")


def wordless_message(turn: Turn) -> Reply | None:
    """Answers a message without letters and digits, or a bare number if there is nothing to choose from."""
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
    """Answers "?" or "…", which is about the last reply: with the page in few words, or the choices again."""
    if turn.focus is not None and turn.focus.asked is not None:
        return None  # the pending question is asked again
    entry = turn.entry_in_focus()
    if entry is not None:
        return page_in_short(turn, entry)
    return offer_again(turn) or turn.reply(turn.replies.acknowledge("utter_help"))

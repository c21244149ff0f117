"""Messages without a word: "👍", "😡", "?", "…", "3". Nothing can be searched for, but each says something."""

from __future__ import annotations

import re

from actions.policy.follow_up_policy import explain
from actions.session.answering_session import Consultation
from actions.session.choice_list import offer_again

# What people send instead of words; skin tones and the other signs around them change nothing.
_GLAD = frozenset("👍👌🙏❤♥💙💚💛🧡💜🤍😊🙂😀😁😃😄😉😍🥰🤗👏✅✔💪🤝🎉😘☺")
_CROSS = frozenset("👎😡🤬😠😤🖕😒🙄💩😾👿")
_NUMBER = re.compile(r"\d{1,2}[.)!?]*")


def acknowledged(talk: Consultation, text: str) -> bool:
    """Answer ``text`` where it has no letter and no number, or a number alone that chooses nothing; false where it has one.

    A sign that asks ("?", "…") is about what was said last: the page is put in few words, the choice offered again.
    """
    if talk.subject is None and _NUMBER.fullmatch(text.strip()):  # "3" under nothing to choose from
        talk.speaker.acknowledge("utter_help")
        return True
    if any(character.isalnum() for character in text) or not text.strip():
        return False
    signs = set(text)
    if signs & _CROSS:
        talk.speaker.acknowledge("utter_insult")
    elif signs & _GLAD:
        talk.speaker.acknowledge("utter_thank")
    else:
        return _asked_about(talk)
    return True


def _asked_about(talk: Consultation) -> bool:
    subject = talk.subject
    if subject is not None and subject.asked is not None:
        return False  # the question waits, and is put again
    entry = talk.retriever.entry(subject.entry, talk.collection) if subject and subject.entry else None
    if entry is not None:
        explain(talk, entry)
    elif not offer_again(talk):
        talk.speaker.acknowledge("utter_help")
    return True

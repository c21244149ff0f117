"""Messages without a word: "👍", "😡", "?", "…", "3". Nothing can be searched for, but each says something."""

from __future__ import annotations

import re

from actions.policy.follow_up_policy import explain
from actions.session.answering_session import AnsweringSession
from actions.session.choice_list import offer_again

# What people send instead of words; skin tones and the other signs around them change nothing.
_GLAD = frozenset("👍👌🙏❤♥💙💚💛🧡💜🤍😊🙂😀😁😃😄😉😍🥰🤗👏✅✔💪🤝🎉😘☺")
_CROSS = frozenset("👎😡🤬😠😤🖕😒🙄💩😾👿")
_NUMBER = re.compile(r"\d{1,2}[.)!?]*")


def acknowledged(session: AnsweringSession, text: str) -> bool:
    """Answer ``text`` where it has no letter and no number, or a number alone that chooses nothing; false where it has one.

    A sign that asks ("?", "…") is about what was said last: the page is put in few words, the choice offered again.
    """
    if session.subject is None and _NUMBER.fullmatch(text.strip()):  # "3" under nothing to choose from
        session.replies.acknowledge("utter_help")
        return True
    if any(character.isalnum() for character in text) or not text.strip():
        return False
    signs = set(text)
    if signs & _CROSS:
        session.replies.acknowledge("utter_insult")
    elif signs & _GLAD:
        session.replies.acknowledge("utter_thank")
    else:
        return _asked_about(session)
    return True


def _asked_about(session: AnsweringSession) -> bool:
    subject = session.subject
    if subject is not None and subject.asked is not None:
        return False  # the question waits, and is put again
    entry = session.retriever.entry(subject.entry, session.collection) if subject and subject.entry else None
    if entry is not None:
        explain(session, entry)
    elif not offer_again(session):
        session.replies.acknowledge("utter_help")
    return True

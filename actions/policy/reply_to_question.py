"""Takes a message as the reply to the question about the citizen's case that waits for one."""

from __future__ import annotations

from actions.cases.case_tree import fork_at, read
from actions.messages.follow_up_parser import is_short
from actions.replies.reply_builder import WhichCase
from actions.session.answering_session import Consultation
from actions.situation.matching import left_by, picked


def reply_to_question(talk: Consultation, text: str) -> bool:
    """Answers for the case that ``text`` names, or asks among those that it leaves; false where it replies to no question."""
    subject = talk.subject
    entry = talk.retriever.entry(subject.entry, talk.collection) if subject and subject.asked is not None else None
    if subject is None or subject.asked is None or entry is None or not is_short(text):
        return False
    try:
        fork = fork_at(entry, read(subject.asked))
    except LookupError:  # the entry has changed since
        return False
    case = picked(fork.labels, text)
    left = left_by(fork.labels, text) if case is None else [case]
    if not left:
        return False
    talk.hear(text)
    if case is not None:
        talk.choose(entry, (*fork.address, case))
    elif len(left) < len(fork.labels):  # "à l'étranger": in Europe or elsewhere?
        talk.ask(entry, WhichCase(fork, only=left))
    else:
        talk.ask(entry, WhichCase(fork, again=True))
    return True

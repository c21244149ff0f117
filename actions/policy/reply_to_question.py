"""Takes a message as the reply to the question about the citizen's case that waits for one."""

from __future__ import annotations

from actions.cases.case_tree import fork_at, read
from actions.messages.follow_up_parser import is_short
from actions.replies.reply_builder import WhichCase
from actions.session.answering_session import AnsweringSession
from actions.situation.matching import left_by, picked


def reply_to_question(session: AnsweringSession, text: str) -> bool:
    """Answers for the case that ``text`` names, or asks among those that it leaves; false where it replies to no question."""
    subject = session.subject
    entry = session.retriever.entry(subject.entry, session.collection) if subject and subject.asked is not None else None
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
    session.hear(text)
    if case is not None:
        session.choose(entry, (*fork.address, case))
    elif len(left) < len(fork.labels):  # "à l'étranger": in Europe or elsewhere?
        session.ask(entry, WhichCase(fork, only=left))
    else:
        session.ask(entry, WhichCase(fork, again=True))
    return True

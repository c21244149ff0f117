"""Step: a few words answer the pending question about the citizen's case."""

from __future__ import annotations

from actions.cases.case_tree import fork_at, read
from actions.messages.follow_up_parser import is_short
from actions.policy.page_button import answer_for_case
from actions.replies.reply_builder import WhichCase
from actions.replies.utterance import Reply
from actions.situation.matching import left_by, picked
from actions.turn.presenter import ask
from actions.turn.turn import Turn


def reply_to_question(turn: Turn) -> Reply | None:
    """Answers for the case that the message names, or asks among the cases that are still possible."""
    focus, entry = turn.focus, turn.entry_in_focus()
    if focus is None or focus.asked is None or entry is None or not is_short(turn.text):
        return None
    try:
        fork = fork_at(entry, read(focus.asked))
    except LookupError:  # the entry has changed in the meantime
        return None
    case = picked(fork.labels, turn.text)
    if case is not None:
        return answer_for_case(turn.hearing(), entry, (*fork.address, case))
    left = left_by(fork.labels, turn.text)
    if not left or len(left) == len(fork.labels):
        return None
    return ask(turn.hearing(), entry, WhichCase(fork, only=left))  # "à l'étranger": in Europe or elsewhere?

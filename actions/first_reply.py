"""The reply to the first message of a conversation, without Rasa: the message is taken for a question.

The publication gate and the explanation of a reply need it, on the snapshot of the ``retriever``.
"""

from typing import NamedTuple

from rasa_sdk import Tracker

from actions.composer import compose
from actions.turn.turn import Turn
from core.care import load_detector
from core.settings import Settings
from core.turns import Outcome
from retrieval.contracts import Retriever


class FirstReply(NamedTuple):
    """An outcome, and the ids of the pages that the citizen sees: cards first, then the pages offered."""

    outcome: Outcome
    pages: tuple[str, ...]


def first_turn(settings: Settings, retriever: Retriever, text: str, language: str, channel: str) -> Turn:
    """Returns the turn of a first message, as Rasa would send it."""
    latest = {"text": text, "intent": {"name": "enquiry"}, "entities": []}
    events = [{"event": "user", "text": text, "input_channel": channel}]
    tracker = Tracker("explained", {"language": language}, latest, events, False, None, {}, "action_listen")
    return Turn.read(tracker, settings, retriever)


def first_reply(settings: Settings, retriever: Retriever, message: str, *, language: str, channel: str) -> FirstReply:
    """Returns the reply that citizens get to ``message``.

    A message that only reports a danger gets the numbers, and no page. If it asks a question, too, this is the reply to the
    question, which stands below the numbers.
    """
    alert = load_detector().detect(message)
    if alert and not alert.answer_too:
        return FirstReply(Outcome.CRISIS, ())
    query = load_detector().in_page_terms(message) if alert else message
    utterances = compose(first_turn(settings, retriever, query, language, channel)).utterances
    outcome = next(one.custom["outcome"] for one in utterances if "outcome" in one.custom)
    blocks = [one.custom["block"] for one in utterances if "block" in one.custom]
    cards = [block["entry"] for block in blocks if block["type"] == "answer"]
    offered = [option.get("entry", "") for block in blocks if block["type"] == "choices" for option in block["options"]]
    return FirstReply(Outcome(outcome), tuple(dict.fromkeys(page for page in (*cards, *offered) if page)))

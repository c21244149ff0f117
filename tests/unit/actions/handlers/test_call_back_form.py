"""What the call-back form takes from a message, as Rasa calls it."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.handlers.call_back_form import START, ValidateCallBack
from actions.messages.call_back_reading import CONSENT, NUMBER, SLOTS


async def _validated(text: str, intent: str, **slots: Any) -> tuple[list[tuple[str, Any]], list[str]]:
    """The slots that are set, in order, and the responses that are said."""
    message = {"text": text, "intent": {"name": intent}}
    told = dict.fromkeys(SLOTS) | slots
    tracker = Tracker("c", told, message, [{"event": "user", "text": text, "metadata": {}}], False, None, {}, "web")
    dispatcher = CollectingDispatcher()
    events = await ValidateCallBack().run(dispatcher, tracker, {})
    return [(event["name"], event["value"]) for event in events], [one["response"] for one in dispatcher.messages]


@pytest.mark.parametrize("intent", ["enquiry", "affirm", "ask_human", START])
async def test_a_number_before_the_consent_is_answered_by_asking_for_it_again(intent: str) -> None:
    for text in ("•••", "mon numéro est le •••"):
        found = await _validated(text, intent, requested_slot=CONSENT)
        assert found == ([(CONSENT, None)], ["utter_call_back_consent_first"])


async def test_who_asks_to_be_called_back_again_is_asked_again() -> None:
    """Without any slot set, Rasa would take the message for somebody else's, and the turn would come to nothing."""
    assert await _validated("rappelez-moi", START, requested_slot=CONSENT) == ([(CONSENT, None)], [])
    anew = await _validated("rappelez-moi", START, requested_slot=NUMBER, **{CONSENT: True})
    assert anew == ([(CONSENT, None)], [])


async def test_as_it_begins_nothing_is_set() -> None:
    assert await _validated("rappelez-moi", START) == ([], [])

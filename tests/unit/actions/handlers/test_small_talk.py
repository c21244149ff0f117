"""Small talk gives way to pages that are found, and to a request for a human."""

from __future__ import annotations

import pytest

from core.settings import Settings
from core.turns import TextBlock
from tests.unit.actions.fakes import FakeKnowledge
from tests.unit.actions.talk import BY_INTENT, WORDING, Talk


@pytest.fixture
def talk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Talk:
    for intent in ("help", "ask_if_bot", "insult"):
        monkeypatch.setitem(BY_INTENT, intent, "action_small_talk")
    for intent in ("greet", "thank", "affirm"):
        monkeypatch.setitem(BY_INTENT, intent, "action_courtesy")
    return Talk(settings, FakeKnowledge())


async def test_small_talk_message_that_a_page_answers_gets_the_page(talk: Talk) -> None:
    turn = await talk.say("mon chat a griffé ma carte", "ask_if_bot")
    assert (turn.outcome, turn.entry) == ("answered", "T1")


@pytest.mark.parametrize("intent", ["ask_if_bot", "who_we_are"])
async def test_small_talk_message_for_which_pages_are_found_gets_them(talk: Talk, intent: str) -> None:
    turn = await talk.say("chez vous les poubelles, quel choix", intent)
    assert turn.outcome == "choices"


@pytest.mark.parametrize(
    ("intent", "text", "response"),
    [
        ("ask_if_bot", "robot ?", "utter_ask_if_bot"),
        ("help", "introuvable aide moi", "utter_help"),
        ("insult", "nul", "utter_insult"),
    ],
)
async def test_small_talk_message_without_a_page_gets_its_sentence(talk: Talk, intent: str, text: str, response: str) -> None:
    turn = await talk.say(text, intent)
    first = next(block for block in turn.blocks if isinstance(block, TextBlock) or block.type == "choices")
    assert turn.outcome == "small_talk"
    assert first.text == WORDING.text(response, channel="web", language="fr")


async def test_small_talk_request_for_a_human_reaches_one(talk: Talk) -> None:
    turn = await talk.say("aidez-moi, je veux parler à quelqu'un", "help")
    assert turn.outcome == "handoff_offline"


@pytest.mark.parametrize(("intent", "text"), [("greet", "bonjour"), ("thank", "ok merci beaucoup"), ("affirm", "oui")])
async def test_courtesy_is_returned(talk: Talk, intent: str, text: str) -> None:
    turn = await talk.say(text, intent)
    assert turn.outcome == "small_talk"
    assert [block.text for block in turn.blocks] == [WORDING.text(f"utter_{intent}", channel="web", language="fr")]


async def test_courtesy_with_a_question_continues_the_page(talk: Talk) -> None:
    await talk.say("carte perdue")
    thanked = await talk.say("ok merci, et combien ça coûte", "thank")
    assert (thanked.outcome, thanked.entry) == ("answered", "T1")

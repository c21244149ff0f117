"""Messages without a word, and questions that come with a fresh start."""

from __future__ import annotations

import pytest

from actions.cases.dialogue_state import Focus
from actions.messages.topic_switch import asked_besides
from core.settings import Settings
from tests.unit.actions.handlers.test_conversation_commands import run
from tests.unit.actions.talk import action


async def test_what_is_asked_with_a_fresh_start_is_answered(settings: Settings) -> None:
    text = "Je vous remercie de votre obligeance. Une autre chose : j'ai perdu ma carte d'identité, que faire ?"
    messages, _ = await run(action("start_again", settings), "start_again", text)
    assert "utter_start_again" not in [message.get("response") for message in messages]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Merci. Une autre chose : mes enfants devront-ils payer ?", "mes enfants devront-ils payer ?"),
        ("autre question : le passeport d'un bébé", "le passeport d'un bébé"),
        ("Pourrions-nous reprendre à zéro, s'il vous plaît ?", ""),
        ("on peut changer de sujet ?", ""),
        ("J'ai une autre question.", ""),
        ("je voudrais parler d'autre chose, c'est possible ?", ""),
        ("recommencer", ""),
    ],
)
def test_what_is_asked_besides_a_fresh_start(text: str, asked: str) -> None:
    assert asked_besides(text) == asked


@pytest.mark.parametrize(
    ("sign", "response"),
    [
        ("👍", "utter_thank"),
        ("🙏🏽", "utter_thank"),
        ("😡", "utter_insult"),
        ("?", "utter_help"),
        ("...", "utter_help"),
        ("3", "utter_help"),
    ],
)
async def test_a_lone_sign_is_no_question_for_the_pages(settings: Settings, sign: str, response: str) -> None:
    (message,), _ = await run(action("answer_enquiry", settings), "enquiry", sign)
    assert message["response"] == response


async def test_a_lone_question_mark_asks_of_the_page(settings: Settings) -> None:
    slots = {"subject": Focus(entry="T1").model_dump(mode="json")}
    messages, _ = await run(action("answer_enquiry", settings), "enquiry", "??", slots=slots)
    assert {message["custom"].get("entry") for message in messages} & {"T1"}

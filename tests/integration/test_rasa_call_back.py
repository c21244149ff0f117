"""The call-back form with a trained model: filled in, corrected, interrupted, given up."""

from __future__ import annotations

from typing import Any

import pytest

from core.turns import ChoicesBlock, Turn
from tests.integration.rasa_support import Talk
from tests.integration.test_rasa_turns import Opener, actions, client, stack, talk  # noqa: F401 - fixtures

ASK = "pouvez-vous me rappeler ?"


def _texts(turn: dict[str, Any]) -> str:
    return "\n".join(block.get("text", "") for block in turn["blocks"])


def _to(step: str, conversation: Talk) -> dict[str, Any]:
    """Fill in the form until ``step`` is asked for."""
    turn = conversation.say(ASK)
    for name, (said, more) in {
        "number": (None, {"payload": "/affirm"}),
        "time": ("•••", {"number": "•• 34"}),
        "subject": ("lundi matin", {}),
        "confirmed": ("mon passeport", {}),
    }.items():
        if step == "consent":
            return turn
        turn = conversation.say(said, **more)
        if step == name:
            return turn
    raise AssertionError(step)


def test_a_time_that_is_said_before_the_number_is_heard(talk: Opener) -> None:  # noqa: F811
    conversation = talk()
    _to("number", conversation)
    heard = _texts(conversation.say("lundi matin"))
    assert "lundi matin" in heard
    assert "numéro" in heard
    subject = _texts(conversation.say("•••", number="•• 34"))
    assert "lundi matin" in _texts(conversation.say("mon passeport")), subject


@pytest.mark.parametrize("said", ["•••", "mon numéro est le •••", "appelez-moi au •••", "••• merci", ASK])
def test_where_the_consent_is_asked_for_a_number_or_the_wish_again_is_no_answer_and_no_failure(
    talk: Opener,  # noqa: F811
    said: str,
) -> None:
    conversation = talk()
    asked = _to("consent", conversation)
    again = conversation.say(said)
    assert again["outcome"] == "handoff_offline"
    assert again["blocks"][-1] == asked["blocks"][-1]
    assert ("votre accord" in _texts(again)) == ("•••" in said)
    assert Turn.model_validate(conversation.say(payload="/affirm")).handoff is not None


def test_the_form_from_consent_to_its_end(talk: Opener) -> None:  # noqa: F811
    conversation = talk()
    consent = Turn.model_validate(_to("consent", conversation))
    (menu,) = consent.blocks
    assert isinstance(menu, ChoicesBlock)
    assert (consent.outcome, consent.handoff, [option.payload for option in menu.options]) == (
        "handoff_offline",
        None,
        ["/affirm", "/deny"],
    )
    number = Turn.model_validate(conversation.say(payload="/affirm"))
    assert number.handoff is not None
    assert number.handoff.want == "draft"
    conversation.say("•••", number="•• 34")
    conversation.say("lundi matin")
    recap = conversation.say("comment refaire mon passeport ?")
    assert all(part in _texts(recap) for part in ("•• 34", "lundi matin", "comment refaire mon passeport ?"))
    done = Turn.model_validate(conversation.say("oui"))
    assert done.outcome == "handoff_offline"
    assert done.handoff is not None
    assert done.handoff.model_dump() == {
        "want": "call_back",
        "subject": "comment refaire mon passeport ?",
        "best_time": "lundi matin",
        "own_number": False,
        "by_mail": False,
    }
    assert conversation.say("bonjour")["outcome"] == "small_talk"  # the form is over


@pytest.mark.parametrize("step", ["consent", "number", "time"])
def test_a_question_in_the_middle_is_answered_and_the_form_resumes(talk: Opener, step: str) -> None:  # noqa: F811
    conversation = talk()
    asked = _to(step, conversation)
    turn = conversation.say("comment faire si j'ai perdu ma carte d'identité ?")
    assert (turn["outcome"], turn["entry"]) == ("answered", "T1")
    assert turn["blocks"][-1]["text"] == asked["blocks"][-1]["text"]
    goes_on = {"consent": "oui", "number": "•••", "time": "demain"}[step]
    following = conversation.say(goes_on, **({"number": "•• 34"} if step == "number" else {}))
    assert following["outcome"] == "handoff_offline"
    assert _texts(following) != asked["blocks"][-1]["text"]


def test_small_talk_in_the_middle_keeps_the_form(talk: Opener) -> None:  # noqa: F811
    conversation = talk()
    asked = _to("time", conversation)
    turn = conversation.say("merci beaucoup")
    assert turn["outcome"] == "small_talk"
    assert turn["blocks"][-1]["text"] == asked["blocks"][-1]["text"]


def test_number_and_time_are_corrected_at_the_end(talk: Opener) -> None:  # noqa: F811
    conversation = talk()
    _to("confirmed", conversation)
    assert "•• 77" in _texts(conversation.say("non, le numéro c'est le •••", number="•• 77"))
    corrected = _texts(conversation.say("plutôt jeudi à 10h"))
    assert "•• 77" in corrected
    assert "jeudi à 10h" in corrected
    done = conversation.say("oui c'est ça")
    assert done["handoff"]["want"] == "call_back"


@pytest.mark.parametrize("step", ["consent", "number", "time", "subject", "confirmed"])
def test_it_can_be_given_up_at_any_time(talk: Opener, step: str) -> None:  # noqa: F811
    conversation = talk()
    _to(step, conversation)
    given_up = conversation.say("annuler")
    assert (given_up["outcome"], given_up["handoff"]["want"]) == ("small_talk", "drop")
    again = conversation.say(ASK)  # from the beginning: nothing of the first is left
    assert [option["payload"] for option in again["blocks"][0]["options"]] == ["/affirm", "/deny"]


def test_without_consent_nothing_is_asked(talk: Opener) -> None:  # noqa: F811
    conversation = talk()
    _to("consent", conversation)
    assert conversation.say("non")["handoff"]["want"] == "drop"


def test_what_is_no_number_is_asked_for_again_also_longer_than_the_memory_of_the_dialogue(talk: Opener) -> None:  # noqa: F811
    conversation = talk()
    _to("number", conversation)
    for _ in range(12):
        assert "numéro complet" in _texts(conversation.say("06 12 34"))
    assert conversation.say("•••", number="•• 34")["outcome"] == "handoff_offline"
    assert "•• 34" not in _texts(conversation.say("demain"))


def test_by_sms_the_sending_phone_is_a_number(talk: Opener) -> None:  # noqa: F811
    conversation = talk(channel="sms")
    conversation.say(ASK)
    offered = conversation.say("oui")["blocks"][-1]["options"]
    assert [option["label"] for option in offered] == ["Ce téléphone"]
    conversation.say(payload=offered[0]["payload"])
    conversation.say("n'importe quand")
    conversation.say("la cantine")
    assert conversation.say("oui")["handoff"] == {
        "want": "call_back",
        "subject": "la cantine",
        "best_time": "n'importe quand",
        "own_number": True,
    }


BY_MAIL = '/ask_call_back{"by": "mail"}'


def test_off_hours_the_website_offers_a_call_and_a_mail_and_sms_a_call_only(talk: Opener) -> None:  # noqa: F811
    offered = {
        channel: [
            option["payload"] for option in talk(channel=channel).say("je veux parler à un conseiller")["blocks"][-1]["options"]
        ]
        for channel in ("web", "sms")
    }
    assert offered == {"web": ["/ask_call_back", BY_MAIL], "sms": ["/ask_call_back"]}


@pytest.mark.parametrize("begins", ["button", "words"])
def test_the_form_by_mail_from_consent_to_its_end(talk: Opener, begins: str) -> None:  # noqa: F811
    conversation = talk()
    if begins == "words":
        _to("consent", conversation)
    consent = conversation.say("plutôt par e-mail") if begins == "words" else conversation.say(payload=BY_MAIL)
    assert "adresse e-mail" in _texts(consent)
    assert [option["payload"] for option in consent["blocks"][-1]["options"]] == ["/affirm", "/deny"]
    asked = Turn.model_validate(conversation.say(payload="/affirm"))
    assert asked.handoff is not None
    assert (asked.handoff.want, asked.handoff.by_mail) == ("draft", True)
    assert "adresse e-mail complète" in _texts(conversation.say("jeanne.exemple.fr"))
    between = conversation.say("comment faire si j'ai perdu ma carte d'identité ?")
    assert (between["outcome"], between["entry"]) == ("answered", "T1")
    assert "adresse e-mail" in between["blocks"][-1]["text"]
    assert "sujet" in _texts(conversation.say("•••", number="j•••@gmail.com"))
    recap = _texts(conversation.say("la cantine"))
    assert "j•••@gmail.com" in recap
    assert "Moment" not in recap
    done = Turn.model_validate(conversation.say("oui"))
    assert done.handoff is not None
    assert done.handoff.model_dump() == {
        "want": "call_back",
        "subject": "la cantine",
        "best_time": "",
        "own_number": False,
        "by_mail": True,
    }
    assert conversation.say("bonjour")["outcome"] == "small_talk"


def test_the_form_by_mail_can_be_given_up_and_a_call_chosen_after_all(talk: Opener) -> None:  # noqa: F811
    conversation = talk()
    conversation.say(payload=BY_MAIL)
    assert conversation.say("annuler")["handoff"] == {"want": "drop", "by_mail": True}
    conversation.say(payload=BY_MAIL)
    assert "numéro de téléphone" in _texts(conversation.say(payload="/ask_call_back"))


def test_who_asks_for_a_human_leaves_the_form(talk: Opener) -> None:  # noqa: F811
    conversation = talk()
    _to("number", conversation)
    turn = conversation.say("je veux parler à un conseiller")
    assert (turn["outcome"], turn["handoff"]["want"]) == ("handoff_offline", "offline")
    assert conversation.say("bonjour")["blocks"][-1]["type"] == "text"


def test_in_english(talk: Opener) -> None:  # noqa: F811
    conversation = talk(language="en")
    assert "Do you agree?" in _texts(conversation.say("please call me back"))
    conversation.say("yes")
    conversation.say("•••", number="•• 34")
    assert "tomorrow afternoon" not in _texts(conversation.say("tomorrow afternoon"))
    assert "Subject: my passport" in _texts(conversation.say("my passport"))
    assert conversation.say("yes")["handoff"]["best_time"] == "tomorrow afternoon"

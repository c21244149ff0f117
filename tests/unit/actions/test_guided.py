"""Guided answers: the question, its buttons, what was said before, going back, forgetting."""

from __future__ import annotations

import pytest

from actions.server import build_executor
from core.settings import Settings
from core.turns import AnswerBlock, Turn
from tests.unit.actions.fakes import FakeKnowledge
from tests.unit.actions.talk import Talk, option, options


@pytest.fixture
def talk(settings: Settings) -> Talk:
    return Talk(settings, FakeKnowledge())


def labels(turn: Turn) -> list[str]:
    return [one.label for one in options(turn)]


def body(turn: Turn) -> str:
    (card,) = [block for block in turn.blocks if isinstance(block, AnswerBlock)]
    return card.body


async def test_an_answer_that_depends_is_asked_for(talk: Talk) -> None:
    turn = await talk.say("demander un passeport")
    assert (turn.outcome, turn.entry, turn.entry_version, turn.snapshot != "") == ("guided", "T4", 1, True)
    assert labels(turn) == ["En France", "À l'étranger", "Je ne sais pas"]
    assert not any(isinstance(block, AnswerBlock) for block in turn.blocks)
    abroad = await talk.press(option(turn, "À l'étranger"))
    assert (abroad.outcome, body(abroad)) == ("answered", "Allez au consulat.")


async def test_cases_in_cases_are_asked_one_after_the_other(talk: Talk) -> None:
    turn = await talk.press(option(await talk.say("demander un passeport"), "En France"))
    assert turn.outcome == "guided"
    assert labels(turn) == ["Vous êtes mineur", "Vous êtes majeur", "Je ne sais pas", "Revenir à la question précédente"]
    answer = await talk.press(option(turn, "Vous êtes majeur"))
    card = next(block for block in answer.blocks if isinstance(block, AnswerBlock))
    assert (card.cases, card.body) == (("En France", "Vous êtes majeur"), "Venez avec une photo.")


@pytest.mark.parametrize(
    ("text", "outcome", "said"),
    [
        ("passeport pour ma fille de 12 ans à Lyon", "answered", "Venez avec un parent."),
        ("passeport, j'habite à Londres", "answered", "Allez au consulat."),
        ("passeport en France, je suis majeur", "answered", "Venez avec une photo."),
        ("passeport pour ma fille de 12 ans", "guided", ""),
    ],
)
async def test_what_was_said_is_not_asked(talk: Talk, text: str, outcome: str, said: str) -> None:
    turn = await talk.say(text)
    assert turn.outcome == outcome
    assert not said or body(turn) == said
    assert not remembered(turn)  # it has just been said


def remembered(turn: Turn) -> bool:
    return any("oubliez ma situation" in block.text for block in turn.blocks if block.type == "text")


@pytest.mark.parametrize("reply", ["à l'étranger", "A l etranger", "je vis à Berlin", "j'habite au Maroc", "etranger"])
async def test_a_question_may_be_answered_in_words(talk: Talk, reply: str) -> None:
    await talk.say("demander un passeport")
    assert body(await talk.say(reply)) == "Allez au consulat."


async def test_a_known_case_is_kept_for_the_next_question(talk: Talk) -> None:
    turn = await talk.press(option(await talk.say("demander un passeport"), "En France"))
    await talk.press(option(turn, "Vous êtes majeur"))
    await talk.say("carte perdue")
    again = await talk.say("demander un passeport")
    assert (again.outcome, body(again), remembered(again)) == ("answered", "Venez avec une photo.", True)


async def test_a_childs_age_is_not_that_of_who_asks_next(talk: Talk) -> None:
    await talk.say("passeport pour ma fille de 12 ans à Lyon")
    assert (await talk.say("je veux mon passeport à moi")).outcome == "guided"


async def test_it_is_forgotten_on_request(talk: Talk) -> None:
    await talk.say("passeport, j'habite à Londres")
    forgotten = await talk.say("oubliez ma situation", intent="forget_situation")
    assert forgotten.outcome == "small_talk"
    assert (await talk.say("demander un passeport")).outcome == "guided"


async def test_going_back_asks_again_and_again(talk: Talk) -> None:
    turn = await talk.press(option(await talk.say("demander un passeport"), "En France"))
    await talk.press(option(turn, "Vous êtes majeur"))
    age = await talk.say("retour", intent="go_back")
    assert labels(age)[:2] == ["Vous êtes mineur", "Vous êtes majeur"]
    place = await talk.press(option(age, "Revenir à la question précédente"))
    assert labels(place)[:2] == ["En France", "À l'étranger"]
    assert (await talk.say("retour", intent="go_back")).outcome == "small_talk"
    assert body(await talk.press(option(place, "À l'étranger"))) == "Allez au consulat."


async def test_going_back_from_what_was_assumed(talk: Talk) -> None:
    await talk.say("passeport, j'habite à Londres")
    asked = await talk.say("retour", intent="go_back")
    assert asked.outcome == "guided"
    assert (await talk.press(option(asked, "En France"))).outcome == "guided"


async def test_a_button_pressed_long_ago_still_works(talk: Talk) -> None:
    first = await talk.say("demander un passeport")
    nested = await talk.press(option(first, "En France"))
    await talk.say("carte perdue")
    assert body(await talk.press(option(nested, "Vous êtes mineur"))) == "Venez avec un parent."


async def test_a_text_that_leads_up_to_a_question_is_shown_with_it(talk: Talk) -> None:
    turn = await talk.say("payer le passeport")
    assert (turn.outcome, body(turn)) == ("guided", "Le prix est payé avec un timbre.")
    assert labels(turn)[:2] == ["En ligne", "Sur place"]
    assert body(await talk.say("en ligne")) == "Payez par carte."


async def test_the_way_of_one_request_is_not_kept(talk: Talk) -> None:
    assert body(await talk.say("payer le passeport en ligne")) == "Payez par carte."
    await talk.say("carte perdue")
    assert (await talk.say("payer le passeport")).outcome == "guided"


async def test_who_does_not_know_sees_the_cases_side_by_side(talk: Talk) -> None:
    turn = await talk.press(option(await talk.say("payer le passeport"), "Je ne sais pas"))
    assert turn.outcome == "answered"
    assert body(turn) == "**En ligne**\n\nPayez par carte.\n\n**Sur place**\n\nPayez au guichet."


async def test_a_button_that_leads_nowhere_begins_the_entry_anew(talk: Talk) -> None:
    for case in ("9.9", "0", "x", "0.0.0.7", ""):
        turn = await talk.press(f'/choose_case{{"entry": "T4", "case": "{case}"}}')
        assert (turn.outcome, body(turn)) == ("guided", "Le passeport se demande en personne.")
    assert (await talk.press('/choose_case{"entry": "T404", "case": "0.0"}')).outcome == "no_answer"


async def test_choices_are_offered_again_on_the_way_back(talk: Talk) -> None:
    offered = await talk.say("choix")
    await talk.press(options(offered)[1].payload)
    again = await talk.say("retour", intent="go_back")
    assert (again.outcome, labels(again)) == ("choices", [one.label for one in options(offered)])


async def test_nothing_to_go_back_to(talk: Talk) -> None:
    assert (await talk.say("retour", intent="go_back")).outcome == "small_talk"


async def test_slots_of_another_version_are_passed_over(talk: Talk) -> None:
    talk.slots |= {"subject": {"old": 1}, "situation": "?"}
    assert (await talk.say("demander un passeport")).outcome == "guided"


def test_every_action_is_registered(settings: Settings) -> None:
    assert {"action_choose_case", "action_go_back", "action_forget_situation"} <= set(
        build_executor(settings, FakeKnowledge()).actions
    )


async def test_a_fragment_is_asked_what_it_is_about_and_then_looked_up_with_it(settings: Settings) -> None:
    knowledge = FakeKnowledge()
    talk = Talk(settings, knowledge)
    asked = await talk.say("obligatoire ?")
    assert asked.outcome == "choices"
    answered = await talk.say("carte perdue")
    assert (answered.outcome, answered.entry) == ("answered", "T1")
    assert knowledge.asked[-1][0] == "carte perdue obligatoire ?"


async def test_a_fragment_is_about_the_page_that_is_talked_about(settings: Settings) -> None:
    talk = Talk(settings, FakeKnowledge())
    await talk.say("carte perdue")
    assert (await talk.say("obligatoire ?")).entry == "T1"

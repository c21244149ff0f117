"""Answers that depend on a case: the cases side by side, their buttons, what was said before, going back, forgetting."""

from __future__ import annotations

import pytest

from actions.server.app import build_executor
from core.entry import Cases, Chapter, TextBlock
from core.settings import Settings
from core.turns import AnswerBlock, ChoicesBlock, Turn
from tests.unit.actions.fakes import ENTRIES, PASSPORT, FakeKnowledge, case
from tests.unit.actions.talk import Talk, option, options


@pytest.fixture
def talk(settings: Settings) -> Talk:
    return Talk(settings, FakeKnowledge())


def labels(turn: Turn) -> list[str]:
    return [one.label for one in options(turn)]


def body(turn: Turn) -> str:
    (card,) = [block for block in turn.blocks if isinstance(block, AnswerBlock)]
    return card.body


def paragraphs(turn: Turn) -> list[str]:
    return body(turn).split("\n\n")


INTRODUCTION = "Le passeport se demande en personne."
EVERY_CASE = [
    "**En France, Vous êtes mineur** : Venez avec un parent.",
    "**En France, Vous êtes majeur** : Venez avec une photo.",
    "**À l'étranger** : Allez au consulat.",
]
PAYING = ["Le prix est payé avec un timbre.", "**En ligne** : Payez par carte.", "**Sur place** : Payez au guichet."]
IN_FRANCE = ["**Vous êtes mineur** : Venez avec un parent.", "**Vous êtes majeur** : Venez avec une photo."]


@pytest.mark.parametrize("channel", ["web", "sms"])
async def test_an_answer_that_depends_shows_all_cases_side_by_side(settings: Settings, channel: str) -> None:
    talk = Talk(settings, FakeKnowledge(), channel=channel)
    turn = await talk.say("demander un passeport")
    assert (turn.outcome, turn.entry, turn.entry_version, turn.snapshot != "") == ("answered", "T4", 1, True)
    assert paragraphs(turn) == ([INTRODUCTION, *EVERY_CASE] if channel == "web" else EVERY_CASE)
    assert not remembered(turn)
    cases = [block for block in turn.blocks if isinstance(block, ChoicesBlock) and block.purpose == "cases"]
    shown = [[one.label for one in block.options] for block in cases]
    assert shown == ([["En France", "À l'étranger"]] if channel == "web" else [])  # by SMS each line is paid for
    abroad = await (talk.press(option(turn, "À l'étranger")) if channel == "web" else talk.say("à l'étranger"))
    assert (abroad.outcome, body(abroad)) == ("answered", "Allez au consulat.")


async def test_a_question_about_cases_that_do_not_fit_comes_after_the_best_sentences(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = f"Apportez {', '.join(f'le papier numéro {number}' for number in range(20))}."
    handing_in = Cases(cases=(case("Par courrier", long), case("Sur place", long.replace("papier", "document"))))
    cost = Chapter(heading="Coût", body=(TextBlock(markdown="Un passeport vaut 86 €."),))
    page = PASSPORT.model_copy(update={"introduction": "", "body": (Chapter(heading="Remise", body=(handing_in,)), cost)})
    monkeypatch.setitem(ENTRIES, "T4", page)
    turn = await talk.say("combien vaut un passeport ?")
    assert (turn.outcome, body(turn)) == ("guided", "**Coût** : Un passeport vaut 86 €.")
    assert labels(turn)[:2] == ["Par courrier", "Sur place"]


@pytest.mark.parametrize("pressed", [True, False])
async def test_a_chosen_case_comes_with_its_sentences_that_answer(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, pressed: bool
) -> None:
    cost = Chapter(heading="Coût", body=(TextBlock(markdown="Le prix est de 96 €. Il est moindre pour un enfant."),))
    abroad = case("À l'étranger", "Allez au consulat.").model_copy(
        update={"body": (TextBlock(markdown="Allez au consulat."), cost)}
    )
    ways = Cases(cases=(case("En France", "Allez à la mairie."), abroad))
    monkeypatch.setitem(ENTRIES, "T4", PASSPORT.model_copy(update={"introduction": "Il vaut cher.", "body": (ways,)}))
    asked = await talk.say("passeport, quel consulat et quel prix ?")
    chosen = await (talk.press(option(asked, "À l'étranger")) if pressed else talk.say("à l'étranger"))
    assert (chosen.outcome, body(chosen)) == ("answered", "Allez au consulat.\n\n**Coût** : Le prix est de 96 €.")


async def test_cases_in_cases_are_chosen_one_after_the_other(talk: Talk) -> None:
    turn = await talk.press(option(await talk.say("demander un passeport"), "En France"))
    assert (turn.outcome, paragraphs(turn)) == ("answered", IN_FRANCE)
    assert labels(turn)[:2] == ["Vous êtes mineur", "Vous êtes majeur"]
    answer = await talk.press(option(turn, "Vous êtes majeur"))
    card = next(block for block in answer.blocks if isinstance(block, AnswerBlock))
    assert (card.cases, card.body) == (("En France", "Vous êtes majeur"), "Venez avec une photo.")


@pytest.mark.parametrize(
    ("text", "outcome", "said"),
    [
        ("passeport pour ma fille de 12 ans à Lyon", "answered", "Venez avec un parent."),
        ("passeport, j'habite à Londres", "answered", "Allez au consulat."),
        ("passeport en France, je suis majeur", "answered", "Venez avec une photo."),
    ],
)
async def test_what_was_said_chooses_the_case(talk: Talk, text: str, outcome: str, said: str) -> None:
    turn = await talk.say(text)
    assert (turn.outcome, paragraphs(turn)) == (outcome, [said, INTRODUCTION])
    assert not any(isinstance(block, ChoicesBlock) and block.purpose == "cases" for block in turn.blocks)
    assert not remembered(turn)  # it has just been said


async def test_what_was_said_of_an_inner_case_leaves_the_outer_ones_side_by_side(talk: Talk) -> None:
    turn = await talk.say("passeport pour ma fille de 12 ans")
    assert turn.outcome == "answered"
    assert {EVERY_CASE[0], EVERY_CASE[2]} <= set(paragraphs(turn))
    france = await talk.press(option(turn, "En France"))
    assert body(france) == "Venez avec un parent."


def remembered(turn: Turn) -> bool:
    return any("oubliez ma situation" in block.text for block in turn.blocks if block.type == "text")


@pytest.mark.parametrize("reply", ["à l'étranger", "A l etranger", "je vis à Berlin", "j'habite au Maroc", "etranger"])
async def test_a_case_shown_beside_others_may_be_chosen_in_words(talk: Talk, reply: str) -> None:
    await talk.say("demander un passeport")
    assert body(await talk.say(reply)) == "Allez au consulat."


async def test_a_known_case_is_kept_for_the_next_question(talk: Talk) -> None:
    turn = await talk.press(option(await talk.say("demander un passeport"), "En France"))
    await talk.press(option(turn, "Vous êtes majeur"))
    await talk.say("carte perdue")
    again = await talk.say("demander un passeport")
    assert (again.outcome, remembered(again)) == ("answered", True)
    assert paragraphs(again) == ["Venez avec une photo.", INTRODUCTION]


async def test_a_childs_age_is_not_that_of_who_asks_next(talk: Talk) -> None:
    await talk.say("passeport pour ma fille de 12 ans à Lyon")
    turn = await talk.say("je veux mon passeport à moi")
    assert (turn.outcome, paragraphs(turn)) == ("answered", [INTRODUCTION, *IN_FRANCE])  # the place is still known


async def test_it_is_forgotten_on_request(talk: Talk) -> None:
    await talk.say("passeport, j'habite à Londres")
    forgotten = await talk.say("oubliez ma situation", intent="forget_situation")
    assert forgotten.outcome == "small_talk"
    assert paragraphs(await talk.say("demander un passeport")) == [INTRODUCTION, *EVERY_CASE]


async def test_going_back_asks_again_and_again(talk: Talk) -> None:
    turn = await talk.press(option(await talk.say("demander un passeport"), "En France"))
    await talk.press(option(turn, "Vous êtes majeur"))
    age = await talk.say("retour", intent="go_back")
    assert labels(age)[:2] == ["Vous êtes mineur", "Vous êtes majeur"]
    place = await talk.press(option(age, "Revenir à la question précédente"))
    assert labels(place)[:2] == ["En France", "À l'étranger"]
    assert (await talk.say("retour", intent="go_back")).outcome == "small_talk"
    assert body(await talk.press(option(place, "À l'étranger"))) == "Allez au consulat."


async def test_going_back_from_what_was_said_asks(talk: Talk) -> None:
    await talk.say("passeport, j'habite à Londres")
    asked = await talk.say("retour", intent="go_back")
    assert (asked.outcome, labels(asked)) == ("guided", ["En France", "À l'étranger", "Je ne sais pas"])
    assert paragraphs(await talk.press(option(asked, "En France"))) == IN_FRANCE


async def test_who_does_not_know_sees_the_cases_in_full(talk: Talk) -> None:
    await talk.say("passeport, j'habite à Londres")
    asked = await talk.say("retour", intent="go_back")
    turn = await talk.press(option(asked, "Je ne sais pas"))
    assert turn.outcome == "answered"
    assert paragraphs(turn)[-2:] == ["**À l'étranger**", "Allez au consulat."]
    assert labels(turn)[-1] == "Ma situation est différente"


async def test_a_button_pressed_long_ago_still_works(talk: Talk) -> None:
    first = await talk.say("demander un passeport")
    nested = await talk.press(option(first, "En France"))
    await talk.say("carte perdue")
    assert body(await talk.press(option(nested, "Vous êtes mineur"))) == "Venez avec un parent."


async def test_a_text_that_leads_up_to_cases_is_shown_above_them(talk: Talk) -> None:
    turn = await talk.say("payer le passeport")
    assert (turn.outcome, paragraphs(turn)) == ("answered", PAYING)
    assert labels(turn)[:2] == ["En ligne", "Sur place"]
    assert body(await talk.say("en ligne")) == "Payez par carte."


async def test_the_way_of_one_request_is_not_kept(talk: Talk) -> None:
    assert paragraphs(await talk.say("payer le passeport en ligne")) == ["Payez par carte.", PAYING[0]]
    await talk.say("carte perdue")
    assert paragraphs(await talk.say("payer le passeport")) == PAYING


async def test_a_button_that_leads_nowhere_begins_the_entry_anew(talk: Talk) -> None:
    for address in ("9.9", "0", "x", "0.0.0.7", ""):
        turn = await talk.press(f'/choose_case{{"entry": "T4", "case": "{address}"}}')
        assert (turn.outcome, paragraphs(turn)) == ("answered", [INTRODUCTION, *EVERY_CASE])
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
    assert paragraphs(await talk.say("demander un passeport")) == [INTRODUCTION, *EVERY_CASE]


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


async def test_a_fragment_is_about_the_page_that_is_talked_about(settings: Settings) -> None:
    talk = Talk(settings, FakeKnowledge())
    await talk.say("carte perdue")
    assert (await talk.say("obligatoire ?")).entry == "T1"

"""What a citizen may rely on from one message to the next: a rule of the dialogue for each test."""

from __future__ import annotations

import pytest

from actions.messages.aspects import aspects, passages_on
from actions.messages.topic_switch import corrected
from actions.situation.reading import facts_in
from core.entry import Entry
from core.settings import Settings
from core.turns import AnswerBlock, Outcome, Turn
from tests.unit.actions.policy.test_follow_up import PAGES, Pages, page
from tests.unit.actions.talk import Talk, options

LICENCE = page(
    40,
    "Permis de chasse",
    ("Demande", f"{'La demande se fait en ligne sur le site de la fédération. ' * 6}Le permis coûte 46 € par an."),
    ("Que faire en cas de perte ?", "Écrivez à la fédération."),
)


class More(Pages):
    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return LICENCE if entry_id == LICENCE.id else PAGES.get(entry_id)


@pytest.fixture
def talk(settings: Settings) -> Talk:
    return Talk(settings, More())


def body(turn: Turn) -> str:
    return next((block.body for block in turn.blocks if isinstance(block, AnswerBlock)), "")


@pytest.mark.parametrize("channel", ["web", "sms"])
async def test_combien_shows_the_amount_wherever_it_stands_in_the_part(settings: Settings, channel: str) -> None:
    talk = Talk(settings, More(), channel=channel)
    await talk.press('/choose{"entry": "P40"}')
    assert "46 €" in body(await talk.say("combien ?"))


async def test_a_page_that_is_refused_is_left_and_others_are_offered(talk: Talk) -> None:
    await talk.say("vol passeport")
    turn = await talk.say("c'est pas ça", intent="deny")
    assert turn.outcome == Outcome.CHOICES
    assert "Vol du passeport d'un majeur" not in [one.label for one in options(turn)]
    assert talk.slots["subject"]["entry"] == ""


async def test_a_bare_no_leaves_the_page_where_it_is(talk: Talk) -> None:
    await talk.say("vol passeport")
    assert (await talk.say("non merci", intent="deny")).outcome == Outcome.SMALL_TALK


async def test_the_other_of_two_pages_is_opened(talk: Talk) -> None:
    talk.slots["subject"] = {"entry": "P10", "query": "permis de pêche", "offered": ["P10", "P11"]}
    assert (await talk.say("et l'autre ?")).entry == "P11"


async def test_the_other_of_two_cases_is_answered(talk: Talk) -> None:
    await talk.say("conduire une mini-moto")
    await talk.say("mon fils a 13 ans")
    assert body(await talk.say("l'autre")) == "Vous pouvez acheter."


async def test_what_is_too_complicated_is_said_in_short(talk: Talk) -> None:
    await talk.say("prime de déménagement")
    turn = await talk.say("c'est trop compliqué", intent="simplify")
    assert (turn.outcome, turn.entry) == (Outcome.ANSWERED, "P1")
    assert (await talk.say("en français facile", intent="simplify")).outcome == Outcome.NO_ANSWER


@pytest.mark.parametrize(("text", "intent"), [("au vendeur ?", "who_we_are"), ("comment lui écrire ?", "help")])
async def test_words_about_the_page_are_not_for_the_service(talk: Talk, text: str, intent: str) -> None:
    await talk.say("prime de déménagement")
    assert (await talk.say(text, intent=intent)).entry == "P1"
    assert (await talk.say("vous êtes qui ?", intent="who_we_are")).outcome == Outcome.SMALL_TALK


@pytest.mark.parametrize(
    ("text", "asked"),
    [("j'ai dit le pacs", "le pacs"), ("je t'ai dit le permis bateau", "le permis bateau"), ("j'ai dit que j'ai 22 ans", "")],
)
def test_what_was_said_before_corrects(text: str, asked: str) -> None:
    assert corrected(text, "mariage") == asked


@pytest.mark.parametrize("text", ["and for my daughter who is 15?", "mi hija tiene 15 años", "il a 15 ans"])
def test_an_age_in_other_languages(text: str) -> None:
    assert facts_in(text)["age"] == frozenset({"15"})


def test_a_heading_with_the_word_or_is_no_place() -> None:
    entry = page(43, "Mariage", ("Parenté ou alliance", "Un lien proche empêche."), ("Où se marier ?", "À la mairie."))
    assert passages_on(entry, aspects()["place"])[0] == 2

"""Choices worded by what tells them apart, none of these, vague messages, two questions in one message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from actions.messages.topic_switch import named_instead
from actions.replies.labels import is_vague, labels_for
from core.entry import Entry
from core.settings import Settings
from core.turns import AnswerBlock, ChoicesBlock
from retrieval.contracts import RetrievalResult
from tests.unit.actions.fakes import LOST_CARD, FakeKnowledge
from tests.unit.actions.talk import Talk, option, options


def entry(title: str, *theme: str) -> Entry:
    return Entry(id=title + "".join(theme), collection="test", title=title, theme=theme)


def test_labels_of_different_titles_are_the_titles() -> None:
    titles = ["Naturalisation : quels documents fournir ?", "Naturalisation  : quels justificatifs fournir ?"]
    assert labels_for([entry(title) for title in titles]) == [" ".join(title.split()) for title in titles]


def test_labels_of_equal_titles_are_told_apart_by_theme() -> None:
    found = labels_for([entry("Période d'essai", "Travail", "Contrat"), entry("Période d'essai", "Travail", "Employeurs")])
    assert found == ["Période d'essai (Contrat)", "Période d'essai (Employeurs)"]


@pytest.mark.parametrize(
    ("query", "titles", "vague"),
    [
        ("passeport", ["Passeport perdu", "Passeport volé", "Renouveler un passeport"], True),
        ("carte grise", ["Carte grise", "Carte grise perdue", "Carte grise volée"], False),
        ("passeport", ["Passeport perdu", "Permis perdu", "Mariage"], False),
        ("passeport perdu à l'étranger", ["Passeport perdu", "Passeport volé", "Passeport périmé"], False),
        ("et pour", ["Passeport perdu", "Passeport volé", "Passeport périmé"], False),
    ],
)
def test_a_message_that_only_names_a_subject_is_vague(query: str, titles: list[str], vague: bool) -> None:
    assert is_vague(query, titles) is vague


async def test_none_of_these_leads_on(settings: Settings) -> None:
    talk = Talk(settings, FakeKnowledge())
    offered = await talk.say("choix")
    turn = await talk.press(option(offered, "Aucune de ces réponses"))
    assert turn.outcome == "choices"
    assert [one.payload for one in options(turn)][-1] == "/ask_human"
    assert (await talk.press(options(offered)[0].payload)).outcome in {"answered", "guided"}


async def test_a_no_refuses_what_was_offered(settings: Settings) -> None:
    talk = Talk(settings, FakeKnowledge())
    assert (await talk.say("non", intent="deny")).outcome == "small_talk"
    await talk.say("choix")
    turn = await talk.say("non", intent="deny")
    assert isinstance(turn.blocks[-1], ChoicesBlock)
    assert turn.outcome == "choices"


async def test_a_no_that_names_something_else_is_a_question_about_that(settings: Settings) -> None:
    talk = Talk(settings, FakeKnowledge())
    await talk.say("choix")
    turn = await talk.say("non pas ça, la perte de papiers", intent="deny")
    assert turn.outcome != "small_talk"
    offered = [option for block in turn.blocks if isinstance(block, ChoicesBlock) for option in block.options]
    assert "/ask_human" not in [option.payload for option in offered]  # no themes to choose from


async def test_a_negation_before_anything_was_said_refuses_nothing(settings: Settings) -> None:
    turn = await Talk(settings, FakeKnowledge()).say("accident, l'autre conducteur n'est pas assuré", intent="deny")
    assert turn.outcome != "small_talk"


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("non pas ça, l'allocation pour indépendants", "l'allocation pour indépendants"),
        ("no, I mean the visa", "the visa"),
        ("nan plutôt pour mon fils", "pour mon fils"),
        ("ce n'est pas ma question, comment faire un recours ?", "comment faire un recours ?"),
        ("non la réponse n'est pas bonne, le permis", "le permis"),
        ("non la réponse n'est pas bonne", ""),
        ("non la dernière", ""),
        ("non ça ira", ""),
        ("non c'est pas ça", ""),
        ("non merci", ""),
        ("aucune ne convient", ""),
    ],
)
def test_what_a_refusal_names_instead(text: str, instead: str) -> None:
    assert named_instead(text) == instead


class Nearest(FakeKnowledge):
    """The nearest passage of T1 is its first."""

    def search(self, query: str, **options: Any) -> RetrievalResult:
        found = super().search(query, **options)
        return found.model_copy(update={"hits": tuple(one.model_copy(update={"passage": 0}) for one in found.hits)})

    def best_passage(self, entry: Entry, query: str, among: Sequence[int] | None = None) -> int:
        return 1 if (entry, query, among) == (LOST_CARD, "choix", None) else super().best_passage(entry, query, among)


async def test_a_page_that_was_chosen_is_begun_where_it_answers(settings: Settings) -> None:
    talk = Talk(settings, Nearest())
    turn = await talk.press(options(await talk.say("choix"))[0].payload)
    assert ["**Coût** :" in block.body for block in turn.blocks if isinstance(block, AnswerBlock)] == [True]

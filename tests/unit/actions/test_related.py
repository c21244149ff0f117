"""What is offered under an answer: other parts of its page."""

from __future__ import annotations

import pytest

from actions.related import same_page_options
from core.entry import Chapter, Entry, TextBlock, passages
from core.settings import Settings
from core.turns import AnswerBlock, ChoicesBlock, Option, Turn
from retrieval.contracts import Hit, RetrievalResult
from tests.unit.actions.fakes import FakeKnowledge
from tests.unit.actions.talk import Talk


def chapter(heading: str, text: str, *inner: Chapter) -> Chapter:
    return Chapter(heading=heading, body=(TextBlock(markdown=text), *inner))


PAGE = Entry(
    id="P1",
    collection="test",
    title="Prime de déménagement",
    introduction="Une aide de la caisse.",
    body=(
        chapter("Conditions", "Il faut trois enfants."),
        chapter("Démarche", "Écrivez à la caisse.", chapter("En ligne", "Par votre compte.")),
        chapter("Montant", "Le plafond dépend des enfants."),
    ),
    source="demonstration",
)
ORDERS = {passage.headings[-1:]: passage.order for passage in passages(PAGE)}
INTRODUCTION, CONDITIONS, BY_POST, ONLINE, AMOUNT = (
    ORDERS[heading] for heading in ((), ("Conditions",), ("Démarche",), ("En ligne",), ("Montant",))
)


class OnePage(FakeKnowledge):
    """Finds ``PAGE``, its amount first, then how to ask for it."""

    def search(self, query: str, **_: object) -> RetrievalResult:
        hit = Hit(entry_id="P1", collection="test", version=1, title=PAGE.title, score=1.0, passage=AMOUNT)
        return RetrievalResult(hits=(hit,), confidence=0.9, decision="answered", snapshot="s")

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return PAGE if entry_id == PAGE.id else None

    def ranked_passages(self, entry: Entry, query: str) -> list[int]:
        return [AMOUNT, INTRODUCTION, ONLINE, CONDITIONS, BY_POST]


def labels(options: tuple[Option, ...]) -> list[str]:
    return [option.label for option in options]


def parts(turn: Turn) -> tuple[Option, ...]:
    told = [block for block in turn.blocks if isinstance(block, ChoicesBlock) and block.text.startswith("Sur cette page")]
    return told[0].options if told else ()


def body(turn: Turn) -> str:
    return next(block.body for block in turn.blocks if isinstance(block, AnswerBlock))


def test_the_next_two_parts_are_offered_by_their_headings() -> None:
    ranked = [AMOUNT, INTRODUCTION, ONLINE, CONDITIONS, BY_POST]
    assert labels(same_page_options(PAGE, ("Montant",), ranked)) == ["En ligne", "Conditions"]
    assert labels(same_page_options(PAGE, ("Démarche", "En ligne"), ranked)) == ["Montant", "Conditions"]
    assert same_page_options(PAGE, (), [INTRODUCTION]) == ()


async def test_a_part_that_is_pressed_answers_the_same_question(settings: Settings) -> None:
    talk = Talk(settings, OnePage())
    turn = await talk.say("c'est combien la prime pour trois enfants")
    assert body(turn) == "Le plafond dépend des enfants."
    assert labels(parts(turn)) == ["En ligne", "Conditions"]
    turn = await talk.press(parts(turn)[1].payload)
    assert body(turn) == "Il faut trois enfants."
    assert labels(parts(turn)) == ["Montant", "En ligne"]  # and back


@pytest.mark.parametrize("channel", ["sms"])
async def test_where_every_line_costs_none_is_offered(settings: Settings, channel: str) -> None:
    assert not parts(await Talk(settings, OnePage(), channel=channel).say("c'est combien la prime pour trois enfants"))

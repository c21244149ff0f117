"""A question about the citizen's case that waits: what it is asked for, and what is said where it is not answered."""

from __future__ import annotations

import pytest

from core.entry import Cases, Entry
from core.settings import Settings
from core.turns import AnswerBlock, Turn
from tests.unit.actions.fakes import ENTRIES, LOST_ABROAD, FakeKnowledge, public
from tests.unit.actions.talk import Talk, options

COST = '/choose_case{"entry": "T9", "passage": 1}'


class Pages(FakeKnowledge):
    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return {**ENTRIES, "T9": LOST_ABROAD}.get(entry_id)


class Long(Pages):
    """The same page, its cases too long to stand side by side in an SMS, and a third one on the website."""

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        labels = ("Propriétaire", "Locataire", "Hébergé")
        cases = [public(label, Coût=f"{label}, cela coûte {'très ' * 45}cher.") for label in labels]
        return LOST_ABROAD.model_copy(update={"body": (Cases(cases=tuple(cases)),)})


@pytest.fixture
def talk(settings: Settings) -> Talk:
    return Talk(settings, Pages())


def said(turn: Turn) -> str:
    return "\n".join(block.text for block in turn.blocks if block.type == "text").replace("\u00a0", " ")


async def test_a_part_whose_cases_fit_is_shown_under_its_name(talk: Talk) -> None:
    turn = await talk.press(COST)
    (card,) = [block for block in turn.blocks if isinstance(block, AnswerBlock)]
    assert (turn.outcome, card.title, card.headings) == ("answered", "Carte perdue", ("Coût",))
    assert card.body == "**En France** : 25 € en timbre fiscal.\n\n**À l'étranger** : 25 € en espèces."
    assert [one.label for one in options(turn)] == ["En France", "À l'étranger"]


async def test_a_part_whose_cases_do_not_fit_is_named_in_the_question(settings: Settings) -> None:
    """By SMS; on the website the first cases stand above the question, under the part's heading."""
    by_sms = await Talk(settings, Long(), channel="sms").press(COST)
    assert (by_sms.outcome, "Carte perdue › Coût" in said(by_sms)) == ("guided", True)
    assert not any(isinstance(block, AnswerBlock) for block in by_sms.blocks)
    turn = await Talk(settings, Long()).press(COST)
    (card,) = [block for block in turn.blocks if isinstance(block, AnswerBlock)]
    assert (turn.outcome, card.headings) == ("guided", ("Coût",))


async def test_what_tells_no_case_is_told_so_once_a_question_waits(talk: Talk) -> None:
    await talk.press(COST)
    again = await talk.say("combien ça coûte ?")
    assert (again.outcome, "Pour « Carte perdue › Coût », dites-moi d’abord" in said(again)) == ("guided", True)
    assert [one.label for one in options(again)] == ["En France", "À l'étranger", "Je ne sais pas"]
    assert "dites-moi d’abord" not in said(await talk.press(options(again)[1].payload))


@pytest.mark.parametrize(("channel", "language", "words"), [("sms", "fr", "d'abord votre cas"), ("web", "en", "first tell me")])
async def test_in_each_channel_and_language(settings: Settings, channel: str, language: str, words: str) -> None:
    talk = Talk(settings, Pages(), channel=channel, language=language)
    await talk.press(COST)
    assert words in said(await talk.press(COST))


async def test_the_text_that_leads_up_to_the_question_is_not_said_twice(talk: Talk) -> None:
    first = await talk.say("payer le passeport")
    again = await talk.say("timbre")
    cards = [any(isinstance(block, AnswerBlock) for block in turn.blocks) for turn in (first, again)]
    assert (cards, "dites-moi d’abord" in said(again)) == ([True, False], True)

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


async def test_a_part_whose_cases_do_not_fit_is_answered_for_one_case_by_sms_and_the_others_are_offered(
    settings: Settings,
) -> None:
    turn = await Talk(settings, Long(), channel="sms").press(COST)
    (card,) = [block for block in turn.blocks if isinstance(block, AnswerBlock)]
    assert (turn.outcome, card.title) == ("guided", "Carte perdue")
    assert card.body.startswith("Propriétaire, cela coûte")
    assert {"Locataire", "Hébergé"} < {one.label for one in options(turn)}


async def test_a_part_that_is_named_is_shown_for_every_case_on_the_website(settings: Settings) -> None:
    turn = await Talk(settings, Long()).press(COST)
    (card,) = [block for block in turn.blocks if isinstance(block, AnswerBlock)]
    assert (turn.outcome, card.headings) == ("answered", ("Coût",))
    assert all(label in card.body for label in ("Propriétaire", "Locataire", "Hébergé"))


@pytest.mark.parametrize("channel", ["web", "sms"])
async def test_a_question_that_waits_is_not_asked_twice(settings: Settings, channel: str) -> None:
    talk = Talk(settings, Long(), channel=channel)
    first = await talk.press('/choose{"entry": "T9"}')
    assert first.outcome == "guided"
    again = await talk.say("combien ça coûte ?")
    (card,) = [block for block in again.blocks if isinstance(block, AnswerBlock)]
    assert (again.outcome, "cela coûte" in card.body) == ("answered", True)
    assert "Je ne sais pas" not in [one.label for one in options(again)]

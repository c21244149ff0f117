"""Why a first message gets its reply, on the four entries of ``fakes``."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from actions.replies.page_question import CLEAR
from actions.replies.style import SMS, WEB
from actions.server.explanation import explain_reply
from actions.situation.reading import facts_in
from core.channels import CHANNELS
from core.decision_trace import DecisionStep, note, recorded
from core.reply_explanation import ReplyExplanation
from core.settings import Settings
from retrieval.contracts import RetrievalResult
from retrieval.decision.decide import LEAST_LOG_ODDS, OUTSIDE_WEIGHT, Judged, decide
from tests.unit.actions.fakes import LOST_CARD, SNAPSHOT, FakeKnowledge
from tests.unit.actions.talk import Talk

NOTHING_ASSUMED = {"assume_place": "", "assume_adult": False}


async def explained(settings: Settings, message: str, **changes: object) -> ReplyExplanation:
    return await explain_reply(settings.model_copy(update=changes), FakeKnowledge(), message, "fr")


def names(why: ReplyExplanation, channel: str = "web") -> list[str]:
    return [step.name for step in why.decisions[channel].steps]


def step(why: ReplyExplanation, name: str, channel: str = "web") -> DecisionStep:
    return next(one for one in why.decisions[channel].steps if one.name == name)


def test_a_step_is_kept_only_while_steps_are_recorded() -> None:
    note("before")
    with recorded() as steps:
        note("within", yes=True)
    note("after")
    assert steps == [DecisionStep(name="within", values={"yes": True})]


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    "message",
    [
        "carte perdue",
        "j'ai perdu ma carte, je suis mineur",
        "passeport",
        "demander un passeport",
        "comment payer mon passeport ?",
        "un passeport pour ma fille de 12 ans",
        "passeport à l'étranger",
        "lost card",
        "choix",
        "introuvable",
        "tiramisu",
        "obligatoire",
        "je veux parler à quelqu'un",
        "👍",
        "?",
        "3",
        "comment payer le passeport ? et quel est le prix de la carte ?",
        "autre question : carte perdue",
    ],
)
async def test_the_decision_is_that_of_the_real_turn(settings: Settings, message: str, channel: str) -> None:
    why = await explained(settings, message)
    turn = await Talk(settings, FakeKnowledge(), channel=channel).say(message)
    decision = why.decisions[channel]
    assert (decision.outcome, decision.entry) == (turn.outcome, turn.entry)
    assert why.snapshot == SNAPSHOT


async def test_a_sure_page_is_told_with_its_part_and_the_date_of_its_figures(settings: Settings) -> None:
    why = await explained(settings, "coût de la carte perdue")
    first = why.candidates[0]
    assert (first.place, first.entry_id, first.title) == (1, "T1", LOST_CARD.title)
    assert set(first.extracts) == set(CHANNELS)
    assert [one.entry_id for one in why.candidates] == ["T1", "T2", "T3"]
    assert names(why)[:2] == ["bare_subject", "sure"]
    assert why.confidence == 0.75


async def test_figures_of_an_old_page_are_told_with_its_day(settings: Settings) -> None:
    why = await explained(settings, "carte perdue")
    assert step(why, "dated").values["day"] == date(2019, 3, 5).isoformat()


async def test_cases_side_by_side_choose_none(settings: Settings) -> None:
    why = await explained(settings, "comment payer mon passeport ?")
    assert names(why)[:4] == ["bare_subject", "sure", "fork", "side_by_side"]
    assert step(why, "fork").values["cases"] == "En ligne / Sur place"
    assert step(why, "side_by_side").values["room"] == WEB.cases
    assert step(why, "side_by_side", "sms").values["room"] == SMS.cases
    assert why.candidates[0].open_cases == ("En ligne", "Sur place")


@pytest.mark.parametrize(
    ("changes", "message", "expected"),
    [
        ({}, "demander un passeport", ("assumed", {"case": "En France"})),
        (NOTHING_ASSUMED, "demander un passeport", ("not_assumed", {"reason": "off"})),
        ({"protected_subjects": "passeport"}, "demander un passeport", ("not_assumed", {"reason": "protected"})),
        ({}, "demander un passeport pour ma mère", ("not_assumed", {"reason": "other_person"})),
    ],
)
async def test_what_is_assumed_and_why_not(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object], message: str, expected: tuple[str, object]
) -> None:
    monkeypatch.setattr("actions.replies.fork_card.side_by_side", lambda *_, **__: None)
    monkeypatch.setattr("actions.replies.fork_card.first_cases", lambda *_, **__: None)
    why = await explained(settings, message, **changes)
    name, values = expected
    assert step(why, name).values == values
    assert ("too_long" in names(why)) is (name == "assumed")  # what was made before the assumption is not what is shown


async def test_the_situation_is_told(settings: Settings) -> None:
    why = await explained(settings, "passeport pour un enfant de 12 ans à Lyon")
    assert why.understood.facts["age"] == ("12", "12")
    assert why.understood.facts["area"] == ("69",)
    assert set(why.understood.facts) == set(facts_in(why.understood.query))


async def test_a_danger_comes_first(settings: Settings) -> None:
    why = await explained(settings, "je veux me suicider")
    assert why.decisions["web"].outcome == "crisis"
    assert names(why) == ["danger"]


class Searched(FakeKnowledge):
    """Decides as the engine does, for a message that may be out of scope."""

    def search(self, query: str, **options: object) -> RetrievalResult:
        found = super().search(query)
        decide(MODEL, found.confidence, Judged("enquiry", 0.2))
        return found

    def part_likelihood(self, entry: object, query: str) -> float:
        return 0.5


class _Thresholds:
    thresholds = {"answered": 0.7, "choices": 0.2}  # noqa: RUF012


MODEL: Any = _Thresholds()


async def test_thresholds_are_those_of_the_search(settings: Settings) -> None:
    why = await explain_reply(settings, Searched(), "carte perdue", "fr")
    sides = {one.sort: one.reached for one in why.thresholds}
    assert sides == {"answered": True, "found": True, "part": False}
    assert {one.sort: one.least for one in why.thresholds} == {"answered": 0.7, "found": LEAST_LOG_ODDS, "part": CLEAR}
    assert why.understood.outside == 0.2
    assert next(one for one in why.thresholds if one.sort == "found").weight == OUTSIDE_WEIGHT


async def test_nothing_is_told_of_a_search_that_finds_nothing(settings: Settings) -> None:
    why = await explained(settings, "introuvable")
    assert names(why) == ["bare_subject", "nothing_found"]
    assert [one.entry_id for one in why.candidates] == ["T3"]
    assert why.thresholds == ()

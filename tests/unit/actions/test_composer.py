"""The order of the steps is the one that docs/answers.md promises, and each ends the turn or passes it on."""

from __future__ import annotations

import re

from rasa_sdk import Tracker

from actions import metrics
from actions.composer import FAMILY_STEPS, STEPS, compose
from actions.replies.utterance import Reply
from actions.turn.turn import Turn
from core.settings import ROOT, Settings
from core.yaml_text import load as load_yaml
from tests.unit.actions.fakes import FakeKnowledge


def turn(settings: Settings, text: str) -> Turn:
    message = {"text": text, "intent": {"name": "enquiry"}, "entities": []}
    tracker = Tracker("c1", {"language": "fr"}, message, [], False, None, {}, "action_listen")
    return Turn.read(tracker, settings, FakeKnowledge())


def said_by(reply: Reply) -> list[str | None]:
    return [one.response for one in reply.utterances]


def test_steps_stand_in_the_policy_in_their_order() -> None:
    policy = (ROOT / "docs" / "answers.md").read_text(encoding="utf-8")
    section = policy[policy.index("## 3.") : policy.index("## 4.")]
    assert re.findall(r"^\| \d+ \|.*\| `(\w+)` \|$", section, re.MULTILINE) == [step.__name__ for step in STEPS]


def test_family_steps_are_those_of_custom_actions() -> None:
    actions = load_yaml((ROOT / "domain.yml").read_text(encoding="utf-8"))["actions"]
    assert set(FAMILY_STEPS) <= set(actions)


def test_compose_asks_the_step_of_the_family_first(settings: Settings) -> None:
    asked = turn(settings, "carte perdue")
    ended = asked.reply(asked.replies.acknowledge("utter_deny"))
    assert compose(asked, lambda _: ended) is ended


def test_compose_answers_and_counts_an_intent_whose_step_passes(settings: Settings) -> None:
    counted = metrics.INTENTS_OVERRULED.labels("enquiry")
    before = counted._value.get()
    assert said_by(compose(turn(settings, "carte perdue"), lambda _: None))[0] == "utter_answer"
    assert counted._value.get() == before + 1


def test_compose_goes_on_with_the_turn_that_a_step_passes_on(settings: Settings) -> None:
    reply = compose(turn(settings, "autre question : carte perdue"))
    assert reply.state is not None
    assert reply.state.focus is not None
    assert reply.state.focus.query == "carte perdue"


def test_compose_leaves_the_turn_as_it_came(settings: Settings) -> None:
    asked = turn(settings, "carte perdue")
    reply = compose(asked)
    assert asked.focus is None
    assert reply.state is not None
    assert reply.state.focus is not None
    assert reply.state.focus.entry == "T1"

"""Invariant: the domain, the rules and the custom actions name the same things."""

from __future__ import annotations

import inspect
from pathlib import Path
from string import Formatter

import yaml
from rasa_sdk.executor import CollectingDispatcher

from actions.server.app import build_executor
from core.settings import Settings
from tests.unit.actions.fakes import FakeKnowledge

ROOT = Path(__file__).resolve().parents[3]
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RULES = [
    rule
    for path in sorted((ROOT / "bot" / "data" / "rules").glob("*.yml"))
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
]
INTENTS = {name for intent in DOMAIN["intents"] for name in (intent if isinstance(intent, dict) else [intent])}


def test_custom_actions_exist_and_are_declared(settings: Settings) -> None:
    assert set(build_executor(settings, FakeKnowledge()).actions) == set(DOMAIN["actions"])


def test_every_response_of_the_dialogue_is_used() -> None:
    spoken = {name for name in DOMAIN["responses"] if name.startswith("utter_")}
    by_rules = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    files = [*(ROOT / "actions").rglob("*.py"), *(ROOT / "core" / "settings").glob("*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    assert {name for name in spoken if name not in by_rules and f'"{name}"' not in code} == set()


def test_no_value_of_a_response_is_named_as_a_part_of_a_message() -> None:
    """``utter_message(text=…)`` would be the whole message, instead of a value in it."""
    parts = set(inspect.signature(CollectingDispatcher.utter_message).parameters) - {"self", "kwargs"}
    texts = {
        name: " ".join(one.get("text", "") for one in said)
        for name, said in DOMAIN["responses"].items()
        if name.startswith("utter_")
    }
    values = {name: {value for _, value, _, _ in Formatter().parse(text) if value} for name, text in texts.items()}
    assert {name: found for name, own in values.items() if (found := own & parts)} == {}


def test_every_intent_has_one_rule() -> None:
    """Besides those that hold only while a form is being filled in."""
    ruled = [step["intent"] for rule in RULES if "condition" not in rule for step in rule["steps"] if "intent" in step]
    assert sorted(ruled) == sorted(INTENTS)


def test_actions_named_by_rules_exist() -> None:
    named = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    assert named <= {*DOMAIN["actions"], *DOMAIN["responses"], *DOMAIN["forms"], "action_deactivate_loop"}

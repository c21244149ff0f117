"""Invariant: each response has exactly one variation for each pair of channel and language.

French and English are complete. Spanish and Arabic have what frames an answer and what is said to a person in danger;
Portuguese, Turkish and Ukrainian what matters most of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.turns import Outcome

ROOT = Path(__file__).resolve().parents[3]
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RESPONSES: dict[str, list[dict[str, Any]]] = DOMAIN["responses"]
PAIRS = set(product(("web", "sms"), ("fr", "en")))
FRAME_PAIRS = PAIRS | set(product(("web", "sms"), ("es", "ar")))
ALL_PAIRS = FRAME_PAIRS | set(product(("web", "sms"), ("pt", "tr", "uk")))
ALWAYS_ALL = ("utter_answer_other_language", "utter_choices", "utter_no_answer", "utter_option_human", "utter_reach_human")
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def pair(variation: dict[str, Any]) -> tuple[str, str]:
    (condition,) = variation["condition"]
    assert (condition["type"], condition["name"]) == ("slot", "language")
    return variation["channel"], condition["value"]


def texts() -> Iterator[tuple[str, str, str]]:
    for name, variations in RESPONSES.items():
        for variation in variations:
            yield name, "/".join(pair(variation)), variation["text"]


@pytest.mark.parametrize("name", RESPONSES)
def test_each_pair_resolves_to_one_variation(name: str) -> None:
    found = Counter(pair(variation) for variation in RESPONSES[name])
    languages = {language for _, language in found}
    assert found == Counter(ALL_PAIRS if "uk" in languages else FRAME_PAIRS if "es" in languages else PAIRS)


@pytest.mark.parametrize("name", [name for name in RESPONSES if name.startswith("care_") or name in ALWAYS_ALL])
def test_a_danger_and_the_way_on_are_worded_in_every_language(name: str) -> None:
    assert {pair(variation) for variation in RESPONSES[name]} == ALL_PAIRS


@pytest.mark.parametrize("name", RESPONSES)
def test_variations_name_the_same_outcome(name: str) -> None:
    outcomes = {(variation.get("custom") or {}).get("outcome") for variation in RESPONSES[name]}
    assert len(outcomes) == 1
    assert outcomes <= {None, *Outcome}


def test_responses_of_rules_carry_an_outcome() -> None:
    rules = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (ROOT / "bot" / "data" / "rules").glob("*.yml")]
    uttered = {step["action"] for file in rules for rule in file["rules"] for step in rule["steps"] if "action" in step}
    direct = {name for name in uttered if name.startswith("utter_")}
    assert direct
    assert all(variation["custom"]["outcome"] for name in direct for variation in RESPONSES[name])


@pytest.mark.parametrize(("name", "where", "text"), list(texts()))
def test_tone_and_placeholders(name: str, where: str, text: str) -> None:
    """No exclamation mark, no emoji, no blank text; plain text but for the link that ends a card."""
    assert text.strip() == text != ""
    assert "!" not in text
    assert not any(ord(character) > 0x2FFF for character in text)
    assert "**" not in text
    assert "{" not in PLACEHOLDER.sub("", text)


@pytest.mark.parametrize("name", [name for name in RESPONSES if name.startswith(("utter_", "gateway_", "care_"))])
def test_sms_keeps_to_plain_punctuation(name: str) -> None:
    """Typographic signs that GSM 03.38 lacks would cut a segment from 160 to 70 characters."""
    for variation in RESPONSES[name]:
        if variation["channel"] == "sms":
            assert not set(variation["text"]) & set("’‘“”«»…–—\u00a0\u202f"), variation["text"]

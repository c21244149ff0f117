"""The training data: enough of it, in one place each, and apart from what it is measured on."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml

from core.text.folding import unaccented

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted((ROOT / "bot" / "data" / "nlu").glob("*.yml"))
MEASURED = [ROOT / "tests" / "evaluation" / "nlu" / f"{name}.jsonl" for name in ("held_out", "sealed", "third", "dev")]
NEAR = 2 / 3
SHORT = 12  # groups: "merci à vous" and the like have few other ways to be said
BY_PAYLOAD_ONLY = {
    "choose",
    "choose_case",
    "none_of_these",
    "erase_now",
    "speak_ar",
    "speak_en",
    "speak_es",
    "speak_fr",
    "nlu_fallback",
}


def examples(path: Path) -> tuple[str, list[str]]:
    (intent,) = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    return intent["intent"], [line.removeprefix("- ") for line in intent["examples"].strip().split("\n")]


def letters(text: str) -> str:
    """``text`` without case, accents and punctuation: what tells two examples apart. Signs only where there is nothing else."""
    kept = re.sub(r"[^a-z0-9]+", " ", unaccented(text.lower())).strip()
    return kept or text


DATA = dict(examples(path) for path in FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_one_file_an_intent_with_enough_examples(path: Path) -> None:
    intent, lines = examples(path)
    assert intent == path.stem
    assert len(lines) >= 25
    assert Counter(line.lower() for line in lines).most_common(1)[0][1] == 1


def test_every_intent_of_the_domain_is_trained_or_comes_by_payload() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
    names = {name for intent in domain for name in (intent if isinstance(intent, dict) else [intent])}
    assert names - BY_PAYLOAD_ONLY == set(DATA)


def test_no_example_stands_under_two_intents() -> None:
    owners: dict[str, set[str]] = {}
    for intent, lines in DATA.items():
        for line in lines:
            owners.setdefault(letters(line), set()).add(intent)
    assert {text: intents for text, intents in owners.items() if len(intents) > 1} == {}


@pytest.mark.parametrize("path", MEASURED, ids=lambda path: path.stem)
def test_messages_measured_on_were_not_trained_on(path: Path) -> None:
    measured = rows(path)
    trained = {letters(line) for lines in DATA.values() for line in lines}
    dangers = {intent for intent in DATA if intent.startswith("crisis_")}  # the development set leaves them to evaluation/care
    assert len(measured) >= (220 if path.stem == "dev" else 320)
    assert {row["intent"] for row in measured} == (set(DATA) - dangers if path.stem == "dev" else set(DATA))
    assert [row["text"] for row in measured if letters(row["text"]) in trained] == []


@pytest.mark.parametrize("path", MEASURED, ids=lambda path: path.stem)
def test_no_message_measured_on_is_nearly_a_training_example(path: Path) -> None:
    """As sets of groups of three letters: two in three shared is a copy with a word changed."""
    near = [row["text"] for row in rows(path) if len(groups := triples(row["text"])) > SHORT and is_near(groups)]
    assert near == []


def test_no_message_is_in_both_sets() -> None:
    texts = [letters(row["text"]) for path in MEASURED for row in rows(path)]
    assert [text for text, count in Counter(texts).items() if count > 1] == []


def rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def triples(text: str) -> frozenset[str]:
    padded = f"  {letters(text)}  "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


@cache
def holders() -> dict[str, list[frozenset[str]]]:
    """The training examples' groups of letters by each group that they hold."""
    found: dict[str, list[frozenset[str]]] = {}
    for groups in {triples(line) for lines in DATA.values() for line in lines}:
        for group in groups:
            found.setdefault(group, []).append(groups)
    return found


def is_near(groups: frozenset[str]) -> bool:
    """Whether a training example shares more than ``NEAR`` with ``groups``: if so, it holds one of their rarest third."""
    held = holders()
    rarest = sorted(groups, key=lambda group: len(held.get(group, ())))[: math.ceil(len(groups) * (1 - NEAR))]
    candidates = (other for group in rarest for other in held.get(group, ()))
    return any(len(groups & other) / len(groups | other) > NEAR for other in candidates)

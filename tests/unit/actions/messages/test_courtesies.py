"""A courtesy with a question is a question."""

from __future__ import annotations

import json

import pytest

from actions.messages.courtesies import asks_beside_courtesy
from core.settings import ROOT
from tests.unit.bot.test_nlu_data import DATA

COURTESIES = ("greet", "thank", "goodbye", "affirm")


@pytest.mark.parametrize(
    "text",
    [
        "ok merci, et c'est versé quand",
        "merci beaucoup. combien je touche",
        "d'accord merci où est-ce que j'envoie le dossier",
        "ok merci et je demande où",
        "merci pr l'info et sa coute combien",
        "bonjour, où est la mairie ?",
        "bonjour, comment allez-vous ? combien coûte un passeport",
        "ok et si je suis étudiant",
        "merci et pour mon fils ?",
        "merci, et après ?",
    ],
)
def test_courtesy_with_a_question_asks(text: str) -> None:
    assert asks_beside_courtesy(text)


def test_courtesies_of_the_training_data_and_of_the_evaluation_ask_nothing() -> None:
    said = [text for intent in COURTESIES for text in DATA[intent]]
    for path in sorted((ROOT / "tests" / "evaluation" / "nlu").glob("*.jsonl")):
        rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        said += [row["text"] for row in rows if row["intent"] in COURTESIES]
    assert len(said) > 800
    assert [text for text in said if asks_beside_courtesy(text)] == []

"""What is masked, on the project's own marked texts: numbers, names in both cases, and ordinary texts that stay whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.evaluation.commands.privacy import measure

_FOLDER = Path(__file__).parent / "privacy"


@pytest.mark.parametrize("half", ["dev", "sealed"])
def test_numbers_and_names_are_masked_and_ordinary_texts_stay(half: str) -> None:
    figures = measure(_FOLDER / f"{half}.jsonl").as_dict()
    assert figures["recall"]["number"] >= 0.99
    assert figures["recall"]["name"] >= 0.90
    assert figures["recall"]["name in lower case"] >= 0.90
    assert figures["recall"]["address"] >= 0.90
    assert figures["false masks"] <= 0.01 * figures["ordinary"]


def test_numbers_in_all_forms_of_spacing_are_masked() -> None:
    figures = measure(_FOLDER / "spacing.jsonl").as_dict()
    assert figures["n"]["number"] >= 200
    assert figures["recall"]["number"] >= 0.99


def test_ordinary_figures_stay() -> None:
    figures = measure(_FOLDER / "figures.jsonl").as_dict()
    assert figures["ordinary"] == 500
    assert figures["false masks"] <= 0.005 * figures["ordinary"]

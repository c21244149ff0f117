"""Rasa's ResponseSelector, really trained on twenty titles: what ``bench search --response-selector`` compares with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.bench.response_selector import SelectorModel
from core.entry import Entry
from tests.integration.rasa_support import settings_for

_TITLES = """
Passeport perdu ou volé|Carte d'identité d'un mineur|Permis de conduire|Acte de naissance|Mariage civil|Divorce par consentement
Allocation logement|Congé de maternité|Rupture conventionnelle|Retraite anticipée|Taxe foncière|Impôt sur le revenu
Inscription à l'école|Bourse de lycée|Carte grise en ligne|Vignette Crit'Air|Logement social|Caution du locataire
Visa de long séjour|Vote par procuration
"""
ENTRIES = [
    Entry(id=f"F{number}", collection="fiches", title=title)
    for number, title in enumerate(_TITLES.strip().replace("\n", "|").split("|"))
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SelectorModel:
    made = SelectorModel(settings_for(tmp_path_factory.mktemp("selector")), ENTRIES)
    made.train(0.2, lambda done, total: None)
    return made


def test_it_finds_the_titles_that_it_was_trained_on(model: SelectorModel) -> None:
    with model.asked() as search:
        found = [search(entry.title)[0] for entry in ENTRIES]
    assert sum(one == entry.id for one, entry in zip(found, ENTRIES, strict=True)) >= 18


def test_a_trained_one_is_not_trained_again_and_more_minutes_go_on_where_it_stopped(model: SelectorModel) -> None:
    before = _curve(model.folder)
    model.train(0.2, lambda done, total: None)
    assert _curve(model.folder) == before
    model.train(0.3, lambda done, total: None)
    after = _curve(model.folder)
    assert after[: len(before)] == before
    assert after[len(before)]["accuracy"] > 0.5  # from new weights it would be chance, a twentieth


def _curve(folder: Path) -> list[dict[str, float]]:
    found: list[dict[str, float]] = json.loads((folder / "progress.json").read_text())["curve"]
    return found

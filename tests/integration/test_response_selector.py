"""Rasa's ResponseSelector, really trained on twenty titles: what ``bench search --response-selector`` compares with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.entry import Entry
from tests.integration.rasa_support import settings_for
from tools.bench.response_selector import SelectorModel

_TITLES = """
Passeport perdu ou volé|Carte d'identité d'un mineur|Permis de conduire|Acte de naissance|Mariage civil|Divorce par consentement
Allocation logement|Congé de maternité|Rupture conventionnelle|Retraite anticipée|Taxe foncière|Impôt sur le revenu
Inscription à l'école|Bourse de lycée|Carte grise en ligne|Vignette Crit'Air|Logement social|Caution du locataire
Visa de long séjour|Vote par procuration
"""
pytestmark = pytest.mark.long  # minutes by the clock, of what only a comparison of the developers' uses

ENTRIES = [
    Entry(id=f"F{number}", collection="fiches", title=title)
    for number, title in enumerate(_TITLES.strip().replace("\n", "|").split("|"))
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[SelectorModel, float]:
    """A model, and the minutes that it learnt: as many as it takes, since a busy machine learns less in each."""
    made = SelectorModel(settings_for(tmp_path_factory.mktemp("selector")), ENTRIES)
    for minutes in (0.2, 0.4, 0.8, 1.6, 3.2):
        made.train(minutes, lambda done, total: None)
        if _curve(made.folder)[-1]["accuracy"] > 0.99:
            break
    return made, minutes


def test_it_finds_the_titles_that_it_was_trained_on(trained: tuple[SelectorModel, float]) -> None:
    with trained[0].asked() as search:
        found = [search(entry.title)[0] for entry in ENTRIES]
    assert sum(one == entry.id for one, entry in zip(found, ENTRIES, strict=True)) >= 18


def test_a_trained_one_is_not_trained_again_and_more_minutes_go_on_where_it_stopped(
    trained: tuple[SelectorModel, float],
) -> None:
    model, minutes = trained
    before = _curve(model.folder)
    model.train(minutes, lambda done, total: None)
    assert _curve(model.folder) == before
    model.train(minutes + 0.1, lambda done, total: None)
    after = _curve(model.folder)
    assert after[: len(before)] == before
    assert after[len(before)]["accuracy"] > 0.5  # from new weights it would be chance, a twentieth


def _curve(folder: Path) -> list[dict[str, float]]:
    found: list[dict[str, float]] = json.loads((folder / "progress.json").read_text())["curve"]
    return found

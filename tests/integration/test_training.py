"""The embedded model learns from questions which part of a page answers, and from where it was interrupted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from retrieval.embedding.conversion import convert
from retrieval.embedding.model import SentenceEmbedder
from retrieval.evaluation.questions import Question
from tests.unit.retrieval.samples import ENTRIES, IDENTITY
from tools.training.on_questions import Recipe, train

ASKED = [
    Question(question="sa va me prendre combien sur mon compte", entry=IDENTITY.id, headings=("Coût",)),
    Question(question="faut acheter des timbres ?", entry=IDENTITY.id, headings=("Coût",)),
    Question(question="je vais voir les gendarmes ou qui", entry=IDENTITY.id, headings=("Déclaration",)),
    Question(question="on me l'a pris dans le métro, à qui le dire", entry=IDENTITY.id, headings=("Déclaration",)),
]
COST = "Perte ou vol de la carte d'identité > Coût: Le renouvellement coûte 25 € en timbres fiscaux."
WHERE = "Perte ou vol de la carte d'identité > Déclaration: Déclarez la perte en mairie ou au commissariat."
RECIPE = Recipe(steps=22, pages=1, made=2, rank=4)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert(tmp_path_factory.mktemp("models"), adapters=())


def learned(base: Path, folder: Path, until: int = RECIPE.steps) -> Path:
    """The adapter of a training that is interrupted after ``until`` steps, and begun again."""
    output = folder / "adapter.safetensors"

    def progress(done: int, _total: int) -> None:
        if done == until < RECIPE.steps:
            raise KeyboardInterrupt

    try:
        train(ASKED, ENTRIES, base, output, folder, RECIPE, progress)
    except KeyboardInterrupt:
        assert not output.exists()
        train(ASKED, ENTRIES, base, output, folder, RECIPE, lambda *_: None)
    assert [path.name for path in folder.iterdir()] == [output.name]
    return output


@pytest.fixture(scope="module")
def adapter(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a training that nothing interrupts has learned."""
    return learned(base, tmp_path_factory.mktemp("whole"))


def leaning(folder: Path) -> float:
    """How much nearer questions are to the part that answers them than to the other."""
    embedder = SentenceEmbedder(str(folder), name="e5", revision="test", local=True)
    cost, where = embedder.embed_passages([COST, WHERE])
    towards = embedder.embed_queries([question.question for question in ASKED]) @ (cost - where)
    return float(towards[:2].mean() - towards[2:].mean())


def test_questions_come_nearer_to_the_part_that_answers(base: Path, adapter: Path) -> None:
    tuned = convert(base.parent, adapters=[adapter])
    assert leaning(tuned) > leaning(base) + 0.05


@pytest.mark.long
def test_an_interrupted_training_ends_where_it_would_have(base: Path, adapter: Path, tmp_path: Path) -> None:
    expected, found = load_file(adapter), load_file(learned(base, tmp_path, until=21))
    assert expected.keys() == found.keys()
    for name, value in expected.items():
        assert np.allclose(value, found[name], atol=2e-3)

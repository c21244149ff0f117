"""What is missing is named: questions of the project's own as traffic, one theme withheld at a time, on the real index."""

from __future__ import annotations

from cli.engine import open_engine
from cli.install import for_tests
from core.settings import ROOT, Settings
from retrieval.embedding.model import load_embedder
from retrieval.evaluation import read_questions
from tools.evaluation.demand import evaluate_demand

OWN = ROOT / "tests" / "evaluation" / "questions" / "service_public.jsonl"
THEME = "Papiers - Citoyenneté"
# Of 2026-11-25: .500 and .625 of 16 questions, no two of which ask about the same page (floors: two, one below).
TOLD, COVERED = 0.37, 0.56


def test_the_first_ten_subjects_name_the_theme_that_is_missing() -> None:
    settings = for_tests(Settings())
    (found,) = evaluate_demand(read_questions(OWN), open_engine(settings), load_embedder(settings), THEME)
    print(found)
    assert found.vain >= 12
    assert found.told >= TOLD
    assert found.covered >= COVERED

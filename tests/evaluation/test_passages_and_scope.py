"""The part of a page that answers, and what is no question for an administration: a change that loses some fails."""

from __future__ import annotations

from core.settings import ROOT
from retrieval.evaluation import read_questions
from retrieval.evaluation.retrieval import ask
from retrieval.service import SearchService
from tests.evaluation.bounds import ceiling, floor
from tools.evaluation.answers import outcomes
from tools.evaluation.passages import ask_passages, passage_figures
from tools.evaluation.sets import OUT_OF_SCOPE, PASSAGES

COLLECTION = "service-public"
OWN = ROOT / "tests" / "evaluation" / "questions" / "service_public.jsonl"

# On the first half of the passages (2026-11-27), on what is nobody's business, and on the project's own questions (2026-11-25).
RIGHT, TOLD, ANSWERED, MISTAKEN = 0.76, 0.62, 0.02, 0.012


def test_the_part_that_answers(engine: SearchService) -> None:
    figures = passage_figures(ask_passages(read_questions(PASSAGES), engine, COLLECTION))
    print(figures)
    assert figures["right, entry given"] >= floor(RIGHT, int(figures["n"]))


def test_nobodys_business_is_told_so(engine: SearchService) -> None:
    rows = ask(read_questions(OUT_OF_SCOPE), engine, collection=COLLECTION)
    print(outcomes(rows))
    assert outcomes(rows)["out_of_scope"] >= floor(TOLD, len(rows))
    assert outcomes(rows)["answered"] <= ceiling(ANSWERED, len(rows))


def test_questions_are_not_taken_for_nobodys_business(engine: SearchService) -> None:
    rows = ask(read_questions(OWN), engine, collection=COLLECTION)
    assert outcomes(rows)["out_of_scope"] <= ceiling(MISTAKEN, len(rows))

"""What is answered is right, and what no page answers is left alone: a change that loses some fails."""

from __future__ import annotations

from core.settings import ROOT
from retrieval.evaluation import read_questions
from retrieval.evaluation.retrieval import ask
from retrieval.service import SearchService
from tests.evaluation.bounds import ceiling, floor
from tools.evaluation.answers import answer_figures, outcomes
from tools.evaluation.withheld import ask_without_themes, themes

COLLECTION = "service-public"
APART = [
    ROOT / "tests" / "evaluation" / "questions" / f"{name}_held_out.jsonl"
    for name in ("letters", "searches", "mails", "requests")
]
QUESTIONS = [question for path in APART for question in read_questions(path) if question.gold]
# Of 2026-11-27, on 714 questions whose writers had not seen the pages, none of which is learned from.
ANSWERED, RIGHT, WITHHELD = 0.43, 0.88, 0.08


def test_what_is_answered_is_right(engine: SearchService) -> None:
    figures = answer_figures(ask(QUESTIONS, engine, collection=COLLECTION))
    print(figures)
    assert figures["answered"] >= floor(ANSWERED, len(QUESTIONS))
    assert figures["precision"] >= floor(RIGHT, round(ANSWERED * len(QUESTIONS)))


def test_questions_without_an_answer_are_left_alone(engine: SearchService) -> None:
    rows = ask_without_themes(themes(QUESTIONS, engine, COLLECTION), engine, COLLECTION)
    print(outcomes(rows))
    assert outcomes(rows)["answered"] <= ceiling(WITHHELD, len(rows))

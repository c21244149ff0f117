"""The default questions of an evaluation: the shared real ones, or else the project's own."""

from __future__ import annotations

from pathlib import Path

from cli.language import Refusal, say
from cli.refusals import refusal_of
from core.settings import ROOT
from retrieval.evaluation.questions import OWN, Question, own_questions, read_questions

SHARED = ROOT.parent / "shared" / "eval"
PASSAGES = OWN / "passages" / "dev.jsonl"
LANGUAGES = OWN / "languages" / "dev.jsonl"
DETECTION = OWN / "languages" / "detection.jsonl"
OUT_OF_SCOPE = OWN / "questions" / "out_of_scope.jsonl"
FRAGMENTS = SHARED / "fragments_dev.jsonl"


def default_questions(collections: set[str]) -> Path:
    """Returns the shared real questions if they exist and fit the index; else the project's own, which is reported."""
    shared = SHARED / "service_public_dev.jsonl"
    if "service-public" in collections and shared.exists():
        return shared
    own = own_questions(collections)
    say(
        f"Sans fichier de questions réelles, la mesure porte sur celles du projet ({own.name}).",
        f"Without a file of real questions, the project's own are asked ({own.name}).",
    )
    return own


def questions_of(path: Path, limit: int = 0) -> list[Question]:
    """Returns the questions of ``path``, or the first ``limit``. Raises ``Refusal`` if it has none."""
    try:
        questions = read_questions(path)
    except (ValueError, OSError) as error:
        raise refusal_of(error) from error
    if not questions:
        raise Refusal(f"{path} ne contient aucune question.", f"{path} holds no question.")
    return questions[:limit] if limit else questions


def with_gold(path: Path, questions: list[Question]) -> list[Question]:
    """Returns the questions with a known answer. Raises ``Refusal`` if there is none."""
    judged = [question for question in questions if question.gold]
    if not judged:
        raise Refusal(f"Aucune question de {path} n'a de réponse connue.", f"No question in {path} has a known answer.")
    return judged

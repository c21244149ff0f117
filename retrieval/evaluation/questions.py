"""Evaluation files: one question in JSON per line."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from core.settings import ROOT

OWN = ROOT / "tests" / "evaluation"
EQUALITY = OWN / "equality" / "ways.jsonl"


class Question(BaseModel):
    """One line of an evaluation file. ``gold`` are ids, each of which is right; empty if none is known.

    Special sets have more fields. ``language`` is the language of the question. ``entry``, ``headings`` and ``cases`` name the
    passage that answers (``core.entry.Passage``; empty ``cases``: any under the headings). ``also`` are other paths of headings
    that answer as well. ``kind`` is the kind of the question.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = ""
    question: str
    gold: tuple[str, ...] = ()
    language: str = ""
    entry: str = ""
    headings: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    also: tuple[tuple[str, ...], ...] = ()
    kind: str = ""


def read_questions(path: Path) -> list[Question]:
    """Reads an evaluation file. Raises ``ValueError`` that names the first line that is not a question."""
    questions = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            questions.append(Question.model_validate_json(line))
        except ValidationError as error:
            problem = error.errors()[0]["msg"]
            raise ValueError(f'{path}, line {number}: {problem}. Each line is {{"id", "question", "gold": [ids]}}.') from error
    return questions


class Parallel(BaseModel):
    """One question in several ways of writing (``standard`` is plain French): the same pages, ``gold``, answer each of them."""

    model_config = ConfigDict(frozen=True)

    id: str
    gold: tuple[str, ...]
    ways: dict[str, str]


def read_parallel(path: Path = EQUALITY) -> list[Parallel]:
    """Returns the questions of the equality table. Raises ``OSError`` where the tests are left out, as in an image."""
    return [Parallel.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


def own_questions(collections: set[str]) -> Path:
    """Returns the file of the project's own questions on these collections."""
    name = "service_public" if "service-public" in collections else "demonstration"
    return OWN / "questions" / f"{name}.jsonl"

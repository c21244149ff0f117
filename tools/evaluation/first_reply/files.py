"""The files of a measurement: questions, grades of pages for each, and the facts that an answer must state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cli.language import Refusal
from knowledge_base.sources.travail_emploi.importer import older_pages
from retrieval.evaluation.questions import OWN

FOLDER = OWN / "first_reply"
QUESTIONS, GRADES, FACTS = (FOLDER / f"dev_{name}.jsonl" for name in ("questions", "grades", "facts"))
ANSWERS = 3  # the grade of a page that answers the question
_NAMED = 3  # ids that a refusal lists


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str


class QuestionLine(_Line):
    question: str = Field(min_length=1)


class GradesLine(_Line):
    grades: dict[str, Annotated[int, Field(ge=0, le=ANSWERS)]]
    best: str | None = None


class FactsLine(_Line):
    must: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class GradedQuestion:
    """One question with the data to judge its reply.

    ``message`` is the question on one line, as it is sent. ``grades`` by entry: 3 answers the question, 2 answers in part or is
    one step away, 1 is on the same subject, 0 is off. ``best`` is the best of these entries; empty if none is on the subject.
    ``must``: a text states the facts if it contains one alternative of each group; empty if they are unknown.
    """

    id: str
    message: str
    grades: Mapping[str, int]
    best: str = ""
    must: tuple[tuple[str, ...], ...] = ()


def read_graded_questions(questions: Path, grades: Path, facts: Path | None) -> list[GradedQuestion]:
    """Returns the questions with their grades and facts. A twin without a grade gets that of the page with the same answer.

    Raises ``Refusal`` if a file cannot be read, or ids do not match.
    """
    asked = _read(questions, QuestionLine, '{"id", "question"}')
    graded = {line.id: line for line in _read(grades, GradesLine, '{"id", "grades": {"F1": 0-3}}')}
    must = {line.id: line.must for line in _read(facts, FactsLine, '{"id", "must": [["86 €"]]}')} if facts else {}
    known = {line.id for line in asked}
    _require_none(known - set(graded), questions.name, grades.name)
    _require_none(set(graded) - known, grades.name, questions.name)
    _require_none(set(must) - known, facts.name if facts else "", questions.name)
    twins = older_pages()
    return [
        GradedQuestion(
            line.id,
            " ".join(line.question.split()),
            with_twins(graded[line.id].grades, twins),
            _best(graded[line.id]),
            must.get(line.id, ()),
        )
        for line in asked
    ]


def with_twins(grades: Mapping[str, int], twins: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Returns ``grades`` with those of ``twins``: entry → the older pages with the same answer."""
    theirs = {entry: max(grades.get(page, 0) for page in pages) for entry, pages in twins.items() if pages}
    return {**{entry: grade for entry, grade in theirs.items() if grade}, **grades}


def _best(line: GradesLine) -> str:
    top = max(line.grades, key=lambda entry: line.grades[entry], default="")
    return line.best or (top if line.grades.get(top) else "")


def _require_none(lacking: Collection[str], there: str, not_there: str) -> None:
    if lacking:
        first = ", ".join(sorted(lacking)[:_NAMED])
        raise Refusal(
            f"Des identifiants de {there} ne sont pas dans {not_there} ({first}) : donnez des fichiers faits ensemble.",
            f"Some ids of {there} are not in {not_there} ({first}): give files that were made together.",
        )


def _read[T: _Line](path: Path, kind: type[T], shape: str) -> list[T]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        raise Refusal(
            f"{path} ne peut pas être lu : donnez un fichier de lignes JSON {shape}.",
            f"{path} cannot be read: give a file of JSON lines {shape}.",
        ) from None
    found = list(_parsed(path, lines, kind, shape))
    twice = [name for name, count in Counter(line.id for line in found).items() if count > 1]
    if twice or not found:
        fr, en = (f"{twice[0]} y est deux fois", f"{twice[0]} is there twice") if twice else ("il est vide", "it is empty")
        raise Refusal(f"Corrigez {path} : {fr}.", f"Correct {path}: {en}.")
    return found


def _parsed[T: _Line](path: Path, lines: Sequence[bytes], kind: type[T], shape: str) -> Iterable[T]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield kind.model_validate_json(line)
            except ValidationError:
                raise Refusal(
                    f"Corrigez la ligne {number} de {path} : il faut {shape}.",
                    f"Correct line {number} of {path}: it must be {shape}.",
                ) from None

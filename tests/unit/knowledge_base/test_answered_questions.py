"""The questions that sentences of the pages answer: kept as data with the first words of the sentence, given to the entries at
import.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from core.entry import AnsweredQuestion
from core.settings import ROOT
from knowledge_base.sources.additions import AnsweredQuestions
from knowledge_base.sources.service_public.convert import QUESTIONS as OF_SERVICE_PUBLIC
from knowledge_base.sources.travail_emploi.importer import QUESTIONS as OF_TRAVAIL_EMPLOI


def test_questions_of_a_page_are_those_of_its_line(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"id": "F1", "questions": [["c\'est combien", "Elle coûte"]]}\n', encoding="utf-8")
    questions = AnsweredQuestions(file)
    assert questions.of("F1") == (AnsweredQuestion(question="c'est combien", sentence="Elle coûte"),)
    assert questions.of("F2") == ()


@pytest.mark.parametrize(
    ("source", "questions"), [("service_public", OF_SERVICE_PUBLIC), ("travail_emploi", OF_TRAVAIL_EMPLOI)]
)
def test_questions_that_come_with_the_sources_are_asked_once_of_a_page(source: str, questions: AnsweredQuestions) -> None:
    lines = (ROOT / "knowledge_base" / "sources" / source / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(questions.by_page) == len(lines)
    for page in questions.by_page:
        asked = [one.question for one in questions.of(page)]
        assert asked
        assert len(set(asked)) == len(asked)

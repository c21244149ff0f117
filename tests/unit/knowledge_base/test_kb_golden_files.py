"""Golden questions as lines of a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from core.privacy.masking import MASK
from knowledge_base.errors import InvalidSource
from knowledge_base.quality.golden.contracts import Golden
from knowledge_base.quality.golden.files import dump_golden, read_golden


def test_a_question_is_masked_however_it_is_made() -> None:
    assert Golden(question="mon numéro est le 06 12 34 56 78").question == f"mon numéro est le {MASK}"


@pytest.mark.parametrize("question", ["", "  ?! ", "paul.martin@exemple.fr", "x" * 2001])
def test_what_asks_nothing_is_no_question(question: str) -> None:
    with pytest.raises(ValidationError):
        Golden(question=question)


def test_case_and_spaces_do_not_make_another_question() -> None:
    first = Golden(question="Carte  d'identité\nperdue ?")
    assert first.digest == Golden(question="carte d'identité perdue ?").digest
    assert first.digest != Golden(question="carte d'identité perdue ?", locale="en").digest
    assert first.digest != Golden(question="carte d'identité perdue ?", collection="mairie").digest


def test_what_is_written_reads_back_the_same(tmp_path: Path) -> None:
    questions = [
        Golden(id="a", question="Où ?", gold=("F1", "F2"), heading="Coût", situation="Mineur", channel="sms", author="x"),
        Golden(id="b", question="Rien à voir", active=False, origin="review", author="y"),
    ]
    path = tmp_path / "golden.jsonl"
    path.write_text(dump_golden(questions), encoding="utf-8")
    assert read_golden(path).questions == tuple(questions)


def test_a_wrong_line_is_named_and_the_others_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "golden.jsonl"
    path.write_text('\ufeff{"question": "Une"}\nnot json\n\n{"gold": []}\n{"question": "une"}\n', encoding="utf-8")
    read = read_golden(path, author="file")
    assert [(question.question, question.author) for question in read.questions] == [("Une", "file")]
    assert [line.split(":")[0] for line in read.rejected] == ["2", "4", "5"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{}\n"])
def test_a_file_without_questions_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "golden.jsonl"
    path.write_bytes(content)
    with pytest.raises(InvalidSource):
        read_golden(path)

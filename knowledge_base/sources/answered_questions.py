"""The questions that single sentences of a source's pages answer: written by this project, added at import."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import orjson

from core.entry import AnsweredQuestion


class AnsweredQuestions:
    """The questions in ``file``: JSON lines, each with the ``id`` of a page and its ``questions``, pairs of a question and the
    first words of the sentence that answers it. The first ten of a page are those that most people ask (ADR 0067).
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    @cached_property
    def _of_pages(self) -> dict[str, list[list[str]]]:
        rows = map(orjson.loads, self._file.read_bytes().splitlines())
        return {row["id"]: row["questions"] for row in rows}

    @property
    def pages(self) -> tuple[str, ...]:
        """Returns the ids of the pages that have questions."""
        return tuple(self._of_pages)

    def of(self, page: str) -> tuple[AnsweredQuestion, ...]:
        """Returns the questions of a page, by its id; none if nobody has written any."""
        return tuple(
            AnsweredQuestion(question=question, sentence=sentence) for question, sentence in self._of_pages.get(page, ())
        )

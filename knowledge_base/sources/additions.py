"""What this project has written for the pages of a source, added at import: wordings, opening sentences, answered questions."""

from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from core.entry import AnsweredQuestion, Block, Case, Cases, Chapter

_PATH = " > "


def _rows_by_page(file: Path) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in map(orjson.loads, file.read_bytes().splitlines())}


class Openings:
    """The openings in ``file``: JSON lines, each with the ``id`` of a page and the first words of its ``opening`` sentences."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @cached_property
    def by_page(self) -> dict[str, tuple[str, ...]]:
        """Returns page id → the first words of its opening sentences."""
        return {page: tuple(row["opening"]) for page, row in _rows_by_page(self._file).items()}

    def of(self, page: str) -> tuple[str, ...]:
        """Returns the first words of the opening sentences that were chosen for a page."""
        return self.by_page.get(page, ())


class AnsweredQuestions:
    """The questions in ``file``: JSON lines, each with the ``id`` of a page and its ``questions``, pairs of a question and the
    first words of the sentence that answers it. The first ten of a page are those that most people ask (ADR 0067).
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    @cached_property
    def by_page(self) -> dict[str, list[list[str]]]:
        """Returns page id → pairs of a question and the first words of its answer."""
        return {page: row["questions"] for page, row in _rows_by_page(self._file).items()}

    def of(self, page: str) -> tuple[AnsweredQuestion, ...]:
        """Returns the questions of a page."""
        pairs = self.by_page.get(page, ())
        return tuple(AnsweredQuestion(question=question, sentence=sentence) for question, sentence in pairs)


class Wordings:
    """The words by which people call pages and their parts: JSON lines in ``folder`` and below it.

    Each line has the ``id`` of a page and its ``wordings``, or the wordings of its ``parts`` by heading path ("Coût > Tarif
    réduit"), or both.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        files = sorted(self._folder.rglob("*.jsonl"))
        return [orjson.loads(line) for path in files for line in path.read_bytes().splitlines()]

    @cached_property
    def _of_pages(self) -> dict[str, tuple[str, ...]]:
        return {row["id"]: tuple(row["wordings"]) for row in self._rows if "wordings" in row}

    @cached_property
    def _of_parts(self) -> dict[str, dict[str, list[str]]]:
        return {row["id"]: row["parts"] for row in self._rows if "parts" in row}

    def of(self, page: str) -> tuple[str, ...]:
        """Returns the other wordings of a page, by its id; none for a page without any."""
        return self._of_pages.get(page, ())

    def all(self) -> tuple[str, ...]:
        """Returns the wordings of all pages, page by page."""
        return tuple(wording for wordings in self._of_pages.values() for wording in wordings)

    def worded(self, page: str, body: tuple[Block, ...]) -> tuple[Block, ...]:
        """Returns ``body`` of the page with this id, with each chapter's wordings.

        If several chapters have one heading path (in several cases), the first holds the wordings for all.
        """
        return _worded(body, "", dict(self._of_parts.get(page, {})))


def _worded(body: tuple[Block, ...], path: str, left: dict[str, list[str]]) -> tuple[Block, ...]:
    return tuple(_block(block, path, left) for block in body) if left else body


def _block(block: Block, path: str, left: dict[str, list[str]]) -> Block:
    match block:
        case Chapter():
            here = f"{path}{_PATH}{block.heading}" if path else block.heading
            wordings = tuple(left.pop(here, ()))
            return block.model_copy(update={"wordings": wordings, "body": _worded(block.body, here, left)})
        case Cases():
            cases = (Case(label=case.label, body=_worded(case.body, path, left)) for case in block.cases)
            return block.model_copy(update={"cases": tuple(cases)})
        case _:
            return block

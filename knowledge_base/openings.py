"""The sentences that open the pages of a source: chosen by this project, kept by their first words, given at import."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import orjson


class Openings:
    """The openings in ``file``: JSON lines, each with the ``id`` of a page and the first words of its ``opening`` sentences."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @cached_property
    def _of_pages(self) -> dict[str, tuple[str, ...]]:
        rows = map(orjson.loads, self._file.read_bytes().splitlines())
        return {row["id"]: tuple(row["opening"]) for row in rows}

    @property
    def pages(self) -> tuple[str, ...]:
        """The ids of the pages that have an opening."""
        return tuple(self._of_pages)

    def of(self, page: str) -> tuple[str, ...]:
        """Returns the first words of the sentences that open a page, by its id; none where nobody has chosen any."""
        return self._of_pages.get(page, ())

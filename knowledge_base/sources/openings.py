"""The opening sentences of a source's pages: chosen by this project, stored by their first words, added at import."""

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
        """Returns the ids of the pages that have an opening."""
        return tuple(self._of_pages)

    def of(self, page: str) -> tuple[str, ...]:
        """Returns the first words of a page's opening sentences, by its id; none if nobody has chosen any."""
        return self._of_pages.get(page, ())

"""What people call the pages, in their own words: written by this project, given to the entries as other wordings at import."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import orjson

_FOLDER = Path(__file__).parent


@cache
def _all() -> dict[str, tuple[str, ...]]:
    lines = (line for path in sorted(_FOLDER.glob("*.jsonl")) for line in path.read_bytes().splitlines())
    return {found["id"]: tuple(found["wordings"]) for found in map(orjson.loads, lines)}


def wordings_of(page: str) -> tuple[str, ...]:
    """The other wordings of a page, by its id; none for one that nobody has described."""
    return _all().get(page, ())


def all_wordings() -> tuple[str, ...]:
    """All of them, page by page."""
    return tuple(wording for wordings in _all().values() for wording in wordings)

"""What people call the pages and their parts, in their own words: written by this project, given to the entries at import."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import orjson

from core.entry import Block, Case, Cases, Chapter

_FOLDER = Path(__file__).parent
_PATH = " > "


@cache
def _all() -> dict[str, tuple[str, ...]]:
    lines = (line for path in sorted(_FOLDER.glob("*.jsonl")) for line in path.read_bytes().splitlines())
    return {found["id"]: tuple(found["wordings"]) for found in map(orjson.loads, lines)}


@cache
def _all_parts() -> dict[str, dict[str, list[str]]]:
    lines = (line for path in sorted((_FOLDER / "parts").glob("*.jsonl")) for line in path.read_bytes().splitlines())
    return {found["id"]: found["parts"] for found in map(orjson.loads, lines)}


def wordings_of(page: str) -> tuple[str, ...]:
    """The other wordings of a page, by its id; none for one that nobody has described."""
    return _all().get(page, ())


def all_wordings() -> tuple[str, ...]:
    """All of them, page by page."""
    return tuple(wording for wordings in _all().values() for wording in wordings)


def worded(page: str, body: tuple[Block, ...]) -> tuple[Block, ...]:
    """``body`` of the page with this id, each chapter with what people ask for who need it.

    Where several chapters have one heading path (in several cases), the first holds it for all.
    """
    return _worded(body, "", dict(_all_parts().get(page, {})))


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

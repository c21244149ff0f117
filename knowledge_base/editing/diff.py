"""The comparison of two revisions: the parts that differ, and the words in each."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from core.entry import Entry, Link
from knowledge_base.entries.body_nodes import Node, nodes_of, paired
from knowledge_base.entries.merge import IDENTITY

type Kind = Literal["changed", "added", "removed", "moved"]

_WORD = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """A run of text that both sides have (``mark`` empty) or only this side has (``mark`` is ``changed``)."""

    text: str
    mark: Literal["", "changed"] = ""


@dataclass(frozen=True)
class Difference:
    """One part that differs. ``path`` begins with the field's name; ``kind`` is moved if only the order changed."""

    path: tuple[str, ...]
    kind: Kind
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]


def differences(old: Entry, new: Entry) -> tuple[Difference, ...]:
    """Returns the differences of ``new``, field by field and block by block in reading order, without identity and version."""
    return tuple(_differences(old, new))


def words(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Returns both texts, with the words marked that the other one does not have."""
    left, right = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    before: list[Piece] = []
    after: list[Piece] = []
    for operation, i1, i2, j1, j2 in matcher.get_opcodes():
        mark: Literal["", "changed"] = "" if operation == "equal" else "changed"
        if i2 > i1:
            before.append(Piece("".join(left[i1:i2]), mark))
        if j2 > j1:
            after.append(Piece("".join(right[j1:j2]), mark))
    return tuple(before), tuple(after)


def _differences(old: Entry, new: Entry) -> Iterator[Difference]:
    for name in Entry.model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if name in IDENTITY or before == after:
            continue
        if name == "body":
            yield from _nodes((name,), nodes_of(before), nodes_of(after))
        elif isinstance(before, str):
            yield _part((name,), before or None, after or None)
        elif isinstance(before, dict) or name in ("related", "services"):
            yield from _mapping((name,), _as_mapping(before), _as_mapping(after))
        elif isinstance(before, tuple) and name != "theme":
            yield from _mapping((name,), dict.fromkeys(before, ""), dict.fromkeys(after, ""))
        else:
            yield _part((name,), _shown(before), _shown(after))


def _as_mapping(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return value
    return {link.entry or link.url: link.title for link in value if isinstance(link, Link)}


def _mapping(path: tuple[str, ...], old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    for key in dict.fromkeys([*old, *new]):
        before, after = (f"{key} {side[key]}".strip() if key in side else None for side in (old, new))
        if before != after:
            yield _part(path, before, after)
    if list(old) != list(new) and set(old) == set(new):
        yield Difference(path, "moved", (Piece(" · ".join(old)),), (Piece(" · ".join(new)),))


def _shown(value: Any) -> str | None:
    return (" › ".join(value) if isinstance(value, tuple) else str(value)) if value else None


def _part(path: tuple[str, ...], old: str | None, new: str | None) -> Difference:
    if old is None:
        return Difference(path, "added", (), (Piece(new or "", "changed"),))
    if new is None:
        return Difference(path, "removed", (Piece(old, "changed"),), ())
    return Difference(path, "changed", *words(old, new))


def _nodes(path: tuple[str, ...], old: Sequence[Node], new: Sequence[Node]) -> Iterator[Difference]:
    pairs = paired(old, new)
    came_from = {after: before for before, after in pairs.items()}
    staying = _in_order([came_from[place] for place in sorted(came_from)])
    removed = [place for place in range(len(old)) if place not in pairs]
    for place, node in enumerate(new):
        before = came_from.get(place)
        while removed and before is not None and removed[0] < before:
            yield _whole(path, old[removed.pop(0)], "removed")
        if before is None:
            yield _whole(path, node, "added")
            continue
        if before not in staying:
            everything = (Piece(node.name or node.text),)
            yield Difference((*path, node.name) if node.name else path, "moved", everything, everything)
        yield from _node(path, old[before], node)
    for left in removed:
        yield _whole(path, old[left], "removed")


def _node(path: tuple[str, ...], old: Node, new: Node) -> Iterator[Difference]:
    here = (*path, new.name) if new.name else path
    if old.label != new.label:
        yield _part(here, old.label, new.label)
    if old.text != new.text:
        yield _part(here, old.text, new.text)
    yield from _mapping(here, dict.fromkeys(old.wordings, ""), dict.fromkeys(new.wordings, ""))
    yield from _nodes(here, old.children, new.children)


def _whole(path: tuple[str, ...], node: Node, kind: Literal["added", "removed"]) -> Difference:
    here = (*path, node.name) if node.name else path
    return _part(here, *((None, node.everything()) if kind == "added" else (node.everything(), None)))


def _in_order(places: Sequence[int]) -> set[int]:
    """Returns the longest increasing run of ``places``: the parts that have not moved."""
    ends: list[int] = []
    chain: list[list[int]] = []
    for place in places:
        at = bisect_left(ends, place)
        run = [*(chain[at - 1] if at else []), place]
        if at == len(ends):
            ends.append(place)
            chain.append(run)
        else:
            ends[at] = place
            chain[at] = run
    return set(chain[-1]) if chain else set()

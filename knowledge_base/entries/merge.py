"""Three-way merge of entries, part by part. A change of one side is taken; different changes of both are a conflict.

A conflict keeps the local side, so that no editor's text is overwritten; ``choices`` can select the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from core.entry import Entry, Link
from knowledge_base.entries.body_nodes import Node, body_of, nodes_of, paired

type Side = Literal["local", "theirs"]

IDENTITY = ("id", "collection", "version")
_WHOLE = ("theme",)  # a path: halves of two paths make no sense


@dataclass(frozen=True)
class Clash:
    """A part that both sides changed differently. ``path`` begins with the field's name, followed by headings and labels.

    Each of the three texts is ``None`` if that side does not have the part.
    """

    path: tuple[str, ...]
    base: str | None
    local: str | None
    theirs: str | None


@dataclass(frozen=True)
class Merged:
    """The result. ``entry`` holds all changes of both sides, and the chosen side of each of ``clashes``."""

    entry: Entry
    clashes: tuple[Clash, ...] = ()


@dataclass
class _Merging:
    choices: Mapping[int, Side]
    clashes: list[Clash] = field(default_factory=list)

    def choose(self, path: tuple[str, ...], base: str | None, local: str | None, theirs: str | None) -> Side:
        self.clashes.append(Clash(path, base, local, theirs))
        return self.choices.get(len(self.clashes) - 1, "local")


def merge(base: Entry | None, local: Entry, theirs: Entry, choices: Mapping[int, Side] | None = None) -> Merged:
    """Merges the changes from ``base`` to ``local`` and from ``base`` to ``theirs``; without a ``base`` both are new.

    ``choices`` selects a side by the number of the clash (from 0); all others stay local. Identity and version are those of
    ``local``.
    """
    merging = _Merging(choices or {})
    start = base or Entry(id=local.id, collection=local.collection, title="", locale="")
    values: dict[str, Any] = {}
    for name in Entry.model_fields:
        if name not in IDENTITY:
            values[name] = _field(merging, name, getattr(start, name), getattr(local, name), getattr(theirs, name))
    return Merged(local.model_copy(update=values), tuple(merging.clashes))


def _field(merging: _Merging, name: str, base: Any, local: Any, theirs: Any) -> Any:
    if theirs in (local, base):
        return local
    if local == base:
        return theirs
    if name == "body":
        return body_of(_nodes(merging, (name,), nodes_of(base), nodes_of(local), nodes_of(theirs)))
    if isinstance(local, str):
        return _text(merging, (name,), base, local, theirs)
    if isinstance(local, dict):
        return _mapping(merging, name, base, local, theirs)
    return _listing(merging, name, base, local, theirs)


def _listing(merging: _Merging, name: str, base: Any, local: Any, theirs: Any) -> Any:
    """Merges a field: links by their address, words one by one, everything else (a day, the path of a theme) as a whole."""
    if isinstance(local, tuple) and name not in _WHOLE:
        if any(isinstance(one, Link) for one in (*local, *theirs)):
            sides = [{one.entry or one.url: one for one in links} for links in (base, local, theirs)]
            return tuple(_mapping(merging, name, *sides).values())
        return _members(base, local, theirs)
    if isinstance(local, date) and isinstance(theirs, date):  # of verification: the later reading holds
        return max(local, theirs)
    side = merging.choose((name,), *map(_shown, (base, local, theirs)))
    return local if side == "local" else theirs


def _text(merging: _Merging, path: tuple[str, ...], base: str, local: str, theirs: str) -> str:
    """Merges a text, paragraph by paragraph if there are several."""
    if theirs in (local, base):
        return local
    if local == base:
        return theirs
    sides = [tuple(Node("paragraph", text=part) for part in side.split("\n\n") if part) for side in (base, local, theirs)]
    if min(map(len, sides)) > 1:
        return "\n\n".join(node.text for node in _nodes(merging, path, *sides))
    side = merging.choose(path, base, local, theirs)
    return local if side == "local" else theirs


def _members(base: Sequence[str], local: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
    """Returns the merged list of independent members: additions of both sides, without the removals of either."""
    kept = [one for one in local if one in theirs or one not in base]
    return tuple(dict.fromkeys([*kept, *(one for one in theirs if one not in base)]))


def _mapping[T](merging: _Merging, name: str, base: dict[str, T], local: dict[str, T], theirs: dict[str, T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for key in dict.fromkeys([*local, *theirs, *base]):
        before, mine, other = base.get(key), local.get(key), theirs.get(key)
        value = other if mine == before else mine
        if mine not in (before, other) and other != before:
            side = merging.choose((name, key), *map(_shown, (before, mine, other)))
            value = mine if side == "local" else other
        if value is not None:
            found[key] = value
    return found


def _shown(value: Any) -> str | None:
    match value:
        case None:
            return None
        case Link():
            return f"{value.title} ({value.entry or value.url})"
        case date():
            return value.isoformat()
        case tuple():
            return " › ".join(value)
        case _:
            return str(value)


def _nodes(
    merging: _Merging, path: tuple[str, ...], base: Sequence[Node], local: Sequence[Node], theirs: Sequence[Node]
) -> tuple[Node, ...]:
    """Merges the parts of a body.

    Each part has a name while it is merged: ``base 0`` if it was in the base, else ``local 0`` or ``theirs 0`` for an addition.
    Equal additions of both sides are one part, with its local name.
    """
    local_places, their_places = paired(base, local), paired(base, theirs)
    merged: dict[str, Node | None] = {}
    for place, before in enumerate(base):
        left = local[local_places[place]] if place in local_places else None
        right = theirs[their_places[place]] if place in their_places else None
        merged[f"base {place}"] = _one(merging, path, before, left, right)
    added = {place: node for place, node in enumerate(local) if place not in local_places.values()}
    their_added = {place: node for place, node in enumerate(theirs) if place not in their_places.values()}
    equal = _equal_additions(added, their_added, lone=not base)
    for place, node in added.items():
        same = next((their_added[there] for there, here in equal.items() if here == place), None)
        empty = Node(node.kind, node.label if same is not None and same.label == node.label else "")
        merged[f"local {place}"] = node if same is None else _one(merging, path, empty, node, same)
    for place, node in their_added.items():
        if place not in equal:
            merged[f"theirs {place}"] = node
    here = _names(local, local_places, "local", {})
    there = _names(theirs, their_places, "theirs", equal)
    return tuple(kept for name in _order(len(base), here, there) if (kept := merged.get(name)) is not None)


def _one(merging: _Merging, path: tuple[str, ...], base: Node, local: Node | None, theirs: Node | None) -> Node | None:
    """Merges one part. A side that is ``None`` has removed it."""
    if theirs in (local, base):
        return local
    if local == base:
        return theirs
    here = (*path, name) if (name := (local or theirs or base).name) else path
    if local is None or theirs is None:
        if (local or theirs or base).shown() == base.shown():
            return None  # the wordings of a removed part are no reason to keep it
        sides = (None if node is None else node.everything() for node in (base, local, theirs))
        return local if merging.choose(here, *sides) == "local" else theirs
    label = _label(merging, here, base, local, theirs)
    text = _text(merging, here, base.text, local.text, theirs.text)
    children = _nodes(merging, here, base.children, local.children, theirs.children)
    return Node(local.kind, label, text, children, _members(base.wordings, local.wordings, theirs.wordings))


def _label(merging: _Merging, path: tuple[str, ...], base: Node, local: Node, theirs: Node) -> str:
    if local.label in (theirs.label, base.label):
        return theirs.label
    if theirs.label == base.label:
        return local.label
    return local.label if merging.choose(path, base.label, local.label, theirs.label) == "local" else theirs.label


def _equal_additions(here: Mapping[int, Node], there: Mapping[int, Node], *, lone: bool) -> dict[int, int]:
    """Returns equal parts that both sides have added: index there → index here."""
    places, others = list(there), list(here)
    pairs = paired(list(there.values()), list(here.values()), lone=lone)
    return {places[place]: others[other] for place, other in pairs.items()}


def _names(side: Sequence[Node], pairs: Mapping[int, int], prefix: str, equal: Mapping[int, int]) -> list[str]:
    """Returns the names of a side's parts in ``merged``, in that side's order."""
    known = {place: f"base {before}" for before, place in pairs.items()}
    known |= {place: f"local {here}" for place, here in equal.items()}
    return [known.get(place, f"{prefix} {place}") for place in range(len(side))]


def _order(count: int, local: list[str], theirs: list[str]) -> list[str]:
    """Returns all parts in the order of the side that has changed it (the local side, if both have). Parts of the other side
    only come behind their predecessor there.
    """
    original = [f"base {place}" for place in range(count)]
    moved = [name for name in local if name in original] != [name for name in original if name in local]
    main, other = (local, theirs) if moved else (theirs, local)
    found = list(main)
    for place, name in enumerate(other):
        if name not in found:
            before = next((known for known in reversed(other[:place]) if known in found), None)
            found.insert(0 if before is None else found.index(before) + 1, name)
    return found

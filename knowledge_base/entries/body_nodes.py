"""A body as a uniform tree, and the pairs of nodes that are the same part in two trees."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from core.entry import Block, Case, Cases, Chapter, TextBlock

_ALIKE = 60.0  # per cent of characters; below it, a rewritten text counts as another one


@dataclass(frozen=True)
class Node:
    """One block or case. ``label`` is the heading, the fork's question, the case's label, or the role of a text.

    ``wordings`` are those of a chapter.
    """

    kind: str  # text, chapter, cases, case; paragraph inside a text during a merge
    label: str = ""
    text: str = ""
    children: tuple[Node, ...] = ()
    wordings: tuple[str, ...] = ()

    def shown(self) -> Node:
        """Returns this part as citizens see it: without ``wordings``."""
        return replace(self, children=tuple(child.shown() for child in self.children), wordings=())

    def everything(self) -> str:
        """Returns all words of this part, in order."""
        own = [self.text] if self.kind in ("text", "paragraph") else [self.label]
        return "\n\n".join(filter(None, [*own, *(child.everything() for child in self.children)]))

    @property
    def name(self) -> str:
        """Returns the name of this part for people; empty for a text, which has no name."""
        return "" if self.kind in ("text", "paragraph") else self.label


def nodes_of(body: Iterable[Block]) -> tuple[Node, ...]:
    """Returns ``body`` as nodes."""
    return tuple(map(_node, body))


def body_of(nodes: Iterable[Node]) -> tuple[Block, ...]:
    """Returns the reverse of ``nodes_of``. A fork without cases is left out."""
    return tuple(block for node in nodes if (block := _block(node)) is not None)


def _node(block: Block) -> Node:
    match block:
        case TextBlock():
            return Node("text", block.role, block.markdown)
        case Chapter():
            return Node("chapter", block.heading, children=nodes_of(block.body), wordings=block.wordings)
        case Cases():
            cases = tuple(Node("case", case.label, children=nodes_of(case.body)) for case in block.cases)
            return Node("cases", block.question, children=cases)


def _block(node: Node) -> Block | None:
    if node.kind == "text":
        return TextBlock.model_validate({"role": node.label, "markdown": node.text})
    if node.kind == "chapter":
        return Chapter(heading=node.label, wordings=node.wordings, body=body_of(node.children))
    cases = tuple(Case(label=case.label, body=body_of(case.children)) for case in node.children)
    return Cases(question=node.label, cases=cases) if cases else None


def paired(old: Sequence[Node], new: Sequence[Node], *, lone: bool = True) -> dict[int, int]:
    """Returns the pairs of the same part: index in ``old`` → index in ``new``. Removed or added parts are in no pair.

    Sure pairs come first: equal parts, then those of equal name, then similar ones, then the only ones left of a kind without
    names, unless ``lone`` is false (a section with another name and other words is another section).
    """
    pairs: dict[int, int] = {}
    tests: tuple[Callable[[Node, Node], bool], ...] = (operator.eq, _same_name, _alike)
    for test in tests:
        _pair(old, new, pairs, test)
    for kind in ("text", "paragraph", "cases") if lone else ():
        lost = [place for place, node in enumerate(old) if node.kind == kind and place not in pairs]
        found = [place for place, node in enumerate(new) if node.kind == kind and place not in pairs.values()]
        if len(lost) == len(found) == 1:
            pairs[lost[0]] = found[0]
    return pairs


def _pair(old: Sequence[Node], new: Sequence[Node], pairs: dict[int, int], test: Callable[[Node, Node], bool]) -> None:
    taken = set(pairs.values())
    for place, node in enumerate(old):
        if place in pairs:
            continue
        for other, candidate in enumerate(new):
            if other not in taken and candidate.kind == node.kind and test(node, candidate):
                pairs[place] = other
                taken.add(other)
                break


def _same_name(old: Node, new: Node) -> bool:
    """Compares names. Forks without a question are the same if their cases have the same names."""
    if old.kind == "cases" and not old.label and not new.label:
        return {case.label for case in old.children} == {case.label for case in new.children}
    return bool(old.name) and old.name == new.name


def _alike(old: Node, new: Node) -> bool:
    return fuzz.ratio(old.everything(), new.everything(), score_cutoff=_ALIKE) > 0

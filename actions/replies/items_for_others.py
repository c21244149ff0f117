"""The items and rows of a part that are for others than the citizen: for another age, another quantity, another year. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from actions.replies.pieces import Kind, Piece
from actions.situation.ages import AGE
from actions.situation.matching import excluded
from actions.situation.quantities import out_of_range
from actions.situation.reading import facts_in


def for_others(pieces: Sequence[Piece], text: str) -> tuple[frozenset[int], frozenset[int]]:
    """Returns the numbers of the ``pieces`` of a list or table whose range of ages, amounts, sizes or years excludes what the
    question ``text`` states, where another one of the same list or table fits.
    """
    out: set[int] = set()
    fit: set[int] = set()
    if not any(character.isdigit() for character in text):
        return frozenset(), frozenset()
    age = facts_in(text).get(AGE)
    for labels in _labels(pieces).values():
        names = tuple(labels.values())
        unfit = out_of_range(names, text) | (excluded(names, {AGE: age}) if age else frozenset())
        if unfit and 2 * len(unfit) >= len(names):
            out |= {at for number, at in enumerate(labels) if number in unfit}
            fit |= {at for number, at in enumerate(labels) if number not in unfit}
    return frozenset(out), frozenset(fit)


def _labels(pieces: Sequence[Piece]) -> Mapping[int, Mapping[int, str]]:
    """Returns the labels of the items and rows by their number, by the number of their list or table.

    The label of an item is its text, that of a row its first cell; an empty cell stands for the one above it.
    """
    found: dict[int, dict[int, str]] = {}
    above = ""
    for at, piece in enumerate(pieces):
        if piece.kind is Kind.ITEM:
            found.setdefault(piece.paragraph, {})[at] = piece.plain
        elif piece.kind is Kind.ROW:
            above = piece.text.removeprefix("|").partition("|")[0].strip() or above
            found.setdefault(piece.paragraph, {})[at] = above
    return found

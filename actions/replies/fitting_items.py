"""Which items and rows of a part are for the citizen, and which for others: by an age, a quantity or a year. Pure functions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from actions.replies.pieces import Kind, Piece, is_about_health_crisis
from actions.situation.ages import AGE
from actions.situation.matching import excluded
from actions.situation.quantities import out_of_range
from actions.situation.reading import Facets, facts_in


class Fit(NamedTuple):
    """The numbers of the pieces that are for the citizen (``own``), and of those that are for others."""

    own: frozenset[int] = frozenset()
    others: frozenset[int] = frozenset()


NO_FIT = Fit()


def fitting_items(pieces: Sequence[Piece], question: str) -> Fit:
    """Returns which items and rows fit the ages, amounts, sizes or years that ``question`` states. Sentences about the health
    crisis are for others, unless ``question`` or most of the part is about it.

    Only lists and tables count that distinguish by them: at least half of their items are for others.
    """
    over = [] if is_about_health_crisis(question) else [at for at, one in enumerate(pieces) if one.is_about_health_crisis]
    past = frozenset(over if 2 * len(over) < len(pieces) else ())
    if not any(character.isdigit() for character in question):
        return Fit(others=past) if past else NO_FIT
    facts = facts_in(question)
    age: Facets = {AGE: facts[AGE]} if AGE in facts else {}
    own: set[int] = set()
    others: set[int] = set()
    for labels in _lists(pieces):
        names = tuple(labels.values())
        unfit = out_of_range(names, question) | (excluded(names, age) if age else frozenset())
        if unfit and 2 * len(unfit) >= len(names):
            for number, at in enumerate(labels):
                (others if number in unfit else own).add(at)
    return Fit(frozenset(own - past), frozenset(others) | past)


def _lists(pieces: Sequence[Piece]) -> Iterator[Mapping[int, str]]:
    """Yields the labels of each list and table, by the number of the piece: the text of an item; the first cell of a row behind
    that of the header ("Ancienneté"), or the one above it if it is empty.
    """
    found: dict[int, dict[int, str]] = {}
    header = above = ""
    for at, piece in enumerate(pieces):
        if piece.kind is Kind.HEADING:
            header = _first_cell(piece.text)
        elif piece.kind is Kind.ITEM:
            found.setdefault(piece.paragraph, {})[at] = piece.plain
        elif piece.kind is Kind.ROW:
            above = _first_cell(piece.text) or above
            found.setdefault(piece.paragraph, {})[at] = f"{header} {above}"
    yield from found.values()


def _first_cell(row: str) -> str:
    return row.removeprefix("|").partition("|")[0].strip()

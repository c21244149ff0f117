"""Decides which items and rows of a part are for the citizen: by an age, a quantity, a year or a relative. Pure functions."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from actions.replies.pieces import Kind, Piece, is_about_health_crisis
from actions.situation.ages import AGE
from actions.situation.matching import excluded
from actions.situation.quantities import out_of_range
from actions.situation.reading import Facets, facts_in, flat
from actions.situation.relatives import relatives_in
from retrieval.passages.aspects import asks_how_long_it_takes


class Fit(NamedTuple):
    """The numbers of the pieces that are for the citizen (``own``), and of those that are for others."""

    own: frozenset[int] = frozenset()
    others: frozenset[int] = frozenset()


NO_FIT = Fit()
_GRANTS = re.compile(r"\W*\w+ (?:jours?|semaines?|mois|ans?|euros?|€)\b")  # an item that begins with what one gets


def fitting_items(pieces: Sequence[Piece], question: str, relative: str = "") -> Fit:
    """Returns which items and rows fit the ages, amounts, sizes or years that ``question`` states, and the ``relative`` that it
    names (``distinguishing_relative`` of the page). Sentences about the health crisis are for others, unless ``question`` or
    most of the part is about it; so are those on validity, if ``question`` asks how long something takes.

    Only lists and tables count that distinguish by them: for an age or a quantity, at least half of their items are for others.
    """
    over = [] if is_about_health_crisis(question) else [at for at, one in enumerate(pieces) if one.is_about_health_crisis]
    past = frozenset(over if 2 * len(over) < len(pieces) else ())
    by_number, by_relative = _by_number(pieces, question), _by_relative(pieces, relative)
    others = past | by_number.others | by_relative.others | _on_validity(pieces, question)
    others = _with_dependents(pieces, others)
    return Fit((by_number.own | by_relative.own) - others, others)


def _with_dependents(pieces: Sequence[Piece], others: frozenset[int]) -> frozenset[int]:
    """Returns ``others``, the sentences that only announce them, and those that continue one of them ("Ce congé peut …")."""
    if not others:
        return others
    found = set(others)
    for items in _lists(pieces):
        lead = min(items) - 1
        while found >= items.keys() and lead >= 0 and pieces[lead].announces:  # of two leads, the first announces the second
            found.add(lead)
            lead -= 1
    for at, one in enumerate(pieces):
        if one.kind is Kind.SENTENCE and not found.isdisjoint(one.needs):
            found.add(at)
    return frozenset(found)


def _on_validity(pieces: Sequence[Piece], question: str) -> frozenset[int]:
    """Returns the pieces that say how long something is valid, if ``question`` asks how long one waits for it."""
    found = frozenset(at for at, one in enumerate(pieces) if one.states_validity)
    return found if found and asks_how_long_it_takes(question) else frozenset()


def _by_number(pieces: Sequence[Piece], question: str) -> Fit:
    """Returns the items and rows for the ages, amounts, sizes or years that ``question`` states, and those for others."""
    if not any(character.isdigit() for character in question):
        return NO_FIT
    age = stated_age(question)
    own: set[int] = set()
    others: set[int] = set()
    for labels in _lists(pieces):
        names = tuple(labels.values())
        unfit = out_of_range(names, question) | (excluded(names, age) if age else frozenset())
        if unfit and 2 * len(unfit) >= len(names):
            for number, at in enumerate(labels):
                (others if number in unfit else own).add(at)
    return Fit(frozenset(own), frozenset(others))


def stated_age(text: str) -> Facets:
    """Returns the age that ``text`` states in digits, as the only fact; no fact if there is none."""
    facts = facts_in(text) if any(character.isdigit() for character in text) else {}
    return {AGE: facts[AGE]} if AGE in facts else {}


def distinguishing_relative(parts: Iterable[Sequence[Piece]], question: str) -> str:
    """Returns the only relative that ``question`` names, if a list of figures in ``parts`` has items for different relatives:
    "trois jours pour le décès du père, un jour pour le mariage d'un enfant"; else an empty text.

    An item for others misleads, even if the list has none for this relative ("ma grand-mère"). Papers to bring are for nobody
    else, although they name the parents and the child.
    """
    named = relatives_in(question)
    if len(named) != 1:
        return ""
    [relative] = named
    return relative if any(_distinguishing_items(pieces, relative) for pieces in parts) else ""


def _distinguishing_items(pieces: Sequence[Piece], relative: str) -> frozenset[int]:
    """Returns the items of the lists with figures for ``relative`` and for others, or that grant as much to several others."""
    found = set[int]()
    for items in _lists(pieces):
        named = {at: kinds for at in items if (kinds := pieces[at].relatives_with_figure)}
        others = {at: kinds for at, kinds in named.items() if relative not in kinds}
        granted = [at for at in others if _GRANTS.match(flat(pieces[at].plain))]
        mostly_others = 2 * len(granted) >= len(items) and len(set(others.values())) > 1
        if (others and len(others) < len(named)) or mostly_others:
            found |= items.keys()
    return frozenset(found)


def _by_relative(pieces: Sequence[Piece], relative: str) -> Fit:
    """Returns the items and rows for ``relative``; and those for others, with the sentences that have a figure for others."""
    if not relative:
        return NO_FIT
    listed = _distinguishing_items(pieces, relative)
    own, others = _with_figure_for(pieces, relative)
    return Fit(own & listed, (others | listed) - own)


def _with_figure_for(pieces: Sequence[Piece], relative: str) -> tuple[frozenset[int], frozenset[int]]:
    """Returns the pieces with a figure that name ``relative``, and those that name other relatives only."""
    own = frozenset(at for at, one in enumerate(pieces) if relative in one.relatives_with_figure)
    return own, frozenset(at for at, one in enumerate(pieces) if one.relatives_with_figure) - own


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

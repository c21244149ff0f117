"""Chooses the sentences of a page that answer a message, from the likeliest of its parts. Pure functions.

The likeliest part according to the search contains the answer to half of the questions; one of the first three, with the
introduction, to three quarters (ADR 0059). So a reply does not use all its space for one part.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from actions.replies.dated_amounts import without_dates
from actions.replies.extract import FIRST_WORTH, Worth, length_cost
from actions.replies.piece_sets import APART, counted, exception_after, leading, needed, telling, visible_chars, with_exception
from actions.replies.pieces import Piece
from core.text.markdown import plain

# Weights of a part's log-odds, relative to the worth of a sentence. With .15 and .5 as many questions are answered.
_ODDS_WEIGHT = 0.3
_LEAST = -0.5  # limit for the worth of a sentence with its part: fewer sentences say as much, and are read faster
_ALIKE = " / "  # between the labels of parts that say the same
_TRIED = 40  # sentences, best first: later ones are worth nothing
# The numbers of the shown pieces, by the order of their part.
type Chosen = Mapping[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class PagePart:
    """A part of a page. ``order`` is that of its passage. Its sentences are shown after ``label``, if it is not empty.

    ``odds``: its log-odds of answering, relative to those of the likeliest part: 0 or less. ``among``: the only pieces that
    may be chosen, if not all; each with its rank, 0 for the most useful one.
    """

    order: int
    pieces: Sequence[Piece]
    label: str = ""
    odds: float = 0.0
    among: Mapping[int, int] | None = None


def best_sentences(
    parts: Sequence[PagePart], worth: Worth, max_chars: int, shown: Chosen | None = None, above: str = "", below: str = ""
) -> Chosen:
    """Returns the content of ``parts`` to show within ``max_chars`` visible characters: what is ``shown`` already, and the most
    useful other sentences, each with the pieces that it needs and its exception.

    ``above`` stands before them and uses part of their space; ``below`` stands after them and has its own space. Nothing in
    these two is repeated.
    """
    chosen = dict(shown or {})
    # The length of a part's text is measured only when it changes, not for each sentence that is tried.
    chars = {part.order: _chars(part, chosen[part.order]) for part in parts if chosen.get(part.order)}
    room = max_chars - (visible_chars(above) + len(APART) if above else 0)
    said = without_dates(plain(above, links=False) + page_text(parts, chosen) + plain(below, links=False))
    for part, at, text, leads in _ranked(parts, worth)[:_TRIED]:
        if text in said:
            continue  # the same sentence is in several parts or cases
        own = chosen.get(part.order, frozenset())
        if at in own or not (own or leads):
            continue
        with_it = own | needed(part.pieces, at)
        exception = exception_after(part.pieces, with_it)
        for wider in (with_it | {exception}, with_it) if exception is not None else (with_it,):
            tried = {**chars, part.order: _chars(part, wider)}
            if sum(tried.values()) + len(APART) * (len(tried) - 1) <= room:
                chosen[part.order], chars = wider, tried
                said += plain(page_text([part], chosen), links=False)
                break
    return chosen


def _chars(part: PagePart, chosen: frozenset[int]) -> int:
    return visible_chars(behind(part.label, with_exception(part.pieces, chosen)))


class _Sentence(NamedTuple):
    """Piece number ``at`` of ``part``. ``text`` has no marks. ``leads``: it may stand alone for its part."""

    part: PagePart
    at: int
    text: str
    leads: bool


def _ranked(parts: Sequence[PagePart], worth: Worth) -> list[_Sentence]:
    """Returns the sentences that may be shown, best first."""
    sentences: list[_Sentence] = []
    bonuses: list[float] = []
    for part in parts:
        found = telling(part.pieces)
        leads = leading(part.pieces, found)
        for at in found if part.among is None else [at for at in found if at in part.among]:
            sentences.append(_Sentence(part, at, plain(part.pieces[at].text, links=False), at in leads))
            bonuses.append(_bonus(part, at == found[0], sentences[-1].text))
    worths = worth([one.text for one in sentences]) if sentences else []
    scored = [(value + bonus, one) for value, bonus, one in zip(worths, bonuses, sentences, strict=True)]
    return [one for value, one in sorted(scored, key=lambda pair: -pair[0]) if value >= _LEAST]


def _bonus(part: PagePart, begins: bool, text: str) -> float:
    """Returns what the position and the length of a sentence add to its worth: nothing where people have chosen them."""
    if part.among is not None:
        return 0.0
    return _ODDS_WEIGHT * part.odds + FIRST_WORTH * begins - length_cost(text)


def page_text(parts: Sequence[PagePart], chosen: Chosen) -> str:
    """Returns the text of the ``chosen`` pieces, part by part in the order of ``parts``, each after its label.

    Labelled parts with the same text share it, after all their labels.
    """
    labels: dict[tuple[str, bool], list[str]] = {}
    for part in parts:
        if chosen.get(part.order):
            text = with_exception(part.pieces, chosen[part.order])
            labels.setdefault((text, bool(part.label)), []).append(part.label)
    return APART.join(behind(_ALIKE.join(dict.fromkeys(names)), text) for (text, _), names in labels.items())


def arranged(parts: Sequence[PagePart], chosen: Chosen, first_label: str) -> list[PagePart]:
    """Returns ``parts`` in the order of display: those without a label (the introduction) first, then the first part, then the
    others.

    The first part has ``first_label`` instead of its own if nothing stands before it.
    """
    first, *others = parts
    above = [part for part in others if not part.label and chosen.get(part.order)]
    below = [part for part in others if part.label]
    return [*above, first if above else replace(first, label=first_label), *below]


def most_useful_first(parts: Sequence[PagePart], chosen: Chosen) -> list[PagePart]:
    """Returns those of ``parts`` with ``chosen`` pieces, in the order in which these were chosen. Parts with the same label
    stand together.
    """
    found = {part.order: part for part in parts}
    ordered = [found[order] for order, pieces in chosen.items() if pieces]
    by_label: dict[str, list[PagePart]] = {}
    for part in ordered:
        by_label.setdefault(part.label, []).append(part)
    return [replace(part, label="" if number else part.label) for same in by_label.values() for number, part in enumerate(same)]


def left_out(part: PagePart, chosen: Collection[int]) -> bool:
    """Decides whether ``part`` says more than the pieces ``chosen``."""
    return bool(counted(part.pieces, [at for at in range(len(part.pieces)) if at not in chosen]))


def behind(label: str, text: str) -> str:
    """Returns ``text`` after the bold ``label`` of its subject, unless it begins with that label. A list or a table begins on
    its own line.
    """
    if not label or not text or plain(text).startswith(plain(label)):
        return text
    name = label.rstrip(" :")
    return f"**{name}**{'' if name.endswith('?') else ' :'}{APART if text.startswith(('- ', '|', '**')) else ' '}{text}"

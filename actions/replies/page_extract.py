"""Chooses the sentences of a page that answer a message, from the likeliest of its parts. Pure functions.

The part that search takes for the likeliest holds the answer for half of the questions, one of the first three with the
introduction for three quarters (ADR 0059). So a reply does not stake its room on one part.
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

# Of the log-odds of a part, beside what a sentence says of what is asked. With .15 and .5 as many questions are answered.
_ODDS_WEIGHT = 0.3
_LEAST = -0.5  # of what a sentence is worth with its part: fewer say as much, and are sooner read
_TRIED = 40  # sentences, best first: what comes after them is worth nothing
# The numbers of the pieces that are shown, by the order of their part.
type Chosen = Mapping[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class PagePart:
    """A part of a page. ``order`` is that of its passage; its sentences are shown behind ``label``, where it is not empty.

    ``odds`` are its log-odds of answering, behind those of the likeliest part: 0 or less. ``among``: the only pieces that may
    be chosen, if not all; each with its place, 0 for the most useful one.
    """

    order: int
    pieces: Sequence[Piece]
    label: str = ""
    odds: float = 0.0
    among: Mapping[int, int] | None = None


def best_sentences(
    parts: Sequence[PagePart], worth: Worth, max_chars: int, shown: Chosen | None = None, above: str = "", below: str = ""
) -> Chosen:
    """Returns what of ``parts`` to show within ``max_chars`` visible characters: what is ``shown`` already, and what is worth
    most besides, each with what it needs and what turns it round.

    ``above`` stands before them, and takes room of them; ``below`` after them, with room of its own. What these say is not
    said again.
    """
    chosen = dict(shown or {})
    # The text of a part is measured when it changes, not with that of all others for each sentence that is tried.
    chars = {part.order: _chars(part, chosen[part.order]) for part in parts if chosen.get(part.order)}
    room = max_chars - (visible_chars(above) + len(APART) if above else 0)
    said = without_dates(plain(above, links=False) + page_text(parts, chosen) + plain(below, links=False))
    for part, at, text, leads in _ranked(parts, worth)[:_TRIED]:
        if text in said:
            continue  # the same sentence stands in several parts or cases
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
    """Piece number ``at`` of ``part``. ``text`` is without marks; ``leads``: it may stand alone for its part."""

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
            bonuses.append(_ODDS_WEIGHT * part.odds + FIRST_WORTH * (at == found[0]))
    worths = worth([one.text for one in sentences]) if sentences else []
    scored = [
        (value + bonus - length_cost(one.text), one) for value, bonus, one in zip(worths, bonuses, sentences, strict=True)
    ]
    return [one for value, one in sorted(scored, key=lambda pair: -pair[0]) if value >= _LEAST]


def page_text(parts: Sequence[PagePart], chosen: Chosen) -> str:
    """Returns the text of what is ``chosen``, part by part in the order of ``parts``, each behind its label."""
    told = [behind(part.label, with_exception(part.pieces, chosen[part.order])) for part in parts if chosen.get(part.order)]
    return APART.join(told)


def arranged(parts: Sequence[PagePart], chosen: Chosen, first_label: str) -> list[PagePart]:
    """Returns ``parts`` as they are shown: what has no label (the introduction) first, then the first part, then the others.

    The first part has ``first_label`` instead of its own where nothing stands before it.
    """
    first, *others = parts
    above = [part for part in others if not part.label and chosen.get(part.order)]
    below = [part for part in others if part.label]
    return [*above, first if above else replace(first, label=first_label), *below]


def most_useful_first(parts: Sequence[PagePart], chosen: Chosen) -> list[PagePart]:
    """Returns those of ``parts`` of which something is ``chosen``, in the order in which it was chosen; those behind one label
    stand together."""
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
    """Returns ``text`` behind the ``label`` of what it is about, in bold, unless it begins with that. A list or a table begins
    on a line of its own."""
    if not label or not text or plain(text).startswith(plain(label)):
        return text
    name = label.rstrip(" :")
    return f"**{name}**{'' if name.endswith('?') else ' :'}{APART if text.startswith(('- ', '|', '**')) else ' '}{text}"

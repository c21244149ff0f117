"""Makes mini cards: a page that may answer, as a choice with the sentences that would answer, its source and its date."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from actions.cases.case_resolution import BestOf, guide
from actions.cases.case_tree import Fork
from actions.replies.extract import Worth, extract
from actions.replies.page_extract import PagePart, arranged, behind, best_sentences, page_text
from actions.replies.page_opening import has_opening, opening_parts
from actions.replies.page_parts import PageQuestion, likely_parts, part_of
from actions.replies.piece_sets import closed, stub
from actions.replies.pieces import TABLE_RULE
from actions.replies.side_by_side import LABELS, SideBySide, side_by_side
from actions.replies.style import Style
from actions.replies.truncated_description import is_description, shown, stand_in
from actions.situation.matching import is_default
from core.entry import Entry, Passage, passages
from core.text.markdown import plain
from core.turns import Option, Source

SHORTEST = 20  # characters: "1 mois." says nothing without its heading
_DATE_CHARS = 17  # of " (au 12/05/2020)": an extract is shortened by this much at a time until it fits with its dates
_EMPTY_LINES = re.compile(r"\n\s*\n+")


def mini_card(option: Option, passage: int, snapshot: str, style: Style, asked: PageQuestion) -> Option:
    """Returns ``option``, the button of the page that is ``asked``, with an extract for the question: 20 to 280 characters, 140
    by SMS.

    ``passage`` is the one that was found. The extract is from the citizen's case as far as it is known, and not from a
    passage that does not hold for the citizen. Sentences of other parts are preferred if they answer better. If the case is
    open, the cases stand side by side if they fit; else the text for one case stands after its label. If the page says
    nothing in so few characters, the result is the plain button.
    """
    text, entry = _extract(passage, style, asked), asked.entry
    if len(text) < SHORTEST:
        return option
    return option.model_copy(
        update={
            "entry": entry.id,
            "entry_version": entry.version,
            "snapshot": snapshot,
            "extract": text,
            "source": Source(name=entry.source, url=entry.url_at(_headings(entry, passage))),
            "verified_on": entry.verified_on,
        }
    )


def _headings(entry: Entry, passage: int) -> tuple[str, ...]:
    found = passages(entry)
    return found[passage].headings if passage < len(found) else ()


def _extract(passage: int, style: Style, asked: PageQuestion) -> str:
    entry, worth, best_of = asked.entry, asked.worth, asked.best_of
    known = passages(entry)
    found = guide(entry, passage if passage < len(known) else 0, asked.case_of, best_of)
    place = stand_in(entry, passage if found.passage is None else found.passage)
    if fork := found.asked:
        beside = partial(side_by_side, entry, fork, passage, worth, case_of=asked.case_of)
        if text := _fitting(lambda room: _cases(beside(room)), entry, style):
            return text
        if not asked.holds(place) and (possible := [one.order for one in known if asked.holds(one.order)]):
            place = best_of(possible)
        place = _for_everyone(known, fork, place, best_of)
        if is_description(entry, place):  # it summarizes the page and answers nothing; a case with its label answers
            place = best_of([one.order for one in known if one.cases])
    here = known[place]
    case = LABELS.join(here.cases)
    text = ""
    if not style.pays_by_segment:  # within one SMS, one part says more than pieces of several (ADR 0059)
        parts = [part_of(entry, place), *likely_parts(asked, {here.headings}, {place})]
        text = _fitting(lambda room: _best(parts, worth, room, case), entry, style)
    elif has_opening(asked):
        opening = opening_parts(asked)
        text = _fitting(lambda room: page_text(opening, best_sentences(opening, worth, room)), entry, style)
    if not text:
        text = _fitting(lambda room: behind(case, extract(shown(entry, place), worth, room, strict=True).text), entry, style)
    if len(text) >= SHORTEST or not text:
        return text
    return _plain(behind(here.headings[-1] if here.headings else entry.title, text))


def _best(parts: Sequence[PagePart], worth: Worth, room: int, first_label: str) -> str:
    chosen = best_sentences(parts, worth, room)
    return page_text(arranged(parts, chosen, first_label), chosen)


def _for_everyone(known: Sequence[Passage], fork: Fork, place: int, best_of: BestOf) -> int:
    """Returns the passage to show although the case at ``fork`` is open.

    It is ``place``, unless that holds only for an exceptional inner case: then the best of those that hold for every case.
    """
    inner = known[place].cases[len(fork.cases) + 1 :]
    if all(map(is_default, inner)):
        return place
    common = [one.order for one in known if one.cases == fork.cases and (one.order or not one.cases)]
    return best_of(common) if common else place


def _cases(beside: SideBySide | None) -> str:
    return beside.body if beside else ""


def _rows_written_out(markdown: str) -> str:
    """Returns ``markdown`` with the rows of its table as lines: "Statut : salariée ; Durée : 16 semaines"."""
    lines = markdown.split("\n")
    head = next((at for at, line in enumerate(lines) if line.startswith("|")), None)
    if head is None or not TABLE_RULE.match("".join(lines[head + 1 : head + 2])):
        return markdown
    names = _cells(lines[head])
    told = [
        " ; ".join(f"{name} : {cell}" if name else cell for name, cell in zip(names, _cells(line), strict=False) if cell)
        if line.startswith("|")
        else line
        for line in lines[head + 2 :]
    ]
    return "\n".join([*lines[:head], *told])


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def _fitting(made: Callable[[int], str], entry: Entry, style: Style) -> str:
    """Returns the text of ``made``, for the space that dates and labels leave, as plain text that ends with a sentence."""
    most = style.limits.mini
    text = ""
    for room in range(most, most // 2, -_DATE_CHARS):
        text = _plain(_rows_written_out(style.dated(entry, made(room))))
        if len(text) < most:
            break
    if not text:
        return ""
    text = closed(text)
    return text if len(text) <= most else stub(text, most)


def _plain(markdown: str) -> str:
    """Returns ``markdown`` without marks and empty lines."""
    return _EMPTY_LINES.sub("\n", plain(markdown, links=False)).strip()

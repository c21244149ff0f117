"""Makes mini cards: a page that may answer, as a choice with the sentences that would answer, its source and its date."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from actions.replies.extract import Worth, extract
from actions.replies.page_extract import Chosen, after_label, best_sentences, most_useful_first, page_text
from actions.replies.page_question import PageQuestion, SplitPassage, briefly_labelled, candidate_passages
from actions.replies.piece_sets import closed, stub, visible_chars
from actions.replies.pieces import TABLE_RULE
from actions.replies.side_by_side import LABELS
from actions.replies.style import Style
from actions.replies.truncated_description import shown, stand_in
from core.entry import Entry, passages
from core.text.markdown import plain
from core.turns import Option, Source

_CLEAR_CHARS = 40  # of a text that is clear without its heading
_SHORTEST = 20  # characters: "1 mois." says nothing without its heading
_DATE_CHARS = 17  # of " (au 12/05/2020)": an extract is shortened by this much at a time until it fits with its dates
_EMPTY_LINES = re.compile(r"\n\s*\n+")


def mini_card(option: Option, passage: int, snapshot: str, style: Style, asked: PageQuestion) -> Option:
    """Returns ``option``, the button of the page that is ``asked``, with an extract for the question.

    ``passage`` is the one that was found. The extract holds the sentences of the page that answer best, each after its cases;
    none from a passage that does not hold for the citizen. If the page says nothing in so few characters (``Limits.mini``),
    the result is the plain button.
    """
    text, entry = _extract(passage, style, asked), asked.entry
    if len(text) < _SHORTEST:
        return option
    found = passages(entry)
    headings = found[passage].headings if passage < len(found) else ()
    return option.model_copy(
        update={
            "entry": entry.id,
            "entry_version": entry.version,
            "snapshot": snapshot,
            "extract": text,
            "source": Source(name=entry.source, url=entry.url_at(headings)),
            "verified_on": entry.verified_on,
        }
    )


def _extract(passage: int, style: Style, asked: PageQuestion) -> str:
    entry, limits, candidates, text = asked.entry, style.limits, candidate_passages(asked), ""
    for most, only_with_best in ((limits.mini, True), (limits.longest_mini, True), (limits.mini, False)):
        made = partial(_best, candidates, entry, asked.worth, only_with_best=only_with_best)
        if text := _fitting(made, entry, style, most):
            break
    if not text:
        orders = [one.order for one in candidates] or [stand_in(entry, 0)]
        place = passage if passage in orders else asked.best_of(orders)
        case = LABELS.join(passages(entry)[place].cases)
        whole = partial(extract, shown(entry, place), asked.worth, question=asked.text, strict=True)
        text = _fitting(lambda room: after_label(case, whole(max_chars=room).text), entry, style, limits.mini)
    return text if len(text) >= _SHORTEST or not text else _plain(after_label(entry.title, text))


def _best(candidates: Sequence[SplitPassage], entry: Entry, worth: Worth, room: int, *, only_with_best: bool) -> str:
    """Returns the best sentences behind their cases; behind their headings, too, where they are too short to be clear."""
    brief = briefly_labelled(entry, candidates)
    chosen = best_sentences(brief, worth, room, only_with_best=only_with_best)
    headed = {one.order: one for one in candidates}
    display = most_useful_first(brief, chosen)
    return page_text([headed[one.order] if _is_short(one, chosen) else one for one in display], chosen)


def _is_short(passage: SplitPassage, chosen: Chosen) -> bool:
    """Decides whether the ``chosen`` text of ``passage`` is too short to be clear without its heading."""
    return visible_chars(page_text([passage], chosen)) < _CLEAR_CHARS


def _rows_written_out(markdown: str) -> str:
    """Returns ``markdown`` with the rows of its table as lines: "Statut : salariée ; Durée : 16 semaines"."""
    lines = markdown.split("\n")
    head = next((at for at, line in enumerate(lines) if line.startswith("|")), None)
    if head is None or not TABLE_RULE.match("".join(lines[head + 1 : head + 2])):
        return markdown
    names, written = _cells(lines[head]), lines[:head]
    for line in lines[head + 2 :]:
        cells = [f"{name} : {cell}" if name else cell for name, cell in zip(names, _cells(line), strict=False) if cell]
        written.append(" ; ".join(cells) if line.startswith("|") else line)
    return "\n".join(written)


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def _fitting(made: Callable[[int], str], entry: Entry, style: Style, most: int) -> str:
    """Returns the plain text of ``made`` for the space that dates and labels leave within ``most`` characters."""
    text = ""
    for room in range(most, most // 2, -_DATE_CHARS):
        text = _plain(_rows_written_out(style.dated(entry, made(room))))
        if len(text) < most:
            break
    text = closed(text) if text else ""
    return text if len(text) <= most else stub(text, most)


def _plain(markdown: str) -> str:
    """Returns ``markdown`` without marks and empty lines."""
    return _EMPTY_LINES.sub("\n", plain(markdown, links=False)).strip()

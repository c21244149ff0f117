"""The opening of a page: the sentences that answer most of its readers, chosen by people (ADR 0063)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

from actions.replies.page_extract import Chosen, PagePart, best_sentences, most_useful_first, page_text
from actions.replies.page_parts import BETWEEN, PageQuestion, part_of
from actions.replies.style import Style
from core.entry import Entry, passages
from core.opening_sentences import may_hold_opening, opening_rank
from core.text.markdown import plain
from retrieval.passages.sentence_worth import opening_worth


def has_opening(asked: PageQuestion) -> bool:
    """Decides whether a reply begins with the page's opening: it exists, and no part clearly answers what is ``asked``."""
    return bool(asked.entry.opening) and not asked.is_clear


def page_opening(
    asked: PageQuestion, style: Style, seen: Collection[int] = (), *, without: int | None = None, above: str = ""
) -> str:
    """Returns the opening of the page, without sentences that repeat the text below it (``above``).

    The passages ``seen`` by the citizen are left out. Empty if the reply has no opening, or if the opening uses passage
    number ``without``.
    """
    if not has_opening(asked):
        return ""
    parts = opening_parts(asked, seen)
    chosen = _chosen(asked.entry, parts, style, above)
    return "" if without in chosen else style.dated(asked.entry, page_text(most_useful_first(parts, chosen), chosen))


def opening_parts(asked: PageQuestion, seen: Collection[int] = ()) -> list[PagePart]:
    """Returns the passages with sentences of the opening in reading order, each after its cases. Only those sentences may be
    chosen.

    The passages ``seen``, and those that do not hold for the citizen, are left out.
    """
    entry, found = asked.entry, []
    for passage in passages(entry):
        order = passage.order
        if order in seen or not may_hold_opening(entry, passage.markdown) or not asked.holds(order):
            continue
        part = part_of(entry, order)
        ranks = ((at, opening_rank(entry, plain(piece.text, links=False))) for at, piece in enumerate(part.pieces))
        among = {at: rank for at, rank in ranks if rank is not None}
        found.append(replace(part, label=BETWEEN.join(passage.cases), among=among))
    return found


def _chosen(entry: Entry, parts: Sequence[PagePart], style: Style, above: str) -> Chosen:
    """Returns the most useful sentences, whatever is asked. A long first sentence gets more room."""
    most_useful = partial(_by_rank, entry)
    chosen = best_sentences(parts, most_useful, style.limits.answer, below=above)
    first = min(((rank, part.order, at) for part in parts for at, rank in (part.among or {}).items()), default=None)
    if first is None or first[2] in chosen.get(first[1], ()):
        return chosen
    return best_sentences(parts, most_useful, style.limits.card, below=above)


def _by_rank(entry: Entry, sentences: Sequence[str]) -> list[float]:
    return [opening_worth(entry, sentence) for sentence in sentences]

"""Chooses the sentences of a part that answer a message. They are shown whole, together with their exceptions."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from actions.replies.fitting_items import distinguishing_relative, fitting_items
from actions.replies.piece_sets import (
    APART,
    STUB_CHARS,
    answering,
    closed,
    counted,
    exception_after,
    is_aside,
    left_out,
    needed,
    preferred,
    visible_chars,
    with_exception,
)
from actions.replies.pieces import Piece, joined, pieces_of, text_of
from retrieval.contracts import PageSentence

# How well each sentence answers the question (``Retriever.sentence_worth``).
type Worth = Callable[[Sequence[PageSentence]], Sequence[float]]

_DECIDED_CHARS = 600  # of a part that begins with "Oui" or "Non": half of it may say the opposite
_YES_OR_NO = re.compile(r"(?:\*\*)?(?:oui|non)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Extract:
    """An extract of a part."""

    text: str  # Markdown
    rest: str = ""  # the content left out, in the part's order
    pieces: tuple[int, ...] = ()  # the numbers of the shown pieces (``actions.replies.pieces``)

    @property
    def whole(self) -> bool:
        """Tells whether the whole part is shown."""
        return not self.rest


def extract(
    markdown: str,
    worth: Worth,
    max_chars: int,
    *,
    question: str = "",
    answer_chars: int = 0,
    whole_chars: int = 0,
    strict: bool = False,
) -> Extract:
    """Returns the content of ``markdown`` that answers best within ``max_chars`` visible characters (labels of links, no
    addresses).

    A first sentence that is too long is shown whole; with ``strict``, only if no other fits. An exception to the shown text
    ("Toutefois …") is shown with it, or its first words. A list keeps its lead-in and says how many of its items are shown;
    a table keeps its header. Items and rows for another amount, size, age or year than ``question`` states are left out.
    The beginning of the part is kept if the answer then still ends within ``answer_chars`` (by default ``max_chars``). A part
    of at most ``whole_chars`` is shown whole, with its links, and so is a short one that begins with "Oui" or "Non". Empty
    ``markdown`` gives an empty text.
    """
    pieces = pieces_of(markdown)
    found = answering(pieces)
    if not found:
        return Extract("", rest=markdown.strip())
    decides = _YES_OR_NO.match(pieces[found[0]].text) is not None
    if visible_chars(markdown) <= max(max_chars, whole_chars, _DECIDED_CHARS if decides and whole_chars else 0):
        shown = [piece for at, piece in enumerate(pieces) if whole_chars or not is_aside(pieces, at)]
        return Extract(closed(joined(shown)), pieces=tuple(range(len(pieces))))
    fit = fitting_items(pieces, question, distinguishing_relative([pieces], question))
    found = [at for at in preferred(pieces, found) if at not in fit.others] or found
    if strict and (short := [at for at in found if visible_chars(text_of(pieces, needed(pieces, at))) <= max_chars]):
        found = short
    chosen = needed(pieces, found[0] if decides else _best(pieces, found, worth))
    first = min(found[0], *chosen)
    from_start = {at for at in range(first, max(chosen) + 1) if not is_aside(pieces, at) and at not in fit.others} | chosen
    if visible_chars(closed(counted(pieces, from_start))) <= (answer_chars or max_chars):
        chosen = from_start
    return _filled(pieces, chosen, max_chars, fit.others)


def continued(markdown: str, shown: Collection[int], max_chars: int) -> Extract:
    """Returns the content that follows in ``markdown`` after the pieces ``shown``, within ``max_chars`` visible characters."""
    pieces = pieces_of(markdown)
    left = left_out(pieces, shown)
    chosen: list[int] = []
    for at in left:
        if not all(pieces[one].announces for one in chosen) and visible_chars(text_of(pieces, {*chosen, at})) > max_chars:
            break
        chosen.append(at)
    while len(chosen) > 1 and pieces[chosen[-1]].announces and chosen[-1] != left[-1]:
        chosen.pop()
    rest = text_of(pieces, left_out(pieces, {*shown, *chosen}))
    return Extract(text_of(pieces, chosen), rest=rest, pieces=tuple(sorted({*shown, *chosen})))


def _filled(pieces: Sequence[Piece], chosen: set[int], max_chars: int, unfit: Collection[int]) -> Extract:
    """Returns the extract of ``chosen``, with following pieces but the ``unfit`` as far as there is space, and with the next
    exception.
    """
    for at in range(max(chosen) + 1, len(pieces)):
        if is_aside(pieces, at) or at in unfit:
            continue
        wider = chosen | needed(pieces, at) | {at}
        room = 0 if exception_after(pieces, wider) is None else STUB_CHARS + len(APART)
        if visible_chars(closed(counted(pieces, wider))) + room > max_chars:
            break
        chosen = wider
    while len(chosen) > 1 and pieces[max(chosen)].announces:
        chosen = chosen - {max(chosen)}
    exception = exception_after(pieces, chosen)
    text = with_exception(pieces, chosen)
    if exception is not None:
        wider = chosen | needed(pieces, exception)
        if visible_chars(whole := closed(counted(pieces, wider))) <= max_chars:
            chosen, text = wider, whole
    rest = text_of(pieces, left_out(pieces, chosen))
    return Extract(text, rest=rest, pieces=tuple(sorted(chosen)))


def _best(pieces: Sequence[Piece], among: Sequence[int], worth: Worth) -> int:
    """Returns the number of the piece with the highest worth; the first of several with the same worth."""
    sentences = [PageSentence(pieces[at].plain, begins=at == among[0]) for at in among]
    return max(zip(worth(sentences), (-at for at in among), among, strict=True))[2]

"""Chooses the sentences of a page that answer a message, wherever they stand (ADR 0065). Pure functions."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from actions.replies.dated_amounts import without_dates
from actions.replies.extract import Worth
from actions.replies.page_question import BETWEEN, SplitPassage
from actions.replies.piece_sets import (
    APART,
    answering,
    exception_after,
    is_note,
    needed,
    short_lists,
    stands_alone,
    visible_chars,
    with_exception,
)
from actions.replies.pieces import Piece
from actions.replies.side_by_side import LABELS
from core.text.markdown import plain
from retrieval.contracts import PageSentence

MARGIN = 3.0  # log-odds behind the best sentence, at most: worse ones would add nothing but reading time
_SMS_MARGIN = 1.5  # the same by SMS, where there is space for one or two
ALIKE = " / "  # between the labels of passages that say the same
_FITS = 2.0  # log-odds: more for an item or row with the citizen's own age, quantity or year
_LESS_LIKELY = (
    2.0  # log-odds: less for a minor, a foreigner, another place or a circumstance of few people that nobody mentioned
)
_TRIED = 40  # sentences, best first: a limit to the work for one reply
# The numbers of the shown pieces, by the order of their passage; passages in the order in which they were chosen.
type Chosen = Mapping[int, frozenset[int]]


def best_sentences(
    passages: Sequence[SplitPassage],
    worth: Worth,
    max_chars: int,
    shown: Chosen | None = None,
    below: str = "",
    margin: float = MARGIN,
    *,
    with_list: int = 0,
    only_with_best: bool = False,
) -> Chosen:
    """Returns the content of ``passages`` to show within ``max_chars`` visible characters: what is ``shown`` already, and the
    most useful other sentences, each with the pieces that it needs and its exception.

    - ``below``: a text that stands after them, and has its own space. Nothing in it is repeated; if it has the best sentence,
    nothing is chosen.
    - ``margin``: sentences that are more log-odds than this behind the best are left out.
    - ``with_list``: the limit instead of ``max_chars`` if a short list is shown whole; 0: no list is shown whole for its own
    sake.
    - ``only_with_best``: nothing is chosen if the best sentence does not fit.

    A sentence that did not fit is not tried again in another case, even if that case has a shorter label.
    """
    selection = _Selection(passages, shown or {}, max_chars, with_list)
    text_below = without_dates(plain(below, links=False))
    shown_text = without_dates(plain(page_text(passages, selection.chosen), links=False)) + text_below
    too_long: set[str] = set()
    for passage, at, text, _ in _ranked(passages, worth, margin)[:_TRIED]:
        if not selection.chosen and text in text_below:
            break
        if text in shown_text or text in too_long or selection.has(passage, at):
            continue  # the same sentence is in several passages or cases
        if selection.add(passage, at):
            shown_text += plain(page_text([passage], selection.chosen), links=False)
        else:
            too_long.add(text)
            if only_with_best and not selection.chosen:
                break
    return selection.chosen


class _Selection:
    """The pieces chosen so far, within ``max_chars``, or ``with_list`` characters where a short list is whole."""

    def __init__(self, passages: Sequence[SplitPassage], chosen: Chosen, max_chars: int, with_list: int) -> None:
        self.chosen = dict(chosen)
        self._max_chars, self._with_list = max_chars, with_list
        # The length of a passage's text is measured only when it changes, not for each sentence that is tried.
        self._chars = {one.order: _chars(one, chosen[one.order]) for one in passages if chosen.get(one.order)}

    def has(self, passage: SplitPassage, at: int) -> bool:
        """Decides whether piece ``at`` is chosen."""
        return at in self.chosen.get(passage.order, ())

    def add(self, passage: SplitPassage, at: int) -> bool:
        """Adds piece ``at`` with as much of what belongs to it as fits. Returns whether it fits at all."""
        before = self.chosen.get(passage.order, frozenset())
        for pieces, has_lists in _with_context(passage.pieces, at, before, whole_lists=self._with_list > 0):
            chars = {**self._chars, passage.order: _chars(passage, pieces)}
            room = self._with_list if has_lists else self._max_chars
            if sum(chars.values()) + len(APART) * (len(chars) - 1) <= room:
                self.chosen[passage.order], self._chars = pieces, chars
                return True
        return False


def _with_context(
    pieces: Sequence[Piece], at: int, shown: frozenset[int], *, whole_lists: bool
) -> Iterator[tuple[frozenset[int], bool]]:
    """Yields sets of pieces to try, longest first: ``shown`` and piece ``at`` with what it needs.

    First with its short lists whole (with ``whole_lists``), then without, then with the essential pieces only; each of these
    with its exception, then without. The second value tells whether the set has short lists, all of them whole.
    """
    fully, essentials = (shown | needed(pieces, at, briefly=briefly) for briefly in (False, True))
    lists = short_lists(pieces, fully) if whole_lists else set[int]()
    for base in dict.fromkeys((fully | lists, fully, essentials)):
        exception = exception_after(pieces, base)
        for tried in ([base | needed(pieces, exception)] if exception is not None else []) + [base]:
            yield tried, bool(lists) and tried >= lists


def short_extract(passages: Sequence[SplitPassage], worth: Worth, max_chars: int, longest: int) -> Chosen:
    """Returns the content for one SMS, within ``max_chars``: the best sentence, and others that are nearly as good.

    If the best sentence does not fit, it may take up to ``longest`` characters; if it is longer still, others stand instead.
    """
    for only_with_best in (True, False):
        for room in (max_chars, longest):
            if chosen := best_sentences(passages, worth, room, margin=_SMS_MARGIN, only_with_best=only_with_best):
                return chosen
    return {}


def _chars(passage: SplitPassage, chosen: frozenset[int]) -> int:
    return visible_chars(after_label(passage.label, with_exception(passage.pieces, chosen)))


class _Sentence(NamedTuple):
    """Piece number ``at`` of ``passage``. ``text`` has no Markdown marks. ``begins``: no earlier piece may answer."""

    passage: SplitPassage
    at: int
    text: str
    begins: bool


def _ranked(passages: Sequence[SplitPassage], worth: Worth, margin: float) -> list[_Sentence]:
    """Returns the sentences that may be shown, best first: those within ``margin`` log-odds of the best."""
    sentences: list[_Sentence] = []
    for passage in passages:
        answers = answering(passage.pieces)
        sentences += [
            _Sentence(passage, at, passage.pieces[at].plain, at == answers[0]) for at in answers if at not in passage.fit.others
        ]
    values = worth([PageSentence(one.text, one.passage.order, begins=one.begins) for one in sentences]) if sentences else []
    rated = [
        (value + _FITS * (one.at in one.passage.fit.own) - _LESS_LIKELY * (one.at in one.passage.unlikely), one)
        for value, one in zip(values, sentences, strict=True)
    ]
    rated.sort(key=lambda pair: -pair[0])
    rated = [pair for pair in rated if stands_alone(pair[1].passage.pieces, pair[1].at)] or rated
    return [one for value, one in rated if value >= rated[0][0] - margin]


def page_text(passages: Sequence[SplitPassage], chosen: Chosen) -> str:
    """Returns the text of the ``chosen`` pieces, passage by passage in the order of ``passages``, each after its label.

    Labelled passages with the same text share it, after all their labels.
    """
    labels: dict[tuple[str, bool], list[str]] = {}
    for passage in passages:
        if chosen.get(passage.order):
            text = with_exception(passage.pieces, chosen[passage.order])
            labels.setdefault((text, bool(passage.label)), []).append(passage.label)
    return APART.join(after_label(ALIKE.join(dict.fromkeys(names)), text) for (text, _), names in labels.items())


def most_useful_first(passages: Sequence[SplitPassage], chosen: Chosen, leading: Collection[int] = ()) -> list[SplitPassage]:
    """Returns those of ``passages`` with ``chosen`` pieces, in the order in which these were chosen.

    First those with an order in ``leading``, then those without a label, which hold for everyone; among equals, notes on the
    rule come last. Parts with the same label stand together, and only the first of them keeps it.
    """
    by_order = {passage.order: passage for passage in passages}
    ordered = [by_order[order] for order, pieces in chosen.items() if pieces]
    notes = {passage.order for passage in ordered if is_note(passage.pieces[min(chosen[passage.order])].text)}
    ordered.sort(key=lambda passage: (passage.order not in leading, bool(passage.label), passage.order in notes))
    by_label: dict[str, list[SplitPassage]] = {}
    for passage in ordered:
        by_label.setdefault(passage.label, []).append(passage)
    return [replace(one, label="" if number else one.label) for same in by_label.values() for number, one in enumerate(same)]


def after_label(label: str, text: str) -> str:
    """Returns ``text`` after its bold ``label``, unless it begins with it. A list or a table begins on its own line."""
    if not label or not text or plain(text).startswith(plain(label)):
        return text
    name = label.rstrip(" :")
    return f"**{name}**{'' if name.endswith('?') else ' :'}{APART if text.startswith(('- ', '|', '**')) else ' '}{text}"


def is_labelled(markdown: str, case: str) -> bool:
    """Decides whether ``markdown`` has a text behind a label that ends with ``case``, alone or with others of the same text."""
    return any(f"{before}{case}{after}" in markdown for before in ("**", LABELS, BETWEEN, ALIKE) for after in ("** :", ALIKE))

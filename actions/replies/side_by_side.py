"""Shows the cases of a fork side by side, none chosen, each with its label and its first sentences. Pure functions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from actions.cases.case_resolution import CaseOf, ExcludedAt, may_hold
from actions.cases.case_tree import Fork, counterparts, passages_under
from actions.replies.extract import Extract, Worth, extract
from actions.replies.piece_sets import visible_chars
from actions.replies.pieces import joined, pieces_of
from actions.situation.matching import is_default
from core.entry import Entry, Passage, passages
from core.text.markdown import plain
from retrieval.terms.analysis import terms

_MOST_SHOWN = 4
_ALIKE = " / "  # between the labels of cases with the same text
LABELS = ", "  # between the labels of a case and an inner case; by SMS there is no arrow
_BUDGETS = (1, 60, 90, 120, 150, 200, 260, 400)  # characters per case; the first sentence is shown whole whatever the budget


class _Shown(NamedTuple):
    """A case on the card: the ``labels`` that lead to it from the fork on, and the passage shown for it."""

    labels: tuple[str, ...]
    passage: Passage


class SideBySide(NamedTuple):
    """Cases with a label before each."""

    body: str  # Markdown
    complete: bool  # no case and no sentence was left out
    headings: tuple[str, ...]
    alone: bool = False  # it is only one case
    rest: str = ""  # of the part of the case that stands alone


@dataclass(frozen=True)
class OpenFork:
    """A fork whose case is unknown, and what is known of the question.

    ``start``: the passage that was found for the question. ``case_of``: the known cases of the citizen, for inner forks.
    ``excluded_at``: the cases that are not theirs. ``question``: the citizen's words, for what their amounts, sizes, ages and
    years exclude.
    """

    entry: Entry
    fork: Fork
    start: int
    worth: Worth
    case_of: CaseOf = lambda _: None
    excluded_at: ExcludedAt = lambda _: ()
    question: str = ""

    def extract(self, markdown: str, max_chars: int, *, strict: bool = False) -> Extract:
        """Returns the extract of ``markdown`` for the question."""
        return extract(markdown, self.worth, max_chars, question=self.question, strict=strict)


def side_by_side(open_fork: OpenFork, max_chars: int) -> SideBySide | None:
    """Returns all cases of the fork within ``max_chars`` visible characters, each by its part of the passage found; first those
    whose labels the question has words of.

    Excluded cases are left out. A case with an inner fork is shown by its inner cases, or by the general one if these are too
    many. ``None`` if more than four cases remain, if one of them has no text, or if their first sentences do not fit.
    """
    fork = open_fork.fork
    shown, excluded = _cases(open_fork), open_fork.excluded_at(fork)
    if len(shown) > _MOST_SHOWN:
        shown = _general_ones(shown)
    possible = {label for number, label in enumerate(fork.labels) if number not in excluded}
    if {one.labels[0] for one in shown} != possible or len(shown) > _MOST_SHOWN:
        return None
    words = set(terms(open_fork.question))
    shown.sort(key=lambda one: -len(words & {*terms(one.labels[0])}))
    best: SideBySide | None = None
    for budget in _BUDGETS:
        found = _within(shown, partial(open_fork.extract, max_chars=budget), fork)
        if found is None or visible_chars(found.body) > max_chars:
            break
        best = found
        if found.complete:
            break
    return best


def first_cases(open_fork: OpenFork, max_chars: int, *, alone: Sequence[int] = ()) -> SideBySide | None:
    """Returns as many cases of the fork as fit into ``max_chars``, in the page's order.

    The case with the passage found is among them. If fewer than two fit, that case stands alone with its label, within the
    first of the lengths ``alone`` (characters) in which it fits; ``None`` if it fits in none.
    """
    every = _general_ones(_cases(open_fork))
    if not every:
        return None
    own = next((one for one in every if one.passage.order == open_fork.start), None)
    for count in range(min(_MOST_SHOWN, len(every) - 1), 1, -1):
        some = every[:count] if own is None or own in every[:count] else [*every[: count - 1], own]
        found = _within(some, partial(open_fork.extract, max_chars=_BUDGETS[0]), open_fork.fork)
        body = f"{found.body}\n\n… ({count} sur {len(every)})" if found else ""
        if found and visible_chars(body) <= max_chars:
            return found._replace(body=body, complete=False)
    labels, passage = own or every[0]
    label = f"**{LABELS.join(labels)}** : "
    for most in alone:
        lone = open_fork.extract(passage.markdown, most - len(label), strict=True)
        body = label + lone.text
        if lone.text and visible_chars(body) <= most:
            return SideBySide(body, complete=False, headings=passage.headings, alone=True, rest=lone.rest)
    return None


def _within(shown: Sequence[_Shown], shorten: Callable[[str], Extract], fork: Fork) -> SideBySide | None:
    """Returns each of ``shown`` with its text as ``shorten`` makes it. If all texts would be equal, the text stands once."""
    texts = [passage.markdown for _, passage in shown]
    extracts = [shorten(text) for text in texts]
    paragraphs: list[str] = []
    if len(shown) > 1 and len({one.text for one in extracts}) == 1:
        shared, rest = _shared_beginning(texts)
        if all(rest):
            extracts, paragraphs = [shorten(text) for text in rest], [shorten(shared).text]
        elif not any(rest):
            extracts = extracts[:1]
    if not all(one.text for one in extracts):
        return None
    names = [f"**{LABELS.join(labels)}**" for labels, _ in shown]
    if len(extracts) < len(names):
        names = [_ALIKE.join(names)]
    for name, one in zip(names, extracts, strict=True):
        is_block = one.text.startswith(("- ", "* ", "1. ", "|"))  # a list or a table needs its own line
        paragraphs.append(f"{name}\n\n{one.text}" if is_block else f"{name} : {one.text}")
    headings = {passage.headings for _, passage in shown}
    body = "\n\n".join(text for text in paragraphs if text)
    return SideBySide(body, all(one.whole for one in extracts), headings.pop() if len(headings) == 1 else fork.headings)


def _shared_beginning(texts: Sequence[str]) -> tuple[str, list[str]]:
    """Returns the sentences with which all ``texts`` begin, and what follows them in each."""
    pieces = [pieces_of(text) for text in texts]
    count = 0
    for same in zip(*pieces, strict=False):
        if len({one.text for one in same}) > 1 or same[0].announces:
            break
        count += 1
    return joined(pieces[0][:count]), [joined(one[count:]) for one in pieces]


def _cases(open_fork: OpenFork) -> list[_Shown]:
    """Returns the cases of the fork that are not excluded, each by its own text, or by the inner cases that this introduces.

    Of inner cases that ``case_of`` decides, only the citizen's.
    """
    entry, fork, case_of, excluded_at = open_fork.entry, open_fork.fork, open_fork.case_of, open_fork.excluded_at
    known, depth, excluded = passages(entry), len(fork.cases) + 1, excluded_at(fork)
    shown: list[_Shown] = []
    for number, label in enumerate(fork.labels):
        if number in excluded:
            continue
        orders = counterparts(entry, open_fork.start, passages_under(entry, (*fork.address, number)))
        part = [known[order] for order in orders if known[order].headings == known[orders[0]].headings]
        own = [passage for passage in part if len(passage.cases) == depth]
        deeper = [passage for passage in part if len(passage.cases) > depth]
        if own and (not deeper or not _leads_up(own[0], deeper[0])):
            shown.append(_Shown((label,), own[0]))
            continue
        inner: dict[tuple[str, ...], Passage] = {}
        for passage in deeper:
            if may_hold(entry, passage.order, case_of, excluded_at, depth):
                inner.setdefault(passage.cases[depth - 1 :], passage)
        shown += [_Shown(labels, passage) for labels, passage in inner.items()]
    return shown


def _leads_up(own: Passage, inner: Passage) -> bool:
    """Decides whether the text ``own`` only says that the answer depends on a case."""
    text = plain(own.markdown, links=False)
    says = ("dépend", "varie", "diffèrent", "différent", "selon", "fonction de", "suivant", "en fonction")
    return inner.order > own.order and (text.rstrip().endswith(":") or any(word in text.lower() for word in says))


def _general_ones(shown: Sequence[_Shown]) -> list[_Shown]:
    """Returns ``shown``; of cases in the same outer case only the general one, if there is one."""
    kept: list[_Shown] = []
    for outer in dict.fromkeys(one.labels[:-1] for one in shown):
        inner = [one for one in shown if one.labels[:-1] == outer]
        general = [one for one in inner if is_default(one.labels[-1])] if outer else []
        kept += general[:1] or inner
    return kept

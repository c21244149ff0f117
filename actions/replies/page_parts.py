"""A question about one page, and the parts of the page that a reply may use: the likeliest ones that hold for the citizen."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

from actions.cases.case_resolution import BestOf, CaseOf, guide
from actions.cases.case_tree import Fork, Step, steps_to
from actions.cases.dialogue_state import Focus, UserFacts
from actions.cases.known_case import excluded_cases
from actions.replies.extract import Worth
from actions.replies.navigation_pages import says_nothing
from actions.replies.page_extract import PagePart
from actions.replies.pieces import pieces_of
from actions.replies.truncated_description import shown, stand_in
from actions.situation.matching import is_abroad, is_default
from core.entry import Entry, located_passages, passages
from core.opening_sentences import may_hold_opening
from retrieval.contracts import Retriever

# The numbers of the cases at a fork that are not the citizen's.
type ExcludedAt = Callable[[Fork], Collection[int]]
_PARTS = 6  # parts examined in addition to the introduction
_UNLIKELY = -6.0  # log-odds of an introduction that the search does not rank
BETWEEN = " › "
# From this likelihood on a part clearly answers. Below it the page's opening stands before it, and more of the other parts are
# offered (ADR 0054).
CLEAR = 0.8


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """A question about ``entry``, and the facts about the citizen who asks.

    ``worth`` rates sentences for the question, ``odds`` are the log-odds of each part (``Retriever.part_odds``). ``case_of``
    returns the citizen's case at a fork, ``best_of`` the best of some passages, ``holds`` whether a passage holds for the
    citizen (``holding``).
    """

    entry: Entry
    worth: Worth
    odds: Mapping[int, float]
    case_of: CaseOf
    best_of: BestOf
    holds: Callable[[int], bool]

    @property
    def is_clear(self) -> bool:
        """Decides whether one part clearly answers."""
        return not self.odds or 1 / sum(map(math.exp, self.odds.values())) >= CLEAR


def page_question(
    retriever: Retriever, entry: Entry, focus: Focus, user: UserFacts, case_of: CaseOf, best_of: BestOf
) -> PageQuestion:
    """Returns the question of ``focus`` about ``entry``."""
    excluded_at = partial(excluded_cases, focus=focus, user=user)
    return PageQuestion(
        entry,
        partial(retriever.sentence_worth, entry, focus.query),
        retriever.part_odds(entry, focus.query),
        case_of,
        best_of,
        holding(entry, case_of, best_of, excluded_at),
    )


def nothing_excluded(_fork: Fork) -> Collection[int]:
    """Returns the excluded cases of a citizen who said nothing about themselves: none."""
    return ()


def part_of(entry: Entry, order: int, odds: float = 0.0) -> PagePart:
    """Returns the part of ``entry`` that contains passage number ``order``, with that passage alone.

    Its label is its heading and its cases.
    """
    passage = passages(entry)[order]
    return PagePart(order, pieces_of(shown(entry, order)), BETWEEN.join((*passage.headings[-1:], *passage.cases)), odds)


def likely_parts(question: PageQuestion, without: Collection[tuple[str, ...]], seen: Collection[int] = ()) -> list[PagePart]:
    """Returns the introduction, the likeliest parts of the page and those with a sentence that opens it, in reading order.

    Left out are other parts under the headings ``without``, the passages ``seen``, passages that do not hold for the
    citizen, and definitions of words.
    """
    entry, odds = question.entry, question.odds
    known = passages(entry)
    introduction = stand_in(entry, 0)

    def says(order: int) -> bool:
        passage = known[order]
        if passage.defines or (passage.headings in without and order != introduction):
            return False
        return not says_nothing(entry, order) and question.holds(order)

    likeliest = sorted(odds, key=lambda order: -odds[order])[:_PARTS]
    opening = [one.order for one in known if may_hold_opening(entry, one.markdown)]
    found = sorted({stand_in(entry, order) for order in (0, *likeliest, *opening)}.difference(seen))
    of_part = {known[order].headings: odd for order, odd in odds.items()}
    return [part_of(entry, order, of_part.get(known[order].headings, _UNLIKELY)) for order in found if says(order)]


def holding(
    entry: Entry, case_of: CaseOf, best_of: BestOf, excluded_at: ExcludedAt = nothing_excluded
) -> Callable[[int], bool]:
    """Returns a function that decides whether a passage of ``entry`` holds for the citizen, whose cases ``case_of`` returns.

    If a case is open, its text may be shown after its label, unless it is among those ``excluded_at`` the fork, or is for
    people abroad next to a case for others. An inner case may be shown only if it is the one of most people.
    """

    def holds(order: int) -> bool:
        found = guide(entry, order, case_of, best_of)
        if found.asked is None:
            return found.passage == order
        steps = steps_to(entry, located_passages(entry)[order][1])
        if any(step.case in excluded_at(step.fork) or _is_only_abroad(step) for step in steps if case_of(step.fork) is None):
            return False
        return all(map(is_default, passages(entry)[order].cases[len(found.asked.cases) + 1 :]))

    return holds


def _is_only_abroad(step: Step) -> bool:
    labels = step.fork.labels
    return is_abroad(labels[step.case]) and not all(map(is_abroad, labels))

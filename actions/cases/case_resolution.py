"""From the passage that was found to what may be shown: the part that applies, or the one question that decides it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from actions.cases.case_tree import Fork, counterparts, fork_after, passages_under, steps_to
from core.entry import Address, Entry, located_passages, passages

# The number of the case that applies at a fork, or ``None`` where the citizen must be asked.
type CaseOf = Callable[[Fork], int | None]
# Of some passages (their orders), the one that answers best.
type BestOf = Callable[[Sequence[int]], int]


class Guidance(NamedTuple):
    """What to do. ``passage`` is the order of the one to show, or ``None`` where ``asked`` must be answered first.

    ``taken`` are the forks that were decided without asking now: address → case. ``alike`` is the outermost fork whose cases
    all say the same there: it is passed without being decided.
    """

    passage: int | None
    asked: Fork | None
    taken: dict[Address, int]
    alike: Fork | None = None


def guide(entry: Entry, start: int, case_of: CaseOf, best_of: BestOf) -> Guidance:
    """Leads from passage ``start`` to where the citizen's own case is answered.

    A fork on the way that ``case_of`` does not decide is asked. Where another case applies than the one in which ``start``
    stands, the search goes on in that one, in the same part of the page where it has one. A text that leads up to a fork
    ("It depends on your age:") is shown with the question, or passed over if the case is known. Each round decides one more
    fork, so that it ends.
    """
    located = located_passages(entry)
    passage, taken = start, dict[Address, int]()
    while True:
        address = located[passage][1]
        aside: Address | None = None
        steps = steps_to(entry, address)
        for depth, (fork, number) in enumerate(steps):
            case = taken[fork.address] if fork.address in taken else case_of(fork)
            # Forks further in must be idle too: their cases may differ where the outer ones agree.
            if case is None and all(_same_in_all(entry, step.fork, located[passage][0].markdown) for step in steps[depth:]):
                return Guidance(passage, None, taken, fork)
            if case is None:
                return Guidance(None, fork, taken)
            taken[fork.address] = case
            if case != number:
                aside = (*fork.address, case)
                break
        crossed = aside is not None
        if aside is None:
            following = fork_after(entry, address)
            if following is None or following.address in taken:
                return Guidance(passage, None, taken)
            case = case_of(following)
            if case is None:
                return Guidance(passage, following, taken)
            taken[following.address] = case
            aside = (*following.address, case)
        inside = passages_under(entry, aside)
        if not inside:  # the source leaves this case blank: what leads up to it is all there is
            return Guidance(_lead(entry, aside), None, taken)
        passage = best_of(counterparts(entry, passage, inside) if crossed else inside)


def _same_in_all(entry: Entry, fork: Fork, markdown: str) -> bool:
    """Decides whether each case of ``fork`` holds this very text: then there is nothing to ask."""
    found = passages(entry)
    return all(
        any(found[order].markdown == markdown for order in passages_under(entry, (*fork.address, number)))
        for number in range(len(fork.options))
    )


def _lead(entry: Entry, address: Address) -> int:
    """Returns the last passage that stands before ``address``, or the first of all."""
    return max((passage.order for passage, place in located_passages(entry) if place < address), default=0)

"""Resolves a found passage to what may be shown: the part that applies, or the question that decides it."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from actions.cases.case_tree import Fork, counterparts, fork_after, passages_under, steps_to
from core.entry import Address, Entry, located_passages, passages

# Returns the number of the case that applies at a fork, or ``None`` if the citizen must be asked.
type CaseOf = Callable[[Fork], int | None]
# Returns the numbers of the cases of a fork that are not the citizen's.
type ExcludedAt = Callable[[Fork], Collection[int]]
# Returns, of some passages (their orders), the one that answers best.
type BestOf = Callable[[Sequence[int]], int]


class Guidance(NamedTuple):
    """Where a passage leads."""

    passage: int | None  # the one to show; ``None`` if ``asked`` must be answered first
    asked: Fork | None
    taken: dict[Address, int]  # the cases decided now without a question, by the addresses of their forks
    alike: Fork | None = None  # the outermost fork whose cases all have the same text; it is passed without a decision


def once_for_each[T](of: Callable[[Fork], T]) -> Callable[[Fork], T]:
    """Returns ``of``, asked only once for each fork of one page."""
    known: dict[Address, T] = {}

    def remembered(fork: Fork) -> T:
        if fork.address not in known:
            known[fork.address] = of(fork)
        return known[fork.address]

    return remembered


def guide(entry: Entry, start: int, case_of: CaseOf, best_of: BestOf) -> Guidance:
    """Finds the way from passage ``start`` to the answer for the citizen's own case.

    A fork on the way that ``case_of`` does not decide is asked. If another case applies than the one that contains
    ``start``, the search continues in that case, in the same part of the page if it exists there. A text that introduces a
    fork ("It depends on your age:") is shown with the question, or skipped if the case is known. Each round decides one more
    fork, so the loop ends.
    """
    located = located_passages(entry)
    passage, taken = start, dict[Address, int]()
    while True:
        address = located[passage][1]
        steps = steps_to(entry, address)
        inside: Sequence[int] | None = None  # the passages of the citizen's case, where the search continues
        for depth, (fork, number) in enumerate(steps):
            case = taken[fork.address] if fork.address in taken else case_of(fork)
            # Inner forks must make no difference either: their cases may differ where the outer ones agree.
            if case is None and all(_same_in_all(entry, step.fork, located[passage][0].markdown) for step in steps[depth:]):
                return Guidance(passage, None, taken, fork)
            if case is None:
                return Guidance(None, fork, taken)
            taken[fork.address] = case
            if case != number:
                way = (*fork.address, case)
                inside = counterparts(entry, passage, passages_under(entry, way))
                break
        if inside is None:
            following = fork_after(entry, address)
            if following is None or following.address in taken:
                return Guidance(passage, None, taken)
            case = case_of(following)
            if case is None:
                return Guidance(passage, following, taken)
            taken[following.address] = case
            way = (*following.address, case)
            inside = passages_under(entry, way)
        if not inside:  # the source has no text for this case: only the last text before it remains
            before = [passage.order for passage, place in located if place < way]
            return Guidance(before[-1] if before else 0, None, taken)
        passage = best_of(inside)


def may_hold(entry: Entry, order: int, case_of: CaseOf, excluded_at: ExcludedAt, depth: int = 0) -> bool:
    """Decides whether passage ``order`` of ``entry`` may be for the citizen: no case on the way is known not to be theirs.

    ``depth``: the number of outer forks that are not looked at.
    """
    steps = steps_to(entry, located_passages(entry)[order][1])[depth:]
    return all(case_of(step.fork) in (None, step.case) and step.case not in excluded_at(step.fork) for step in steps)


def _same_in_all(entry: Entry, fork: Fork, markdown: str) -> bool:
    """Decides whether each case of ``fork`` contains exactly this text: then no question is needed."""
    found = passages(entry)
    return all(
        any(found[order].markdown == markdown for order in passages_under(entry, (*fork.address, number)))
        for number in range(len(fork.options))
    )

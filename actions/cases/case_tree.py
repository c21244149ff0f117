"""Navigates the cases of an entry, by addresses (``core.entry.Address``)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from core.entry import Address, Block, Case, Cases, Chapter, Entry, SameEntry, located_passages, passages


class Fork(NamedTuple):
    """The question which case is the citizen's. ``headings`` and ``cases`` lead to it, ``labels`` name its ``options``."""

    address: Address
    headings: tuple[str, ...]
    cases: tuple[str, ...]
    question: str
    options: tuple[Case, ...]
    labels: tuple[str, ...]


class Step(NamedTuple):
    """A fork on the way to a place, and the case that leads to the place."""

    fork: Fork
    case: int


def steps_to(entry: Entry, address: Address) -> tuple[Step, ...]:
    """Returns the forks on the way to ``address``, outermost first. Raises ``LookupError`` if a case on it does not exist."""
    known = _forks(SameEntry(entry))
    steps = [Step(known[address[:end]], address[end]) for end in range(len(address)) if address[:end] in known]
    if any(case >= len(fork.options) for fork, case in steps):
        raise LookupError("there is no case at this address")
    return tuple(steps)


def fork_at(entry: Entry, address: Address) -> Fork:
    """Returns the fork at ``address``. Raises ``LookupError`` if there is none."""
    return _forks(SameEntry(entry))[address]


def fork_after(entry: Entry, address: Address) -> Fork | None:
    """Returns the first fork after the text at ``address`` in the same body; for the introduction (``()``), of the entry."""
    after = [
        at for at in _forks(SameEntry(entry)) if len(at) == max(1, len(address)) and at[:-1] == address[:-1] and at > address
    ]
    return fork_at(entry, after[0]) if after else None


def forks(entry: Entry) -> Iterable[Fork]:
    """Returns all forks, in reading order."""
    return _forks(SameEntry(entry)).values()


@lru_cache(maxsize=64)
def _forks(same: SameEntry) -> Mapping[Address, Fork]:
    """Returns the forks by address, in reading order; cached for the entries of recent turns."""

    def within(body: tuple[Block, ...], address: Address, headings: tuple[str, ...], cases: tuple[str, ...]) -> Iterator[Fork]:
        for index, block in enumerate(body):
            here = (*address, index)
            if isinstance(block, Chapter):
                yield from within(block.body, here, (*headings, block.heading), cases)
            elif isinstance(block, Cases):
                labels = tuple(case.label for case in block.cases)
                yield Fork(here, headings, cases, block.question, block.cases, labels)
                for number, case in enumerate(block.cases):
                    yield from within(case.body, (*here, number), headings, (*cases, case.label))

    return {fork.address: fork for fork in within(same.entry.body, (), (), ())}


def passages_under(entry: Entry, address: Address) -> list[int]:
    """Returns the orders of the passages at ``address`` or below it."""
    return [passage.order for passage, place in located_passages(entry) if place and place[: len(address)] == address]


def counterparts(entry: Entry, order: int, orders: Sequence[int]) -> Sequence[int]:
    """Returns those of ``orders`` that are the same part of the page as passage ``order``, for another citizen.

    These are the passages with the longest common beginning of the heading path; among them, those with the same last
    heading. All of ``orders`` are returned if none has a common heading, or if the passage is under no heading.
    """
    found = passages(entry)
    own = found[order].headings

    def alike(other: int) -> tuple[int, bool]:
        path = found[other].headings
        common = takewhile(lambda pair: pair[0] == pair[1], zip(own, path, strict=False))
        return len(list(common)), bool(own) and path[-1:] == own[-1:]

    most = max(map(alike, orders), default=(0, False))
    return [other for other in orders if alike(other) == most] if any(most) else orders


def written(address: Address) -> str:
    """Returns ``address`` in the form used in buttons: ``0.1.2``."""
    return ".".join(map(str, address))


def read(address: str) -> Address:
    """Returns the address written by ``written``. Raises ``LookupError`` for anything else."""
    parts = address.split(".") if address else []
    if not all(part.isdecimal() and len(part) <= len("9999") for part in parts):
        raise LookupError("this is no address")
    return tuple(map(int, parts))

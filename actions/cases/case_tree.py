"""Navigates the cases of an entry, by addresses (``core.entry.Address``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from core.entry import Address, Block, Case, Cases, Chapter, Entry, located_passages, passages


class Fork(NamedTuple):
    """A question to the citizen: which of these cases is yours? ``headings`` and ``cases`` are the path to it."""

    address: Address
    headings: tuple[str, ...]
    cases: tuple[str, ...]
    question: str
    options: tuple[Case, ...]

    @property
    def labels(self) -> list[str]:
        return [case.label for case in self.options]


class Step(NamedTuple):
    """A fork on the way to a place, and the case that leads to the place."""

    fork: Fork
    case: int


def steps_to(entry: Entry, address: Address) -> tuple[Step, ...]:
    """Returns the forks on the way to ``address``, outermost first. Raises ``LookupError`` if it does not exist."""
    return tuple(_descend(entry, address)[0])


def fork_at(entry: Entry, address: Address) -> Fork:
    """Returns the fork at ``address``. Raises ``LookupError`` if there is none."""
    _, headings, labels, block = _descend(entry, address)
    if not isinstance(block, Cases):
        raise LookupError("there is no fork at this address")
    return Fork(address, headings, labels, block.question, block.cases)


def fork_after(entry: Entry, address: Address) -> Fork | None:
    """Returns the first fork after the text at ``address``, in the same body; for the introduction (``()``), in the entry's
    body.
    """
    siblings: Sequence[Block] = entry.body
    first = 0
    if address:
        siblings, first = _body_around(entry, address), address[-1] + 1
    for index in range(first, len(siblings)):
        if isinstance(siblings[index], Cases):
            return fork_at(entry, (*address[:-1], index))
    return None


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


def forks(entry: Entry) -> Iterator[Fork]:
    """Yields all forks, in reading order."""

    def within(body: tuple[Block, ...], address: Address) -> Iterator[Fork]:
        for index, block in enumerate(body):
            here = (*address, index)
            if isinstance(block, Chapter):
                yield from within(block.body, here)
            elif isinstance(block, Cases):
                yield fork_at(entry, here)
                for number, case in enumerate(block.cases):
                    yield from within(case.body, (*here, number))

    return within(entry.body, ())


def _descend(entry: Entry, address: Address) -> tuple[list[Step], tuple[str, ...], tuple[str, ...], Block | Case | None]:
    steps: list[Step] = []
    headings: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    here: Block | Case | None = None
    for depth, index in enumerate(address):
        if isinstance(here, Cases):
            fork = Fork(address[:depth], headings, labels, here.question, here.cases)
            here = here.cases[index]
            steps.append(Step(fork, index))
            labels = (*labels, here.label)
            continue
        body = entry.body if here is None else getattr(here, "body", ())
        here = body[index]
        if isinstance(here, Chapter):
            headings = (*headings, here.heading)
    return steps, headings, labels, here


def _body_around(entry: Entry, address: Address) -> tuple[Block, ...]:
    here = _descend(entry, address[:-1])[3]
    body: tuple[Block, ...] = entry.body if here is None else getattr(here, "body", ())
    return body


def written(address: Address) -> str:
    """Returns ``address`` in the form used in buttons: ``0.1.2``."""
    return ".".join(map(str, address))


def read(address: str) -> Address:
    """Returns the address written by ``written``. Raises ``LookupError`` for anything else."""
    parts = address.split(".") if address else []
    if not all(part.isdecimal() and len(part) <= len("9999") for part in parts):
        raise LookupError("this is no address")
    return tuple(map(int, parts))

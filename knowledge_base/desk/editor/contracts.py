"""The types that this part needs from the composition root, since ``knowledge_base`` imports neither channels nor actions."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.entry import Entry


@dataclass(frozen=True, slots=True)
class Walk:
    """A citizen's position in an entry: ``start`` is the order of the passage that a question finds; ``chosen`` are the cases
    chosen since, by address (``0.1.2``); ``whole`` is the fork at which the citizen did not know; ``page`` is the first case
    offered.
    """

    start: int = 0
    chosen: tuple[str, ...] = ()
    whole: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as citizens get it. ``blocks`` are the reply's blocks as the widget gets them; the payload of a button is its
    effect on the walk (``case 0.1.2``, ``fork 0.1``, ``page 8``, ``back``). ``sms`` are the texts that SUITE brings, in order,
    with the ``segments`` and ``euros`` of the first and of all. ``starts`` are the places where a walk can begin (order,
    headings).
    """

    blocks: list[dict[str, Any]]
    starts: list[tuple[int, tuple[str, ...]]]
    sms: list[str]
    segments: int
    all_segments: int
    euros: float
    all_euros: float
    gsm7: bool


@dataclass(frozen=True, slots=True)
class Use:
    """How often an entry was shown to citizens lately (``asked``), and how often they said that it was not useful."""

    asked: int = 0
    disliked: int = 0


Uses = Callable[[], Awaitable[Mapping[str, Use]]]  # by the entry's id
Preview = Callable[[Entry, Walk], Shown | None]  # None: the entry has no text yet
Near = Callable[[str], Awaitable[list[tuple[str, str, str]]]]  # query → (collection, id, title), nearest first; [] if unsure

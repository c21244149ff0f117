"""What this part needs from the composition root, since ``knowledge_base`` imports neither channels nor actions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from core.entry import Entry


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a citizen is in an entry: ``start`` is the passage (its order) that a question finds; ``chosen`` are the cases
    taken since, by address (``0.1.2``); ``whole`` the fork at which they did not know; ``page`` the first case offered."""

    start: int = 0
    chosen: tuple[str, ...] = ()
    whole: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as citizens get it. ``blocks``: the reply's blocks as the widget gets them, the payload of a button being what
    it does to the walk (``case 0.1.2``, ``fork 0.1``, ``page 8``, ``back``); ``sms``: the texts, in order, that SUITE brings;
    ``segments`` and ``euros`` of the first and of all. ``starts``: where a walk can begin (order, headings)."""

    blocks: list[dict[str, Any]]
    starts: list[tuple[int, tuple[str, ...]]]
    sms: list[str]
    segments: int
    all_segments: int
    euros: float
    all_euros: float
    gsm7: bool


Preview = Callable[[Entry, Walk], Shown | None]  # None: the entry has no text yet
Near = Callable[[str], Awaitable[list[tuple[str, str, str]]]]  # query → (collection, id, title), nearest first; [] where unsure

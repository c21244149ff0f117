"""What this part needs from the composition root, since ``knowledge_base`` imports neither channels nor actions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from core.entry import Entry


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as citizens get it. ``blocks``: the reply's blocks as the widget gets them; ``sms``: the texts, in order, that
    SUITE brings; ``segments`` and ``euros`` of the first and of all."""

    blocks: list[dict[str, Any]]
    sms: list[str]
    segments: int
    all_segments: int
    euros: float
    all_euros: float
    gsm7: bool


Preview = Callable[[Entry], Shown | None]  # None: the entry has no text yet
Near = Callable[[str], Awaitable[list[tuple[str, str, str]]]]  # query → (collection, id, title), nearest first; [] where unsure

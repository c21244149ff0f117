"""What a fault is."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from tools.bench.load import Load


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong. ``happen`` makes it so under a load, and returns when it is over and mended.

    It raises ``Refusal`` where this installation cannot have it. ``moves_clock``: what the record says of times means nothing.
    """

    name: str
    happen: Callable[[Load], Coroutine[Any, Any, object]]
    moves_clock: bool = False

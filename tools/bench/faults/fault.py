"""What a fault is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tools.bench.load import Load


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong. ``happen`` makes it so under a load, and returns when it is over and mended."""

    name: str
    happen: Callable[[Load], Awaitable[object]]

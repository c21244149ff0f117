"""The type of a fault."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from tools.bench.load import Load


@dataclass(frozen=True)
class Fault:
    """A fault. ``happen`` causes it during a load, and returns when it is over and repaired.

    ``happen`` raises ``Refusal`` if the fault is impossible in this installation. ``moves_clock``: the times in the database
    are meaningless.
    """

    name: str
    happen: Callable[[Load], Coroutine[Any, Any, object]]
    moves_clock: bool = False

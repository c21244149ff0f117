"""The progress of long work."""

from __future__ import annotations

from collections.abc import Callable

type Progress = Callable[[int, int], None]  # done, total

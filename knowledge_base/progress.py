"""The progress of long work."""

from collections.abc import Callable

type Progress = Callable[[int, int], None]  # done, total

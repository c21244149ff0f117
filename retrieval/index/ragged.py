"""Rows of unequal length in one array, for example the vectors of each entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Ragged:
    """Group ``i`` is ``values[bounds[i]:bounds[i + 1]]``; ``values`` may have further dimensions."""

    values: NDArray[Any]
    bounds: NDArray[np.int64]

    @classmethod
    def of(cls, groups: Iterable[Sequence[Any]], dtype: Any) -> Ragged:
        listed = list(groups)
        bounds = np.zeros(len(listed) + 1, np.int64)
        np.cumsum([len(group) for group in listed], out=bounds[1:])
        return cls(np.asarray([value for group in listed for value in group], dtype), bounds)

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def __getitem__(self, number: int) -> NDArray[Any]:
        return self.values[self.bounds[number] : self.bounds[number + 1]]

    @property
    def lengths(self) -> NDArray[np.int64]:
        return np.asarray(np.diff(self.bounds), np.int64)

    def owners(self) -> NDArray[np.int64]:
        """Returns the group number of each value."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.lengths)

    def rows(self, order: NDArray[np.int64]) -> NDArray[np.int64]:
        """Returns the positions of the values of the groups ``order``, one group after the other."""
        lengths = self.lengths[order]
        ends = np.cumsum(lengths)
        steps = np.arange(int(ends[-1]) if len(ends) else 0, dtype=np.int64)
        return np.asarray(steps + np.repeat(self.bounds[order] - (ends - lengths), lengths), np.int64)

    def take(self, order: NDArray[np.int64]) -> Ragged:
        """Returns the groups ``order``, in that order."""
        bounds = np.zeros(len(order) + 1, np.int64)
        np.cumsum(self.lengths[order], out=bounds[1:])
        return Ragged(self.values[self.rows(order)], bounds)

    def and_then(self, other: Ragged) -> Ragged:
        """Returns the groups of both."""
        return Ragged(
            np.concatenate([self.values, other.values]), np.concatenate([self.bounds, self.bounds[-1] + other.bounds[1:]])
        )

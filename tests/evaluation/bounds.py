"""How far a figure may fall before it is a loss and not noise: two standard errors of the committed figure."""

from __future__ import annotations

from math import sqrt


def floor(share: float, n: int) -> float:
    """The committed ``share`` of ``n`` questions, less two standard errors."""
    return share - 2 * sqrt(share * (1 - share) / n)


def ceiling(share: float, n: int) -> float:
    """For shares that should be low."""
    return share + 2 * sqrt(share * (1 - share) / n)

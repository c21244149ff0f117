"""Agreement of two people beyond chance. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of ``pairs`` judged twice, the ``share`` judged alike, and Cohen's ``kappa``; ``None`` if chance explains everything."""

    pairs: int
    share: float | None
    kappa: float | None


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Returns the agreement of two judges over ``pairs`` (Cohen, Educational and Psychological Measurement, 1960)."""
    if not pairs:
        return Agreement(0, None, None)
    number = len(pairs)
    share = sum(one == other for one, other in pairs) / number
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = sum(first[verdict] * second[verdict] for verdict in first) / number**2
    return Agreement(number, share, None if chance == 1 else (share - chance) / (1 - chance))

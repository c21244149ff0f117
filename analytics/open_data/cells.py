"""The cells of the release and their sums."""

from collections.abc import Iterable
from typing import NamedTuple

from analytics.open_data.suppression import Equation

NO_THEME = "none"


class Cell(NamedTuple):
    """One figure: a ``measure`` ("contacts", "opinions", "first_answers"), for a value of up to two dimensions; empty: all."""

    measure: str
    channel: str = ""
    result: str = ""
    theme: str = ""
    language: str = ""
    hour: str = ""
    opinion: str = ""
    reception: str = ""


def parts(whole: Cell, dimension: str, values: Iterable[str]) -> Equation[Cell]:
    """Returns the equation that ``whole`` is the sum of its cells for each of ``values`` of one dimension."""
    return Equation(whole, tuple(whole._replace(**{dimension: value}) for value in values))

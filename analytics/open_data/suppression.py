"""Decides which cells of related tables must not be published. Pure.

A cell under ``K`` is left out. Because tables give their sums, other cells must be left out, too: a cell is safe only if all
published figures still allow it a range of at least ``K``. Linear programming finds this range (Hundepool et al., Statistical
Disclosure Control, 2012, ch. 4). A zero is a small cell, too: that nobody asked is also information.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from analytics.insights.figures import K


class Equation[Key: Hashable](NamedTuple):
    """``whole`` is the sum of ``parts``."""

    whole: Key
    parts: tuple[Key, ...]


def published[Key: Hashable](counts: Counter[Key], equations: Sequence[Equation[Key]]) -> dict[Key, int | None]:
    """Returns the cells of ``equations``, ``None`` for each that is left out. Takes seconds if many cells are small."""
    cells = {cell: counts[cell] for equation in equations for cell in (equation.whole, *equation.parts)}
    left_out = suppress(cells, equations)
    return {cell: None if cell in left_out else value for cell, value in cells.items()}


def suppress[Key: Hashable](cells: Mapping[Key, int], equations: Sequence[Equation[Key]], k: int = K) -> set[Key]:
    """Returns the cells to leave out. ``cells`` must satisfy ``equations``; every key of these is a cell."""
    left_out = {key for key, value in cells.items() if value < k}
    while True:
        _protect_equations(cells, equations, left_out, k)
        exposed = [key for key in _ordered(left_out, cells) if _range(key, cells, equations, left_out) < k]
        if not exposed:
            return left_out
        for key in exposed:
            _suppress_related(key, cells, equations, left_out)


def _protect_equations[Key: Hashable](
    cells: Mapping[Key, int], equations: Sequence[Equation[Key]], left_out: set[Key], k: int
) -> None:
    """Leaves out cells until no single equation reveals one: by one unknown, or by several that sum to less than ``k``."""
    changed = True
    while changed:
        changed = False
        for equation in equations:
            unknown = [part for part in equation.parts if part in left_out]
            hidden = equation.whole in left_out
            alone = len(unknown) + hidden == 1
            few = bool(unknown) and not hidden and sum(cells[part] for part in unknown) < k
            if alone or few:
                _leave_out_one(equation, cells, left_out)
                changed = True


def _leave_out_one[Key: Hashable](equation: Equation[Key], cells: Mapping[Key, int], left_out: set[Key]) -> bool:
    """Leaves out the smallest part that is still published, else the whole. Returns false if all are left out already."""
    published = [part for part in equation.parts if part not in left_out]
    chosen = min(published, key=lambda part: (cells[part], str(part)), default=equation.whole)
    if chosen in left_out:
        return False
    left_out.add(chosen)
    return True


def _suppress_related[Key: Hashable](
    key: Key, cells: Mapping[Key, int], equations: Sequence[Equation[Key]], left_out: set[Key]
) -> None:
    for equation in equations:
        if (key == equation.whole or key in equation.parts) and _leave_out_one(equation, cells, left_out):
            return
    # Its own equations have nothing left to leave out: it is bounded through cells further away.
    for equation in equations:
        if _leave_out_one(equation, cells, left_out):
            return


def _range[Key: Hashable](key: Key, cells: Mapping[Key, int], equations: Sequence[Equation[Key]], left_out: set[Key]) -> float:
    """Returns the width of the range that all published figures allow for ``key``; infinite if nothing bounds it."""
    from scipy.optimize import linprog  # noqa: PLC0415 - 60 MB in every gateway, where one release a month needs it

    columns = {one: number for number, one in enumerate(_ordered(left_out, cells))}
    rows, sums = [], []
    for equation in equations:
        row, published_sum = np.zeros(len(columns)), 0
        for one, sign in ((equation.whole, -1), *((part, 1) for part in equation.parts)):
            if one in columns:
                row[columns[one]] += sign
            else:
                published_sum -= sign * cells[one]
        if row.any():
            rows.append(row)
            sums.append(published_sum)
    if not rows:
        return np.inf
    objective = np.zeros(len(columns))
    objective[columns[key]] = 1
    ends = []
    for sign in (1, -1):
        solution = linprog(sign * objective, A_eq=np.asarray(rows), b_eq=np.asarray(sums), bounds=(0, None), method="highs")
        if solution.status == 3:  # unbounded
            return np.inf
        ends.append(sign * float(solution.fun))
    return ends[1] - ends[0] + 1e-6  # the solver's own tolerance


def _ordered[Key: Hashable](keys: set[Key], cells: Mapping[Key, int]) -> list[Key]:
    return [key for key in cells if key in keys]

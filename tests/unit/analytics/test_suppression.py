"""No published cell is under ten, and none can be reckoned back from the sums: attacked in two ways of our own."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.insights.figures import K
from analytics.open_data.suppression import Equation, suppress

type Key = tuple[str, ...]
small_and_large = st.one_of(st.integers(0, 14), st.integers(0, 60), st.integers(0, 2000))


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[Key, int], list[Equation[Key]]]:
    """Two cross tables that share a margin, and another breakdown of the same total: as a month is published."""
    rows, columns, others = draw(st.integers(2, 4)), draw(st.integers(2, 4)), draw(st.integers(2, 5))
    cells: dict[Key, int] = {}
    inner = {(r, c): draw(small_and_large) for r in range(rows) for c in range(columns)}
    for (r, c), value in inner.items():
        cells["cell", str(r), str(c)] = value
        for key in (("row", str(r)), ("column", str(c)), ("all",)):
            cells[key] = cells.get(key, 0) + value
    left = cells["all",]
    for number in range(others):
        part = left if number == others - 1 else draw(st.integers(0, left))
        cells["other", str(number)] = part
        left -= part
    equations = [
        Equation(("all",), tuple(("row", str(r)) for r in range(rows))),
        Equation(("all",), tuple(("column", str(c)) for c in range(columns))),
        Equation(("all",), tuple(("other", str(n)) for n in range(others))),
        *(Equation(("row", str(r)), tuple(("cell", str(r), str(c)) for c in range(columns))) for r in range(rows)),
        *(Equation(("column", str(c)), tuple(("cell", str(r), str(c)) for r in range(rows))) for c in range(columns)),
    ]
    return cells, equations


def system(cells: dict[Key, int], equations: list[Equation[Key]], hidden: list[Key]) -> tuple[np.ndarray, np.ndarray]:
    place = {key: number for number, key in enumerate(hidden)}
    matrix, known = np.zeros((len(equations), len(hidden))), np.zeros(len(equations))
    for row, equation in enumerate(equations):
        for key, sign in ((equation.whole, -1), *((part, 1) for part in equation.parts)):
            if key in place:
                matrix[row, place[key]] += sign
            else:
                known[row] -= sign * cells[key]
    return matrix, known


@settings(max_examples=60)
@given(tables())
def test_nothing_small_is_published_nor_can_be_reckoned_back(table: tuple[dict[Key, int], list[Equation[Key]]]) -> None:
    cells, equations = table
    left_out = suppress(cells, equations)
    assert all(value >= K for key, value in cells.items() if key not in left_out)
    hidden = sorted(left_out)
    matrix, known = system(cells, equations, hidden)
    # Attack by elimination: a cell is determined if adding its unit row does not raise the rank.
    rank = np.linalg.matrix_rank(matrix)
    for number in range(len(hidden)):
        unit = np.eye(len(hidden))[number]
        assert np.linalg.matrix_rank(np.vstack([matrix, unit])) > rank
    # Attack by bounds: no count is negative, and each equation bounds each of its cells by the others.
    low, high = np.zeros(len(hidden)), np.full(len(hidden), np.inf)
    for _ in range(3 * len(hidden) + 3):
        for row, total in zip(matrix, known, strict=True):
            for number in np.flatnonzero(row).tolist():
                others = [other for other in np.flatnonzero(row).tolist() if other != number]
                least = sum(row[o] * (low[o] if row[o] > 0 else high[o]) for o in others)
                most = sum(row[o] * (high[o] if row[o] > 0 else low[o]) for o in others)
                ends = sorted(((total - least) / row[number], (total - most) / row[number]))
                low[number], high[number] = max(low[number], ends[0]), min(high[number], ends[1])
    assert all(high - low >= K - 1e-6)


def whole_of(parts: str) -> Equation[Key]:
    return Equation(("all",), tuple((part,) for part in parts))


def test_what_is_large_is_published() -> None:
    cells: dict[Key, int] = {("all",): 100, ("a",): 60, ("b",): 40}
    assert suppress(cells, [whole_of("ab")]) == set()


def test_a_small_cell_takes_the_next_with_it() -> None:
    cells: dict[Key, int] = {("all",): 103, ("a",): 60, ("b",): 40, ("c",): 3}
    assert suppress(cells, [whole_of("abc")]) == {("b",), ("c",)}


def test_two_small_cells_that_come_to_little_take_a_third_with_them() -> None:
    cells: dict[Key, int] = {("all",): 105, ("a",): 60, ("b",): 40, ("c",): 3, ("d",): 2}
    assert suppress(cells, [whole_of("abcd")]) == {("b",), ("c",), ("d",)}

"""Geometry of charts: from numbers to positions in a drawing. Templates draw them, with the same numbers in a table below."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.insights.forecast import Expected

_FEW = 6  # columns: fewer are not drawn wider, so that a single one does not fill the chart
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 900, 240, 56, 28, 10


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle; ``series`` is the number of its colour, from 0."""

    x: float
    y: float
    width: float
    height: float
    series: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A label: its position below a column (``x``), or next to a horizontal line (``y``)."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Stacked columns."""

    pieces: list[Piece]
    below: list[Mark]
    beside: list[Mark]


@dataclass(frozen=True, slots=True)
class Band:
    """A line within its interval, as SVG paths."""

    line: str
    area: str
    below: list[Mark]
    beside: list[Mark]


def columns(labels: Sequence[str], values: Sequence[Sequence[int]]) -> Columns:
    """Returns a column for each label; ``values[i]`` are its parts from the bottom up."""
    top = _round_up(max((sum(parts) for parts in values), default=1))
    step = (WIDTH - LEFT) / max(_FEW, len(labels))
    pieces = []
    for number, parts in enumerate(values):
        reached = 0
        for series, part in enumerate(parts):
            if part:
                height = part / top * (HEIGHT - BOTTOM - TOP)
                y = _y(reached + part, top)
                pieces.append(
                    Piece(round(LEFT + number * step + 1, 1), y, round(max(1, step - 2), 1), round(height, 1), series)
                )
            reached += part
    return Columns(pieces, _below(labels, step), _beside(top))


def band(days: Sequence[Expected], labels: Sequence[str]) -> Band:
    """Returns the forecast as a line with its interval."""
    top = _round_up(max((day.high for day in days), default=1))
    step = (WIDTH - LEFT) / max(1, len(days))
    places = [round(LEFT + (number + 0.5) * step, 1) for number in range(len(days))]
    upper = [f"{x},{_y(day.high, top)}" for x, day in zip(places, days, strict=True)]
    lower = [f"{x},{_y(max(0.0, day.low), top)}" for x, day in zip(places, days, strict=True)]
    middle = [f"{x},{_y(day.middle, top)}" for x, day in zip(places, days, strict=True)]
    return Band("M" + " L".join(middle), "M" + " L".join([*upper, *reversed(lower)]) + " Z", _below(labels, step), _beside(top))


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - value / top * (HEIGHT - BOTTOM - TOP), 1)


def _below(labels: Sequence[str], step: float) -> list[Mark]:
    """Returns as many labels as can be read."""
    every = max(1, round(90 / step))
    return [Mark(round(LEFT + (number + 0.5) * step, 1), text) for number, text in enumerate(labels) if number % every == 0]


def _beside(top: float) -> list[Mark]:
    """Returns labels at the bottom, the middle and the top. Leaves out half a contact, which rounding would make wrong."""
    values = (0.0, top / 2, top)
    return [Mark(_y(value, top), f"{value:.0f}") for value in values if value.is_integer()]


def _round_up(value: float) -> float:
    """Returns the next of 1, 2, 5, 10, 20 … × 10ⁿ."""
    size = 1.0
    while True:
        for step in (1, 2, 5):
            if size * step >= value:
                return size * step
        size *= 10

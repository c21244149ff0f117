"""Charts of a report: each is an inline SVG with a table of its values for people who cannot see it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from cli.language import pick
from retrieval.evaluation.rows import Row
from tools.evaluation.answers import reliability, risk_coverage

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK, _LINE, _QUIET = "#1b1b35", "#2f4b8f", "#8a8a9c"
_LEAST = 3  # questions of a theme below which its recall is meaningless


@dataclass(frozen=True)
class Chart:
    """A chart. ``svg`` is hidden from screen readers, which read ``columns`` and ``cells`` instead."""

    title: str
    svg: str
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


def recall_by(rows: Sequence[Row], group: Callable[[Row], str], title: str) -> Chart | None:
    """Returns recall@5 of each group with enough questions; ``None`` if there are fewer than two groups."""
    members: dict[str, list[Row]] = {}
    for row in rows:
        if group(row):
            members.setdefault(group(row), []).append(row)
    known = {name: found for name, found in members.items() if len(found) >= _LEAST}
    if len(known) < 2:
        return None
    shares = {name: sum((row.rank or 99) <= 5 for row in found) / len(found) for name, found in known.items()}
    names = sorted(shares, key=lambda name: shares[name])
    height = 0.6 + 0.34 * len(names)

    def draw(axes: Axes) -> None:
        axes.barh(names, [shares[name] for name in names], color=_LINE)
        axes.set_xlim(0, 1)
        axes.set_xlabel("R@5")

    cells = tuple((name, f"{shares[name]:.2f}", str(len(known[name]))) for name in reversed(names))
    return Chart(title, _svg(draw, height), (pick("groupe", "group"), "R@5", "n"), cells)


def reliability_chart(rows: Sequence[Row]) -> Chart:
    """Returns the confidence against the share that is right, in ten bins."""
    bins = reliability(rows)

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=_QUIET, linestyle="--")
        axes.plot([one.confidence for one in bins], [one.right for one in bins], color=_LINE, marker="o")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.set_xlabel(pick("confiance moyenne", "mean confidence"))
        axes.set_ylabel(pick("part de réponses justes", "share that is right"))

    cells = tuple((f"{one.confidence:.2f}", f"{one.right:.2f}", str(one.count)) for one in bins)
    columns = (pick("confiance", "confidence"), pick("justes", "right"), "n")
    return Chart(pick("Fiabilité de la confiance", "Reliability of the confidence"), _svg(draw), columns, cells)


def coverage_chart(rows: Sequence[Row]) -> Chart:
    """Returns the precision at every coverage, that is, if so many of the most confident questions were answered."""
    curve = risk_coverage(rows)

    def draw(axes: Axes) -> None:
        axes.plot([point.coverage for point in curve], [point.precision for point in curve], color=_LINE)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.02)
        axes.set_xlabel(pick("couverture", "coverage"))
        axes.set_ylabel(pick("précision", "precision"))

    tenths = [curve[min(len(curve) - 1, round(len(curve) * tenth / 10) - 1)] for tenth in range(1, 11)] if curve else []
    cells = tuple((f"{point.coverage:.2f}", f"{point.precision:.2f}", f"{point.confidence:.2f}") for point in tenths)
    columns = (pick("couverture", "coverage"), pick("précision", "precision"), pick("confiance à partir de", "confidence from"))
    return Chart(pick("Précision selon la couverture", "Precision against coverage"), _svg(draw), columns, cells)


def bars(title: str, values: dict[str, float], unit: str) -> Chart:
    """Returns a chart with one bar for each name."""
    names = list(reversed(values))

    def draw(axes: Axes) -> None:
        axes.barh(names, [values[name] for name in names], color=_LINE)
        axes.set_xlim(0, 1)
        axes.set_xlabel(unit)

    cells = tuple((name, f"{value:.3f}") for name, value in values.items())
    return Chart(title, _svg(draw, 0.6 + 0.34 * len(names)), (pick("groupe", "group"), unit), cells)


def _svg(draw: Callable[[Axes], None], height: float = 3.4) -> str:
    """Returns the drawing as one ``<svg>`` element, with text as text and without external references."""
    from matplotlib import rc_context  # noqa: PLC0415 - half a second, only where something is drawn
    from matplotlib.figure import Figure  # noqa: PLC0415

    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "guichet", "text.color": _INK, "axes.labelcolor": _INK}):
        figure = Figure(figsize=(6.4, height), layout="constrained")
        axes = figure.subplots()
        axes.spines[["top", "right"]].set_visible(False)
        draw(axes)
        out = StringIO()
        figure.savefig(out, format="svg", transparent=True, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    drawn = out.getvalue()
    own = hashlib.sha256(drawn.encode()).hexdigest()[:8]  # ids of several charts on one page must differ
    drawn = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>c{own}-", drawn)
    return drawn[drawn.index("<svg") :].replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)

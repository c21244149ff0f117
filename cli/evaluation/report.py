"""The report of a run: one HTML page that needs nothing else, and asks nothing of any other site."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cli.evaluation.charts import Chart
from cli.language import pick, speaks_english
from retrieval.evaluation.rows import Row
from retrieval.evaluation.runs import Run

WORST = 20
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def worst(rows: Sequence[Row], count: int = WORST) -> list[Row]:
    """Questions with a known answer that went worst: the most confident of those that found nothing, then the lowest ranks."""
    wrong = [row for row in rows if row.gold and row.rank != 1]
    return sorted(wrong, key=lambda row: (-(row.rank or 99), -row.confidence))[:count]


def write_report(run: Run, charts: Sequence[Chart]) -> str:
    """The page, in the operator's language."""
    names = list(dict.fromkeys(name for figures in run.figures.values() for name in figures))
    return _templates.get_template("report.html.jinja").render(
        run=run,
        names=names,
        charts=charts,
        worst=worst(run.rows),
        pick=pick,
        language="en" if speaks_english() else "fr",
    )

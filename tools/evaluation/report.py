"""The report of a run: one self-contained HTML page, without requests to other sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cli.language import pick, speaks_english
from retrieval.evaluation.rows import Row
from retrieval.evaluation.runs import Run
from tools.evaluation.charts import Chart, recall_by

WORST = 20
SHOWN = 3  # entries found that are shown of each of the worst questions
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


@dataclass(frozen=True)
class Failure:
    """A question that went wrong. ``instead`` was found or shown in place of ``expected``; ``rank`` is the right entry's."""

    question: str
    part: str
    expected: str
    rank: int | None
    confidence: float
    instead: tuple[str, ...]


def worst(rows: Sequence[Row], count: int = WORST) -> list[Row]:
    """Returns the questions with a known answer that went worst: the most confident of those that found nothing, then the
    lowest ranks.
    """
    wrong = [row for row in rows if row.gold and row.rank != 1]
    return sorted(wrong, key=lambda row: (-(row.rank or 99), -row.confidence))[:count]


def failures(run: Run) -> list[Failure]:
    """Returns the worst results of a run of any kind, worst first: wrong passages in a passage run, answers to questions
    without one, and missed entries in other runs.
    """
    if run.kind == "passages":
        wrong = sorted((row for row in run.rows if not row.given_right), key=lambda row: -row.confidence)
        return [_failure(row, (f"{row.expected.partition(' > ')[0]} > {row.shown}",)) for row in wrong[:WORST]]
    if run.kind == "oos":
        answered = sorted((row for row in run.rows if row.outcome == "answered"), key=lambda row: -row.confidence)
        return [_failure(row, _found(row), pick("pas de réponse", "no answer")) for row in answered[:WORST]]
    return [_failure(row, _found(row)) for row in worst(run.rows)]


def _failure(row: Row, instead: tuple[str, ...], expected: str = "") -> Failure:
    told = expected or row.expected or ", ".join(row.gold)
    return Failure(row.question, row.part or row.kind, told, row.rank, row.confidence, instead)


def _found(row: Row) -> tuple[str, ...]:
    return tuple(f"{place}. {entry.title} ({entry.id})" for place, entry in enumerate(row.found[:SHOWN], start=1))


def write_report(run: Run, charts: Sequence[Chart]) -> str:
    """Returns the page, in the operator's language."""
    return render("report.html.jinja", run, charts, worst=failures(run), ranked=run.kind not in ("passages", "oos"))


def with_themes(run: Run) -> str:
    """Returns the page of a ``retrieval`` run, with its recall by theme."""
    chart = recall_by(run.rows, lambda row: row.theme, pick("R@5 par thème", "R@5 by theme"))
    return write_report(run, [chart] if chart else [])


def render(template: str, run: Run, charts: Sequence[Chart], **values: object) -> str:
    """Returns the page of ``run`` by ``template`` (a path from this folder), in the operator's language.

    ``values`` are for the template, in addition to figures, charts and configuration.
    """
    return _templates.get_template(template).render(
        run=run,
        names=list(dict.fromkeys(name for figures in run.figures.values() for name in figures)),
        charts=charts,
        pick=pick,
        language="en" if speaks_english() else "fr",
        **values,
    )

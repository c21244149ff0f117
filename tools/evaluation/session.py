"""One evaluation from its command to its end: the engine, the run's configuration, the output and the stored run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cli.engine import open_engine
from cli.language import pick, say
from cli.progress import reporter
from core.settings import Settings
from retrieval.evaluation.retrieval import Progress
from retrieval.evaluation.rows import Row
from retrieval.evaluation.runs import Run, keep, new_run, publish
from retrieval.evaluation.service import configuration
from retrieval.service import SearchService
from tools.evaluation.charts import Chart
from tools.evaluation.report import write_report

Figures = dict[str, dict[str, float]]
_MOST_COLUMNS = 8  # columns of parts that fit a terminal of 80 characters


class Session:
    """The engine on the active snapshot, and the data for the run's configuration."""

    def __init__(self, kind: str, settings: Settings | None = None, *, as_json: bool = False) -> None:
        self.kind, self.as_json = kind, as_json
        self.settings = settings or Settings()
        self.engine: SearchService = open_engine(self.settings)
        self.engine.search("bonjour")  # loads everything before the first measured search
        self.files: list[Path] = []
        self.options: dict[str, str] = {}

    @property
    def collections(self) -> set[str]:
        """Returns the collections of the snapshot's entries."""
        snapshot = self.engine.snapshot
        return set(snapshot.entries.collections) if snapshot else set()

    def progress(self) -> Progress:
        return reporter(f"eval {self.kind}")

    def finish(
        self,
        figures: Figures,
        rows: Sequence[Row],
        *,
        printed: Mapping[str, object] | None = None,
        charts: Sequence[Chart] = (),
        published: bool = False,
    ) -> Run:
        """Stores the run, prints its figures (or ``printed`` as JSON) and the path of the report."""
        assert self.engine.snapshot is not None  # open_engine would have refused
        described = configuration(self.engine.snapshot.manifest, self.files, self.options)
        run = new_run(self.kind, described, figures, list(rows))
        folder = keep(run, self.settings.home, write_report(run, charts))
        if published:
            publish(run, self.settings.home)
        if self.as_json:
            print(
                json.dumps(printed if printed is not None else {**figures.get("", {}), "parts": _parts(figures), "run": run.id})
            )
        else:
            Console().print(figures_table(run))
        say(f"Rapport : {folder / 'report.html'}", f"Report: {folder / 'report.html'}")
        return run


def figures_table(run: Run) -> Table:
    """Returns a row for each figure and a column for each part of the run (the whole first); transposed if there are many
    parts.
    """
    names = list(dict.fromkeys(name for figures in run.figures.values() for name in figures))
    parts = {part or pick("tout", "all"): figures for part, figures in run.figures.items()}
    turned = len(parts) > _MOST_COLUMNS
    table = Table(title=f"{run.kind} — {run.configuration.snapshot}")
    table.add_column(pick("partie", "part") if turned else pick("mesure", "figure"), overflow="fold")
    for heading in names if turned else parts:
        table.add_column(heading, justify="right", overflow="fold")
    if turned:
        for part, figures in parts.items():
            table.add_row(part, *(_written(figures.get(name)) for name in names))
    else:
        for name in names:
            table.add_row(name, *(_written(figures.get(name)) for figures in parts.values()))
    return table


def _written(value: float | None) -> str:
    return "" if value is None else f"{round(value, 3):g}"


def _parts(figures: Figures) -> Figures:
    return {name: values for name, values in figures.items() if name}

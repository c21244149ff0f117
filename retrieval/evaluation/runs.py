"""Stored runs: ``{home}/evaluation/runs/{id}/run.json`` with configuration, figures and rows, and ``report.html``.

They hold questions that real people may have written, so they are in the state folder only.
"""

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from retrieval.evaluation.rows import Row

LATEST = ("recall@1", "recall@3", "p95_ms")  # the figures of retrieval on /about


class Configuration(BaseModel):
    """All that a run's figures depend on. ``files`` maps each file's name to its SHA-256."""

    model_config = ConfigDict(frozen=True)

    snapshot: str
    stage: str
    model: str
    revision: str
    entries: int
    thresholds: dict[str, float]
    commit: str = ""
    files: dict[str, str] = Field(default_factory=dict)
    options: dict[str, str] = Field(default_factory=dict)


class Run(BaseModel):
    """One evaluation. ``figures`` by part of the run (``""`` is the whole), then by name."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    measured_at: datetime
    configuration: Configuration
    figures: dict[str, dict[str, float]]
    rows: tuple[Row, ...]


class RunUnreadable(Exception):
    """A named run does not exist or cannot be read."""


def runs_folder(home: Path) -> Path:
    return home / "evaluation" / "runs"


def new_run(kind: str, configuration: Configuration, figures: dict[str, dict[str, float]], rows: list[Row]) -> Run:
    """Returns a run whose id begins with the time, so that ids sort by time."""
    at = datetime.now(UTC)
    name = f"{at:%Y%m%dT%H%M%S%f}-{kind}"
    return Run(id=name, kind=kind, measured_at=at, configuration=configuration, figures=figures, rows=tuple(rows))


def keep(run: Run, home: Path, report: str) -> Path:
    """Writes the run and its report (empty: none). Returns its folder, which is complete or absent."""
    folder = runs_folder(home) / run.id
    aside = folder.with_name(f".{run.id}.{os.getpid()}")
    aside.mkdir(parents=True)
    (aside / "run.json").write_text(run.model_dump_json(indent=1), encoding="utf-8")
    if report:
        (aside / "report.html").write_text(report, encoding="utf-8")
    aside.rename(folder)
    return folder


def read(home: Path, name: str) -> Run:
    """Returns the run whose id is ``name``, or the only one that begins so, or the newest for ``last``. Raises
    ``RunUnreadable``.
    """
    known = ids(home)
    matching = known[-1:] if name == "last" else [name] if name in known else [one for one in known if one.startswith(name)]
    if len(matching) != 1:
        raise RunUnreadable(name)
    return load(Run, home, matching[0])


def load[R: Run](kind: type[R], home: Path, run_id: str) -> R:
    """Returns the stored run ``run_id`` as ``kind``. Raises ``RunUnreadable``."""
    try:
        return kind.model_validate_json((runs_folder(home) / run_id / "run.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise RunUnreadable(run_id) from error


def ids(home: Path) -> list[str]:
    """Returns the ids of all runs, oldest first."""
    return sorted(path.parent.name for path in runs_folder(home).glob("[!.]*/run.json"))


def publish(run: Run, home: Path, name: str = "latest", figures: Iterable[str] = LATEST) -> Path:
    """Writes those of the run's ``figures`` that /about shows to the file ``name``, which is replaced in one step."""
    whole = run.figures[""]
    content = {
        "measured_at": run.measured_at.isoformat(),
        "questions": int(whole["n"]),
        "snapshot": run.configuration.snapshot,
        "figures": {name: whole[name] for name in figures},
    }
    return write_published(home, name, content)


def write_published(home: Path, name: str, content: Mapping[str, Any]) -> Path:
    """Writes ``content`` (``channels.web.pages.facts.Quality``) for /about to the file ``name``, replaced in one step."""
    path = home / "evaluation" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{name}.{os.getpid()}")
    aside.write_bytes(orjson.dumps(content))
    aside.replace(path)
    return path

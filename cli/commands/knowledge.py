"""``./guichet kb``: imports pages into the knowledge base, and exports it."""

import asyncio
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from cli.database import run_on_database
from cli.demonstration import is_demonstration
from cli.engine import open_engine
from cli.language import Refusal, pick, say, sentence
from cli.options import Json
from cli.progress import report_done, report_provisional, reporter
from core.database import Database
from core.settings import Settings
from core.web.network import is_public
from knowledge_base.entries.store import ImportReport, published, withdraw
from knowledge_base.errors import FetchFailed, ImportRefused
from knowledge_base.exchange.export import export
from knowledge_base.exchange.export_reader import is_export
from knowledge_base.exchange.jsonld import faq_page
from knowledge_base.imports import (
    ImportOptions,
    import_address,
    import_demonstration,
    import_file,
    import_service_public,
    import_site,
    import_town,
    import_travail_emploi,
)
from knowledge_base.rereading.job import PACKAGES
from knowledge_base.rereading.record import keep_source, read_from_elsewhere
from knowledge_base.sources.markdown_folder import TOWN
from knowledge_base.sources.service_public.convert import COLLECTION as SERVICE_PUBLIC
from knowledge_base.sources.sites.safe_fetch import SafeFetcher, anywhere
from knowledge_base.topics.demonstration import settle_demonstration_topics

app = typer.Typer(no_args_is_help=True)
_REJECTED = 10  # rejected rows shown
_DIFFERENCES = 1000  # changed entries listed in JSON
_WEB = ("https://", "http://")


@app.command("import")
def import_pages(
    source: Annotated[
        str,
        typer.Argument(
            help="service-public, travail-emploi, demonstration, an exported .zip, a .csv, .xlsx or .jsonl file, a folder, "
            "the address of a sitemap or page, or a .urls file with one address a line"
        ),
    ],
    archive: Annotated[Path | None, typer.Option(help="service-public's official XML archive instead of the package.")] = None,
    into: Annotated[str, typer.Option(help="Collection of a file or folder; an exported .zip names its own.")] = "",
    columns: Annotated[
        list[str] | None, typer.Option("--map", help="Column of a field of a spreadsheet, such as title=Titre; repeat it.")
    ] = None,
    partial: Annotated[bool, typer.Option(help="Withdraw nothing: SOURCE is not the whole collection.")] = False,
    or_demonstration: Annotated[bool, typer.Option(help="Without a network, take the project's own set instead.")] = False,
    if_reachable: Annotated[bool, typer.Option(help="Without a network, say so and change nothing.")] = False,
    force: Annotated[bool, typer.Option(help="Allow an import that withdraws more than half of a collection.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    author: Annotated[str, typer.Option(hidden=True, help="Account in whose name the desk asks.")] = "import",
    as_json: Json = False,
) -> None:
    """Create and update entries from SOURCE; a second import says what has changed. A wrong file changes nothing."""
    settings = Settings()
    archive = archive or _configured_archive(settings, source)
    options = ImportOptions(author, reporter("kb import"), force=force, partial=partial, dry_run=dry_run)
    named = _Source(source, archive, into, _mapping(columns or []))
    try:
        report = asyncio.run(_import(settings, named, options, stand_in=or_demonstration))
    except FetchFailed as failure:
        if if_reachable:
            report_provisional(*sentence("others_serve_meanwhile", failure=failure))
            return
        if not or_demonstration:
            raise Refusal(failure.fr, failure.en) from failure
        report = asyncio.run(_import(settings, named._replace(name="demonstration"), options, stand_in=False))
        report_provisional(*sentence("demonstration_serves_meanwhile", failure=failure))
    except ImportRefused as refused:
        if as_json:
            print(json.dumps({"error": {"fr": refused.fr, "en": refused.en}}))
        raise Refusal(refused.fr, refused.en) from refused
    _print(report, as_json)


@app.command("export")
def export_pages(
    file: Annotated[Path, typer.Argument(help="The file to write; an export gets the ending .zip.")],
    collection: Annotated[list[str] | None, typer.Option(help="Only this collection; repeat it for more.")] = None,
    form: Annotated[
        str, typer.Option("--format", help="guichet: everything; jsonld: FAQPage of what is published.")
    ] = "guichet",
    as_json: Json = False,
) -> None:
    """Write the whole knowledge base, with all revisions and golden questions, to FILE: `kb import FILE` brings it back."""
    if form not in ("guichet", "jsonld"):
        raise typer.BadParameter("guichet | jsonld", param_hint="--format")
    if form == "guichet" and file.suffix.lower() != ".zip":
        file = file.with_name(f"{file.name}.zip")
    if not file.absolute().parent.is_dir():
        raise Refusal(f"Le dossier {file.parent} n'existe pas : créez-le.", f"There is no folder {file.parent}: make it.")
    counts = asyncio.run(_export(Settings(), file, collection or [], form))
    if as_json:
        print(json.dumps({"file": str(file), **counts}))
        return
    listed = ", ".join(f"{count} {name}" for name, count in counts.items())
    report_done(f"{file} : {listed}", f"{file}: {listed}")


@app.command(hidden=True)
def town() -> None:
    """Put the imaginary town's pages and topics in use if this is that town, take them out if it is not. A step of up."""
    settings = Settings()
    run_on_database(settings.sql_url, lambda database: settle_town(database, settings))


async def settle_town(database: Database, settings: Settings) -> None:
    """Imports the imaginary town's pages and topics, or withdraws them, as ``settings`` say. Editors' changes stay."""
    await settle_demonstration_topics(database, wanted=is_demonstration(settings))
    if is_demonstration(settings):
        _print(await import_town(database, options=ImportOptions(force=True)), as_json=False)
    elif count := await withdraw(database, TOWN.name, author="import", reason=settings.organisation):
        report_done(f"{count} fiches imaginaires retirées", f"{count} imaginary pages taken out")


@app.command()
def twins(
    older: Annotated[str, typer.Argument(help="Collection whose entries another one may replace.")] = "service-public",
    newer: Annotated[str, typer.Argument(help="Collection that may say the same, later.")] = "travail-emploi",
) -> None:
    """Print pairs of entries of which the newer answers what the older does, as JSON lines: to be read before they are kept."""
    from tools.training.twins import find_twins  # noqa: PLC0415 - an image has no tools

    snapshot = open_engine(Settings()).snapshot
    for twin in find_twins(snapshot, older, newer) if snapshot else ():
        print(json.dumps(twin._asdict()))


def _configured_archive(settings: Settings, source: str) -> Path | None:
    configured = settings.knowledge_base_archive
    return Path(configured) if configured and source == SERVICE_PUBLIC else None


class _Source(NamedTuple):
    """The source of an import. ``into``: the collection of a file or a site. ``mapping``: field → column of a spreadsheet."""

    name: str
    archive: Path | None
    into: str
    mapping: dict[str, str]


def _mapping(columns: list[str]) -> dict[str, str]:
    wrong = [one for one in columns if "=" not in one]
    if wrong:
        raise Refusal(*sentence("map_option_malformed", option=wrong[0]))
    return dict(one.split("=", 1) for one in columns)


async def _export(settings: Settings, file: Path, collections: list[str], form: str) -> dict[str, int]:
    async with Database(settings.sql_url) as database:
        if form == "guichet":
            return await export(database, file, collections=collections, progress=reporter("kb export"))
        entries = [entry for entry in await published(database) if not collections or entry.collection in collections]
        await asyncio.to_thread(file.write_text, json.dumps(faq_page(entries), ensure_ascii=False, indent=1), encoding="utf-8")
        return {"questions": len(entries)}


async def _import(settings: Settings, source: _Source, options: ImportOptions, stand_in: bool) -> ImportReport:
    """Imports ``source``, and keeps in mind where it comes from if that can be read again."""
    async with Database(settings.sql_url) as database:
        package = PACKAGES.get(source.name)
        if package is not None and source.archive is None and await read_from_elsewhere(database, source.name, package.package):
            say(*sentence("read_from_elsewhere", name=source.name))
            return ImportReport()
        report = await _read(database, settings, source, options, stand_in)
        if not options.dry_run:
            if package is not None and source.archive == _configured_archive(settings, source.name):
                place = str(source.archive or package.package)
                await keep_source(database, source.name, place, options.author)
            elif source.name.startswith(_WEB) and not options.partial:
                await keep_source(database, source.into, source.name, options.author, mapping=source.mapping)
        return report


async def _read(
    database: Database, settings: Settings, source: _Source, options: ImportOptions, stand_in: bool
) -> ImportReport:
    whole = replace(options, partial=False)  # these sources are always a whole collection
    if source.name == "service-public":
        report = await import_service_public(database, settings.home, archive=source.archive, options=whole)
        if stand_in:  # the substitute for these pages without a network is no longer needed
            await withdraw(database, "demonstration", author="import", reason=source.name)
        return report
    if source.name == "travail-emploi":
        return await import_travail_emploi(database, settings.home, options=whole)
    if source.name == "demonstration":
        return await import_demonstration(database, options=whole)
    path = Path(source.name)
    if source.name.startswith(_WEB):
        fetcher = SafeFetcher(allows=anywhere if settings.import_inside else is_public)
        return await import_address(
            database,
            source.name,
            source.into,
            settings.home,
            mapping=source.mapping,
            organisation=settings.organisation,
            fetcher=fetcher,
            options=options,
        )
    if path.suffix == ".urls":
        inside = settings.import_inside
        return await import_site(database, source.name, source.into, settings.home, inside=inside, options=options)
    names_collections = path.suffix.lower() == ".zip" or await asyncio.to_thread(is_export, path)
    if not await asyncio.to_thread(path.exists) or not (source.into or names_collections):
        raise Refusal(*sentence("import_source_missing"))
    organisation = settings.organisation
    return await import_file(database, path, source.into, mapping=source.mapping, organisation=organisation, options=options)


def _print(report: ImportReport, as_json: bool) -> None:
    counts = {name: getattr(report, name) for name in ("created", "updated", "unchanged", "withdrawn", "conflicts")}
    if as_json:
        differences = [asdict(one) for one in report.differences[:_DIFFERENCES]]
        rejected = [pick(one, one.en) for one in report.rejected]
        summary = {**counts, "rejected": rejected, "rejected_en": [one.en for one in report.rejected]}
        print(json.dumps({**summary, "unknown": report.unknown, "differences": differences}))
        return
    report_done(
        "{created} créées, {updated} mises à jour, {unchanged} inchangées, {withdrawn} retirées, {conflicts} en conflit".format(
            **counts
        ),
        "{created} created, {updated} updated, {unchanged} unchanged, {withdrawn} withdrawn, {conflicts} in conflict".format(
            **counts
        ),
    )
    for why in report.rejected[:_REJECTED]:
        say(f"  Refusé, {why}", f"  Rejected, {why.en}")
    if (more := len(report.rejected) - _REJECTED) > 0:
        say(f"  … et {more} autres : --json les donne toutes.", f"  … and {more} more: --json gives them all.")

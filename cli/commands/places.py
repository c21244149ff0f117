"""``./guichet places``: the communes of France, and the directory of offices that answers "where" and "is it open"."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.database import run_on_database
from cli.demonstration import is_demonstration
from cli.language import Refusal, say, sentence
from cli.progress import report_done
from core.database import Database
from core.digests import sha256_of
from core.settings import ROOT, Settings
from knowledge_base.errors import FetchFailed, InvalidSource
from knowledge_base.sources.npm import Pinned, fetch_pinned
from knowledge_base.sources.tarballs import files_of
from places.communes import package
from places.offices.dila import read_dila
from places.offices.directory_file import FILE
from places.offices.directory_sync import sync
from places.offices.errors import DirectoryRefused
from places.offices.office import Office
from places.offices.record import current_directory, remove_directory, replace_directory
from places.offices.table import read_table

app = typer.Typer(no_args_is_help=True)
DEMONSTRATION = ROOT / "places" / "demonstration" / "offices.csv"
_DEMONSTRATION_SOURCE = "demonstration"  # no name of a file that somebody imports: those end in .json or .csv
_MOST_BYTES = 1024 * 1024 * 1024


@app.command()
def communes(
    if_reachable: Annotated[
        bool, typer.Option("--if-reachable", help="Without the network, go on with the project's own small list.")
    ] = False,
) -> None:
    """Fetch the communes of France (npm, pinned), once, into the state folder."""
    settings = Settings()
    file = settings.communes_file
    try:
        path = fetch_pinned(Pinned(package.PACKAGE, package.FILE_NAME, package.SHA256), settings.home)
        lines = package.convert(files_of(path, package.WANTED))
    except FetchFailed as error:
        if not if_reachable:
            raise Refusal(str(error), error.en) from error
        say(f"{error} La petite liste du projet sert en attendant.", f"{error.en} The project's small list serves meanwhile.")
        return
    except (InvalidSource, package.PackageIncomplete) as error:
        raise Refusal(*sentence("communes_incomplete", error=error, folder=settings.home / "packages")) from error
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_suffix(".new")
    aside.write_text(lines, encoding="utf-8")
    aside.replace(file)
    report_done(f"{lines.count('commune\t')} communes dans {file}", f"{lines.count('commune\t')} communes in {file}")


@app.command("import")
def import_directory(
    source: Annotated[str, typer.Argument(help="The State's directory (.json), a table of your own (.csv), or demonstration.")],
    force: Annotated[bool, typer.Option("--force", help="Also where it has far fewer offices than the one before.")] = False,
) -> None:
    """Put a directory of offices in use. A truncated, doubled or shrunken file is refused: the one before stays."""
    path = DEMONSTRATION if source == "demonstration" else Path(source)
    settings = Settings()
    try:
        offices = _read(path)
        version = run_on_database(Settings().sql_url, lambda database: _take(database, settings, path, offices, force=force))
    except DirectoryRefused as error:
        raise Refusal(str(error), error.en) from error
    report_done(f"{len(offices)} services (annuaire n° {version})", f"{len(offices)} offices (directory no. {version})")


@app.command(hidden=True)
def demonstration() -> None:
    """Put the demonstration's offices in use if this is the imaginary town, take them out if it is not. A step of up."""
    settings = Settings()
    if count := run_on_database(settings.sql_url, lambda database: settle_demonstration(database, settings)):
        report_done(f"{count} services imaginaires", f"{count} imaginary offices")


@app.command("drop")
def drop_directory() -> None:
    """Take the directory out of use."""
    settings = Settings()

    async def run(database: Database) -> None:
        await remove_directory(database, author="cli")
        await sync(database, settings.home / FILE)

    run_on_database(Settings().sql_url, run)
    report_done("Aucun annuaire n'est plus en service", "No directory is in use any more")


@app.command()
def status() -> None:
    """Say which directory is in use."""
    found = run_on_database(Settings().sql_url, current_directory)
    if found is None or not found.offices:
        say("Aucun annuaire n'est en service.", "No directory is in use.")
        return
    say(*sentence("directory_in_use", directory=found))


async def settle_demonstration(database: Database, settings: Settings) -> int:
    """Puts the demonstration's offices in use, or out of it, as ``settings`` say. Returns how many are put in use.

    A directory that somebody imported or dropped is left as it is.
    """
    current, offices = await current_directory(database), _read(DEMONSTRATION)
    ours = current is not None and current.source == _DEMONSTRATION_SOURCE
    if is_demonstration(settings) and (ours or current is None):
        await _take(database, settings, DEMONSTRATION, offices, force=True)
        return len(offices)
    if ours and not is_demonstration(settings):
        await remove_directory(database, author="cli")
        await sync(database, settings.home / FILE)
    return 0


async def _take(database: Database, settings: Settings, path: Path, offices: list[Office], *, force: bool) -> int:
    checksum = await asyncio.to_thread(sha256_of, path)
    source = _DEMONSTRATION_SOURCE if path == DEMONSTRATION else path.name
    version = await replace_directory(database, offices, source=source, checksum=checksum, author="cli", force=force)
    await sync(database, settings.home / FILE)  # on other nodes, their publisher does this
    return version


def _read(path: Path) -> list[Office]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise DirectoryRefused(f"{path} est trop gros (1 Go au plus).", f"{path} is too large (1 GB at most).")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DirectoryRefused(f"{path} : {error.strerror}.", f"{path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DirectoryRefused(f"{path} n'est pas en UTF-8.", f"{path} is not in UTF-8.") from error
    return list(read_dila(text) if path.suffix.lower() == ".json" else read_table(text))

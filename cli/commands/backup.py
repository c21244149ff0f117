"""``./guichet backup`` and ``restore``."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.act_replay import Replayed
from cli.acts_since_backup import LedgerUnusable
from cli.backup_restore import NotEmpty, Restored
from cli.backup_restore import restore as restore_backup
from cli.doctor.backups import away
from cli.doctor.service import running
from cli.language import Refusal, say, sentence
from cli.options import Json
from cli.preflight import make_private
from core.backup.archive import BackupUnusable, Contents
from core.backup.creation import FolderMissing, NoKey, make_backup, make_scheduled_backup, new_name
from core.database import Database
from core.settings import Settings


def backup(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; without it, GUICHET_BACKUP_FOLDER.")] = None,
    as_json: Json = False,
) -> None:
    """Copy the record (as of one moment, while the service runs), the active snapshot and the settings, encrypted (age)."""
    settings = Settings()
    if file is None and not settings.backup_folder:
        raise Refusal("Nommez un fichier, ou réglez GUICHET_BACKUP_FOLDER.", "Name a file, or set GUICHET_BACKUP_FOLDER.")
    if file is not None and not file.absolute().parent.is_dir():
        raise Refusal(*sentence("backup_folder_missing", folder=file.absolute().parent))
    if file is not None and file.is_dir():
        file /= new_name()
    try:
        path, contents = asyncio.run(_backup(settings, file))
    except FolderMissing as error:
        raise Refusal(*away(settings)) from error
    except NoKey as error:
        raise Refusal(*sentence("backup_key_missing")) from error
    except ValueError as error:
        raise Refusal(*sentence("backup_failed", error=error)) from error
    rows = sum(contents.tables.values())
    if as_json:
        print(json.dumps({"file": str(path), "rows": rows, "files": len(contents.digests), "bytes": path.stat().st_size}))
    say(*sentence("backed_up", path=path, rows=rows, files=len(contents.digests), megabytes=path.stat().st_size / 2**20))


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A backup.")],
    key: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="File with the age secret key; else GUICHET_BACKUP_KEY.")
    ] = None,
    erased_from: Annotated[
        list[str] | None, typer.Option(help="Where else erasures are known: a file of exported heads, or a record's address.")
    ] = None,
    ledger: Annotated[
        list[Path] | None, typer.Option(exists=True, dir_okay=False, help="A ledger that lies elsewhere; repeat.")
    ] = None,
    without_ledger: Annotated[
        bool, typer.Option("--without-ledger", help="Go on although nobody knows what was disabled, changed or erased since.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Put a backup in the record's place; what was disabled or erased since stays so. The service must be stopped."""
    settings = Settings()
    if running(settings):
        raise Refusal("Le service tourne : ./guichet down d'abord.", "The service is running: ./guichet down first.")
    make_private(settings.home)
    try:
        done = asyncio.run(
            restore_backup(
                settings,
                file,
                identity=_identity(settings, key),
                erased_from=erased_from or (),
                ledgers=ledger or (),
                without_ledger=without_ledger,
            )
        )
    except LedgerUnusable as error:
        raise Refusal(*sentence("ledger_insufficient", reason=(error.fr, error.en))) from error
    except BackupUnusable as error:
        raise Refusal(*sentence("backup_unusable", error=error)) from error
    except NotEmpty as error:
        raise Refusal(*sentence("database_not_empty")) from error
    _print_result(done, as_json=as_json)
    if without_ledger:
        say(*sentence("restored_without_ledger"))


async def _backup(settings: Settings, file: Path | None) -> tuple[Path, Contents]:
    async with Database(settings.sql_url) as database:
        if file is None:
            return await make_scheduled_backup(database, settings)
        return file, await make_backup(database, settings, file)


def _identity(settings: Settings, key: Path | None) -> str:
    if key is None:
        return settings.backup_key.get_secret_value()
    lines = [line.strip() for line in key.read_text().splitlines()]
    return next((line for line in lines if line.startswith("AGE-SECRET-KEY-")), "")


def _print_result(done: Restored, *, as_json: bool) -> None:
    rows, again, at = sum(done.contents.tables.values()), done.erased_again, f"{done.contents.created:%Y-%m-%d %H:%M} UTC"
    if as_json:
        summary = {"created": done.contents.created.isoformat(), "rows": rows, "erased_again": done.erased_again}
        summary |= {"opt_outs": done.opt_outs, "replayed": asdict(done.replayed)}
        print(json.dumps({**summary, "audit_rows": done.audit_rows, "kept": str(done.kept or "")}))
    say(*sentence("restored", at=at, rows=rows, again=again))
    _print_replayed(done.replayed)
    if done.opt_outs:
        say(*sentence("opt_outs_taken_over", opt_outs=done.opt_outs))
    if done.kept:
        say(*sentence("record_before_kept", kept=done.kept))
    if done.settings_file:
        say(*sentence("settings_restored", settings_file=done.settings_file))


def _print_replayed(done: Replayed) -> None:
    say(*sentence("sessions_ended", sessions=done.sessions, links=done.links))
    lists = (
        (done.disabled, "Désactivés depuis, et donc à nouveau", "Disabled since, and so again"),
        (done.enabled, "Réactivés depuis, et donc à nouveau", "Enabled since, and so again"),
        (
            done.changed,
            "Rôle, équipes ou collections changés depuis, et repris",
            "Role, teams or collections changed since, and kept",
        ),
    )
    for people, fr, en in lists:
        if people:
            say(f"{fr} : {', '.join(people)}.", f"{en}: {', '.join(people)}.")
    if done.renewed:
        say(*sentence("secrets_changed_since", renewed=", ".join(done.renewed)))
    if done.closed:
        say(*sentence("all_accounts_disabled", closed=", ".join(done.closed)))
    if done.unknown:
        say(*sentence("accounts_to_invite_again", unknown=done.unknown))

"""``./guichet backup`` and ``restore``."""

from __future__ import annotations

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
from cli.language import Refusal, say
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
        raise Refusal(
            f"Le dossier {file.absolute().parent} n'existe pas : créez-le, ou montez son disque.",
            f"The folder {file.absolute().parent} is not there: make it, or mount its disk.",
        )
    if file is not None and file.is_dir():
        file /= new_name()
    try:
        path, contents = asyncio.run(_backup(settings, file))
    except FolderMissing as error:
        raise Refusal(*away(settings, error)) from error
    except NoKey as error:
        raise Refusal(
            "Sauvegarde impossible : GUICHET_BACKUP_KEY n'est pas réglé. ./guichet up en tire une clé au hasard.",
            "No backup was made: GUICHET_BACKUP_KEY is not set. Run ./guichet up, which writes a random one.",
        ) from error
    except ValueError as error:
        raise Refusal(
            f"La sauvegarde n'est pas faite : {error}. GUICHET_BACKUP_KEY est écrit par ./guichet up.",
            f"No backup was made: {error}. GUICHET_BACKUP_KEY is written by ./guichet up.",
        ) from error
    rows = sum(contents.tables.values())
    if as_json:
        print(json.dumps({"file": str(path), "rows": rows, "files": len(contents.digests), "bytes": path.stat().st_size}))
    say(
        f"Sauvegardé dans {path} : {rows} lignes, {len(contents.digests)} fichiers, {path.stat().st_size / 2**20:.1f} Mo.",
        f"Backed up to {path}: {rows} rows, {len(contents.digests)} files, {path.stat().st_size / 2**20:.1f} MB.",
    )


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
        raise Refusal(
            f"Le registre des désactivations et effacements ne dit pas ce qui s'est fait depuis cette sauvegarde : {error.fr}. "
            "Rien n'a été changé. Remettez-le à sa place (GUICHET_LEDGER), ou nommez-le par --ledger FICHIER. S'il est perdu, "
            "--without-ledger restaure sans lui : tous les comptes sont alors désactivés, jusqu'à ce que vous les rouvriez ; "
            "prévenez le délégué à la protection des données.",
            f"The ledger does not say what was disabled, changed or erased since this backup: {error.en}. Nothing was changed. "
            "Put it back (GUICHET_LEDGER), or name it by --ledger FILE. If it is lost, --without-ledger restores without it: "
            "all accounts are then disabled until you enable them; tell the data protection officer.",
        ) from error
    except BackupUnusable as error:
        raise Refusal(
            f"Cette sauvegarde n'est pas utilisable : {error}. Rien n'a été changé.",
            f"This backup cannot be used: {error}. Nothing was changed.",
        ) from error
    except NotEmpty as error:
        raise Refusal(
            "La base PostgreSQL contient déjà des données : créez-en une vide, nommez-la dans DATABASE_URL, et donnez "
            "l'ancienne par --erased-from. Rien n'a été changé.",
            "The PostgreSQL database already has a record: create an empty one, name it in DATABASE_URL, and give the old one "
            "by --erased-from. Nothing was changed.",
        ) from error
    _print_result(done, as_json=as_json)
    if without_ledger:
        say(
            "Restauré sans exiger le registre : des citoyens effacés depuis peuvent être revenus. Prévenez le délégué à la "
            "protection des données.",
            "Restored without asking for the ledger: citizens erased since may be back. Tell the data protection officer.",
        )


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
    say(
        f"Restauré : l'état du {at}, {rows} lignes vérifiées ; {again} conversations effacées depuis l'ont été à nouveau.",
        f"Restored: the state of {at}, {rows} rows, checked; {again} conversations erased since were erased again.",
    )
    _print_replayed(done.replayed)
    if done.opt_outs:
        say(
            f"STOP et START reçus depuis sont repris : {done.opt_outs} numéros.",
            f"STOP and START received since were taken over: {done.opt_outs} numbers.",
        )
    if done.kept:
        say(
            f"L'ancienne base est dans {done.kept} : supprimez-la quand tout est vérifié.",
            f"The record before is in {done.kept}: delete it once you have checked.",
        )
    if done.settings_file:
        say(
            f"Les réglages de la sauvegarde sont dans {done.settings_file} : comparez-les à .env (les numéros de téléphone "
            "ne se déchiffrent qu'avec leur GUICHET_ADDRESS_KEY).",
            f"The backup's settings are in {done.settings_file}: compare them with .env (telephone numbers can only be "
            "decrypted with their GUICHET_ADDRESS_KEY).",
        )


def _print_replayed(done: Replayed) -> None:
    say(
        f"Sessions du personnel terminées : {done.sessions} ; liens d'invitation et de mot de passe : {done.links}. Chacun se "
        "reconnecte.",
        f"Sessions of staff ended: {done.sessions}; links of invitations and passwords: {done.links}. Everybody signs in "
        "again.",
    )
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
        say(
            "Mot de passe ou second facteur changés depuis : les anciens ne sont plus acceptés, et les nouveaux ne sont nulle "
            f"part. Donnez un lien à chacun (./guichet staff reset ADRESSE) : {', '.join(done.renewed)}.",
            "Password or second factor changed since: the old ones are accepted no more, and the new ones are nowhere. Give a "
            f"link to each (./guichet staff reset ADDRESS): {', '.join(done.renewed)}.",
        )
    if done.closed:
        say(
            "Rien ne dit quels comptes ont été désactivés depuis : tous le sont, et leurs mots de passe et seconds facteurs "
            "sont supprimés. Rouvrez ceux qui doivent l'être (./guichet staff enable ADRESSE, puis ./guichet staff reset "
            "ADRESSE) : "
            f"{', '.join(done.closed)}.",
            "Nothing says which accounts were disabled since: all are now, and their passwords and second factors are deleted. "
            "Open those that should be (./guichet staff enable ADDRESS, then ./guichet staff reset ADDRESS): "
            f"{', '.join(done.closed)}.",
        )
    if done.unknown:
        say(
            f"Comptes créés depuis la sauvegarde, à inviter de nouveau : {done.unknown}.",
            f"Accounts made since the backup, to be invited again: {done.unknown}.",
        )

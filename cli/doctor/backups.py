"""Scheduled backups: whether they are made, and where they are stored."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from cli.doctor.findings import Finding, ok, problem, warning
from core.backup.creation import FolderMissing, backups_folder, recipients_of
from core.settings import Settings

_OVERDUE = 2.5  # times the pause between two backups
_MOUNT = (
    "Montez-le, puis ./guichet backup (docs/runbooks/backup.md).",
    "Mount it, then ./guichet backup (docs/runbooks/backup.md).",
)


def on_one_disk(one: Path, other: Path) -> bool:
    """Decides whether two folders are on the same file system."""
    return one.stat().st_dev == other.stat().st_dev


def away(settings: Settings, error: FolderMissing) -> tuple[str, str]:
    """Returns the texts for a backup folder that is missing, or is not the same as before."""
    folder = Path(settings.backup_folder)
    if not folder.is_dir():
        return (
            f"Le dossier des sauvegardes, {folder}, n'existe pas : créez-le, ou montez son disque. Rien n'y est écrit.",
            f"The folder of backups, {folder}, is not there: make it, or mount its disk. Nothing is written.",
        )
    return (
        f"Le dossier des sauvegardes, {folder}, ne contient plus celles qui y ont été écrites : son disque n'est sans doute "
        f"pas monté. Montez-le ; si elles ont été ôtées exprès, supprimez {settings.home / 'last-backup'}. Rien n'y est écrit.",
        f"The folder of backups, {folder}, no longer holds those that were written to it: its disk is probably not mounted. "
        f"Mount it; if they were taken away on purpose, delete {settings.home / 'last-backup'}. Nothing is written.",
    )


def backups(settings: Settings, age: timedelta | None) -> Finding:
    """Checks that backups are made, can be opened, and are not on the database's disk. ``age`` is that of the last one."""
    if not settings.backup_folder:
        return warning(
            "backup",
            "Aucune sauvegarde n'est programmée.",
            "No backup is scheduled.",
            "Réglez GUICHET_BACKUP_FOLDER sur le disque d'une autre machine (docs/runbooks/backup.md).",
            "Set GUICHET_BACKUP_FOLDER to another machine's disk (docs/runbooks/backup.md).",
        )
    try:
        recipients_of(settings)
    except ValueError as error:
        message = (f"Les sauvegardes ne peuvent pas être chiffrées : {error}.", f"Backups cannot be encrypted: {error}.")
        return problem("backup", *message, "Relancez ./guichet up.", "Run ./guichet up again.")
    try:
        folder = backups_folder(settings)
    except FolderMissing as error:
        return problem("backup", *away(settings, error), *_MOUNT)
    if age is not None and age <= timedelta(hours=settings.backup_hours * _OVERDUE):
        if on_one_disk(folder, settings.home):
            return _same_disk(folder)
        hours = int(age.total_seconds() // 3600)
        return ok("backup", f"La dernière sauvegarde a {hours} h.", f"The last backup is {hours} h old.")
    return problem(
        "backup",
        f"Pas de sauvegarde depuis plus de {settings.backup_hours * _OVERDUE:.0f} h.",
        f"No backup for more than {settings.backup_hours * _OVERDUE:.0f} h.",
        f"Vérifiez que {settings.backup_folder} est monté et a de la place, puis ./guichet logs worker "
        "(docs/runbooks/backup.md).",
        f"Check that {settings.backup_folder} is mounted and has room, then ./guichet logs worker (docs/runbooks/backup.md).",
    )


def _same_disk(folder: Path) -> Finding:
    return warning(
        "backup",
        f"Les sauvegardes ({folder}) sont sur le même disque que la base : s'il casse, tout est perdu.",
        f"Backups ({folder}) lie on the record's own disk: if it breaks, all is lost.",
        "Réglez GUICHET_BACKUP_FOLDER sur le disque d'une autre machine (docs/runbooks/backup.md).",
        "Set GUICHET_BACKUP_FOLDER to another machine's disk (docs/runbooks/backup.md).",
    )

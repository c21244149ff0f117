"""Scheduled backups: whether they are made, and where they are stored."""

from datetime import timedelta
from pathlib import Path

from cli.doctor.findings import Finding, ok, problem, warning
from cli.language import sentence
from core.backup.creation import FolderMissing, backups_folder, recipients_of
from core.settings import Settings

_OVERDUE = 2.5  # times the pause between two backups


def on_one_disk(one: Path, other: Path) -> bool:
    """Decides whether two folders are on the same file system."""
    return one.stat().st_dev == other.stat().st_dev


def away(settings: Settings) -> tuple[str, str]:
    """Returns the sentence about a backup folder that is missing, or is not the same as before."""
    folder = Path(settings.backup_folder)
    return sentence("backups_away" if folder.is_dir() else "backups_missing", folder=folder, mark=settings.home / "last-backup")


def backups(settings: Settings, age: timedelta | None) -> Finding:
    """Checks that backups are made, can be opened, and are not on the database's disk. ``age`` is that of the last one."""
    if not settings.backup_folder:
        return warning("backup", "no_backup_scheduled")
    try:
        recipients_of(settings)
    except ValueError as error:
        return problem("backup", "backups_not_encrypted", error=error)
    try:
        folder = backups_folder(settings)
    except FolderMissing:
        return Finding("backup", "problem", away(settings), sentence("mount_backups"))
    if age is not None and age <= timedelta(hours=settings.backup_hours * _OVERDUE):
        if on_one_disk(folder, settings.home):
            return warning("backup", "backups_on_same_disk", folder=folder)
        return ok("backup", "last_backup", hours=int(age.total_seconds() // 3600))
    return problem("backup", "backup_overdue", hours=settings.backup_hours * _OVERDUE, folder=settings.backup_folder)

"""Makes a backup, on the operator's command or as a job."""

import asyncio
import shutil
from pathlib import Path

from core.audit.ledger_sync import LedgerSync
from core.backup.archive import Contents, pack, public_key_of
from core.backup.leftovers import clear_leftovers, working_folder
from core.backup.rows import dump
from core.database import Database
from core.database.base import now
from core.settings import ROOT, Settings

SUFFIX = ".guichet.age"
_LAST = "last-backup"  # in the state folder: names the file of the last scheduled backup
_FILES = ("synonyms.yml",)


class NoKey(ValueError):
    """The settings name no key with which a backup could be opened."""


def recipients_of(settings: Settings) -> list[str]:
    """Returns the recipients whose keys open a backup: those in the settings, or that of ``GUICHET_BACKUP_KEY``.

    Raises ``ValueError``.
    """
    if settings.backup_recipients:
        return [one for one in settings.backup_recipients.replace(",", " ").split() if one]
    if not settings.backup_key.get_secret_value():
        raise NoKey("no key: neither GUICHET_BACKUP_KEY nor GUICHET_BACKUP_RECIPIENTS is set")
    return [public_key_of(settings.backup_key.get_secret_value())]


async def make_backup(database: Database, settings: Settings, file: Path, *, environment: Path = ROOT / ".env") -> Contents:
    """Copies a consistent state of the record, the active snapshots, the synonyms and the settings file (``environment``) to
    ``file``.

    Raises ``ValueError`` (no key, no record yet) and ``OSError``.
    """
    recipients, created = recipients_of(settings), now()
    settings.home.mkdir(parents=True, exist_ok=True)
    await LedgerSync(database, settings).run()
    await asyncio.to_thread(clear_leftovers, settings.home, file.parent)
    with working_folder(settings.home) as made:
        folder = made / "backup"
        (folder / "record").mkdir(parents=True)
        revision, tables = await dump(database, folder / "record")

        def finish() -> Contents:
            _copy_files(settings, folder, environment)
            return pack(folder, file, created=created, revision=revision, tables=tables, recipients=recipients)

        return await asyncio.to_thread(finish)


def _copy_files(settings: Settings, folder: Path, environment: Path) -> None:
    pointer = settings.home / "snapshots" / "active"
    active = pointer.read_text().strip() if pointer.exists() else ""
    if active:
        # Snapshots never change, and the pointer is replaced in one step: the snapshot that it names is complete.
        shutil.copytree(pointer.parent / active, folder / "snapshots" / active)
        (folder / "snapshots" / "active").write_text(active)
    for name in _FILES:
        if (settings.home / name).exists():
            shutil.copy2(settings.home / name, folder / name)
    if environment.exists():
        (folder / "settings").mkdir()
        shutil.copy2(environment, folder / "settings" / "env")


class FolderMissing(OSError):
    """The folder of scheduled backups is missing, or is not the usual one: its disk is not mounted."""


def backups_folder(settings: Settings) -> Path:
    """Returns the folder of scheduled backups. It is never created: without its mount it would be on this machine's own disk.

    Raises ``FolderMissing``, also if the last backup was written to this folder and the folder has no backups any more.
    """
    folder, last = Path(settings.backup_folder), settings.home / _LAST
    if not folder.is_dir():
        raise FolderMissing(f"{folder} is not there")
    if last.exists() and Path(last.read_text()).parent == folder and not any(folder.glob(f"*{SUFFIX}")):
        raise FolderMissing(f"{folder} has lost {Path(last.read_text()).name}")
    return folder


async def make_scheduled_backup(database: Database, settings: Settings) -> tuple[Path, Contents]:
    """Makes a backup in the folder of the settings, named by its time.

    Raises ``FolderMissing`` and the errors of ``make_backup``.
    """
    file = backups_folder(settings) / new_name()
    contents = await make_backup(database, settings, file)
    (settings.home / _LAST).write_text(str(file))
    return file, contents


def new_name() -> str:
    """Returns the name of a backup that is made now."""
    return f"{now():%Y%m%dT%H%M%SZ}{SUFFIX}"


def prune(folder: Path, *, keep: int) -> int:
    """Deletes all but the newest ``keep`` backups of ``folder`` (by name, which contains their time). Returns how many."""
    old = sorted(folder.glob(f"*{SUFFIX}"))[:-keep]
    for file in old:
        file.unlink()
    return len(old)

"""Making a backup: at the operator's wish, or as a job."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

from core.backup.archive import Contents, pack, public_of
from core.backup.rows import dump
from core.database import Database
from core.database.base import now
from core.settings import ROOT, Settings

SUFFIX = ".guichet.age"
_FILES = ("synonyms.yml",)


def recipients_of(settings: Settings) -> list[str]:
    """Whose keys open a backup: those that the settings name, or that of ``GUICHET_BACKUP_KEY``. Raises ``ValueError``."""
    if settings.backup_recipients:
        return [one for one in settings.backup_recipients.replace(",", " ").split() if one]
    return [public_of(settings.backup_key.get_secret_value())]


async def make_backup(database: Database, settings: Settings, file: Path, *, environment: Path = ROOT / ".env") -> Contents:
    """Copy the record at one moment, the active snapshots, the synonyms and the settings file (``environment``) to ``file``.

    Raises ``ValueError`` (no key, no record yet) and ``OSError``.
    """
    recipients, created = recipients_of(settings), now()
    settings.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=settings.home) as made:
        folder = Path(made) / "backup"
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
        # Snapshots never change, and the pointer is replaced in one step: what it names is whole.
        shutil.copytree(pointer.parent / active, folder / "snapshots" / active)
        (folder / "snapshots" / "active").write_text(active)
    for name in _FILES:
        if (settings.home / name).exists():
            shutil.copy2(settings.home / name, folder / name)
    if environment.exists():
        (folder / "settings").mkdir()
        shutil.copy2(environment, folder / "settings" / "env")


def prune(folder: Path, *, keep: int) -> int:
    """Delete all but the newest ``keep`` backups of ``folder`` (by name: they carry their time). Returns how many."""
    old = sorted(folder.glob(f"*{SUFFIX}"))[:-keep]
    for file in old:
        file.unlink()
    return len(old)

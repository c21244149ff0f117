"""The job that makes the scheduled backup."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from core.backup.creation import FolderMissing, make_scheduled_backup, prune
from core.database import Database
from core.settings import Settings

log = structlog.get_logger(__name__)


async def scheduled_backup(database: Database, settings: Settings) -> Path:
    """Makes a backup in the configured folder and deletes the oldest. Raises the exceptions of ``make_scheduled_backup``."""
    try:
        file, contents = await make_scheduled_backup(database, settings)
    except FolderMissing as error:
        log.error("backup_folder_away", reason=str(error))
        raise
    pruned = await asyncio.to_thread(prune, file.parent, keep=settings.backup_keep)
    log.info("backup", rows=sum(contents.tables.values()), files=len(contents.digests), pruned=pruned)
    return file

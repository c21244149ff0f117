"""The job that makes the scheduled backup."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from core.backup.making import SUFFIX, make_backup, prune
from core.database import Database
from core.database.base import now
from core.settings import Settings

log = structlog.get_logger(__name__)


async def scheduled_backup(database: Database, settings: Settings) -> Path:
    """Make a backup in the folder of the settings and delete the oldest. Raises what ``make_backup`` raises."""
    folder = Path(settings.backup_folder)
    file = folder / f"{now():%Y%m%dT%H%M%SZ}{SUFFIX}"
    contents = await make_backup(database, settings, file)
    gone = await asyncio.to_thread(prune, folder, keep=settings.backup_keep)
    log.info("backup", rows=sum(contents.tables.values()), files=len(contents.digests), pruned=gone)
    return file

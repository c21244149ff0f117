"""Copies the directory in use from the record to a node's state folder, where the action server reads it."""

import asyncio
from pathlib import Path

import structlog

from core.database import Database
from core.repeating import repeat_until
from places.offices.directory_file import DirectoryFileWriter, state_of
from places.offices.edits import edits_in_use
from places.offices.record import current_directory, stored_offices

log = structlog.get_logger(__name__)

_EVERY = 5.0  # seconds
_EVERY_AT_MOST = 60.0


async def sync_periodically(database: Database, file: Path, stopping: asyncio.Event) -> None:
    """Calls ``sync`` every few seconds until ``stopping``. While it fails, it is called less often and the old file stays."""

    async def follow() -> None:
        await sync(database, file)

    await repeat_until(stopping, follow, seconds=_EVERY, at_most=_EVERY_AT_MOST, failure_event="directory_not_followed")


async def sync(database: Database, file: Path) -> bool:
    """Writes the directory in use to ``file``, or deletes ``file`` if there is none. Returns whether anything changed."""
    directory = await current_directory(database)
    version = directory.version if directory else 0
    changes, edits = await edits_in_use(database)
    if not (directory and directory.offices) and not any(edits.values()):
        existed = await asyncio.to_thread(file.exists)
        await asyncio.to_thread(file.unlink, missing_ok=True)
        return existed
    if await asyncio.to_thread(state_of, file) == (version, changes):
        return False
    writer = await asyncio.to_thread(DirectoryFileWriter, file, version, directory.source if directory else "", changes)
    await asyncio.to_thread(writer.add, [office for office in edits.values() if office], of_desk=True)
    async for offices in stored_offices(database, version):
        await asyncio.to_thread(writer.add, [office for office in offices if office.id not in edits])
    await asyncio.to_thread(writer.close)
    log.info("directory_followed", version=version, changes=changes)
    return True

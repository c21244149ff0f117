"""Copies the groups in use from the database to the state folder of a node; other processes follow the file."""

import asyncio
from functools import partial
from pathlib import Path

import structlog

from core.database import Database
from knowledge_base.editing.state_file import keep_updated, replace_text
from knowledge_base.synonyms.store import changes, in_use
from retrieval.query.synonyms import dump_groups

log = structlog.get_logger(__name__)

_HEAD = "# Written by Guichet from the record (desk, Synonymes): changes made here are lost.\n"


async def keep_file_updated(database: Database, file: Path, stopping: asyncio.Event) -> None:
    """Keeps ``file`` equal to the groups in use until ``stopping``."""
    update = partial(update_file, database, file)
    await keep_updated(file, partial(changes, database), update, stopping, failure_event="synonyms_not_followed")


async def update_file(database: Database, file: Path) -> bool:
    """Makes ``file`` equal to the groups in use in the database. Returns false if it was equal already."""
    groups = await in_use(database)
    if not await asyncio.to_thread(replace_text, file, _HEAD + dump_groups(groups) if groups else ""):
        return False
    log.info("synonyms_followed", groups=len(groups))
    return True

"""Copies the groups in use from the database to the state folder of a node; other processes follow the file."""

import asyncio
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import structlog

from core.database import Database
from knowledge_base.synonyms.store import changes, in_use
from retrieval.query.synonym_lists import state_of
from retrieval.query.synonyms import Group, dump_groups

log = structlog.get_logger(__name__)

_EVERY = 0.5  # seconds
_EVERY_AT_MOST = 8.0
_WHOLE_EVERY = 60.0
_HEAD = "# Written by Guichet from the record (desk, Synonymes): changes made here are lost.\n"


async def keep_file_updated(database: Database, file: Path, stopping: asyncio.Event) -> None:
    """Calls ``update_file`` twice a second until ``stopping``; less often after failures. The previous groups stay in use then.

    The whole list is read if something has changed in the database or in the file, and once a minute.
    """
    pause, known, whole = _EVERY, None, 0.0
    while not stopping.is_set():
        try:
            now = (await changes(database), await asyncio.to_thread(state_of, file))
            if now != known or time.monotonic() - whole > _WHOLE_EVERY:
                await update_file(
                    database, file
                )  # checks once more after its own write, because somebody may have written since
                known, whole = now, time.monotonic()
            pause = _EVERY
        except Exception:
            log.error("synonyms_not_followed", exc_info=True)
            pause = min(2 * pause, _EVERY_AT_MOST)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause)


async def update_file(database: Database, file: Path) -> bool:
    """Makes ``file`` equal to the groups in use in the database. Returns false if it was equal already.

    The file is replaced in one step, so a reader gets the complete old or new list even if this process is killed. Contents are
    compared, so a restored database, or an edited or deleted file, is corrected as well.
    """
    groups = await in_use(database)
    if not await asyncio.to_thread(_write, file, groups):
        return False
    log.info("synonyms_followed", groups=len(groups))
    return True


def _write(file: Path, groups: Sequence[Group]) -> bool:
    """Writes ``groups`` to ``file`` (none: deletes it) if it differs. Returns whether it did."""
    text = _HEAD + dump_groups(groups) if groups else ""
    if _text(file) == text:
        return False
    if not text:
        file.unlink(missing_ok=True)
        return True
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    with aside.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(file)
    return True


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:  # somebody has edited it
        return None

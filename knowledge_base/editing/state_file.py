"""Copies what is in use at the desk from the database to a file in a node's state folder; other processes follow the file."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import httpx
import structlog

from retrieval.query.synonym_lists import state_of

log = structlog.get_logger(__name__)

_EVERY = 0.5  # seconds
_EVERY_AT_MOST = 8.0
_WHOLE_EVERY = 60.0


async def keep_updated(
    file: Path,
    changes: Callable[[], Awaitable[object]],
    update: Callable[[], Awaitable[bool]],
    stopping: asyncio.Event,
    *,
    failure_event: str,
) -> None:
    """Calls ``update`` if ``changes`` or the ``file`` has changed, and once a minute, until ``stopping``.

    It looks twice a second; less often after failures, which are logged as ``failure_event``. The previous file stays in use
    then.
    """
    pause, known, whole = _EVERY, None, 0.0
    while not stopping.is_set():
        try:
            now = (await changes(), await asyncio.to_thread(state_of, file))
            if now != known or time.monotonic() - whole > _WHOLE_EVERY:
                await update()  # looks once more after its own write, because somebody may have written since
                known, whole = now, time.monotonic()
            pause = _EVERY
        except httpx.HTTPError as error:  # the action server is not up yet
            log.info(failure_event, reason=type(error).__name__)
            pause = min(2 * pause, _EVERY_AT_MOST)
        except Exception:
            log.error(failure_event, exc_info=True)
            pause = min(2 * pause, _EVERY_AT_MOST)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause)


def replace_text(file: Path, text: str) -> bool:
    """Writes ``text`` to ``file`` (none: deletes it) if it differs. Returns whether it did.

    The file is replaced in one step, so a reader gets the complete old or new text even if this process is killed. Contents are
    compared, so a restored database, or an edited or deleted file, is corrected as well.
    """
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

"""Repeats an action in the background: renewing a claim, reporting progress."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

log = structlog.get_logger(__name__)


@asynccontextmanager
async def repeating(do: Callable[[], Awaitable[None]], seconds: float) -> AsyncIterator[None]:
    """Awaits ``do`` every ``seconds`` while the block runs, and never cancels it in the middle.

    An error of ``do`` ends the repetition, and is raised at the end of the block.
    """
    over = asyncio.Event()

    async def repeat() -> None:
        while not over.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), seconds)
            if not over.is_set():
                await do()

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        over.set()
        await task


async def repeat_until(
    stopping: asyncio.Event, do: Callable[[], Awaitable[None]], *, seconds: float, at_most: float, failure_event: str
) -> None:
    """Awaits ``do`` every ``seconds`` until ``stopping``. Failures are logged as ``failure_event``; the pause then doubles, up
    to ``at_most``.
    """
    pause = seconds
    while not stopping.is_set():
        try:
            await do()
            pause = seconds
        except Exception:
            log.error(failure_event, exc_info=True)
            pause = min(2 * pause, at_most)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause)

"""Sends many turns to the running service, a few at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

_CONCURRENT = 4  # conversations at a time


async def in_order[T, R](items: Iterable[T], work: Callable[[T], Awaitable[R]]) -> AsyncIterator[R]:
    """Yields the result of ``work`` on each of ``items``, in their order; a few run at the same time.

    The first error ends all of them.
    """
    slots = asyncio.Semaphore(_CONCURRENT)

    async def one(item: T) -> R:
        async with slots:
            return await work(item)

    tasks = [asyncio.create_task(one(item)) for item in items]
    try:
        for task in tasks:
            yield await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

"""Group commit: what arrives during a transaction shares the next one.

A commit that survives a power cut costs a disk flush, whatever its size. One commit for each message limits how many can be
acknowledged; one for all waiting messages does not. A caller is answered only after its transaction is committed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence


class Batcher[Item, Result]:
    """Hands submitted items, up to ``most`` at a time and in order, to ``handle``, which returns one result for each."""

    def __init__(self, handle: Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]], *, most: int = 64) -> None:
        self._handle = handle
        self._most = most
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._working: asyncio.Task[None] | None = None

    async def submit(self, item: Item) -> Result:
        """Returns the result for ``item``. Raises what ``handle`` raises for it alone, or an exception returned as its
        result.
        """
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            await self._handle_batch(batch)

    async def _handle_batch(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results: Sequence[Result | BaseException] = await self._handle([item for item, _ in batch])
        except Exception as error:
            if len(batch) > 1:  # an item that fails must not make the others fail
                for one in batch:
                    await self._handle_batch([one])
                return
            results = [error]
        for (_, future), result in zip(batch, results, strict=True):
            if future.done():
                continue  # the caller has gone
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)

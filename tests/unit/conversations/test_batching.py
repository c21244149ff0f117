"""Group commit: order, sharing, and one bad item that takes no other with it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from conversations.record.batching import Batcher


class Handler:
    """Keeps the batches it was given; waits at ``gate``; refuses 13."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun, self.gate = asyncio.Event(), asyncio.Event()

    async def __call__(self, items: Sequence[int]) -> Sequence[str]:
        self.batches.append(list(items))
        self.begun.set()
        await self.gate.wait()
        if 13 in items:
            raise ValueError("13")
        return [str(item) for item in items]


async def test_batcher_items_during_a_batch_share_the_next_one() -> None:
    handler = Handler()
    batcher = Batcher(handler, most=3)
    first = asyncio.create_task(batcher.submit(0))
    await handler.begun.wait()
    others = [asyncio.create_task(batcher.submit(number)) for number in range(1, 6)]
    await asyncio.sleep(0)
    assert not first.done()
    handler.gate.set()
    assert await asyncio.gather(first, *others) == ["0", "1", "2", "3", "4", "5"]
    assert handler.batches == [[0], [1, 2, 3], [4, 5]]
    assert await batcher.submit(6) == "6"


async def test_batcher_failing_item_fails_alone() -> None:
    handler = Handler()
    batcher = Batcher(handler)
    tasks = [asyncio.create_task(batcher.submit(number)) for number in (1, 13, 2)]
    handler.gate.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert (results[0], results[2]) == ("1", "2")
    assert isinstance(results[1], ValueError)


async def test_batcher_cancelled_caller_leaves_others_unaffected() -> None:
    handler = Handler()
    batcher = Batcher(handler)
    gone, stays = asyncio.create_task(batcher.submit(1)), asyncio.create_task(batcher.submit(2))
    await handler.begun.wait()
    gone.cancel()
    handler.gate.set()
    assert await stays == "2"
    with pytest.raises(asyncio.CancelledError):
        await gone

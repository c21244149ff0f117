"""How many turns an engine is asked for at a time."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from conversations.engine.adaptive_concurrency import AdaptiveConcurrency

GIVEN = 1.5
LATE, QUICK, NEITHER = 1.5, 0.1, 1.0


async def _taken(room: AdaptiveConcurrency) -> int:
    """How many get a place without waiting; each gives it back, and nothing is learnt of it."""
    taken = 0
    with suppress(TimeoutError):
        while True:
            async with asyncio.timeout(0.01):
                await room.acquire()
            taken += 1
    for _ in range(taken):
        room.release(None)
    return taken


async def _ended(room: AdaptiveConcurrency, *took: float) -> None:
    for _ in took:
        await room.acquire()
    for one in took:
        room.release(one)


async def test_concurrency_while_turns_end_in_time_keeps_all_places() -> None:
    room = AdaptiveConcurrency(8, GIVEN)
    await _ended(room, QUICK, NEITHER, QUICK)
    assert await _taken(room) == room.places == 8


async def test_concurrency_after_late_turns_is_halved_once() -> None:
    room = AdaptiveConcurrency(8, GIVEN)
    await _ended(room, *[LATE] * 8)
    assert await _taken(room) == room.places == 4


async def test_concurrency_grows_with_fast_turns_only() -> None:
    room = AdaptiveConcurrency(8, GIVEN)
    await _ended(room, LATE)
    await _ended(room, *[NEITHER] * 4)
    assert await _taken(room) == 4
    await _ended(room, *[QUICK] * 4)
    assert room.places == 4
    await _ended(room, QUICK)
    assert await _taken(room) == room.places == 5
    for _ in range(30):
        await _ended(room, QUICK)
    assert await _taken(room) == room.places == 8


async def test_concurrency_after_many_late_turns_keeps_a_minimum() -> None:
    for most, least in ((8, 2), (1, 1)):
        room = AdaptiveConcurrency(most, 0.0)  # each is too late, and none so soon after another that it would not count
        for _ in range(6):
            await _ended(room, LATE)
        assert await _taken(room) == room.places == least


async def test_concurrency_waiting_caller_gets_the_released_place() -> None:
    room = AdaptiveConcurrency(2, GIVEN)
    for _ in range(2):
        await room.acquire()
    assert room.locked()
    waiting = asyncio.create_task(room.acquire())
    await asyncio.sleep(0)
    room.release(QUICK)
    async with asyncio.timeout(1):
        await waiting

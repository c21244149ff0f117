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


async def test_there_are_as_many_places_as_wanted_and_they_stay_while_turns_end_in_time() -> None:
    room = AdaptiveConcurrency(8, GIVEN)
    await _ended(room, QUICK, NEITHER, QUICK)
    assert await _taken(room) == room.places == 8


async def test_turns_that_end_too_late_together_leave_room_for_half() -> None:
    room = AdaptiveConcurrency(8, GIVEN)
    await _ended(room, *[LATE] * 8)
    assert await _taken(room) == room.places == 4


async def test_room_comes_back_with_turns_that_end_soon_and_with_no_others() -> None:
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


async def test_a_few_places_stay_however_late_turns_end() -> None:
    for most, least in ((8, 2), (1, 1)):
        room = AdaptiveConcurrency(most, 0.0)  # each is too late, and none so soon after another that it would not count
        for _ in range(6):
            await _ended(room, LATE)
        assert await _taken(room) == room.places == least


async def test_who_waits_gets_the_place_that_comes_back() -> None:
    room = AdaptiveConcurrency(2, GIVEN)
    for _ in range(2):
        await room.acquire()
    assert room.locked()
    waiting = asyncio.create_task(room.acquire())
    await asyncio.sleep(0)
    room.release(QUICK)
    async with asyncio.timeout(1):
        await waiting

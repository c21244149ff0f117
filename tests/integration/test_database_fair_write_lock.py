"""Writers of several processes on one SQLite record take turns."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.database.fair_write_lock import FairWriteLock

_TIMES = 5_000  # long enough for a thread to start meanwhile


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "guichet.db"


async def test_who_waits_comes_before_who_has_just_been(file: Path) -> None:
    """Files opened apart lock each other out within one process as they do among several."""
    busy, patient = FairWriteLock(file), FairWriteLock(file)
    order: list[str] = []
    inside = asyncio.Event()

    async def again_and_again() -> None:
        for _ in range(_TIMES):
            async with busy():
                order.append("busy")
                inside.set()
                await asyncio.sleep(0)

    async def once() -> None:
        await inside.wait()
        order.append("waits")
        async with patient():
            order.append("patient")

    await asyncio.gather(again_and_again(), once())
    between = order[order.index("waits") : order.index("patient")]
    assert len(order) == _TIMES + 2
    # The thread that waits may take a moment to reach the gate; from then on it is its turn.
    assert between.count("busy") < _TIMES - 1
    busy.close()
    patient.close()


async def test_nobody_is_inside_at_the_same_time(file: Path) -> None:
    present, most = 0, 0

    async def writer() -> None:
        nonlocal present, most
        lock = FairWriteLock(file)
        for _ in range(30):
            async with lock():
                present += 1
                most = max(most, present)
                await asyncio.sleep(0)
                present -= 1
        lock.close()

    await asyncio.gather(*(writer() for _ in range(4)))
    assert most == 1


async def test_a_writer_that_is_cancelled_while_it_waits_leaves_the_way_free(file: Path) -> None:
    first, second, third = FairWriteLock(file), FairWriteLock(file), FairWriteLock(file)
    entered = asyncio.Event()

    async def waits() -> None:
        async with second():
            entered.set()

    async with first():
        task = asyncio.create_task(waits())
        await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not entered.is_set()
    async with asyncio.timeout(10), third():
        pass

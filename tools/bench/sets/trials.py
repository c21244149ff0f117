"""Two sets under one load while one dies, a store restarts, or their network is cut; each time a snapshot is published."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from cli.language import Refusal
from core.database import Database
from core.database.models import EntryRow
from core.settings import Settings
from knowledge_base.entries.import_plan import PUBLISHED
from tools.bench.faults.measuring import row_of, unknown_fault
from tools.bench.load import Load, talking
from tools.bench.publishing import revised
from tools.bench.sets.network import Network
from tools.bench.sets.reading import open_pages
from tools.bench.sets.service_set import ServiceSet
from tools.bench.sets.stores import Stores

_PAUSE_SECONDS = 4.0  # of load before and after a fault
_AWAY_SECONDS = 30.0
_FOLLOWED_SECONDS = 240.0
_ATTEMPTS, _AGAIN_SECONDS = 3, 3.0


@dataclass(frozen=True)
class Sets:
    """Both sets, their network and their stores. The first publishes; faults befall the second."""

    first: ServiceSet
    second: ServiceSet
    network: Network
    stores: Stores
    settings: Settings
    """Those of this command, which reads the record."""

    @property
    def addresses(self) -> list[str]:
        return [f"http://{self.network.gateway(one.name)}:{one.settings.port}" for one in (self.first, self.second)]


type Happening = Callable[[Sets], Awaitable[object]]


async def nothing(_: Sets) -> None:
    await asyncio.sleep(_AWAY_SECONDS)


async def set_dies(sets: Sets) -> None:
    """The second set's machine ends without a word, and is back, with all its processes, half a minute later."""
    name = sets.second.name
    try:
        sets.network.cut_from_citizens(name, cut=True)
        sets.network.cut_from_stores(name, cut=True)
        await asyncio.to_thread(sets.second.kill)
        await asyncio.sleep(_AWAY_SECONDS)
    finally:
        sets.network.cut_from_citizens(name, cut=False)
        sets.network.cut_from_stores(name, cut=False)
    await asyncio.to_thread(sets.second.start)


async def stores_cut(sets: Sets) -> None:
    """The second set, which citizens still reach, does not reach PostgreSQL and Valkey for half a minute."""
    try:
        sets.network.cut_from_stores(sets.second.name, cut=True)
        await asyncio.sleep(_AWAY_SECONDS)
    finally:
        sets.network.cut_from_stores(sets.second.name, cut=False)


async def postgresql_restarts(sets: Sets) -> None:
    await asyncio.to_thread(sets.stores.restart_postgresql)


async def valkey_dies(sets: Sets) -> None:
    """Valkey is killed, and back, empty, half a minute later."""
    await asyncio.to_thread(sets.stores.kill_valkey)
    await asyncio.sleep(_AWAY_SECONDS)
    await asyncio.to_thread(sets.stores.start_valkey)


TRIALS: dict[str, Happening] = {
    "none": nothing,
    "set-dies": set_dies,
    "postgresql-restarts": postgresql_restarts,
    "stores-cut": stores_cut,
    "valkey-dies": valkey_dies,
}


def chosen(names: str) -> list[str]:
    """Returns the trials called ``names``, separated by commas, or all. Raises ``Refusal`` for an unknown name."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if unknown := [name for name in wanted if name not in TRIALS]:
        raise unknown_fault(unknown[0], TRIALS)
    return wanted or list(TRIALS)


async def seen_of(sets: Sets, names: list[str], per_second: float, told: Callable[[str], None]) -> dict[str, dict[str, Any]]:
    """Returns what citizens saw during each of the trials ``names``. ``told`` is called with each name before."""
    rows = {}
    for number, name in enumerate(names):
        told(name)
        rows[name] = await _seen(sets, TRIALS[name], number, per_second)
    return rows


async def _seen(sets: Sets, happen: Happening, number: int, per_second: float) -> dict[str, Any]:
    load = Load(sets.settings, sets.addresses)
    async with AsyncExitStack() as pages_stack:
        async with talking(load, per_second):
            pages = await pages_stack.enter_async_context(open_pages(load))
            await asyncio.sleep(_PAUSE_SECONDS)
            async with _publishing(sets, number) as published:
                await happen(sets)
            await asyncio.sleep(_PAUSE_SECONDS)
        row = await row_of(load)
        return row | pages.figures(load) | published | {"refusals": dict(load.refusals)}


@asynccontextmanager
async def _publishing(sets: Sets, number: int) -> AsyncIterator[dict[str, Any]]:
    """Publishes a revision of an entry on the first set while the block runs. Yields the seconds until each set answers from
    it, which are known at the end.
    """
    found: dict[str, Any] = {}
    change, before, began = await _change(sets.settings, number), sets.first.snapshot, time.monotonic()

    async def publish() -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            found["publish_attempts"] = attempt
            try:
                await asyncio.to_thread(sets.first.command, "publish", change, "--even-if-worse", "--reason", "bench")
            except Refusal as refusal:  # the record was away; whoever publishes asks again
                found["failed"] = str(refusal)
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                found.pop("failed", None)
                break
        found["published_s"] = round(time.monotonic() - began, 1)
        new = sets.first.snapshot
        with suppress(TimeoutError):
            async with asyncio.timeout(_FOLLOWED_SECONDS):
                while sets.second.snapshot != new:  # noqa: ASYNC110 - another machine's file
                    await asyncio.sleep(0.2)
        followed = new != before and sets.second.snapshot == new
        found["followed_s"] = round(time.monotonic() - began, 1) if followed else None

    task = asyncio.create_task(publish())
    try:
        yield found
    finally:
        await task


async def _change(settings: Settings, number: int) -> str:
    """Saves a revision of the ``number``th published entry. Returns it as ``./guichet publish`` takes it."""
    database = Database(settings.sql_url)
    try:
        async with database.read() as session:
            listed = select(EntryRow.collection, EntryRow.id).where(EntryRow.status == PUBLISHED, EntryRow.stage == "")
            collection, name = (await session.execute(listed.order_by(EntryRow.id).offset(number).limit(1))).one()
        change, _, _ = await revised(database, f"{collection}/{name}")
    finally:
        await database.close()
    return f"{collection}/{name}@{change['version']}"

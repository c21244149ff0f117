"""A network that fails without a word between the service and PostgreSQL: both sides notice. Needs root and both servers."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cli.processes import redis_binary
from core.database import Database
from tools.bench.sets.network import Network
from tools.bench.sets.stores import Stores

_NAME = "a"
_NOTICED_SECONDS = 20.0  # twice what is set, on a busy machine
_LOCKED = text("SELECT pg_try_advisory_xact_lock(1)")

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0
    or not shutil.which("ip")
    or not any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    or not redis_binary(),
    reason="root, iproute2, PostgreSQL and Valkey are needed",
)


@pytest.fixture
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Network, Stores]]:
    folder = Path(f"/var/tmp/guichet-silent-{os.getpid()}")  # pytest's own folders are closed to PostgreSQL's user
    folder.mkdir()
    try:
        with Network([_NAME]) as network, Stores(folder, network.stores_from_here) as stores:
            yield network, stores
    finally:
        shutil.rmtree(folder)


async def test_query_over_a_cut_network_fails_and_its_lock_is_free_soon(machines: tuple[Network, Stores]) -> None:
    network, stores = machines
    here = Database(stores.database_url(network.stores_from_here))
    try:
        async with here.read() as session:
            assert (await session.execute(_LOCKED)).scalar_one()
            network.cut_stores(cut=True)
            began = time.monotonic()
            with pytest.raises((DBAPIError, OSError)):
                await asyncio.wait_for(session.execute(text("SELECT 1")), 60)
            assert time.monotonic() - began < _NOTICED_SECONDS
        await asyncio.sleep(_NOTICED_SECONDS)  # the other side hears nothing either
        network.cut_stores(cut=False)
        async with here.read() as session:  # a new connection: whoever held the lock is known to be gone
            assert (await session.execute(_LOCKED)).scalar_one()
    finally:
        network.cut_stores(cut=False)
        await here.close()

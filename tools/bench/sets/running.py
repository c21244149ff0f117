"""The whole measurement: network, stores and both sets, from nothing; all of it is gone afterwards."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.settings import Settings
from tools.bench.sets.network import Network
from tools.bench.sets.service_set import service_set
from tools.bench.sets.stores import Stores
from tools.bench.sets.trials import Sets, seen_of

NAMES = ("a", "b")


def measured(settings: Settings, names: list[str], per_second: float, told: Callable[[str], None]) -> dict[str, dict[str, Any]]:
    """Returns what citizens saw during the trials ``names``. Raises ``Refusal`` if the sets cannot be run here."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing is left behind then, either
    with tempfile.TemporaryDirectory(prefix="guichet-sets-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        for name in ("shared", "ledger"):
            (folder / name).mkdir()
        with Network(NAMES) as network, Stores(folder, network.stores_from_here) as stores:
            first, second = (service_set(settings, name, folder, network, stores) for name in NAMES)
            here = first.settings.model_copy(update={"database_url": stores.database_url(network.stores_from_here)})
            try:
                for one in (first, second):
                    told(f"up {one.name}")
                    one.start()
                return asyncio.run(seen_of(Sets(first, second, network, stores, here), names, per_second, told))
            finally:
                for one in (first, second):
                    one.stop()

"""Replaces every process by a new one under load, on the website and by SMS at once: the effects on clients and on the
database.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from cli.process_replacement import restart
from core.settings import Settings
from tools.bench.load import Load, settled, talking

_PAUSE_SECONDS = 5.0  # of load before the first and after the last
_REFUSED = ("ConnectError", "ConnectTimeout")
_SERVER_ERROR = 500


async def rolled(settings: Settings, *, per_second: float, names: Sequence[str] = ()) -> dict[str, Any]:
    """Restarts ``names``, or all processes, while ``per_second`` messages come. Raises ``Refusal`` if one is not replaced."""
    load, took = Load(settings), dict[str, float]()

    def told(name: str, seconds: float) -> None:
        took[name] = round(seconds, 1)

    async with talking(load, per_second):
        began = time.monotonic()
        await asyncio.sleep(_PAUSE_SECONDS)
        await asyncio.to_thread(restart, settings, names, told)
        await asyncio.sleep(_PAUSE_SECONDS)
        reached = len(load.acknowledged) / (time.monotonic() - began)
    found = await settled(settings, load.acknowledged)  # more messages came than can be answered
    statuses = {name: count for name, count in load.refusals.items() if name.isdigit()}
    broken = {name: count for name, count in load.refusals.items() if not name.isdigit()}
    return {
        "rolling.messages_per_second": {"wanted": per_second, "reached": round(reached, 1)},
        "rolling.restart_s": took,
        "rolling.acknowledged": len(load.acknowledged),
        "rolling.server_errors": sum(count for name, count in statuses.items() if int(name) >= _SERVER_ERROR),
        "rolling.other_statuses": {name: count for name, count in statuses.items() if int(name) < _SERVER_ERROR},
        "rolling.connections_refused": sum(count for name, count in broken.items() if name in _REFUSED),
        "rolling.connections_broken": {name: count for name, count in broken.items() if name not in _REFUSED},
        **{f"rolling.{name}": value for name, value in found.items()},
    }

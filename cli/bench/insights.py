"""``./guichet bench traffic``: a year of synthetic traffic, counted."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

from channels.insights.job import Counting, refresh
from cli.bench.traffic import Year, load
from cli.language import Refusal
from cli.progress import reporter
from core.database import Database
from core.settings import Settings
from core.turns import Origin


def write_traffic(settings: Settings, messages: int, into: str) -> dict[str, Any]:
    """Write a year into ``into`` and count it; refused beside citizens' conversations."""
    url = into or f"sqlite+aiosqlite:///{settings.home / 'bench' / 'traffic.db'}"
    if url == settings.sql_url:
        raise Refusal(
            "C'est le registre du service : donnez-en un autre à --into.",
            "This is the service's own record: give another one to --into.",
        )
    started = time.perf_counter()
    written = load(url, Year(messages, datetime.now(UTC).date()), reporter("bench traffic"))
    loaded = time.perf_counter()
    days = asyncio.run(_count(url, settings))
    return {
        "traffic.messages": written,
        "traffic.load_s": round(loaded - started, 1),
        "traffic.days_counted": days,
        "traffic.count_s": round(time.perf_counter() - loaded, 1),
        "traffic.record": url,
    }


async def _count(url: str, settings: Settings) -> int:
    database = Database(url)
    try:
        return await refresh(database, Counting.of(settings, Origin.BENCH))
    finally:
        await database.close()

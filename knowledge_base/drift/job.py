"""The nightly job: one node looks at yesterday, compares, and tells editors."""

from __future__ import annotations

from datetime import timedelta

import structlog

from core.database import Database
from core.database.base import now
from core.database.jobs import begin_job, end_job
from core.settings import Settings
from knowledge_base.drift.comparing import compare
from knowledge_base.drift.record import due_day, known_nights, look
from knowledge_base.drift.telling import raise_task

log = structlog.get_logger(__name__)

_JOB = "quality"


async def watch_quality(database: Database, settings: Settings, owner: str) -> bool:
    """Look at yesterday if nobody has. Raises ``httpx.HTTPError`` where the search is away: the next look tries again."""
    day = due_day(settings.opening.zone, now())
    if day is None or any(night.day == day for night in await known_nights(database, day)):
        return False
    if not await begin_job(database, _JOB, owner, every=timedelta(0), at_most=timedelta(minutes=15)):
        return False
    try:
        await look(database, settings, day)
        drift = compare(await known_nights(database, day))
        told = await raise_task(database, drift)
    finally:
        await end_job(database, _JOB, owner)
    moved = [one.name for one in drift.moved]
    log.info("quality", day=day.isoformat(), asked=drift.asked, fell=len(drift.fell), moved=moved, told=told)
    return True

"""The nightly job: one node measures yesterday, compares, and tells editors."""

from datetime import date, timedelta

import structlog

from core.database import Database
from core.database.base import now
from core.database.jobs import Jobs
from core.settings import Settings
from knowledge_base.quality.drift.comparison import compare
from knowledge_base.quality.drift.editor_task import raise_task
from knowledge_base.quality.drift.nights import due_day, measure, stored_nights

log = structlog.get_logger(__name__)

_JOB = "quality"


async def watch_quality(database: Database, settings: Settings, jobs: Jobs) -> bool:
    """Measures yesterday if no node has. Raises ``httpx.HTTPError`` without a search; the job is then tried again."""
    day = due_day(settings.opening.zone, now())
    if day is None or await _known(database, day):
        return False

    async def measure_once() -> None:
        if await _known(database, day):  # another node may have done it before this one got the job
            return
        await measure(database, settings, day)
        drift = compare(await stored_nights(database, day))
        raised = await raise_task(database, drift)
        moved = [one.name for one in drift.moved]
        log.info("quality", day=day.isoformat(), asked=drift.asked, fell=len(drift.fell), moved=moved, told=raised)

    return await jobs.run(_JOB, measure_once, every=timedelta(0))


async def _known(database: Database, day: date) -> bool:
    return any(night.day == day for night in await stored_nights(database, day))

"""The nightly job: an editors' task for each office of the administration whose record is broken or old."""

from datetime import timedelta
from urllib.parse import quote

import structlog
from sqlalchemy import select

from core import both_languages
from core.audit import record
from core.database import Database
from core.database.base import now
from core.database.jobs import Jobs
from core.database.models import EditorTask
from core.settings import Settings
from places.offices.checks import reason_sentence, reasons
from places.offices.edits import stored_offices_of

log = structlog.get_logger(__name__)

KIND = "office"
_AUTHOR = _JOB = "offices"
_NIGHT = range(2, 6)  # local hours
_EVERY = timedelta(hours=12)
_MOST = 30  # open tasks: what an editor can work through


async def watch_offices(database: Database, settings: Settings, jobs: Jobs) -> bool:
    """Checks the administration's offices, once a night."""
    if now().astimezone(settings.opening.zone).hour not in _NIGHT:
        return False

    async def check() -> None:
        log.info("offices_checked", tasks=await raise_tasks(database, settings))

    return await jobs.run(_JOB, check, every=_EVERY)


async def raise_tasks(database: Database, settings: Settings) -> int:
    """Creates a task for each office to look at that has none, and closes those about offices that are right again.

    Returns how many are open. The offices: those of the desk, of the administration's commune, or of a small directory.
    """
    moment = now()
    wrong = {
        f"/desk/offices/{quote(one.id)}": (one.shown.name, codes)
        for one in await stored_offices_of(database, commune=settings.office_commune)
        if (codes := reasons(one, moment, settings.verified_months))
    }
    async with database.write() as session:
        rows = list(await session.scalars(select(EditorTask).where(EditorTask.kind == KIND, EditorTask.closed_at.is_(None))))
        known = {row.note.split()[-1]: row for row in rows}
        for path, row in known.items():
            if path not in wrong:
                row.closed_at, row.closed_by = moment, _AUTHOR
        still_open = len(known.keys() & wrong.keys())
        new = [path for path in wrong if path not in known][: max(_MOST - still_open, 0)]
        for path in new:
            name, codes = wrong[path]
            said = [reason_sentence(code) for code in codes]
            french, english = (", ".join(texts) for texts in zip(*said, strict=True))
            note = both_languages.join(f"{name} : {french}. {path}", f"{name}: {english}. {path}")
            session.add(EditorTask(kind=KIND, note=note, created_by=_AUTHOR))
        if new:
            await session.flush()
            await record(session, actor=_AUTHOR, action="office.to_check", target="tasks", details={"offices": len(new)})
    return still_open + len(new)

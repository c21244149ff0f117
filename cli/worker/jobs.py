"""The periodic jobs of a worker. ``core.database.jobs`` decides who runs each, and when."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

import structlog

from analytics.insights.job import CountingRules, refresh
from cli.worker.audit_heads import AuditHeads
from conversations.engine.rasa_client import RasaClient
from conversations.record.erasure import erase_closing, forget_erased
from conversations.record.phone_copies import delete_expired_copies
from conversations.record.retention import apply_retention
from core.audit.ledger_sync import LedgerSync
from core.backup.creation import FolderMissing, make_scheduled_backup, prune
from core.database import Database
from core.database.base import now
from core.database.jobs import REST
from core.dates import local_day
from core.settings import Settings
from integrators.webhooks import sending
from supervision.handoffs.call_back import delete_unfinished_forms
from supervision.review.sampling import draw

_LEDGER = timedelta(minutes=1)  # acts of this period may be missing from remote copies
_DAYS_AT_A_TIME = 40  # so that citizens' messages get in between

log = structlog.get_logger(__name__)


async def scheduled_backup(database: Database, settings: Settings) -> Path:
    """Makes a backup in the configured folder and deletes the oldest. Raises the exceptions of ``make_scheduled_backup``."""
    try:
        file, contents = await make_scheduled_backup(database, settings)
    except FolderMissing as error:
        log.error("backup_folder_away", reason=str(error))
        raise
    pruned = await asyncio.to_thread(prune, file.parent, keep=settings.backup_keep)
    log.info("backup", rows=sum(contents.tables.values()), files=len(contents.digests), pruned=pruned)
    return file


class Periodic(NamedTuple):
    """Runs ``work`` ``every`` so often; ``rest`` is that of ``Jobs.run``."""

    name: str
    work: Callable[[], Awaitable[object]]
    every: timedelta
    rest: timedelta = REST


class PeriodicJobs:
    """The jobs of a worker, as configured by ``settings``."""

    def __init__(self, database: Database, settings: Settings, engine: RasaClient) -> None:
        self._database, self._settings, self._engine = database, settings, engine
        self._heads = AuditHeads(database, settings)
        self._ledger = LedgerSync(database, settings)
        self._webhooks = sending.Sender(database, settings)

    def all(self, *, retention: timedelta, forget: timedelta, insights: timedelta) -> Sequence[Periodic]:
        """Returns all jobs, with their names in the database."""
        settings = self._settings
        jobs = [
            Periodic("retention", self._apply_retention, retention),
            Periodic("forget", self._forget, forget, timedelta(minutes=5)),
            Periodic("insights", self._count, insights),
            Periodic("audit_retention", self._heads.delete_old, timedelta(days=1)),
            Periodic("ledger", self._ledger.run, _LEDGER, _LEDGER),
            Periodic("webhooks", self._webhooks.run, sending.EVERY, timedelta(minutes=1)),
        ]
        if settings.backup_folder:
            jobs.append(
                Periodic("backup", partial(scheduled_backup, self._database, settings), timedelta(hours=settings.backup_hours))
            )
        if settings.audit_heads:
            minutes = timedelta(minutes=settings.audit_heads_minutes)
            jobs.append(Periodic("audit_heads", self._heads.send, minutes, timedelta(minutes=1)))
        return jobs

    async def _apply_retention(self) -> None:
        settings = self._settings
        deleted = await apply_retention(self._database, days=settings.retention_days, erasures_days=settings.erasures_days)
        await self._database.purge_deleted(self._settings.trackers_file)
        log.info("retention", conversations=deleted.conversations, messages=deleted.messages, replies=deleted.replies)

    async def _forget(self) -> None:
        await erase_closing(self._database)
        if await forget_erased(self._database, self._engine):
            await self._database.purge_deleted(self._settings.trackers_file)
        await delete_unfinished_forms(self._database)
        await delete_expired_copies(self._database)

    async def _count(self) -> None:
        await refresh(self._database, CountingRules.of(self._settings), most=_DAYS_AT_A_TIME)
        zone, size = self._settings.opening.zone, self._settings.review_per_day
        if size:
            await draw(self._database, local_day(now(), zone) - timedelta(days=1), zone=zone, size=size)

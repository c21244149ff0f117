"""The database: whether it answers, whether its tables are those of this version, what waits in it, and its last backup."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from channels.sms.providers.twilio import STOPPED
from cli.doctor.backups import backups
from cli.doctor.clock import clock
from cli.doctor.findings import Finding, ok, problem, warning
from cli.doctor.ledger import ledger
from core.database import Database
from core.database.base import Base, now
from core.database.migrate import code_revision, database_revision, works_with
from core.database.models import Delivery, EntryRow, Job, Message
from core.settings import Settings
from knowledge_base.entries.served_content import count_waiting, listed
from retrieval.index.entry_file import EntryFile
from retrieval.snapshots.folder import Snapshots
from retrieval.snapshots.update import snapshots_folder

_LATE = timedelta(seconds=60)  # the longest deadline of a turn is 25 s


async def check_record(settings: Settings) -> AsyncIterator[Finding]:
    """Yields all findings about the database. If it does not answer or has other tables, nothing more is checked."""
    database = Database(settings.sql_url)
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    try:
        if database.is_sqlite and not (settings.home / "guichet.db").exists() and not settings.database_url:
            yield problem("sql", "no_tables")
            return
        async with database.engine.connect() as connection:
            revision = await connection.run_sync(database_revision)
            if not database.is_sqlite:
                database_time = (await connection.execute(text("SELECT extract(epoch FROM clock_timestamp())"))).scalar_one()
                yield clock("PostgreSQL", float(database_time) - time.time())
        if revision is None:
            yield problem("sql", "no_tables")
        elif not works_with(revision):
            yield problem("sql", "tables_of_another_version", revision=revision, wanted=code_revision())
        else:
            yield _tables(kind, revision)
            async for finding in _contents(settings, database):
                yield finding
    except (SQLAlchemyError, OSError) as error:
        name = type(getattr(error, "orig", None) or error).__name__
        yield problem("sql", "record_does_not_answer", kind=kind, name=name)
    finally:
        await database.close()


def _tables(kind: str, revision: str) -> Finding:
    if revision == code_revision():
        return ok("sql", "tables_up_to_date", kind=kind)
    return warning("sql", "tables_newer_but_work", kind=kind, revision=revision)


async def _contents(settings: Settings, database: Database) -> AsyncIterator[Finding]:
    async with database.read() as session:

        async def count(of: type[Base], *where: ColumnElement[bool]) -> int:
            return await session.scalar(select(func.count()).select_from(of).where(*where)) or 0

        late = await count(Message, Message.outcome.is_(None), Message.received_at < now() - _LATE)
        day, month = now() - timedelta(days=1), now() - timedelta(days=30)
        failed = Delivery.status.in_(("uncertain", "failed")), Delivery.error.is_distinct_from(STOPPED)
        doubtful = await count(Delivery, *failed, Delivery.updated_at > day)
        stopped = await count(Delivery, Delivery.error == STOPPED, Delivery.updated_at > month)
        entries = await count(EntryRow)
        backed_up = await session.scalar(select(Job.finished_at).where(Job.name == "backup"))
    if late:
        yield problem("waiting", "messages_wait", late=late)
    else:
        yield ok("waiting", "no_message_waits")
    if doubtful:
        yield warning("deliveries", "sms_not_arrived", doubtful=doubtful)
    if stopped:
        yield warning("stop", "twilio_answers_stop", stopped=stopped)
    yield backups(settings, (now() - backed_up) if backed_up else None)
    yield await ledger(settings, database)
    if entries:
        async for finding in _freshness(settings, database):
            yield finding


async def _freshness(settings: Settings, database: Database) -> AsyncIterator[Finding]:
    """Compares the published content with the index in use, and reports imports that are not in the index."""
    snapshots = Snapshots(snapshots_folder(settings.home))
    try:
        indexed = set(EntryFile(snapshots.folder / snapshots.active()).listed()) if snapshots.active() else set()
    except (OSError, ValueError, KeyError):
        indexed = set()  # the kind of damage is reported elsewhere
    missing = len(set(await listed(database)) ^ indexed)
    if not missing:
        yield ok("freshness", "index_holds_all")
    else:
        yield warning("freshness", "index_lacks_entries", missing=missing)
    if waiting := await count_waiting(database):
        yield warning("imported", "imported_entries_wait", waiting=waiting)

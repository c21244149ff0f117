"""The database: whether it answers, whether its tables are those of this version, what waits in it, and its last backup."""

from __future__ import annotations

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
            yield _no_record()
            return
        async with database.engine.connect() as connection:
            revision = await connection.run_sync(database_revision)
            if not database.is_sqlite:
                database_time = (await connection.execute(text("SELECT extract(epoch FROM clock_timestamp())"))).scalar_one()
                yield clock("PostgreSQL", float(database_time) - time.time())
        if revision is None:
            yield _no_record()
        elif not works_with(revision):
            yield problem(
                "sql",
                f"Les tables sont en version {revision}, ce logiciel veut {code_revision()}.",
                f"The tables are of version {revision}, this software wants {code_revision()}.",
                "Lancez ./guichet database upgrade (une sauvegarde d'abord : ./guichet backup). Si la base est plus "
                "récente, remettez la version du logiciel qui va avec.",
                "Run ./guichet database upgrade (a backup first: ./guichet backup). If the tables are the newer ones, "
                "put the software's version back that goes with them.",
            )
        else:
            yield _tables(kind, revision)
            async for finding in _contents(settings, database):
                yield finding
    except (SQLAlchemyError, OSError) as error:
        name = type(getattr(error, "orig", None) or error).__name__
        yield problem(
            "sql",
            f"{kind} ne répond pas ({name}).",
            f"{kind} does not answer ({name}).",
            "Aucun message n'est accepté. Vérifiez DATABASE_URL, que le serveur tourne, et la place sur son disque.",
            "No message is accepted. Check DATABASE_URL, that the server runs, and the room on its disk.",
        )
    finally:
        await database.close()


def _tables(kind: str, revision: str) -> Finding:
    if revision == code_revision():
        return ok("sql", f"{kind} répond, ses tables sont à jour.", f"{kind} answers, and its tables are up to date.")
    return warning(
        "sql",
        f"{kind} répond. Ses tables ({revision}) sont d'une version plus récente que ce logiciel, qui s'en accommode.",
        f"{kind} answers. Its tables ({revision}) are of a newer version than this software, which works with them.",
        "N'y restez pas longtemps : les sauvegardes faites ici ne se restaurent qu'avec la version plus récente, et "
        "n'ont pas les tables qu'elle a ajoutées.",
        "Do not stay here for long: backups made here can only be restored by the newer version, and lack the tables that "
        "it added.",
    )


def _no_record() -> Finding:
    message = ("La base n'a pas encore de tables.", "The record has no tables yet.")
    return problem("sql", *message, "Lancez ./guichet up.", "Run ./guichet up.")


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
        yield problem(
            "waiting",
            f"{late} messages de citoyens attendent une réponse depuis plus d'une minute.",
            f"{late} messages of citizens have waited for an answer for more than a minute.",
            "Lancez ./guichet up si rien ne tourne ; sinon voyez ./guichet logs worker (docs/runbooks/queue-age.md).",
            "Run ./guichet up if nothing runs; else see ./guichet logs worker (docs/runbooks/queue-age.md).",
        )
    else:
        yield ok("waiting", "Aucun message n'attend.", "No message waits.")
    if doubtful:
        yield warning(
            "deliveries",
            f"{doubtful} SMS d'un jour ne sont pas arrivés.",
            f"{doubtful} SMS of one day did not arrive.",
            "./guichet sms deliveries dit lesquels et pourquoi.",
            "./guichet sms deliveries says which, and why.",
        )
    if stopped:
        yield warning(
            "stop",
            "Twilio répond lui-même à STOP, et refuse ce qui vient ensuite, confirmation comprise "
            f"(21610 : {stopped} en 30 jours).",
            f"Twilio answers STOP itself and refuses what follows, the confirmation too (21610: {stopped} in 30 days).",
            "Donnez-lui votre texte en français (Advanced Opt-Out) : docs/guides/sms-operators.md, « STOP chez l'opérateur ».",
            "Give it your text in French (Advanced Opt-Out): docs/guides/sms-operators.md, 'STOP chez l'opérateur'.",
        )
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
        yield ok("freshness", "L'index contient tout ce qui est publié.", "The index holds all that is published.")
    else:
        yield warning(
            "freshness",
            f"Fiches publiées qui ne sont pas dans l'index actif, ou l'inverse : {missing}.",
            f"Published entries that are not in the active index, or the reverse: {missing}.",
            "./guichet index build les ajoute.",
            "./guichet index build adds them.",
        )
    if waiting := await count_waiting(database):
        yield warning(
            "imported",
            f"Fiches importées que les citoyens n'ont pas encore : {waiting}.",
            f"Imported entries that citizens do not have yet: {waiting}.",
            "Décidez-en à la page Publications de l'espace des agents, ou lancez ./guichet publish.",
            "Decide about them on the desk's page Publications, or run ./guichet publish.",
        )

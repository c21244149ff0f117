"""Restores a backup into a separate database, where the acts since then are replayed. Only after that is anything replaced."""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import batched
from pathlib import Path

from pydantic import JsonValue
from sqlalchemy import insert, inspect, make_url, select, update
from sqlalchemy.exc import SQLAlchemyError

from cli.act_replay import Replayed, audit_replayed, close_accounts, erase_again, replay_staff, revoke_again
from cli.acts_since_backup import BackupAudit, acts_since
from core.audit import record
from core.audit.heads import load_heads
from core.audit.ledger import RESTORED
from core.audit.ledger_sync import LedgerSync
from core.audit.queries import current_head
from core.audit.replay_order import Key
from core.backup.archive import BackupUnusable, Contents, unpack
from core.backup.rows import load
from core.database import Database
from core.database.base import now
from core.database.migrate import has_migration, upgrade_async
from core.database.models import AuditHead, AuditRow, ErasedConversation, OptOut
from core.settings import Settings

_ROWS = 500


class NotEmpty(Exception):
    """The PostgreSQL database is not empty."""


@dataclass(frozen=True, slots=True)
class Restored:
    """The result of a restore. ``erased_again`` are conversations in the backup that had been erased since.

    ``replayed`` are the other acts. ``opt_outs`` counts numbers whose STOP or START was taken from the replaced database.
    ``audit_rows`` counts newer audit rows taken from there. ``kept`` is where that database is now.
    """

    contents: Contents
    erased_again: int
    replayed: Replayed
    opt_outs: int
    audit_rows: int
    kept: Path | None
    settings_file: Path | None


async def restore(
    settings: Settings,
    file: Path,
    *,
    identity: str,
    erased_from: Sequence[str] = (),
    ledgers: Sequence[Path] = (),
    without_ledger: bool = False,
) -> Restored:
    """Restores ``file`` in the place of the present database and snapshots. The service must not be running.

    All sessions and links of the staff end. The acts since the backup come from the ledger of the settings, from ``ledgers``
    (files) and their copies, from the present database, and from ``erased_from`` (addresses of databases). Erasures also come
    from exported heads, which may be among ``erased_from``. If no source is complete, raises ``LedgerUnusable``, or with
    ``without_ledger`` closes all accounts, because any of them may have been closed. Also raises ``BackupUnusable``,
    ``NotEmpty``, ``OSError`` and SQLAlchemy's errors. Nothing was changed then.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.home) as scratch:
        folder = Path(scratch) / "backup"
        folder.mkdir()
        contents = await asyncio.to_thread(unpack, file, folder, identity=identity)
        if not has_migration(contents.revision):
            raise BackupUnusable(f"a newer version made it (tables {contents.revision}), which must restore it")
        target = make_url(settings.sql_url)
        is_sqlite = target.get_backend_name() == "sqlite"
        present = settings.sql_url if is_sqlite and _is_there(str(target.database)) else ""
        aside = f"sqlite+aiosqlite:///{scratch}/guichet.db" if is_sqlite else settings.sql_url
        if not is_sqlite and await _has_tables(aside):
            raise NotEmpty
        erased = await _erased(settings, [*([present] if present else []), *erased_from])
        records = [one for one in (present, *erased_from) if "://" in one]
        backup = await asyncio.to_thread(BackupAudit.read, folder / "record")
        acts, all_known = await acts_since(settings, backup, records=records, ledgers=ledgers, may_lack=without_ledger)
        await upgrade_async(aside, revision=contents.revision)
        async with Database(aside) as database:
            await load(database, folder / "record", sorted(contents.tables))
            await upgrade_async(aside)
            audit_rows: set[Key] = set()
            opt_outs = 0
            for source in records:
                audit_rows |= await _carry_audit(source, database)
                opt_outs += await _carry_opt_outs(source, database)
            async with database.write() as session:
                replayed = await replay_staff(session, acts)
                await revoke_again(session, acts if all_known else None)
                if not all_known:
                    replayed = replace(replayed, closed=await close_accounts(session))
                again = await erase_again(session, acts, erased)
                await audit_replayed(session, acts, again, audit_rows)
                details: dict[str, JsonValue] = {
                    "created": contents.created.isoformat(),
                    "erased again": len(again),
                    "acts replayed": len(acts),
                    "audit rows carried": len(audit_rows),
                    "opt-outs carried": opt_outs,
                    "without ledger": without_ledger,
                }
                await record(session, actor="operator", action=RESTORED, target=f"backup:{file.name}"[:200], details=details)
        previous = (
            await asyncio.to_thread(_swap, Path(str(target.database)), Path(scratch) / "guichet.db") if is_sqlite else None
        )
        async with Database(settings.sql_url) as database:  # the rows before the restore belong to a database that is gone
            await LedgerSync(database, settings).run()
        settings_file = await asyncio.to_thread(_put_files, settings, folder)
        return Restored(contents, len(again), replayed, opt_outs, len(audit_rows), previous, settings_file)


def _is_there(path: str) -> bool:
    return Path(path).exists()


async def _has_tables(url: str) -> bool:
    async with Database(url) as database, database.engine.connect() as connection:
        return bool(await connection.run_sync(lambda sync: inspect(sync).has_table("conversations")))


async def _erased(settings: Settings, sources: Sequence[str]) -> set[str]:
    heads = settings.audit_heads
    if heads and "://" not in heads and _is_there(heads):
        sources = [*sources, heads]
    found: set[str] = set()
    for source in sources:
        if "://" not in source:
            found |= {one for head in load_heads(Path(source)) for one in head.erased}
            continue
        async with Database(source) as database:
            try:
                async with database.read() as session:
                    found |= set((await session.execute(select(ErasedConversation.conversation_id))).scalars())
            except SQLAlchemyError:
                if source != settings.sql_url:
                    raise  # the present database may be the broken one; one that was named must be readable
    return found


async def _carry_audit(source: str, database: Database) -> set[Key]:
    """Appends the newer rows of ``source``'s audit to the restored one, if it is the same chain. Returns the rows' keys."""
    async with Database(source) as old:
        try:
            async with database.read() as session:
                seq, digest = await current_head(session)
            async with old.read() as session:
                present = await session.scalar(select(AuditRow.digest).where(AuditRow.seq == seq)) if seq else digest
                if present != digest:
                    return set()
                columns = AuditRow.__table__.columns
                rows = (await session.execute(select(*columns).where(columns.seq > seq).order_by(columns.seq))).mappings().all()
        except SQLAlchemyError:
            return set()  # the present database is the broken one
    if rows:
        async with database.write() as session:
            for some in batched(rows, _ROWS):
                await session.execute(insert(AuditRow), [dict(row) for row in some])
            await session.execute(update(AuditHead).values(seq=rows[-1]["seq"], digest=rows[-1]["digest"]))
    return {(row["seq"], row["digest"]) for row in rows}


async def _carry_opt_outs(source: str, database: Database) -> int:
    """Takes over newer STOP and START messages from ``source``, so that nobody who sent STOP gets messages."""
    async with Database(source) as old:
        try:
            async with old.read() as session:
                opt_outs = (await session.execute(select(*OptOut.__table__.columns))).mappings().all()
        except SQLAlchemyError:
            return 0  # the present database is the broken one
    count = 0
    async with database.write() as session:
        for row in opt_outs:
            present = await session.get(OptOut, row["address_digest"])
            if present is None or (present.lifted_at or present.stopped_at) < (row["lifted_at"] or row["stopped_at"]):
                await session.merge(OptOut(**row))
                count += 1
    return count


def _swap(target: Path, restored: Path) -> Path | None:
    """Puts the restored SQLite file in its place; the previous one is kept next to it."""
    previous = None
    if target.exists():
        previous = target.with_name(f"{target.name}.before-{now():%Y%m%dT%H%M%S}")
        for suffix in ("", "-wal", "-shm"):
            file = target.with_name(target.name + suffix)
            if file.exists():
                file.rename(previous.with_name(previous.name + suffix))
    target.parent.mkdir(parents=True, exist_ok=True)
    for suffix in ("-wal", ""):
        file = restored.with_name(restored.name + suffix)
        if file.exists():
            file.rename(target.with_name(target.name + suffix))
    return previous


def _put_files(settings: Settings, folder: Path) -> Path | None:
    """Restores the files: snapshots, next to the present ones; synonyms; the settings under another name, for comparison."""
    snapshots = folder / "snapshots"
    if snapshots.exists():
        for version in snapshots.iterdir():
            if version.is_dir() and not (settings.home / "snapshots" / version.name).exists():
                shutil.copytree(version, settings.home / "snapshots" / version.name)
        shutil.copy2(snapshots / "active", settings.home / "snapshots" / "active")
    if (folder / "synonyms.yml").exists():
        shutil.copy2(folder / "synonyms.yml", settings.home / "synonyms.yml")
    if not (folder / "settings" / "env").exists():
        return None
    settings_file = settings.home / "restored.env"
    settings_file.touch(mode=0o600)
    settings_file.chmod(0o600)
    shutil.copyfile(folder / "settings" / "env", settings_file)
    return settings_file

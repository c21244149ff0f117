"""The acts since a backup, from all sources: the ledger, its copies, and databases that still exist."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from cli.language import sentence
from core.audit.chain import GENESIS
from core.audit.ledger import Ledger, LedgerDamaged, LedgerRow, is_for_ledger, ledger_row
from core.audit.ledger_copies import LockedCopies
from core.audit.ledger_sync import rows_of_ledger
from core.audit.replay_order import Key, rows_since
from core.backup.rows import read_rows
from core.database import Database
from core.database.models import AuditRow
from core.settings import Settings
from core.shared_folder import SharedUnreachable


class LedgerUnusable(Exception):
    """No source surely has all acts since the backup. ``fr`` and ``en`` say why."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.fr, self.en = fr, en


@dataclass(frozen=True, slots=True)
class BackupAudit:
    """The audit in an unpacked backup: its head, its rows' keys, and the last row that belongs in the ledger (if any)."""

    head: Key
    rows: Collection[Key]
    last: Key | None

    @classmethod
    def read(cls, folder: Path) -> BackupAudit:
        """Reads the audit from the ``folder`` of the database's tables. Blocking."""
        rows: set[Key] = set()
        last: Key | None = None
        for row in read_rows(folder, "audit_rows"):
            rows.add((row["seq"], row["digest"]))
            if is_for_ledger(LedgerRow.model_validate(row)):
                last = (row["seq"], row["digest"])
        heads = [(int(row["seq"]), str(row["digest"])) for row in read_rows(folder, "audit_head")]
        return cls(heads[0] if heads else (0, GENESIS), rows, last)


async def acts_since(
    settings: Settings, backup: BackupAudit, *, records: Iterable[str], ledgers: Sequence[Path], may_lack: bool
) -> tuple[list[LedgerRow], bool]:
    """Returns the acts to replay after ``backup``, in order, and whether they are surely all. ``records`` are addresses of
    databases; ``ledgers`` are further files.

    Raises ``LedgerUnusable`` unless a source is complete, or acts ``may_lack``.
    """
    troubles: list[LedgerUnusable] = []
    found: list[LedgerRow] = []
    complete = False
    for path in (settings.ledger_file, *ledgers):
        try:
            rows: Sequence[LedgerRow] = await asyncio.to_thread(Ledger(path).read)
            complete = complete or _reaches(rows, backup, path, troubles)
        except LedgerDamaged as error:
            rows = error.before
            troubles.append(LedgerUnusable(*sentence("ledger_torn", file=error.path, line=error.line)))
        except OSError as error:
            rows = ()
            troubles.append(_unreadable(path, error))
        found += rows
    copies = LockedCopies.of(settings)
    if copies is not None:
        try:
            rows = await asyncio.to_thread(copies.read)
            complete = complete or _reaches(rows, backup, settings.ledger_copies, troubles)
            found += rows
        except SharedUnreachable as error:
            troubles.append(LedgerUnusable(f"ses copies ne se lisent pas ({error})", f"its copies cannot be read ({error})"))
    for url in records:
        acts_in_record = await _of_record(url, backup.head)
        complete = complete or acts_in_record is not None
        found += acts_in_record or ()
    if not complete and not may_lack:
        raise LedgerUnusable(" ; ".join(one.fr for one in troubles), "; ".join(one.en for one in troubles))
    return rows_since(found, backup.rows), complete


def _reaches(rows: Sequence[LedgerRow], backup: BackupAudit, where: object, troubles: list[LedgerUnusable]) -> bool:
    """Decides whether ``rows`` belong to the backup's installation and begin early enough: they contain its last row."""
    if backup.last is None or backup.last in {row.key for row in rows}:
        return True
    troubles.append(LedgerUnusable(*sentence("ledger_too_short", where=where)))
    return False


async def _of_record(url: str, head: Key) -> list[LedgerRow] | None:
    """Returns the acts in a database that continues from the backup's ``head``; else, or if it is unreadable, ``None``."""
    async with Database(url) as database:
        try:
            async with database.read() as session:
                digest = await session.scalar(select(AuditRow.digest).where(AuditRow.seq == head[0]))
            if digest is None or digest != head[1]:
                return None
            return [ledger_row(row) for row in await rows_of_ledger(database, after=head[0])]
        except SQLAlchemyError:
            return None  # it may be the broken one


def _unreadable(path: Path, error: OSError) -> LedgerUnusable:
    if isinstance(error, FileNotFoundError):
        return LedgerUnusable(f"{path} n'existe pas", f"{path} is not there")
    return LedgerUnusable(*sentence("ledger_unreadable", file=path, reason=error.strerror))

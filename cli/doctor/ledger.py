"""The ledger of acts that a restore must replay: whether it is intact and complete, and not on the database's disk."""

import asyncio
from pathlib import Path

from cli.doctor.backups import on_one_disk
from cli.doctor.findings import Finding, ok, problem, warning
from core.audit.ledger import Ledger, LedgerDamaged, LedgerRow
from core.audit.ledger_copies import LockedCopies
from core.audit.ledger_sync import rows_of_ledger
from core.database import Database
from core.settings import Settings
from core.shared_folder import SharedUnreachable


async def ledger(settings: Settings, database: Database) -> Finding:
    """Checks the ledger as a restore would find it. Writes nothing."""
    file = settings.ledger_file
    audited = {(row.seq, row.digest) for row in await rows_of_ledger(database)}
    try:
        rows: list[LedgerRow] = await asyncio.to_thread(Ledger(file).read)
    except LedgerDamaged as error:
        return problem("ledger", "ledger_damaged", file=file, line=error.line)
    except OSError:
        return (problem if audited else warning)("ledger", "ledger_missing", file=file)
    missing = len(audited - {row.key for row in rows})
    if missing:
        return problem("ledger", "ledger_incomplete", missing=missing, file=file)
    copies = LockedCopies.of(settings)
    if copies is not None:
        try:
            await asyncio.to_thread(copies.read)
        except SharedUnreachable as error:
            return warning("ledger", "ledger_copies_unreadable", error=error)
    elif database.is_sqlite and on_one_disk(file.parent, Path(str(database.engine.url.database)).parent):
        return warning("ledger", "ledger_on_same_disk", file=file)
    return ok("ledger", "ledger_rows", rows=len(rows))

"""Completes the ledger and its copies from the audit: rows that could not be written, or that are older than the ledger."""

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy import select

from core.audit.chain import Link
from core.audit.ledger import LEDGER_ACTIONS, Ledger, LedgerDamaged, LedgerRow, is_for_ledger
from core.audit.ledger_copies import LockedCopies
from core.audit.queries import link_of
from core.database import Database
from core.database.base import now
from core.database.models import AuditRow
from core.settings import Settings
from core.shared_folder import SharedUnreachable

log = structlog.get_logger(__name__)


class LedgerSync:
    """A periodic job, also run before each backup. Failures to write are logged; the next run tries again.

    A damaged file is kept under another name. The new file has everything before the damage, and everything in the audit.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._ledger = Ledger.of(settings)
        self._copies = LockedCopies.of(settings)
        self._written = self._sent = -1  # numbers of the rows up to which nothing is missing

    async def run(self) -> None:
        """Writes the missing rows. If somebody removed the file, all rows are written again."""
        if not await asyncio.to_thread(self._ledger.path.exists):
            self._written = -1
        rows = await rows_of_ledger(self._database, after=min(self._written, self._sent) if self._copies else self._written)
        last = rows[-1].seq if rows else 0
        if rows or self._written < 0:
            try:
                await asyncio.to_thread(self._write, rows)
                self._written = max(self._written, last)
            except OSError as error:
                log.error("ledger_not_written", path=str(self._ledger.path), error=type(error).__name__)
        if self._copies:
            try:
                await asyncio.to_thread(self._send, self._copies, rows)
                self._sent = max(self._sent, last)
            except SharedUnreachable as error:
                log.error("ledger_copy_not_sent", reason=str(error))

    def _write(self, rows: Sequence[Link]) -> None:
        try:
            present: Sequence[LedgerRow] = self._ledger.read()
        except FileNotFoundError:
            present = ()
        except LedgerDamaged as error:
            aside = self._ledger.path.with_name(f"{self._ledger.path.name}.damaged-{now():%Y%m%dT%H%M%S%f}")
            log.error("ledger_damaged", line=error.line, kept=str(aside))
            self._ledger.path.rename(aside)
            self._ledger.append(error.before)
            present = error.before
        self._ledger.append(_missing(rows, present))

    def _send(self, copies: LockedCopies, rows: Sequence[Link]) -> None:
        missing = _missing(rows, copies.read()) if rows else ()
        if missing:
            copies.put(missing)


async def rows_of_ledger(database: Database, *, after: int = -1) -> list[Link]:
    """Returns the rows of the audit with numbers above ``after`` that belong in the ledger, in order."""
    statement = select(AuditRow).where(AuditRow.seq > after, AuditRow.action.in_(LEDGER_ACTIONS)).order_by(AuditRow.seq)
    async with database.read() as session:
        rows = [link_of(row) for row in (await session.execute(statement)).scalars()]
    return [row for row in rows if is_for_ledger(row)]


def _missing(rows: Sequence[Link], present: Sequence[LedgerRow]) -> list[Link]:
    known = {row.key for row in present}
    return [row for row in rows if (row.seq, row.digest) not in known]

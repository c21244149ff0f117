"""Deletes old rows of the audit. What is left stays a chain: a checkpoint, itself a row, states where it begins.

The checkpoint's target holds number and digest of the last deleted row. Where heads are exported, a signed head of that
row leaves the machine before anything is deleted: a checkpoint without one was not made by us.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from pydantic import JsonValue
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit.record import record
from core.database import Database
from core.database.base import now
from core.database.models import AuditHead, AuditRow

CHECKPOINT = "audit.checkpoint"
_TARGET = "audit:{seq}:{digest}"
_MOST = 10_000  # rows deleted at a time: other audited acts wait meanwhile


async def delete_old(database: Database, *, days: int, export: Callable[[int, str], Awaitable[None]]) -> int:
    """Deletes the rows of before ``days`` that no newer row precedes. Returns how many. The last row always stays.

    ``export`` takes number and digest of the last of them; if it raises, nothing is deleted.
    """
    since = now() - timedelta(days=days)
    async with database.read() as session:
        first, last = (await session.execute(select(func.min(AuditRow.seq), func.max(AuditRow.seq)))).one()
        kept = await session.scalar(select(func.min(AuditRow.seq)).where(AuditRow.at >= since)) or last
        if first is None or kept <= first:
            return 0
        end = min(kept - 1, first + _MOST - 1)
        digest = (await session.execute(select(AuditRow.digest).where(AuditRow.seq == end))).scalar_one()
    await export(end, digest)
    async with database.write() as session:
        target, rows = _TARGET.format(seq=end, digest=digest), end - first + 1
        details: dict[str, JsonValue] = {"rows": rows, "before": since.isoformat(timespec="seconds")}
        await record(session, actor="system", action=CHECKPOINT, target=target, details=details)
        await session.execute(update(AuditHead).where(AuditHead.id == 1).values(checkpoint=end))
        await session.execute(delete(AuditRow).where(AuditRow.seq <= end))
    return int(rows)


async def checkpoint_before(session: AsyncSession, first: int) -> tuple[int, str] | None:
    """Returns the number of the checkpoint row that states what preceded the row ``first``, and that row's digest."""
    query = select(AuditRow.seq, AuditRow.target).where(
        AuditRow.action == CHECKPOINT, AuditRow.target.startswith(_TARGET.format(seq=first - 1, digest=""))
    )
    found = (await session.execute(query.order_by(AuditRow.seq).limit(1))).one_or_none()
    return (found.seq, found.target.rpartition(":")[2]) if found else None

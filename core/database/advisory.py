"""Locks without a row: PostgreSQL's advisory locks, held until the transaction ends. SQLite has one writer anyway."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.conflict import dialect_of


async def advisory_lock(session: AsyncSession, key: int | str, *, shared: bool = False) -> None:
    """Waits for the lock ``key`` and holds it until this transaction ends. ``shared``: together with other shared holders."""
    if dialect_of(session) == "postgresql":
        lock = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        await session.execute(select(lock(func.hashtext(key) if isinstance(key, str) else key)))

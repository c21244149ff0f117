"""Locks that no row stands for: PostgreSQL's advisory ones, until the transaction ends. SQLite has one writer anyway."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.conflict import dialect_of


async def hold(session: AsyncSession, key: int | str, *, shared: bool = False) -> None:
    """Wait for the lock ``key``, and keep it until this transaction ends. ``shared``: with others who hold it so."""
    if dialect_of(session) == "postgresql":
        lock = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        await session.execute(select(lock(func.hashtext(key) if isinstance(key, str) else key)))

"""``INSERT … ON CONFLICT``, which SQLite and PostgreSQL both have, and SQLAlchemy offers by dialect only."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.base import Base


def insert_into(session: AsyncSession, table: type[Base]) -> Any:
    """An insert into ``table`` with ``on_conflict_do_nothing`` and ``on_conflict_do_update``, in the session's dialect."""
    return (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(table)

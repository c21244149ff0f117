"""``INSERT … ON CONFLICT``, which SQLite and PostgreSQL both have, but SQLAlchemy offers only per dialect."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.base import Base, table

_DIALECTS: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}


def insert_into(session: AsyncSession, model: type[Base]) -> Any:
    """Returns an insert with ``on_conflict_do_nothing`` and ``on_conflict_do_update``, in the session's dialect."""
    return _DIALECTS[dialect_of(session)].insert(model)


def insert_on(dialect: str, model: type[Base]) -> Any:
    """Returns the same for a statement that is built once; it returns plain rows."""
    return _DIALECTS[dialect].insert(table(model))


def dialect_of(session: AsyncSession) -> str:
    """Returns the name of the session's dialect."""
    return session.get_bind().dialect.name

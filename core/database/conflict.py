"""``INSERT … ON CONFLICT``, which SQLite and PostgreSQL both have, but SQLAlchemy offers only per dialect."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.base import Base, table

_DIALECTS: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}


def insert_into(session: AsyncSession, model: type[Base]) -> Any:
    """Returns an insert with ``on_conflict_do_nothing`` and ``on_conflict_do_update``, in the session's dialect."""
    return _DIALECTS[dialect_of(session)].insert(model)


async def upsert(session: AsyncSession, model: type[Base], key: Mapping[str, object], values: Mapping[str, object]) -> None:
    """Inserts a row of ``key`` and ``values``, or sets ``values`` in the existing row with this ``key``."""
    statement = insert_into(session, model).values(**key, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=[*key], set_=values))


async def insert_if_absent(session: AsyncSession, model: type[Base], **values: object) -> bool:
    """Inserts a row. Returns false if a row with the same key exists, which stays as it is."""
    statement = insert_into(session, model).values(**values).on_conflict_do_nothing()
    return (await session.execute(statement.returning(literal(1)))).first() is not None


def insert_on(dialect: str, model: type[Base]) -> Any:
    """Returns the same for a statement that is built once; it returns plain rows."""
    return _DIALECTS[dialect].insert(table(model))


def dialect_of(session: AsyncSession) -> str:
    """Returns the name of the session's dialect."""
    return session.get_bind().dialect.name

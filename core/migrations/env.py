"""Alembic's environment. ``core.database.migrate`` passes an open connection; the command line opens one from settings."""

import asyncio
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from core.database import Database
from core.database.base import Base, UtcDateTime
from core.database.models import Message  # registers every table
from core.settings import Settings

assert Message.metadata is Base.metadata


def _render(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by copying it
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _run_from_settings() -> None:
    database = Database(Settings().sql_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(_run)
    await database.close()


given = context.config.attributes.get("connection")
if given is None:
    asyncio.run(_run_from_settings())
else:
    _run(given)

"""The database of a command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from cli.language import Refusal
from core.database import Database
from core.database.migrate import database_revision, works_with


def database_at(url: str) -> Database:
    """Returns the database at ``url`` (SQLAlchemy). Raises ``Refusal`` if this is not the address of a database."""
    try:
        make_url(url)
        return Database(url)
    except (ArgumentError, ImportError):
        raise Refusal(
            f"« {url} » n'est pas l'adresse d'une base : sqlite+aiosqlite:///FICHIER ou postgresql+asyncpg://…",
            f"'{url}' is not the address of a record: sqlite+aiosqlite:///FILE or postgresql+asyncpg://…",
        ) from None


def run_on_database[T](url: str, work: Callable[[Database], Awaitable[T]]) -> T:
    """Returns what ``work`` returns on the database at ``url``, which is closed afterwards: for synchronous commands."""

    async def run() -> T:
        async with Database(url) as database:
            return await work(database)

    return asyncio.run(run())


def run_on_ready_database[T](url: str, work: Callable[[Database], Awaitable[T]]) -> T:
    """Returns the same, after a check of the address and of the tables. Raises ``Refusal``."""

    async def checked(database: Database) -> T:
        await require_ready(database)
        return await work(database)

    database_at(url)
    return run_on_database(url, checked)


async def require_ready(database: Database) -> None:
    """Raises ``Refusal`` unless the database answers and has the tables of this version. Changes nothing."""
    try:
        async with database.read() as session:
            found = await (await session.connection()).run_sync(database_revision)
    except (SQLAlchemyError, OSError):
        raise Refusal(
            "La base ne répond pas : vérifiez DATABASE_URL, et qu'elle tourne.",
            "The record does not answer: check DATABASE_URL, and that it runs.",
        ) from None
    if not works_with(found):
        raise Refusal(
            "La base n'a pas les tables de cette version : lancez ./guichet database upgrade.",
            "The record does not have the tables of this version: run ./guichet database upgrade.",
        )

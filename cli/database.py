"""The database of a command."""

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from cli.language import Refusal, sentence
from core.database import Database
from core.database.migrate import database_revision, works_with


def database_at(url: str) -> Database:
    """Returns the database at ``url`` (SQLAlchemy). Raises ``Refusal`` if this is not the address of a database."""
    try:
        make_url(url)
        return Database(url)
    except (ArgumentError, ImportError):
        raise Refusal(*sentence("record_address_malformed", url=url)) from None


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
        raise Refusal(*sentence("record_unreachable")) from None
    if not works_with(found):
        raise Refusal(*sentence("record_outdated"))

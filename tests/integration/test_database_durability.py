"""What must outlive a power cut waits for the disk, and nothing else does."""

from __future__ import annotations

from sqlalchemy import text

from core.database import Database

_WAITS: dict[str, dict[object, bool]] = {"sqlite": {2: True, 1: False}, "postgresql": {"on": True, "off": False}}


async def test_a_transaction_waits_for_the_disk_unless_it_need_not_last(database: Database) -> None:
    dialect = database.engine.dialect.name
    asked = text("PRAGMA synchronous" if database.is_sqlite else "SHOW synchronous_commit")
    found = []
    for lasting in (True, False, False, True):  # the connection is the same one
        async with database.write(brief=True, durable=lasting) as session:
            found.append(_WAITS[dialect][(await session.execute(asked)).scalar_one()])
    assert found == [True, False, False, True]

"""What a service reads again and again while nobody asks must not grow with what it was ever asked."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from tests.integration.channels_support import guichet, settings_for, working
from tests.integration.migrated import migrated

_GROWING = {"conversations", "messages", "replies", "deliveries", "leases", "handoffs", "feedback"}
_WHOLE = re.compile(r"SCAN ([a-z_]+?)(?:_\d+)?\b(?: USING (?:COVERING )?INDEX (\w+))?")
_FEW = {"ix_messages_waiting", "ix_messages_waiting_since", "ix_conversations_closing", "ix_handoffs_collecting"}  # partial


@contextmanager
def _heard() -> Iterator[dict[str, Any]]:
    """Statements of all engines in this process, each with the values of its first time."""
    said: dict[str, Any] = {}

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        said.setdefault(statement, values)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


async def test_idle_processes_go_through_no_table_that_grows(redis_url: str, tmp_path: Path) -> None:
    file = tmp_path / "guichet.db"
    settings = settings_for(f"sqlite+aiosqlite:///{file}", redis_url, tmp_path)
    await migrated(settings.sql_url)
    often = timedelta(seconds=0.1)
    with _heard() as said:
        async with guichet(settings), working(settings, sweep_seconds=0.1, jobs_seconds=0.1, forget_every=often):
            await asyncio.sleep(2)
    with closing(sqlite3.connect(file)) as connection:
        whole = {
            (table, index, statement)
            for statement, values in said.items()
            if statement.startswith(("SELECT", "UPDATE", "DELETE"))
            for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            for table, index in _WHOLE.findall(row[3])
            if table in _GROWING and index not in _FEW
        }
    assert any("FROM messages" in statement for statement in said), "no sweep was heard"
    assert not whole

"""What a service reads again and again while nobody asks must not grow with what it was ever asked."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from tests.integration.channels_support import guichet, settings_for, working
from tests.integration.migrated import migrated
from tests.waiting import until

_GROWING = {"conversations", "messages", "replies", "deliveries", "leases", "handoffs", "feedback"}
_WHOLE = re.compile(r"SCAN ([a-z_]+?)(?:_\d+)?\b(?: USING (?:COVERING )?INDEX (\w+))?")
_FEW = {"ix_messages_waiting", "ix_messages_waiting_since", "ix_conversations_closing", "ix_handoffs_collecting"}  # partial

_ROUNDS = 20  # of the sweep, and of the jobs


@contextmanager
def _heard() -> Iterator[tuple[dict[str, Any], Counter[str]]]:
    """Statements of all engines in this process, each with the values of its first time; and how often it came."""
    said: dict[str, Any] = {}
    times = Counter[str]()

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        said.setdefault(statement, values)
        times[statement] += 1

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield said, times
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def _times_of(part: str, times: Counter[str]) -> int:
    return max((count for statement, count in [*times.items()] if part in statement), default=0)


async def test_idle_processes_go_through_no_table_that_grows(redis_url: str, tmp_path: Path) -> None:
    file = tmp_path / "guichet.db"
    settings = settings_for(f"sqlite+aiosqlite:///{file}", redis_url, tmp_path)
    await migrated(settings.sql_url)
    often = timedelta(seconds=0.1)
    with _heard() as (said, times):
        async with guichet(settings), working(settings, sweep_seconds=0.1, jobs_seconds=0.1, forget_every=often):
            await until(lambda: min(_times_of("FROM messages", times), _times_of("FROM jobs", times)) >= _ROUNDS)
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

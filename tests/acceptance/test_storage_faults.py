"""A record that is full, read-only, gone, or torn by a power cut: refused clearly, nothing lost that was acknowledged."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from cli.gateway import create
from core.database import Database
from core.database.models import Message
from core.settings import Settings
from tests.integration.channels_support import SECRET, settings_for
from tests.integration.migrated import migrated
from tests.integration.record_troubles import TROUBLES, Trouble, trouble_of
from tests.integration.servers import free_port
from tests.integration.sms_support import FakeTwilio, inbound, post

_DEAD = "redis://127.0.0.1:1/0"


@pytest.fixture
async def settings(tmp_path: Path, database_url: str) -> Settings:
    return settings_for(database_url, _DEAD, tmp_path)


@asynccontextmanager
async def client(settings: Settings) -> AsyncIterator[tuple[httpx.AsyncClient, Trouble]]:
    app = create(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
        yield http, trouble_of(app.state.deps.database)
    await app.state.deps.close()


@pytest.mark.parametrize("kind", TROUBLES)
async def test_what_cannot_be_kept_is_not_acknowledged(settings: Settings, kind: str) -> None:
    async with client(settings) as (http, trouble):
        opened = (await http.post("/api/web/conversations", json={})).json()
        headers = {"Authorization": f"Bearer {opened['token']}"}
        await trouble.begin(kind)
        acknowledged, answer = 0, httpx.Response(202)
        for number in range(200):  # what is left of the last pages is still used
            body = {"id": str(number), "text": "carte perdue " * 100}
            answer = await http.post("/api/web/messages", json=body, headers=headers)
            if answer.status_code != 202:
                break
            acknowledged += 1
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert answer.json()["detail"]
        assert (await http.get("/health/live", headers={"X-Guichet-Secret": SECRET})).status_code == 200
        await trouble.end()
        assert (await http.post("/api/web/messages", json=body, headers=headers)).status_code in (202, 429)
    database = Database(settings.sql_url)
    async with database.read() as session:
        kept = (await session.execute(select(func.count()).select_from(Message))).scalar_one()
    await database.close()
    assert kept in (acknowledged, acknowledged + 1)


async def test_without_a_record_nobody_is_told_that_a_message_was_taken(tmp_path: Path, twilio: FakeTwilio) -> None:
    gone = f"postgresql+asyncpg://guichet@127.0.0.1:{free_port()}/guichet"
    settings = settings_for(gone, _DEAD, tmp_path, **twilio.settings)
    async with client(settings) as (http, _):
        refused = await http.post("/api/web/conversations", json={})
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
        assert (await post(http, settings, inbound("carte perdue"))).status_code == 503  # the provider sends it again
        assert (await http.get("/health/live", headers={"X-Guichet-Secret": SECRET})).status_code == 200


async def _said(http: httpx.AsyncClient, headers: dict[str, str], number: int) -> int:
    body = {"id": str(number), "text": f"question {number} " * 20}
    return (await http.post("/api/web/messages", json=body, headers=headers)).status_code


_TEARS: dict[str, Callable[[bytes], bytes]] = {
    "whole": lambda log: log,
    "half a frame more": lambda log: log + log[-4120:][:2000],
    "a whole frame of noise more": lambda log: log + bytes(range(256)) * 16 + bytes(24),
    "the last frame cut": lambda log: log[:-1000],
    "the last frame damaged": lambda log: log[:-50] + bytes(byte ^ 0xFF for byte in log[-50:]),
    "the last frames zeroed": lambda log: log[:-5000] + bytes(5000),
}


@pytest.mark.parametrize("tear", _TEARS)
async def test_a_torn_log_of_sqlite_loses_no_more_than_what_was_torn(tmp_path: Path, tear: str) -> None:
    """The files as a power cut leaves them while the service writes; what was still in the disk's own memory is torn."""
    before, after = tmp_path / "before.db", tmp_path / "after.db"
    settings = settings_for(f"sqlite+aiosqlite:///{before}", _DEAD, tmp_path)
    await migrated(settings.sql_url)
    async with client(settings) as (http, _):
        headers = {"Authorization": f"Bearer {(await http.post('/api/web/conversations', json={})).json()['token']}"}
        assert [await _said(http, headers, number) for number in range(8)] == [202] * 8
        shutil.copy(before, after)
        log = Path(f"{before}-wal").read_bytes()  # noqa: ASYNC240 - a copy in one go, as the cut makes it
    assert len(log) > 8 * 4096
    Path(f"{after}-wal").write_bytes(_TEARS[tear](log))  # noqa: ASYNC240
    async with client(settings.model_copy(update={"database_url": f"sqlite+aiosqlite:///{after}"})) as (http, _):
        turns = (await http.get("/api/web/history", headers=headers)).json()["turns"]
        kept = [turn["message"]["id"] for turn in turns]
        lost = 0 if tear in ("whole", "half a frame more", "a whole frame of noise more") else 2
        assert kept == [str(number) for number in range(len(kept))]
        assert len(kept) >= 8 - lost
        assert await _said(http, headers, 100) == 202
        assert len((await http.get("/api/web/history", headers=headers)).json()["turns"]) == len(kept) + 1
    with closing(sqlite3.connect(after)) as record:
        assert record.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert record.execute("PRAGMA foreign_key_check").fetchall() == []

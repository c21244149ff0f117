"""A record that is full, read-only or gone: refused clearly, nothing acknowledged; messages are taken again once it is back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from cli.gateway import create
from core.database import Database
from core.database.migrate import upgrade_async
from core.database.models import Message
from core.settings import Settings
from tests.integration.channels_support import guichet, settings_for, working
from tests.integration.servers import free_port
from tests.integration.sms_support import FakeTwilio, inbound, post

_DEAD = "redis://127.0.0.1:1/0"


class Switch:
    """Sets pragmas on every connection that an SQLite engine hands out, as long as ``statements`` stand."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.statements: list[str] = []
        event.listen(engine.sync_engine, "checkout", self._checkout)

    def _checkout(self, connection: Any, *_: Any) -> None:
        cursor = connection.cursor()
        for statement in self.statements:
            cursor.execute(statement)
        cursor.close()


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    found = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", _DEAD, tmp_path)
    await upgrade_async(found.sql_url)
    return found


@asynccontextmanager
async def client(settings: Settings) -> AsyncIterator[tuple[httpx.AsyncClient, Switch]]:
    app = create(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway.example") as http:
        yield http, Switch(app.state.deps.database.engine)
    await app.state.deps.close()


@pytest.mark.parametrize("trouble", ["full", "read-only"])
async def test_what_cannot_be_kept_is_not_acknowledged(settings: Settings, trouble: str) -> None:
    async with client(settings) as (http, switch):
        opened = (await http.post("/api/web/conversations", json={})).json()
        headers = {"Authorization": f"Bearer {opened['token']}"}
        switch.statements = ["PRAGMA max_page_count = 1"] if trouble == "full" else ["PRAGMA query_only = ON"]
        acknowledged, answer = 0, httpx.Response(202)
        for number in range(200):  # what is left of the last pages is still used
            body = {"id": str(number), "text": "carte perdue " * 100}
            answer = await http.post("/api/web/messages", json=body, headers=headers)
            if answer.status_code != 202:
                break
            acknowledged += 1
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert answer.json()["detail"]
        assert (await http.get("/health/live")).status_code == 200
        switch.statements = ["PRAGMA max_page_count = 1000000", "PRAGMA query_only = OFF"]
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
        assert (await http.post("/api/web/conversations", json={})).status_code == 503
        assert (await post(http, settings, inbound("carte perdue"))).status_code == 503  # the provider sends it again
        assert (await http.get("/health/live")).status_code == 200


@pytest.mark.parametrize("trouble", ["PRAGMA max_page_count = 1", "PRAGMA query_only = ON"])
async def test_a_worker_goes_on_by_itself_once_it_can_write_again(settings: Settings, trouble: str) -> None:
    # Pages of traceback for each failure would hold up the loop that gateway, worker and this test share.
    with capture_logs():
        turns, handled, asked = await _through_the_trouble(settings, trouble)
    assert [turn["reply"]["in_reply_to"] for turn in turns] == [turn["message"]["id"] for turn in turns]
    assert handled[-1] == "et maintenant"
    assert len(handled) == len(turns) == asked  # each once, none left out


async def _through_the_trouble(settings: Settings, trouble: str) -> tuple[list[dict[str, Any]], list[str], int]:
    """The conversation, what the engine handled, and how many messages were acknowledged."""
    async with guichet(settings) as service, working(settings) as worker:
        citizen = await service.citizen()
        await citizen.post("bonjour")
        await citizen.answered(1, seconds=60)
        switch = Switch(worker.database.engine)
        switch.statements = [trouble]
        asked = 1
        while True:  # what is left of the last pages is still used
            assert (await citizen.post("carte perdue " * 50)).status_code == 202
            asked += 1
            with suppress(TimeoutError):
                await citizen.answered(asked, seconds=2)
                continue
            break
        switch.statements = ["PRAGMA max_page_count = 1000000", "PRAGMA query_only = OFF"]
        await citizen.post("et maintenant")
        await citizen.answered(asked + 1, seconds=30)
        return await citizen.history(), [text for _, text in service.rasa.handled], asked + 1

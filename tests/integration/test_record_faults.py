"""A record that is full, read-only or gone: refused clearly, nothing acknowledged; messages are taken again once it is back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from cli.gateway import create
from core.database import Database
from core.database.models import Message
from core.settings import Settings
from tests.integration.channels_support import FakeRasa, guichet, settings_for, until, working
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
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway.example") as http:
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
        assert (await http.get("/health/live")).status_code == 200
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
        assert (await http.post("/api/web/conversations", json={})).status_code == 503
        assert (await post(http, settings, inbound("carte perdue"))).status_code == 503  # the provider sends it again
        assert (await http.get("/health/live")).status_code == 200


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_worker_goes_on_by_itself_once_it_can_write_again(settings: Settings, kind: str) -> None:
    # Pages of traceback for each failure would hold up the loop that gateway, worker and this test share.
    with capture_logs():
        turns, handled, asked = await _through_the_trouble(settings, kind)
    assert [turn["reply"]["in_reply_to"] for turn in turns] == [turn["message"]["id"] for turn in turns]
    assert handled[-1] == "et maintenant"
    assert len(handled) == len(turns) == asked  # each once, none left out


async def _through_the_trouble(settings: Settings, kind: str) -> tuple[list[dict[str, Any]], list[str], int]:
    """The conversation, what the engine handled, and how many messages were acknowledged."""
    async with guichet(settings) as service, working(settings) as worker:
        citizen = await service.citizen()
        await citizen.post("bonjour")
        await citizen.answered(1)
        trouble = trouble_of(worker.database)
        asked = 1
        while True:  # what is left of the last pages is still used
            service.rasa.gate.clear()  # the trouble comes between the acknowledgement and the answer
            assert (await citizen.post("carte perdue " * 50)).status_code == 202
            asked += 1
            await until(partial(_reached, service.rasa, asked))
            await trouble.begin(kind)
            service.rasa.gate.set()
            with suppress(TimeoutError):
                await citizen.answered(asked, seconds=2)
                await trouble.end()
                continue
            break
        await trouble.end()
        await citizen.post("et maintenant")
        await citizen.answered(asked + 1)
        return await citizen.history(), [text for _, text in service.rasa.handled], asked + 1


async def _reached(rasa: FakeRasa, calls: int) -> bool:
    return rasa.calls >= calls
